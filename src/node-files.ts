import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { TandemError } from "./errors.js";

/** What the temporary neighbours of `writeFileWhole` end in: a process that was killed leaves one behind. */
export const PART = ".part";

/** Writes a file whole or not at all: to a temporary neighbour, synced, renamed over the old one. */
export async function writeFileWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}${PART}`;
  try {
    const file = await open(temporary, "w");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true });
    throw writeFailure(path, cause);
  }
}

/** So that a power cut does not undo the renaming. Not every system lets a folder be opened or synced. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    if (!/^(EISDIR|EPERM|EACCES|EINVAL|ENOTSUP)$/.test(code)) throw cause;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "a full disk",
  EDQUOT: "a full quota",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "a disk that is read only",
  EEXIST: "a file of that name",
  ENOTDIR: "a path through something that is no folder",
  EISDIR: "a folder of that name",
};

/** What Node says of a failed write, as a sentence; `otherwise` is what to do where nothing better is known. */
export function writeFailure(path: string, cause: unknown, otherwise = "Choose another place."): TandemError {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  const [got, todo] =
    code === "ENOENT"
      ? [`no folder ${dirname(path)}`, "Create it first."]
      : [reasons[code] ?? `"${message}"`, adviceOn(code, otherwise)];
  return new TandemError(`write ${path}: expected to be able to write, got ${got}. ${todo}`, { cause });
}

function adviceOn(code: string, otherwise: string): string {
  if (code === "ENOSPC" || code === "EDQUOT") return "Free some space; what was there before is untouched.";
  if (code !== "EACCES" && code !== "EPERM") return otherwise;
  return `Change its permissions or ${otherwise[0]!.toLowerCase()}${otherwise.slice(1)}`;
}
