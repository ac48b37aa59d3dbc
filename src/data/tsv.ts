import { DataError } from "../errors.js";
import { decodeUtf8, type Pair, type PairColumns, splitLines } from "./pairs.js";
import { ALIGNMENT_ADVICE, noPairs, tsvReader } from "./records.js";

/** Alignments in a file of their own, a line for each line of the pairs' file; empty where nothing is aligned. */
export interface AlignmentLines {
  bytes: Uint8Array;
  /** The name of the file, for messages. */
  name: string;
}

/**
 * Reads pairs from tab-separated values, one pair a line, no quoting, no header. Blank lines are skipped; a line with
 * too few columns or an empty side is an error that names it. `name` is how the user knows the text. Alignments come from
 * a column or from `alignments`, lines of another file.
 */
export function parseTsv(bytes: Uint8Array, name: string, columns: PairColumns, alignments?: AlignmentLines): Pair[] {
  const read = tsvReader(columns, name);
  const pairs: Pair[] = [];
  const lines = splitLines(decodeUtf8(bytes, name));
  const links = alignments && splitLines(decodeUtf8(alignments.bytes, alignments.name));
  if (links && links.length !== lines.length)
    throw new DataError(
      `${alignments!.name}: expected ${lines.length} lines, one for each line of ${name}, got ${links.length}. ${ALIGNMENT_ADVICE}`,
    );
  lines.forEach((line, i) => {
    const pair = read(line, `${name}:${i + 1}`);
    if (pair === undefined) return;
    if (links) {
      pair.alignment = links[i]!;
      pair.alignmentPlace = `${alignments!.name}:${i + 1}`;
    }
    pairs.push(pair);
  });
  if (pairs.length === 0) throw noPairs(name, columns, bytes.length === 0);
  return pairs;
}
