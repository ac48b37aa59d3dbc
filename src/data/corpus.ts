import { DataError } from "../errors.js";
import type { Pair, PairColumns } from "./pairs.js";
import { ALIGNMENT_ADVICE, jsonLinesReader, noPairs, type RecordOptions, tsvReader } from "./records.js";
import { type NamedStream, parallelChunks } from "./text-lines.js";

/** Two files, the sources in one and the targets in the other, line by line. */
export interface ParallelFiles {
  source: string;
  target: string;
}

/** A file of pairs, or two parallel files. */
export type CorpusFile = string | ParallelFiles;

/** One of them, or several that are read one after another. */
export type Corpus = CorpusFile | readonly CorpusFile[];

/** How lines become pairs: by the file's name (`.jsonl`, `.ndjson`, packed or not, are JSON Lines), or as it is said. */
export type CorpusFormat = "auto" | "tsv" | "jsonl";

/** What is needed to read pairs out of files. */
export interface CorpusOptions extends RecordOptions {
  columns: PairColumns;
  format?: CorpusFormat;
  /** Files of alignments, one for each file of the corpus, line by line. */
  alignments?: readonly string[] | undefined;
}

/** The bytes of a file by its path, unpacked. */
export type OpenFile = (path: string) => AsyncIterable<Uint8Array>;

/** A pair longer than this is no line of text. */
const LONGEST_LINE = 1 << 24;
const PARALLEL_ADVICE = "Line by line they are each other's partners: look where they part.";

/** The files of a corpus, in order. */
export function filesOf(corpus: Corpus): readonly CorpusFile[] {
  return typeof corpus === "string" || "source" in corpus ? [corpus] : corpus;
}

/** Every path that a corpus is read from. */
export function pathsOf(corpus: Corpus): string[] {
  return filesOf(corpus).flatMap((file) => (typeof file === "string" ? [file] : [file.source, file.target]));
}

/** How messages name a file of a corpus: `train.de + train.en`. */
export function corpusName(corpus: Corpus): string {
  const [first, ...rest] = filesOf(corpus).map((file) =>
    typeof file === "string" ? file : `${file.source} + ${file.target}`,
  );
  return rest.length === 0 ? first! : `${first} and ${rest.length} more`;
}

/** The pairs of a corpus, some at a time, in the order of its files and lines; every way to fail names file and line. */
export async function* readCorpus(
  corpus: Corpus,
  options: CorpusOptions,
  open: OpenFile,
): AsyncGenerator<Pair[], void, undefined> {
  for (const [number, file] of filesOf(corpus).entries()) {
    const alignments = options.alignments?.[number];
    yield* typeof file === "string"
      ? readFile(file, alignments, options, open)
      : readParallel(file, alignments, options, open);
  }
}

const named = (name: string, open: OpenFile): NamedStream => ({ name, stream: open(name) });

async function* readFile(path: string, alignments: string | undefined, options: CorpusOptions, open: OpenFile) {
  const { columns } = options;
  const isJson = options.format === "jsonl" || (options.format !== "tsv" && /\.(jsonl|ndjson)(\.gz)?$/iu.test(path));
  const read = isJson ? jsonLinesReader(columns, options) : tsvReader(columns, path, options);
  const files = [named(path, open), ...(alignments === undefined ? [] : [named(alignments, open)])];
  const counts = { lines: 0, pairs: 0 };
  for await (const { lines, first } of parallelChunks(files, LONGEST_LINE, ALIGNMENT_ADVICE)) {
    const [records, links] = lines as [string[], string[] | undefined];
    const pairs: Pair[] = [];
    for (const [i, record] of records.entries()) {
      const pair = read(record, `${path}:${first + i}`);
      if (pair === undefined) continue;
      if (links) Object.assign(pair, { alignment: links[i]!, alignmentPlace: `${alignments}:${first + i}` });
      pairs.push(pair);
    }
    counts.lines += records.length;
    counts.pairs += pairs.length;
    if (pairs.length > 0) yield pairs;
  }
  if (counts.pairs === 0) throw noPairs(path, columns, counts.lines === 0);
}

async function* readParallel(
  { source, target }: ParallelFiles,
  alignments: string | undefined,
  { allowEmpty }: CorpusOptions,
  open: OpenFile,
) {
  const files = [source, target, ...(alignments === undefined ? [] : [alignments])].map((path) => named(path, open));
  const counts = { lines: 0, pairs: 0 };
  for await (const { lines, first } of parallelChunks(files, LONGEST_LINE, PARALLEL_ADVICE)) {
    const [sources, targets, links] = lines as [string[], string[], string[] | undefined];
    const pairs: Pair[] = [];
    for (const [i, sourceLine] of sources.entries()) {
      const pair: Pair = { source: sourceLine, target: targets[i]!, place: `${source}:${first + i}` };
      if (pair.source.trim() === "" && pair.target.trim() === "") continue;
      for (const [side, path] of allowEmpty ? [] : [["source", source] as const, ["target", target] as const])
        if (pair[side].trim() === "")
          throw new DataError(
            `${path}:${first + i}: expected a text, as its partner has one, got nothing. Complete the line, empty its partner too, or set data.filters.empty.`,
          );
      if (links) Object.assign(pair, { alignment: links[i]!, alignmentPlace: `${alignments}:${first + i}` });
      pairs.push(pair);
    }
    counts.lines += sources.length;
    counts.pairs += pairs.length;
    if (pairs.length > 0) yield pairs;
  }
  if (counts.pairs === 0) throw noPairs(source, { source: 0, target: 0 }, counts.lines === 0);
}
