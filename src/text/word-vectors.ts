import { DataError } from "../errors.js";
import { END, type Vocabulary } from "./vocabulary.js";

/** Vectors of the words of a vocabulary. */
export interface WordVectors {
  /** By the id of the word, each [size]. */
  rows: Map<number, Float32Array>;
  size: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * Reads vectors in word2vec's text format, which fastText's .vec files have too: a line `words size`, then for each word a
 * line `word v1 … v_size`. GloVe's files, without the first line, are read as well. Only words of the vocabulary are kept,
 * the first of equal ones, so that memory does not grow with the file. `name` is the file's, for messages; `expectedSize` is
 * what the size must be.
 */
export async function readWordVectors(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  vocabulary: Vocabulary,
  expectedSize: number,
): Promise<WordVectors> {
  const decoder = new TextDecoder();
  const rows = new Map<number, Float32Array>();
  let number = 0;
  let size: number | undefined;
  for await (const line of linesOf(chunks)) {
    number++;
    const end = line.length > 0 && line[line.length - 1] === CARRIAGE_RETURN ? line.length - 1 : line.length;
    if (size === undefined) {
      const fields = decoder
        .decode(line.subarray(0, end))
        .trim()
        .split(/[ \t]+/u);
      const isHeader = fields.length === 2 && fields.every((field) => /^\d+$/u.test(field));
      size = isHeader ? Number(fields[1]) : fields.length - 1;
      if (!isHeader && (size < 1 || !fields.slice(1).every(isNumber)))
        throw new DataError(
          `${name}:1: expected "words size", or a word and its numbers, got ${JSON.stringify(shorten(fields.join(" ")))}. Give vectors in word2vec's text format.`,
        );
      if (size !== expectedSize)
        throw new DataError(
          `${name}: expected vectors of ${expectedSize} numbers, as model.embeddingSize is, got ${size}. Set model.embeddingSize to ${size}, or give other vectors.`,
        );
      if (isHeader) continue;
    }
    const gap = firstGap(line, end);
    const id = vocabulary.idOf(decoder.decode(line.subarray(0, gap)));
    if (id <= END || rows.has(id)) continue;
    const fields = decoder
      .decode(line.subarray(gap, end))
      .trim()
      .split(/[ \t]+/u);
    if (fields.length !== size || !fields.every(isNumber)) {
      const stray = fields.find((field) => !isNumber(field));
      const got = fields.length === size ? JSON.stringify(stray) : String(fields.length);
      throw new DataError(
        `${name}:${number}: expected ${size} numbers after ${JSON.stringify(vocabulary.tokenOf(id))}, got ${got}. The file is damaged or cut short; fetch it again.`,
      );
    }
    rows.set(id, Float32Array.from(fields, Number));
  }
  if (size === undefined) throw new DataError(`${name}: expected vectors, got an empty file. Check the path.`);
  return { rows, size };
}

const isNumber = (field: string) => field !== "" && Number.isFinite(Number(field));

const shorten = (text: string) => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

/** Where the word ends. */
function firstGap(line: Uint8Array, end: number): number {
  for (let i = 0; i < end; i++) if (line[i] === SPACE || line[i] === TAB) return i;
  return end;
}

/** Lines as bytes, without their line feeds. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    let start = 0;
    for (let feed = chunk.indexOf(LINE_FEED); feed >= 0; feed = chunk.indexOf(LINE_FEED, start)) {
      yield joined(rest, chunk.subarray(start, feed));
      rest = rest.subarray(0, 0);
      start = feed + 1;
    }
    rest = joined(rest, chunk.subarray(start));
  }
  if (rest.length > 0) yield rest;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
