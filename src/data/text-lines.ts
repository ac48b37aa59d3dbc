import { DataError } from "../errors.js";
import { decodeUtf8, splitLines } from "./pairs.js";

const LINE_FEED = 0x0a;

/** Lines that follow one another in a file. */
export interface LineChunk {
  lines: string[];
  /** The number of the first of them, from 1. */
  first: number;
}

/**
 * The lines of a stream of UTF-8, as many at a time as have come: never more than a chunk and a line is held, and a stream
 * without line ends is not held whole. `name` is what messages call the stream.
 */
export async function* lineChunks(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  longestLine: number,
): AsyncGenerator<LineChunk> {
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  let first = 1;
  const decode = (bytes: Uint8Array): LineChunk => {
    const chunk = { lines: splitLines(decodeUtf8(bytes, name, first)), first };
    first += chunk.lines.length;
    return chunk;
  };
  for await (const chunk of stream) {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end === 0) rest.push(chunk);
    else {
      yield decode(joined([...rest, chunk.subarray(0, end)]));
      rest = [chunk.subarray(end)];
      restBytes = 0;
    }
    restBytes += chunk.length - end;
    if (restBytes > longestLine)
      throw new DataError(
        `${name}:${first}: expected a line of at most ${longestLine} bytes, got a longer one. Break it into lines.`,
      );
  }
  const last = joined(rest);
  if (last.length > 0) yield decode(last);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A file as a stream of its bytes. */
export interface NamedStream {
  name: string;
  stream: AsyncIterable<Uint8Array>;
}

/** The same lines of several files: `lines[i]` are those of file i. */
export interface ParallelChunk {
  lines: string[][];
  /** The number of the first of them, from 1. */
  first: number;
}

/** Files read side by side, line by line; one that ends before another is an error with both counts. `advice` ends it. */
export async function* parallelChunks(
  files: readonly NamedStream[],
  longestLine: number,
  advice: string,
): AsyncGenerator<ParallelChunk> {
  const readers = files.map(({ name, stream }) => lineChunks(stream, name, longestLine));
  const waiting: string[][] = files.map(() => []);
  const more = async (i: number) => {
    while (waiting[i]!.length === 0) {
      const { value } = await readers[i]!.next();
      if (value === undefined) return;
      waiting[i] = value.lines;
    }
  };
  let first = 1;
  try {
    while (true) {
      for (const i of files.keys()) await more(i);
      const count = Math.min(...waiting.map((lines) => lines.length));
      if (count === 0) break;
      yield { lines: waiting.map((lines) => lines.slice(0, count)), first };
      for (const i of files.keys()) waiting[i] = waiting[i]!.slice(count);
      first += count;
    }
    const longer = waiting.findIndex((lines) => lines.length > 0);
    if (longer < 0) return;
    const shorter = waiting.findIndex((lines) => lines.length === 0);
    let counted = first - 1;
    for (; waiting[longer]!.length > 0; await more(longer)) {
      counted += waiting[longer]!.length;
      waiting[longer] = [];
    }
    // The first file says how many lines there are to be.
    const counts = files.map((_, i) => (i === longer ? counted : first - 1));
    const wrong = shorter === 0 ? longer : shorter;
    throw new DataError(
      `${files[wrong]!.name}: expected ${counts[0]} lines, one for each line of ${files[0]!.name}, got ${counts[wrong]}. ${advice}`,
    );
  } finally {
    for (const reader of readers) await reader.return(undefined);
  }
}
