import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, existsSync, rmSync } from "node:fs";
import { mkdir, readFile, rename, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { pathsOf } from "../data/corpus.js";
import { readFailure, readUnpacked } from "../data/node-files.js";
import { TandemError } from "../errors.js";
import { writeFailure, writeFileWhole } from "../node-files.js";
import { STANDARD_INPUT, withStandardInput } from "../recipe/index.js";
import { exitCodes } from "./failure.js";
import type { NamedRecipe } from "./named-recipe.js";

/** What standard input is kept as, in a run's `data`. */
export const STANDARD_INPUT_FILE = "stdin";
const EXAMPLES_FILE = "examples.bin";
const FILES_FILE = "files.json";

/**
 * What a run keeps of its data, in its folder's `data`: standard input, the examples of a corpus that does not fit in memory,
 * and which files it learns from. Until a run has a folder they lie in a temporary one beside it.
 */
export class RunData {
  #folder: string | undefined;
  #isTemporary = false;
  #standardInput: string | undefined;
  /** What is not finished is of no use to anyone. */
  readonly #interrupt = () => {
    this.discard();
    process.exit(exitCodes.interrupted);
  };

  private constructor(readonly parent: string) {}

  /** For a new run that will be in `out`, or in a folder in `runs`. */
  static beside(out: string | undefined): RunData {
    return new RunData(out === undefined ? "runs" : dirname(out));
  }

  /** For a look at data that no run comes of. */
  static forNothing(): RunData {
    return new RunData(tmpdir());
  }

  /** Of the run in this folder. */
  static of(run: string): RunData {
    const data = new RunData(run);
    data.#folder = join(run, "data");
    return data;
  }

  /** The recipe with standard input replaced by the file in which it is kept: read now, or by the run that goes on. */
  async spool(recipe: NamedRecipe): Promise<NamedRecipe> {
    const { train, dev, test } = recipe.data;
    const uses = [train, dev, test].flatMap((corpus) => (corpus === undefined ? [] : pathsOf(corpus)));
    const count = uses.filter((path) => path === STANDARD_INPUT).length;
    if (count === 0) return recipe;
    if (count > 1)
      throw new TandemError("data: expected - once, for standard input is read once, got it twice. Name a file.");
    if (this.#standardInput !== undefined) return withStandardInput(recipe, this.#standardInput);
    const path = join(await this.#ensureFolder(), STANDARD_INPUT_FILE);
    this.#standardInput = path;
    if (this.#isTemporary) {
      try {
        await pipeline(process.stdin, createWriteStream(path));
      } catch (cause) {
        throw writeFailure(path, cause);
      }
    } else if (!existsSync(path))
      throw new TandemError(
        `--resume: expected what the run read from standard input in ${path}, got no file. Bring it back, or start a new run.`,
      );
    return withStandardInput(recipe, path);
  }

  /** Opens a file by the path it had when it was named: what is kept here moves into the folder of the run. */
  readonly open = (path: string): AsyncIterable<Uint8Array> =>
    readUnpacked(path === this.#standardInput ? join(this.#folder!, STANDARD_INPUT_FILE) : path);

  /** Where examples are kept that do not fit in memory. */
  async examplesFile(): Promise<string> {
    return join(await this.#ensureFolder(), EXAMPLES_FILE);
  }

  /** Moves what there is into the folder of the run, and notes which files it learns from. */
  async moveTo(run: string, recipe: NamedRecipe): Promise<void> {
    const folder = join(run, "data");
    try {
      if (this.#folder === undefined) await mkdir(folder, { recursive: true });
      else await rename(this.#folder, folder);
    } catch (cause) {
      throw writeFailure(folder, cause);
    }
    this.#folder = folder;
    this.#isTemporary = false;
    this.#stopListening();
    await writeFileWhole(join(folder, FILES_FILE), `${JSON.stringify(await describeFiles(recipe), undefined, 2)}\n`);
  }

  /** Refuses to go on with files that are not those the run began with; one that was only touched is the same. */
  async refuseChanged(recipe: NamedRecipe): Promise<void> {
    const noted = join(this.#folder!, FILES_FILE);
    if (!existsSync(noted)) return;
    const before = JSON.parse(await readFile(noted, "utf8")) as DataFile[];
    const paths = learntFrom(recipe);
    for (const [i, path] of paths.entries()) {
      const known = before[i];
      const { size, mtimeMs } = await statOf(path);
      if (known && known.bytes === size && (known.modified === mtimeMs || known.sha256 === (await sha256Of(path))))
        continue;
      const got = known && known.bytes !== size ? `${size} bytes instead of ${known.bytes}` : "other content";
      throw new TandemError(
        `--resume: expected ${relative(process.cwd(), path)} as it was when the run began, got ${got}. Bring the file back, or start a new run without --resume.`,
      );
    }
  }

  /** Takes away what belongs to no run. */
  discard(): void {
    if (this.#isTemporary) rmSync(this.#folder!, { recursive: true, force: true });
    this.#isTemporary = false;
    this.#stopListening();
  }

  #stopListening(): void {
    for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, this.#interrupt);
  }

  async #ensureFolder(): Promise<string> {
    if (this.#folder === undefined) {
      try {
        const folder = join(this.parent, `.preparing-${randomUUID()}`);
        await mkdir(folder, { recursive: true });
        this.#folder = folder;
      } catch (cause) {
        throw writeFailure(this.parent, cause);
      }
      this.#isTemporary = true;
      for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, this.#interrupt);
    } else await mkdir(this.#folder, { recursive: true });
    return this.#folder;
  }
}

/** A file that a run learns from. */
interface DataFile {
  path: string;
  bytes: number;
  /** Milliseconds since 1970. */
  modified: number;
  sha256: string;
}

/** What decides how training goes: the files of train, of their alignments and of dev. */
function learntFrom({ data }: NamedRecipe): string[] {
  const alignments = data.alignments === undefined ? [] : [data.alignments].flat();
  return [...pathsOf(data.train!), ...alignments, ...(data.dev === undefined ? [] : pathsOf(data.dev))].filter(
    (path) => path !== STANDARD_INPUT,
  );
}

async function describeFiles(recipe: NamedRecipe): Promise<DataFile[]> {
  const files: DataFile[] = [];
  for (const path of learntFrom(recipe)) {
    const { size, mtimeMs } = await statOf(path);
    files.push({ path, bytes: size, modified: mtimeMs, sha256: await sha256Of(path) });
  }
  return files;
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (cause) {
    throw readFailure(path, cause);
  }
}

/** Of what is in the file, packed or not. */
async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of readUnpacked(path)) hash.update(bytes);
  return hash.digest("hex");
}

/** More text than this is read from disk in training; packed text grows to about four times its size. */
const LARGE_CORPUS = 1 << 27;
const UNPACKED = 4;

/** Whether the recipe's pairs are to stay on disk. */
export async function wantsStreaming({ data }: NamedRecipe): Promise<boolean> {
  if (data.streaming !== "auto") return data.streaming === "always";
  let bytes = 0;
  for (const path of pathsOf(data.train!)) bytes += (await statOf(path)).size * (/\.gz$/iu.test(path) ? UNPACKED : 1);
  return bytes > LARGE_CORPUS;
}
