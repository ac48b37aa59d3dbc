/**
 * What byte-pair encoding sees of a line. Every space is the mark ▁ of the word after it, one more stands before the
 * line, and merges stay inside the runs that `RUN` finds. Written so that a Hugging Face tokenizer.json can say the same
 * (docs/decisions/0016-spaces-as-marks.md).
 */
import { SPACE } from "./spacing.js";

/** Letters written without spaces between words: ideographs, kana. As ranges, for each regular expression engine names scripts its own way. */
const UNSPACED_RANGES = [
  [0x2e80, 0x2fdf],
  [0x3005, 0x3007],
  [0x3041, 0x309f],
  [0x30a1, 0x30fa],
  [0x30fc, 0x30ff],
  [0x31f0, 0x31ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
  [0xff66, 0xff9f],
  [0x20000, 0x323af],
] as const;
const UNSPACED = `[${UNSPACED_RANGES.map(([first, last]) => `${String.fromCodePoint(first)}-${String.fromCodePoint(last)}`).join("")}]`;

/** The longest piece of Chinese or Japanese: where no space ends a run, this does. */
const UNSPACED_LIMIT = 16;
/** No word is longer; what is, as addresses are, is cut, so that its merging takes a bounded time. */
const WORD_LIMIT = 64;

const run = (letters: string) => `${SPACE}?(?:(?!${UNSPACED})${letters}){1,${WORD_LIMIT}}`;

/**
 * A run: letters, digits or signs of one kind with the mark before them; unspaced letters, without it; or a mark alone.
 * A regular expression that JavaScript (flag u) and Oniguruma (Hugging Face's tokenizers) read alike.
 */
export const RUN = [
  `${UNSPACED}{1,${UNSPACED_LIMIT}}`,
  run("[\\p{L}\\p{M}]"),
  run("\\p{N}"),
  run(`[^${SPACE}\\p{L}\\p{M}\\p{N}]`),
  SPACE,
].join("|");
const runs = new RegExp(RUN, "gu");
const unspaced = new RegExp(`^${UNSPACED}`, "u");

/** The words of a line, still without their marks; between two spaces is an empty one, an empty line has none. */
export function wordsOf(line: string): string[] {
  return line === "" ? [] : line.replaceAll(SPACE, " ").split(" ");
}

/** The runs of a word with its mark. */
export function runsOf(word: string): string[] {
  return (SPACE + word).match(runs)!;
}

/** The line that pieces were cut from: marks are spaces again, the one before the line goes. */
export function joinPieces(pieces: readonly string[]): string {
  const text = pieces.join("").replaceAll(SPACE, " ");
  return text.startsWith(" ") ? text.slice(1) : text;
}

/** The pieces of words inside a line: before letters that are written without spaces the mark is not theirs. */
export function insideLine(pieces: readonly string[]): readonly string[] {
  return pieces[0] === SPACE && unspaced.test(pieces[1]?.slice(0, 2) ?? "") ? pieces.slice(1) : pieces;
}

/** What a piece shows of a word: all but its mark. */
export function withoutMark(piece: string): string {
  return piece.startsWith(SPACE) ? piece.slice(SPACE.length) : piece;
}

/** Pieces as one text that is not to be written; a sign is not, with a space before it or without. */
export function textToBan(pieces: readonly string[]): string {
  const text = pieces.join("");
  return /^[\p{L}\p{M}\p{N}]/u.test(withoutMark(text)) ? text : withoutMark(text);
}
