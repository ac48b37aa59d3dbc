import { once } from "node:events";
import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { readFailure } from "../data/node-files.js";
import { decodeUtf8, splitLines } from "../data/pairs.js";
import { DataError } from "../errors.js";

const LINE_FEED = 0x0a;

/** Lines of the first group; later ones double up to the most, so that the first answers come soon and the rest fast. */
const FIRST_GROUP = 64;
const LARGEST_GROUP = 512;
/** A stream without line ends would otherwise be held whole. */
const LONGEST_LINE = 1 << 20;

/**
 * The lines of a stream in groups. Whatever has come is given at once: a pipe gets its answers without waiting, and
 * never more than a chunk and a line is held. `name` is what messages call the stream.
 */
export async function* lineGroups(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string[]> {
  let size = FIRST_GROUP;
  for await (const lines of lineChunks(stream, name))
    for (let start = 0; start < lines.length; ) {
      yield lines.slice(start, start + size);
      start += size;
      size = Math.min(LARGEST_GROUP, 2 * size);
    }
}

async function* lineChunks(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string[]> {
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  let nextLine = 1;
  const decode = (bytes: Uint8Array): string[] => {
    const lines = splitLines(decodeUtf8(bytes, name, nextLine));
    nextLine += lines.length;
    return lines;
  };
  for await (const chunk of stream) {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end === 0) rest.push(chunk);
    else {
      yield decode(Buffer.concat([...rest, chunk.subarray(0, end)]));
      rest = [chunk.subarray(end)];
      restBytes = 0;
    }
    restBytes += chunk.length - end;
    if (restBytes > LONGEST_LINE)
      throw new DataError(
        `${name}:${nextLine}: expected a line of at most ${LONGEST_LINE} bytes, got a longer one. Break it into lines.`,
      );
  }
  const last = Buffer.concat(rest);
  if (last.length > 0) yield decode(last);
}

/** The bytes of a file, or of standard input for `-`. */
export async function* openInput(file: string): AsyncGenerator<Uint8Array> {
  if (file === "-") {
    yield* process.stdin;
    return;
  }
  try {
    await access(file);
    yield* createReadStream(file);
  } catch (cause) {
    throw readFailure(file, cause);
  }
}

/** Waits while the reader is slower than the model. */
export async function writeOut(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}
