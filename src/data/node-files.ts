import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { pipeline, type Readable, type Transform } from "node:stream";
import { createGunzip } from "node:zlib";
import { DataError } from "../errors.js";
import { type Corpus, type CorpusOptions, readCorpus } from "./corpus.js";
import type { Pair, PairColumns } from "./pairs.js";

/** What a failed read means, by Node's error code. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: "expected a file, got a path where there is none. Check the path.",
  ENOTDIR: "expected a file, got a path through something that is no folder. Check the path.",
  EISDIR: "expected a file, got a folder. Give the path of a file in it.",
  EACCES: "expected a file that may be read, got no permission. Change its permissions.",
  EPERM: "expected a file that may be read, got no permission. Change its permissions.",
  ERR_FS_FILE_TOO_LARGE: "expected a file of less than 2 GiB, got a larger one. Split it.",
};

/** The bytes of a data file; every way to fail is a sentence with the path in front. */
export async function readBytes(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    return await readFile(path, { signal });
  } catch (cause) {
    throw readFailure(path, cause);
  }
}

/** What Node says of a failed read, as a sentence. */
export function readFailure(path: string, cause: unknown): DataError {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  const reason = reasons[code] ?? `expected a file that can be read, got "${message}". Check the path and the disk.`;
  return new DataError(`${path}: ${reason}`, { cause });
}

/** The bytes of a file as they come, unpacked if it is a gzip archive. */
export async function* readUnpacked(path: string): AsyncGenerator<Uint8Array> {
  try {
    const file = await open(path);
    let isPacked: boolean;
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, 0);
      isPacked = bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await file.close();
    }
    const packed = createReadStream(path, { highWaterMark: 1 << 20 });
    if (!isPacked) yield* packed;
    else yield* compose(packed, createGunzip({ chunkSize: 1 << 20 }));
  } catch (cause) {
    if (/^(Z_|ERR_BUFFER)/u.test((cause as NodeJS.ErrnoException).code ?? ""))
      throw new DataError(`${path}: expected a whole gzip archive, got one cut short or damaged. Fetch it again.`, {
        cause,
      });
    throw readFailure(path, cause);
  }
}

/** Both fail together, and end together. */
function compose(from: Readable, through: Transform): Readable {
  return pipeline(from, through, () => {
    // Whoever reads `through` meets the error there.
  });
}

/** The pairs of a corpus, all in memory. */
export async function readPairsOf(corpus: Corpus, options: CorpusOptions): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for await (const some of readCorpus(corpus, options, readUnpacked)) for (const pair of some) pairs.push(pair);
  return pairs;
}

/**
 * Reads a file of pairs, TSV or JSON Lines (`.jsonl`), packed (`.gz`) or not; `alignmentFile` has the alignment of each of
 * its lines.
 */
export function readPairs(path: string, columns: PairColumns, alignmentFile?: string): Promise<Pair[]> {
  return readPairsOf(path, { columns, ...(alignmentFile !== undefined && { alignments: [alignmentFile] }) });
}
