import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { type Corpus, pathsOf } from "../data/corpus.js";
import { looksLikeHeader } from "../data/header.js";
import { readPairsOf, readUnpacked } from "../data/node-files.js";
import { decodeUtf8, type Pair, type PairColumns } from "../data/pairs.js";
import { DataError, TandemError } from "../errors.js";
import { type DataFacts, guessTask, lookAt } from "../init/facts.js";
import { type InitChoices, recipeText } from "../init/recipe-text.js";
import { parseRecipe } from "../recipe/index.js";
import { formatCount } from "../view/format-numbers.js";

type Task = InitChoices["task"];

export interface InitOptions {
  target?: string;
  dev?: string;
  test?: string;
  task?: Task;
  columns?: Partial<PairColumns>;
  sourceLanguage?: string;
  targetLanguage?: string;
  name?: string;
  out?: string;
}

/** What a recipe is to be written for, all of it known. */
interface InitPlan extends Omit<InitOptions, "out"> {
  file: string;
  out: string;
}

/** Reads the data, writes the recipe beside nothing that was there before, and says what it found. */
export async function writeRecipe(plan: InitPlan): Promise<{ lines: string[] }> {
  refuseExisting(plan.out);
  const found = await readExamples(plan);
  const { text, lines } = composeRecipe(plan, found);
  parseRecipe(text, plan.out);
  try {
    const handle = await open(plan.out, "wx");
    await handle.writeFile(text).finally(() => handle.close());
  } catch (cause) {
    throw new TandemError(
      `init: expected to be able to write ${plan.out}, got "${(cause as Error).message}". Choose another file with --out.`,
      { cause },
    );
  }
  return { lines };
}

/** Throws where something is: nothing is overwritten. */
function refuseExisting(out: string): void {
  if (existsSync(out))
    throw new TandemError(`init: expected a new file, got ${out}, which exists. Choose another one with --out.`);
}

/** The examples as the recipe will read them. */
interface FoundExamples {
  corpus: Corpus;
  /** Where each side is; of parallel files there is nothing to say. */
  columns: PairColumns | undefined;
  pairs: Pair[];
  task: Task;
  /** Why the task was guessed; undefined where it was said. */
  reason: string | undefined;
  facts: DataFacts;
  /** A first line that names columns and would be read as an example. */
  header?: readonly string[];
}

/** Columns or fields of a file, by its first line. */
interface Layout {
  isJson: boolean;
  /** Numbers of columns, or names of fields with text in them. */
  columns: (number | string)[];
  first: string[];
}

/** Looks at the first line of a file. */
export async function layoutOf(file: string): Promise<Layout> {
  const line = await firstLine(file);
  const isJson = /\.(jsonl|ndjson)(\.gz)?$/i.test(file);
  if (!isJson) {
    const cells = line.split("\t");
    if (cells.length === 1 && /\.csv(\.gz)?$/i.test(file))
      throw new DataError(`${file}: expected TSV or JSON Lines, got commas. Convert it to columns with tabs between.`);
    return { isJson, columns: cells.map((_, i) => i), first: cells };
  }
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch (cause) {
    throw new DataError(
      `${file}:1: expected JSON, got ${JSON.stringify(line.slice(0, 40))}. Give JSON Lines or a TSV.`,
      { cause },
    );
  }
  const fields = Object.entries(record ?? {}).filter(([, value]) => typeof value === "string") as [string, string][];
  const isArray = Array.isArray(record);
  return {
    isJson,
    columns: fields.map(([name]) => (isArray ? Number(name) : name)),
    first: fields.map(([, value]) => value),
  };
}

async function firstLine(file: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readUnpacked(file)) {
    const end = chunk.indexOf(10);
    chunks.push(end < 0 ? chunk : chunk.subarray(0, end));
    if (end >= 0 && chunks.some(({ length }) => length > 0)) break;
  }
  return decodeUtf8(Buffer.concat(chunks), file).replace(/\r$/, "");
}

async function readExamples(plan: InitPlan): Promise<FoundExamples> {
  const { file, target } = plan;
  if (target !== undefined) {
    const corpus = { source: file, target };
    const pairs = await readPairsOf(corpus, { columns: { source: 0, target: 1 } });
    return withTask(plan, { corpus, columns: undefined, pairs });
  }
  const layout = await layoutOf(file);
  const columns = columnsFor(plan, layout);
  const pairs = await readPairsOf(file, { columns });
  const header = layout.isJson || !looksLikeHeader(layout.first) ? {} : { header: layout.first };
  // What is learnt of the data is learnt of its examples.
  return { ...withTask(plan, { corpus: file, columns, pairs: header.header ? pairs.slice(1) : pairs }), ...header };
}

