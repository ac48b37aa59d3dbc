import { basename, dirname, extname, resolve } from "node:path";
import { readBytes, readPairs } from "../data/node-files.js";
import { decodeUtf8, type Pair } from "../data/pairs.js";
import { DataError, RecipeError } from "../errors.js";
import { averageLengths, completeRecipe, defaultsForSize, parseRecipe, type Recipe } from "../recipe/index.js";
import { fromHuggingFace } from "../text/hugging-face.js";
import type { Tokenizer } from "../text/tokenizer.js";
import { type GivenTokenizers, holdOut } from "../train/prepare.js";

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
    return relocate({ ...recipe, name: recipe.name ?? folderName(stem) }, (file) => resolve(dirname(path), file));
  }
  const given = { name: folderName(stem), data: { train: resolve(path) } };
  const { data } = completeRecipe(given, { overrides });
  const pairs = await readPairs(path, data.columns);
  const lengths = averageLengths(pairs.map(({ source, target }) => [source, target] as const));
  const recipe = completeRecipe(given, { defaults: defaultsForSize(pairs.length, lengths), overrides });
  return { ...recipe, name: recipe.name ?? given.name };
}

/** A recipe with every path in it changed; its name first, as in the recipe that a run keeps, for equal recipes make equal files. */
export function relocate(recipe: NamedRecipe, change: (path: string) => string): NamedRecipe {
  const data = { ...recipe.data };
  for (const part of ["train", "dev", "test"] as const) if (data[part] !== undefined) data[part] = change(data[part]);
  const side = (text: Recipe["source"]) =>
    text.tokenizerFile === undefined ? text : { ...text, tokenizerFile: change(text.tokenizerFile) };
  const { name, ...rest } = recipe;
  return { name, ...rest, data, source: side(recipe.source), target: side(recipe.target) };
}

/** The tokenisers that the recipe names instead of having them learnt. */
export async function readTokenizers({ source, target }: Recipe): Promise<GivenTokenizers> {
  const read = async ({ tokenizerFile: file }: Recipe["source"]) =>
    file === undefined ? undefined : readTokenizer(file);
  return { source: await read(source), target: await read(target) };
}

/** A tokenizer.json. */
export async function readTokenizer(path: string): Promise<Tokenizer> {
  return fromHuggingFace(decodeUtf8(await readBytes(path), path), path);
}

/** A name the recipe's schema takes: no dot in front. */
const folderName = (stem: string) => stem.replace(/^\.+/, "") || "run";

/** Reads every file of the recipe, so that a missing test file is found before hours are spent. */
export async function readTrainingData({ data }: Recipe): Promise<TrainingData> {
  const read = async (path: string | undefined) => (path === undefined ? undefined : readPairs(path, data.columns));
  const [all, dev, test] = [await read(data.train), await read(data.dev), await read(data.test)];
  const split = dev ? { train: all!, dev } : holdOut(all!, data.holdOut);
  if (split.train.length === 0)
    throw new DataError(
      `${data.train}: expected pairs left for training after holding out some for dev, got none. Lower data.holdOut or bring more pairs.`,
    );
  return { ...split, test: test ?? [] };
}
