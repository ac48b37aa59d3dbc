import { existsSync } from "node:fs";
import { appendFile, mkdir, readdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { readBytes } from "../data/node-files.js";
import { TandemError } from "../errors.js";
import { writeFileWhole } from "../node-files.js";
import { stringifyRecipe, withPaths, withStandardInput } from "../recipe/index.js";
import type { NamedRecipe } from "./named-recipe.js";
import { STANDARD_INPUT_FILE } from "./run-data.js";

const RUNS = "runs";
const CHECKPOINT = join("checkpoints", "last.safetensors");
/** Any of these is a run; empty folders that a full disk left behind are none. */
const PARTS = ["recipe.yaml", "model.safetensors", CHECKPOINT, "log.jsonl"];

/** A folder with what a training run leaves behind: `recipe.yaml model.safetensors checkpoints/ log.jsonl`. */
export class RunFolder {
  readonly modelFile: string;
  readonly checkpointFile: string;
  readonly logFile: string;

  private constructor(readonly path: string) {
    this.modelFile = join(path, "model.safetensors");
    this.checkpointFile = join(path, CHECKPOINT);
    this.logFile = join(path, "log.jsonl");
  }

  /** A folder for a new run. `path` must hold no other run; without it `runs/<name>` is numbered until it is free. */
  static async create(path: string | undefined, recipe: NamedRecipe): Promise<RunFolder> {
    let chosen = path;
    try {
      if (chosen === undefined) chosen = await createNumbered(recipe.name);
      else {
        refuseTaken(chosen);
        await mkdir(chosen, { recursive: true });
      }
      await mkdir(join(chosen, "checkpoints"), { recursive: true });
    } catch (cause) {
      if (cause instanceof TandemError) throw cause;
      throw folderError(chosen ?? join(RUNS, recipe.name), cause);
    }
    const folder = new RunFolder(chosen);
    // From inside the folder the data lies elsewhere than from the recipe.
    const moved = withPaths(recipe, (file) => relative(resolve(folder.path), file));
    await writeFileWhole(
      join(chosen, "recipe.yaml"),
      stringifyRecipe(withStandardInput(moved, join("data", STANDARD_INPUT_FILE))),
    );
    return folder;
  }

  /** The folder of a run that can go on: `path`, or the newest `runs/<name>`. */
  static async reopen(path: string | undefined, name: string): Promise<RunFolder> {
    const chosen = path ?? (await newestRun(name));
    if (chosen === undefined)
      throw new TandemError(`--resume: expected a run in ${join(RUNS, name)}, got none. Start it without --resume.`);
    const folder = new RunFolder(chosen);
    if (!existsSync(folder.checkpointFile))
      throw new TandemError(
        `--resume: expected a checkpoint in ${chosen}, got none. Start a new run without --resume.`,
      );
    return folder;
  }

  readCheckpoint(): Promise<Uint8Array> {
    return readBytes(this.checkpointFile);
  }

  /** Adds a line of JSON to the log. */
  async log(entry: object): Promise<void> {
    try {
      await appendFile(this.logFile, `${JSON.stringify(entry)}\n`);
    } catch (cause) {
      throw folderError(this.logFile, cause);
    }
  }
}

/** Throws if a run lies there already: nothing of it may be overwritten. */
export function refuseTaken(path: string): void {
  if (PARTS.some((part) => existsSync(join(path, part))))
    throw new TandemError(
      `--out ${path}: expected a folder without a run, got another run's. Choose another folder, or go on with --resume.`,
    );
}

/** runs/name, runs/name-2, …: the first that nobody has. */
async function createNumbered(name: string): Promise<string> {
  await mkdir(RUNS, { recursive: true });
  for (let number = 1; ; number++) {
    const path = join(RUNS, number === 1 ? name : `${name}-${number}`);
    try {
      await mkdir(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** The run of this name with the highest number that has a checkpoint. */
async function newestRun(name: string): Promise<string | undefined> {
  const entries = existsSync(RUNS) ? await readdir(RUNS) : [];
  const numberOf = (entry: string): number => {
    if (entry === name) return 1;
    const [, number] = /^-(\d+)$/.exec(entry.startsWith(name) ? entry.slice(name.length) : "") ?? [];
    return number === undefined ? 0 : Number(number);
  };
  const runs = entries.filter((entry) => numberOf(entry) > 0).sort((a, b) => numberOf(b) - numberOf(a));
  const paths = runs.map((entry) => join(RUNS, entry));
  return paths.find((path) => existsSync(join(path, CHECKPOINT)));
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "a full disk. Free some space; what was there before is untouched.",
  EACCES: "no permission. Change its permissions or choose another folder with --out.",
  EPERM: "no permission. Change its permissions or choose another folder with --out.",
  EROFS: "a disk that is read only. Choose another folder with --out.",
  EEXIST: "a file of that name. Choose another folder with --out.",
  ENOTDIR: "a path through something that is no folder. Choose another folder with --out.",
};

function folderError(path: string, cause: unknown): TandemError {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  const reason = reasons[code] ?? `"${message}". Choose another folder with --out.`;
  return new TandemError(`write ${path}: expected to be able to write, got ${reason}`, { cause });
}
