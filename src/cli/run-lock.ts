import { readFileSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { readFailure } from "../data/node-files.js";
import { TandemError } from "../errors.js";
import { writeFileWhole } from "../node-files.js";

/** Who writes a run folder. */
interface Holder {
  pid: number;
  host: string;
  /** Tells a process from a later one of the same number; null where the system does not say. */
  started: string | null;
}

const ENDING = ".lock";

/**
 * A file `<host>-<pid>.lock` in a run folder while a process trains there. Each process writes its own file and then looks for
 * others: of two that begin at the same time none can miss the other, and a file is only ever deleted by its owner or when
 * its owner has gone.
 */
export class RunLock {
  private constructor(readonly file: string) {}

  /** Throws if another process trains in this folder. */
  static async take(folder: string): Promise<RunLock> {
    const mine: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid) ?? null };
    const lock = new RunLock(join(folder, `${mine.host.replace(/[^\w.-]/g, "_")}-${mine.pid}${ENDING}`));
    const other = await findOther(folder, lock.file);
    if (other) throw taken(folder, other);
    await writeFileWhole(lock.file, `${JSON.stringify(mine)}\n`);
    const rival = await findOther(folder, lock.file);
    if (rival === undefined) return lock;
    await lock.release();
    throw taken(folder, rival);
  }

  async release(): Promise<void> {
    await rm(this.file, { force: true });
  }
}

interface OtherHolder extends Holder {
  file: string;
}

/** Another process that trains in this folder. Locks of processes that have gone are deleted. */
async function findOther(folder: string, mine: string): Promise<OtherHolder | undefined> {
  for (const name of await namesIn(folder)) {
    const file = join(folder, name);
    if (!name.endsWith(ENDING) || file === mine) continue;
    const holder = await readHolder(file);
    if (holder === undefined) continue;
    if (holder.host !== hostname() || isAlive(holder)) return { ...holder, file };
    await rm(file, { force: true });
  }
  return undefined;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw readFailure(folder, cause);
  }
}

/** Undefined where the lock has gone meanwhile. */
async function readHolder(file: string): Promise<Holder | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return undefined;
  }
  try {
    const { pid, host, started } = JSON.parse(text);
    if (Number.isSafeInteger(pid) && pid > 0 && typeof host === "string") return { pid, host, started };
  } catch {
    // Said below.
  }
  throw new TandemError(
    `lock ${file}: expected a process and its host, got something else. Delete the file if nothing trains in this folder.`,
  );
}

function taken(folder: string, { pid, host, file }: OtherHolder): TandemError {
  const isHere = host === hostname();
  const [where, advice] = isHere
    ? ["", "Wait for its end, or choose another folder with --out."]
    : [` on ${host}`, `Wait for its end, or delete ${file} if it no longer runs.`];
  return new TandemError(
    `run ${folder}: expected a folder in which nothing else trains, got one in which process ${pid}${where} does. ${advice}`,
  );
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Someone else's process is alive too.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const now = startOf(pid);
  return now !== "gone" && (started === null || now === undefined || now === started);
}

/** When a process started, as Linux tells it: which boot, and clock ticks since; undefined on other systems. */
function startOf(pid: number): string | "gone" | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Fields 3 (state) to 22 (start): the name before them may hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? "gone" : `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
