import { DataError } from "../errors.js";

/** One example as text: what is read and what is to be written. */
export interface Pair {
  source: string;
  target: string;
  /** Which tokens belong together, as `0-0 1-2` (`parseAlignment`): what `model.attention.guided` follows. */
  alignment?: string;
  /** Where it stands, for messages: `train.tsv:14`. */
  place?: string;
  /** Where its alignment stands, if that is elsewhere: `train.align:14`. */
  alignmentPlace?: string;
}

/** A pair, or its texts as a tuple. The alignment, `0-0 1-2`, is what `model.attention.guided` follows. */
export type PairInput = Pair | readonly [source: string, target: string, alignment?: string];

/** A pair from either notation. */
export function asPair(pair: PairInput): Pair {
  if ("source" in pair) return pair;
  const [source, target, alignment] = pair;
  return alignment === undefined ? { source, target } : { source, target, alignment };
}

/** Examples from any notation; a language model's lines are all target. */
export function asExamples(inputs: readonly (string | PairInput)[], task: string): Pair[] {
  const isLines = task === "language-model";
  return inputs.map((input, i): Pair => {
    if (typeof input !== "string") return isLines ? { ...asPair(input), source: "" } : asPair(input);
    if (isLines) return { source: "", target: input };
    throw new DataError(
      `example ${i + 1}: expected a pair for task ${task}, got the text ${JSON.stringify(input.slice(0, 40))}. Give [source, target].`,
    );
  });
}

/** Which columns of a TSV hold the two sides, counted from 0; of JSON Lines the names of their fields. */
export interface PairColumns {
  /** Absent where there is none to read, as in the lines of a language model: every source is empty then. */
  source?: number | string;
  target: number | string;
  /** Which column, if any, has the alignment of the pair, `0-0 1-2`. */
  alignment?: number | string | undefined;
}

/**
 * Decodes UTF-8, with or without a byte order mark. Another encoding is an error that names it, a broken byte one that
 * names its line. `name` is how the user knows the text: a path or a URL; `firstLine` is the number of its first line.
 */
export function decodeUtf8(bytes: Uint8Array, name: string, firstLine = 1): string {
  const isStart = firstLine === 1;
  const other = isStart ? otherEncoding(bytes) : undefined;
  if (other) {
    throw new DataError(`${name}: expected UTF-8 text, got ${other.name}. ${other.remedy}`);
  }
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: !isStart });
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new DataError(
      `${name}:${firstLine - 1 + firstBrokenLine(bytes, decoder)}: expected UTF-8 text, got bytes that are none. Save the file as UTF-8.`,
      { cause },
    );
  }
}

/** What the first bytes say the file is instead, if anything. */
function otherEncoding(bytes: Uint8Array): { name: string; remedy: string } | undefined {
  const starts = (...prefix: number[]) => prefix.every((byte, i) => bytes[i] === byte);
  const encoded = (name: string) => ({ name, remedy: `Convert it: iconv -f ${name} -t UTF-8.` });
  if (starts(0x1f, 0x8b)) return { name: "a gzip archive", remedy: "Unpack it first: gunzip." };
  if (starts(0x50, 0x4b, 0x03, 0x04)) return { name: "a ZIP archive", remedy: "Unpack it first, or export a TSV." };
  if (starts(0xff, 0xfe, 0, 0) || starts(0, 0, 0xfe, 0xff)) return encoded("UTF-32");
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) return encoded("UTF-16");
  // UTF-16 without a mark: its tabs, line ends and Latin letters have a zero as the other byte.
  const head = bytes.subarray(0, 4096);
  const zeros = [0, 0];
  let [spaces, ofTwoBytes] = [0, 0];
  head.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]!++;
    if (byte !== 0x20 && byte !== LINE_FEED && byte !== TAB) return;
    spaces++;
    // At the very end the other byte may be cut off.
    if ((head[i % 2 === 0 ? i + 1 : i - 1] ?? 0) === 0) ofTwoBytes++;
  });
  if (zeros[0] === 0 && zeros[1] === 0) return undefined;
  // A NUL among spaces of one byte is a character as any other.
  if (2 * ofTwoBytes < spaces) return undefined;
  if (zeros[0] === 0) return encoded("UTF-16LE");
  if (zeros[1] === 0) return encoded("UTF-16BE");
  return { name: "binary data", remedy: "Give a text file." };
}

const TAB = 0x09;
const LINE_FEED = 0x0a;

/** The number, from 1, of the first line that is no UTF-8; no character's bytes contain a line feed. */
function firstBrokenLine(bytes: Uint8Array, decoder: TextDecoder): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed < 0 ? bytes.length : feed;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end + 1;
  }
  return line;
}

/** The lines of a text, ended by LF or CRLF; a last line end begins no further line. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r?\n/u);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