function columnsFor({ file, task, columns = {} }: InitPlan, layout: Layout): PairColumns {
  const [first, second] = placesOf(["source", "target"], layout) ?? layout.columns;
  if (task === "language-model" || (layout.columns.length === 1 && task === undefined && columns.source === undefined))
    return { target: columns.target ?? (layout.columns.includes("target") ? "target" : first!) };
  const [source, target] = [columns.source ?? first, columns.target ?? second];
  if (source === undefined || target === undefined)
    throw new DataError(
      `${file}: expected two columns for ${task ?? "pairs"}, got ${layout.columns.length} in line 1. Give the targets with --target FILE, or --task language-model.`,
    );
  return { source, target };
}

/** Where the fields of these names are, or the columns under a header of these names; undefined where one is missing. */
function placesOf(names: readonly string[], { isJson, columns, first }: Layout): (number | string)[] | undefined {
  const given = isJson ? columns : first.map((cell) => cell.trim().toLowerCase());
  const places = names.map((name) => given.indexOf(name));
  return places.includes(-1) ? undefined : places.map((place) => columns[place]!);
}

function withTask(
  { task, sourceLanguage, targetLanguage }: InitPlan,
  found: Pick<FoundExamples, "corpus" | "columns" | "pairs">,
): FoundExamples {
  const isLines = found.columns !== undefined && found.columns.source === undefined;
  const guess = isLines ? { task: "language-model" as const, reason: "there is one column" } : guessTask(found.pairs);
  const facts = lookAt(found.pairs);
  const languages = {
    source: sourceLanguage ?? facts.languages.source,
    target: targetLanguage ?? facts.languages.target,
  };
  return {
    ...found,
    task: task ?? guess.task,
    reason: task === undefined ? guess.reason : undefined,
    facts: { ...facts, languages },
  };
}

const PARTS = ["dev", "test"] as const;

/** The recipe's text, and what is said of it. */
function composeRecipe(plan: InitPlan, found: FoundExamples): { text: string; lines: string[] } {
  const { out } = plan;
  const { corpus, columns, task, facts, reason } = found;
  const place = (path: string) => relative(dirname(resolve(out)), resolve(path)) || basename(path);
  const placed = (given: Corpus) =>
    typeof given === "string"
      ? place(given)
      : { source: place((given as { source: string }).source), target: place((given as { target: string }).target) };
  const siblings = Object.fromEntries(
    PARTS.flatMap((part) => {
      const given = plan[part] ?? siblingOf(corpus, part);
      return given === undefined ? [] : [[part, placed(given)]];
    }),
  );
  const choices: InitChoices = {
    name: plan.name ?? nameOf(corpus),
    task,
    train: placed(corpus) as InitChoices["train"],
    ...siblings,
    ...(columns && { columns }),
    languages: facts.languages,
  };
  const things = task === "language-model" ? "lines" : "pairs";
  const looks = [
    ...(task === "language-model" ? [] : [`source ${facts.languages.source}`]),
    ...(task === "translate" || task === "language-model" ? [`target ${facts.languages.target}`] : []),
  ];
  return {
    text: recipeText(choices, facts),
    lines: [
      `${pathsOf(corpus).join(" + ")}: ${formatCount(facts.pairs)} ${things}${columns?.source === undefined ? "" : `, columns ${columns.source} → ${columns.target}`}; language: ${looks.join(", ")}`,
      ...(found.header
        ? [
            `warning: line 1, ${JSON.stringify(found.header.join(" → "))}, looks like the names of columns; remove it, for it is read as an example`,
          ]
        : []),
      `task: ${task}${reason ? `, for ${reason}; --task says another` : ""}`,
      ...PARTS.flatMap((part) =>
        siblings[part] ? [`${part}: ${JSON.stringify(siblings[part]).replaceAll('"', "")}`] : [],
      ),
      `Wrote ${out}. Next:`,
      `  tandem check ${out}`,
      `  tandem train ${out}`,
    ],
  };
}

const NAMES = { dev: ["dev", "valid", "val"], test: ["test"] };

/** `train.tsv` has a `dev.tsv` beside it, `train-large.tsv` a `dev-large.tsv` or a `dev.tsv`; the same of parallel files. */
function siblingOf(corpus: Corpus, part: "dev" | "test"): Corpus | undefined {
  const paths = pathsOf(corpus);
  for (const name of NAMES[part])
    for (const beginning of [/^train(?=[._-])/, /^train[^.]*/]) {
      const found = paths.map((path) => join(dirname(path), basename(path).replace(beginning, name)));
      if (found.some((path, i) => path === paths[i] || !existsSync(path))) continue;
      return found.length === 1 ? found[0]! : { source: found[0]!, target: found[1]! };
    }
  return undefined;
}

/** The folder of a `train.tsv`, else the file's own name. */
function nameOf(corpus: Corpus): string {
  const [path] = pathsOf(corpus) as [string];
  const stem = basename(path).replace(/(\.[^.]+)?(\.gz)?$/i, "");
  const chosen = stem === "train" ? basename(dirname(resolve(path))) : stem;
  return chosen.replace(/^[^\p{L}\p{N}]+/u, "") || "run";
}
