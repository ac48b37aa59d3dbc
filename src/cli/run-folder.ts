import { existsSync } from "node:fs";
import { appendFile, mkdir, readdir, rm, truncate } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { readBytes } from "../data/node-files.js";
import { TandemError } from "../errors.js";
import { PART, writeFailure, writeFileWhole } from "../node-files.js";
import { stringifyRecipe, withPaths, withStandardInput } from "../recipe/index.js";
import { type LogPosition, lengthUpTo, logLines } from "../report/run-log.js";
import { Checkpoints } from "./checkpoints.js";
import type { NamedRecipe } from "./named-recipe.js";
import { STANDARD_INPUT_FILE } from "./run-data.js";
import { RunLock } from "./run-lock.js";

const RUNS = "runs";
const RECIPE = "recipe.yaml";
const CHECKPOINTS = "checkpoints";
/** Any of these is a run; empty folders that a full disk left behind are none. */
const PARTS = [RECIPE, "model.safetensors", "log.jsonl"];

/** A folder with what a training run leaves behind: `recipe.yaml model.safetensors checkpoints/ log.jsonl report.html`. */
export class RunFolder {
  readonly modelFile: string;
  readonly logFile: string;
  readonly recipeFile: string;
  readonly reportFile: string;
  readonly checkpoints: Checkpoints;

  private constructor(
    readonly path: string,
    readonly lock?: RunLock,
  ) {
    this.modelFile = join(path, "model.safetensors");
    this.logFile = join(path, "log.jsonl");
    this.recipeFile = join(path, RECIPE);
    this.reportFile = join(path, "report.html");
    this.checkpoints = new Checkpoints(join(path, CHECKPOINTS));
  }

  /** A folder that is there, to be read: nothing keeps others from training in it. */
  static at(path: string): RunFolder {
    return new RunFolder(path);
  }

  /**
   * A folder for a new run, locked. `path` must hold no other run; without it `runs/<name>` is numbered until it is free.
   */
  static async create(path: string | undefined, recipe: NamedRecipe): Promise<RunFolder> {
    let chosen = path;
    try {
      if (chosen === undefined) chosen = await createNumbered(recipe.name);
      else {
        refuseTaken(chosen);
        await mkdir(chosen, { recursive: true });
      }
      await mkdir(join(chosen, CHECKPOINTS), { recursive: true });
    } catch (cause) {
      if (cause instanceof TandemError) throw cause;
      throw folderError(chosen ?? join(RUNS, recipe.name), cause);
    }
    const folder = new RunFolder(chosen, await RunLock.take(chosen));
    try {
      // Another run may have begun and ended here before the lock was taken.
      refuseTaken(chosen);
      // From inside the folder the data lies elsewhere than from the recipe.
      const moved = withPaths(recipe, (file) => relative(resolve(folder.path), file));
      const kept = withStandardInput(moved, join("data", STANDARD_INPUT_FILE));
      await writeFileWhole(folder.recipeFile, stringifyRecipe(kept));
      return folder;
    } catch (error) {
      await folder.close();
      throw error;
    }
  }

  /** The folder of a run that can go on, locked: `path`, or the newest `runs/<name>`. */
  static async reopen(path: string | undefined, name: string): Promise<RunFolder> {
    const chosen = await RunFolder.find(path, name);
    const folder = new RunFolder(chosen, await RunLock.take(chosen));
    try {
      await mkdir(folder.checkpoints.folder, { recursive: true });
      for (const place of [chosen, folder.checkpoints.folder]) await removeParts(place);
      return folder;
    } catch (error) {
      await folder.close();
      throw error instanceof TandemError ? error : folderError(chosen, error);
    }
  }

  /** Where a run lies that can go on: `path`, or the newest `runs/<name>`. */
  static async find(path: string | undefined, name: string): Promise<string> {
    const chosen = path ?? (await newestRun(name));
    if (chosen === undefined || !existsSync(join(chosen, RECIPE)))
      throw new TandemError(
        `--resume: expected a run in ${chosen ?? join(RUNS, name)}, got none. Start it without --resume.`,
      );
    return chosen;
  }

  /** Lets others train here. */
  async close(): Promise<void> {
    await this.lock?.release();
  }

  /** Cuts the log where it tells of more than a run that goes on from `position` knows, or where its last line is torn. */
  async cutLog(position: LogPosition): Promise<void> {
    if (!existsSync(this.logFile)) return;
    const bytes = await readBytes(this.logFile);
    const length = lengthUpTo(position, bytes);
    if (length === bytes.length) return;
    try {
      await truncate(this.logFile, length);
    } catch (cause) {
      throw folderError(this.logFile, cause);
    }
  }

  /** Without a checkpoint only a run that has not come to one yet can begin again: of others the checkpoints are missing. */
  async refuseLostCheckpoints(): Promise<void> {
    if (!existsSync(this.logFile)) return;
    const entries = [...logLines(await readBytes(this.logFile))].flatMap(({ entry }) => entry ?? []);
    const hadCheckpoint = (entry: (typeof entries)[number]) =>
      entry.kind === "end" || (entry.kind === "resume" && entry.step! > 0) || ("epoch" in entry && entry.epoch > 1);
    if (entries.some(hadCheckpoint))
      throw new TandemError(
        `--resume: expected a checkpoint in ${this.checkpoints.folder}, got none, though the run had come to some. Start a new run without --resume.`,
      );
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

/** What a process that was killed while it wrote has left behind. */
async function removeParts(folder: string): Promise<void> {
  const parts = (await readdir(folder)).filter((name) => name.endsWith(PART));
  for (const name of parts) await rm(join(folder, name), { force: true });
}

/** The run of this name with the highest number. */
async function newestRun(name: string): Promise<string | undefined> {
  const entries = existsSync(RUNS) ? await readdir(RUNS) : [];
  const numberOf = (entry: string): number => {
    if (entry === name) return 1;
    const [, number] = /^-(\d+)$/.exec(entry.startsWith(name) ? entry.slice(name.length) : "") ?? [];
    return number === undefined ? 0 : Number(number);
  };
  const runs = entries.filter((entry) => numberOf(entry) > 0).sort((a, b) => numberOf(b) - numberOf(a));
  const paths = runs.map((entry) => join(RUNS, entry));
  return paths.find((path) => existsSync(join(path, RECIPE)));
}

const folderError = (path: string, cause: unknown) => writeFailure(path, cause, "Choose another folder with --out.");
