import { once } from "node:events";
import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { readFailure } from "../data/node-files.js";
import { lineChunks } from "../data/text-lines.js";

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
  for await (const { lines } of lineChunks(stream, name, LONGEST_LINE))
    for (let start = 0; start < lines.length; ) {
      yield lines.slice(start, start + size);
      start += size;
      size = Math.min(LARGEST_GROUP, 2 * size);
    }
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
