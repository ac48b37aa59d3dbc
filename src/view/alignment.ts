/** Where each written token looked most, as word alignments are written: source and target positions from 0. */
import { type AttentionMap, strongestColumn, tokenLabel } from "./attention-map.js";

export interface AlignmentLink {
  source: number;
  target: number;
  /** The largest of the target token's weights. */
  weight: number;
}

/** What ends a line on either side is no word, and has no link. */
const END = "</s>";

/**
 * One link for each written token, to the source token with its largest weight; none for `</s>` and for tokens that
 * looked most at a `</s>`. Of a line cut into sentences the positions are those in the whole line.
 */
export function strongestLinks({
  rows,
  columns,
  weights,
}: Pick<AttentionMap, "rows" | "columns" | "weights">): AlignmentLink[] {
  const sourcePositions = positions(columns);
  const targetPositions = positions(rows);
  return weights.flatMap((row, r) => {
    const column = strongestColumn(row);
    const [source, target] = [sourcePositions[column], targetPositions[r]];
    return source === undefined || target === undefined ? [] : [{ source, target, weight: row[column]! }];
  });
}

/** Each token's number among those that are no end. */
function positions(tokens: readonly string[]): (number | undefined)[] {
  let next = 0;
  return tokens.map((token) => (token === END ? undefined : next++));
}

/** A tab would end its column, a space its link. */
const word = (token: string) => tokenLabel(token).replace(/\s/gu, "␣");

/**
 * An alignment as three columns: links as Pharaoh has them (`0-0 1-1`), the weight of each, and the words
 * (`我-i 爱-love`).
 */
export function alignmentColumns(map: Pick<AttentionMap, "rows" | "columns" | "weights">): string {
  const links = strongestLinks(map);
  const [sources, targets] = [map.columns, map.rows].map((tokens) => tokens.filter((token) => token !== END)) as [
    string[],
    string[],
  ];
  return [
    links.map(({ source, target }) => `${source}-${target}`).join(" "),
    links.map(({ weight }) => weight.toFixed(4)).join(" "),
    links.map(({ source, target }) => `${word(sources[source]!)}-${word(targets[target]!)}`).join(" "),
  ].join("\t");
}
