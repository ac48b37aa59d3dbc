import { readFile } from "node:fs/promises";
import { DataError } from "../errors.js";
import { type Pair, type PairColumns, parseTsv } from "./pairs.js";

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

/** Reads a TSV file of pairs; `alignmentFile` has the alignment of each of its lines. */
export async function readPairs(path: string, columns: PairColumns, alignmentFile?: string): Promise<Pair[]> {
  const bytes = await readBytes(path);
  if (alignmentFile === undefined) return parseTsv(bytes, path, columns);
  return parseTsv(bytes, path, columns, { bytes: await readBytes(alignmentFile), name: alignmentFile });
}
