import { DataError } from "../errors.js";
import type { Pair, PairColumns } from "./pairs.js";

/** Reads the pair of a line; undefined where the line is blank. `place` is what messages call the line: `train.tsv:14`. */
export type RecordReader = (line: string, place: string) => Pair | undefined;

/** How much of a pair there has to be. */
export interface RecordOptions {
  /** Lets a side be empty, for a filter to take the pair out. */
  allowEmpty?: boolean;
}

const SIDES = ["source", "target"] as const;

/** Reads lines of tab-separated values: no quoting, no header. `name` is what messages call the file. */
export function tsvReader(
  columns: PairColumns,
  name: string,
  { allowEmpty = false }: RecordOptions = {},
): RecordReader {
  const wanted = Object.entries(columns).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  if (!wanted.every(([, column]) => Number.isSafeInteger(column) && Number(column) >= 0)) {
    const got = wanted.map(([part, column]) => `${part} ${column}`).join(" and ");
    throw new DataError(`${name}: expected columns counted from 0, got ${got}. Correct the columns.`);
  }
  const needed = Math.max(...wanted.map(([, column]) => Number(column))) + 1;
  const [source, target, alignment] = [columns.source, columns.target, columns.alignment].map(
    (column) => column as number | undefined,
  );
  return (line, place) => {
    if (line.trim() === "") return undefined;
    const fields = line.split("\t");
    if (fields.length < needed) {
      const count = needed === 1 ? "1 column" : `${needed} columns separated by a tab`;
      throw new DataError(
        `${place}: expected at least ${count}, got ${fields.length}. Complete or remove the line, or choose other columns.`,
      );
    }
    const pair: Pair = { source: source === undefined ? "" : fields[source]!, target: fields[target!]!, place };
    if (!allowEmpty)
      for (const side of SIDES)
        if (columns[side] !== undefined && pair[side].trim() === "")
          throw new DataError(
            `${place}: expected a text in the ${side} column (${columns[side]}), got nothing. Complete or remove the line.`,
          );
    if (alignment !== undefined) pair.alignment = fields[alignment]!;
    return pair;
  };
}

/** What fields are called where the columns are the numbers of a TSV's. */
const USUAL_NAMES = { source: "source", target: "target", alignment: "alignment" } as const;
const USUAL_COLUMNS = { source: [0], target: [0, 1] } as const;

/**
 * Reads JSON Lines: an object a line, whose fields have the names of the columns, by default `source` and `target`; or an
 * array, whose places are numbered as columns are.
 */
export function jsonLinesReader(columns: PairColumns, { allowEmpty = false }: RecordOptions = {}): RecordReader {
  const wanted = (Object.keys(USUAL_NAMES) as (keyof typeof USUAL_NAMES)[]).filter(
    (part) => columns[part] !== undefined,
  );
  const fieldOf = (part: (typeof wanted)[number], place: string): string => {
    const column = columns[part]!;
    if (typeof column === "string") return column;
    if (part === "alignment" || !(USUAL_COLUMNS[part] as readonly number[]).includes(column))
      throw new DataError(
        `${place}: expected the name of a field for ${part}, got column ${column}. Name it: columns: { ${part}: ${USUAL_NAMES[part]} }.`,
      );
    return USUAL_NAMES[part];
  };
  return (line, place) => {
    if (line.trim() === "") return undefined;
    const record = parseRecord(line, place);
    const pair: Pair = { source: "", target: "", place };
    for (const part of wanted) {
      const field = Array.isArray(record) ? columns[part]! : fieldOf(part, place);
      const text = Object.hasOwn(record, field) ? (record as Record<string | number, unknown>)[field] : undefined;
      if (part === "alignment" && text === undefined) continue;
      if (typeof text !== "string")
        throw new DataError(
          `${place}: expected a text in the field ${JSON.stringify(field)}, the ${part}, got ${text === undefined ? `none (${listed(record)})` : kindOf(text)}. Correct the line, or name another field in columns.`,
        );
      if (part !== "alignment" && !allowEmpty && text.trim() === "")
        throw new DataError(
          `${place}: expected a text in the field ${JSON.stringify(field)}, the ${part}, got nothing. Complete or remove the line.`,
        );
      pair[part] = text;
    }
    return pair;
  };
}

function parseRecord(line: string, place: string): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new DataError(
      `${place}: expected a line of JSON, got ${JSON.stringify(line.slice(0, 40))}. Correct the line, or set data.format.`,
      { cause },
    );
  }
  if (typeof value !== "object" || value === null)
    throw new DataError(`${place}: expected a JSON object, got ${kindOf(value)}. Correct the line.`);
  return value;
}

/** What a value of JSON is. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

const MOST_LISTED = 8;

function listed(record: object): string {
  if (Array.isArray(record)) return `the array has ${record.length}`;
  const names = Object.keys(record);
  const more = names.length > MOST_LISTED ? ", …" : "";
  return names.length === 0 ? "the object is empty" : `it has ${names.slice(0, MOST_LISTED).join(", ")}${more}`;
}

/** What to do where alignments and lines are not equally many. */
export const ALIGNMENT_ADVICE = "Leave a line empty where nothing is aligned.";

/** A file in which there is nothing to read. */
export function noPairs(name: string, { source }: PairColumns, isEmpty: boolean): DataError {
  return new DataError(
    `${name}: expected at least one line with ${source === undefined ? "a text" : "a source and a target"}, got ${isEmpty ? "an empty file" : "only blank lines"}. Check the path.`,
  );
}
