import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { TandemError } from "./errors.js";

/** Writes a file whole or not at all: to a temporary neighbour, synced, renamed over the old one. */
export async function writeFileWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  try {
    const file = await open(temporary, "w");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw writeFailure(path, cause);
  }
}

/** What Node says of a failed write, as a sentence. */
export function writeFailure(path: string, cause: unknown): TandemError {
  const code = (cause as NodeJS.ErrnoException).code;
  const [got, todo] =
    code === "ENOSPC"
      ? ["a full disk", "Free some space; what was there before is untouched."]
      : code === "ENOENT"
        ? [`no folder ${dirname(path)}`, "Create it first."]
        : [code ?? String(cause), "Check the path and its permissions."];
  return new TandemError(`write ${path}: expected to be able to write, got ${got}. ${todo}`, { cause });
}
