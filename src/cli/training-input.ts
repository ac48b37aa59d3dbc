import { basename, dirname, extname, resolve } from "node:path";
import { readBytes, readPairs } from "../data/node-files.js";
import { decodeUtf8, type Pair, type PairColumns } from "../data/pairs.js";
import { DataError, RecipeError } from "../errors.js";
import {
  averageLengths,
  completeRecipe,
  defaultsForSize,
  parseRecipe,
  type Recipe,
  withPaths,
} from "../recipe/index.js";
import { holdOutFor } from "../train/prepare.js";

/** The recipe of a run: its name filled in, the paths of its data absolute. */
export type NamedRecipe = Recipe & { name: string };

export interface TrainingData {
  train: Pair[];
  dev: Pair[];
  test: Pair[];
}

/** Reads a recipe, or makes one for a TSV of pairs, whose size then chooses the defaults. */
export async function readRecipe(path: string, overrides: readonly string[]): Promise<NamedRecipe> {
  const stem = basename(path, extname(path));
  if (/\.ya?ml$/i.test(path)) {
    const recipe = parseRecipe(decodeUtf8(await readBytes(path), `recipe ${path}`), path, overrides);
    if (recipe.data.train === undefined)
      throw new RecipeError(`recipe ${path}: data.train: expected a TSV file of pairs, got none. Add its path.`);
    const absolute = withPaths(recipe, (file) => resolve(dirname(path), file));
    return { ...absolute, name: recipe.name ?? folderName(stem) };
  }
  const given = { name: folderName(stem), data: { train: resolve(path) } };
  const plain = completeRecipe(given, { overrides });
  const pairs = await readPairs(path, columnsOf(plain));
  const lengths = averageLengths(pairs.map(({ source, target }) => [source, target] as const));
  const defaults = defaultsForSize(pairs.length, lengths, plain.task);
  const recipe = completeRecipe(given, { defaults, overrides });
  return { ...recipe, name: recipe.name ?? given.name };
}

/** A name the recipe's schema takes: no dot in front. */
const folderName = (stem: string) => stem.replace(/^\.+/, "") || "run";

/** The columns that a task reads: of a language model's lines there is one. */
export function columnsOf({ task, data }: Recipe, asked: Partial<PairColumns> = {}): PairColumns {
  const { source, target } = { ...data.columns, ...asked };
  return task === "language-model" ? { target } : { source, target };
}

/** Reads every file of the recipe, so that a missing test file is found before hours are spent. */
export async function readTrainingData(recipe: Recipe): Promise<TrainingData> {
  const { data } = recipe;
  const columns = columnsOf(recipe);
  // Alignments teach; what is only measured needs none.
  const read = async (path: string | undefined) => (path === undefined ? undefined : readPairs(path, columns));
  const { alignment } = data.columns;
  const all = await readPairs(
    data.train!,
    { ...columns, ...(alignment !== undefined && { alignment }) },
    data.alignments,
  );
  const [dev, test] = [await read(data.dev), await read(data.test)];
  const split = dev ? { train: all, dev } : holdOutFor(recipe, all);
  if (split.train.length === 0)
    throw new DataError(
      `${data.train}: expected pairs left for training after holding out some for dev, got none. Lower data.holdOut or bring more pairs.`,
    );
  return { ...split, test: test ?? [] };
}
