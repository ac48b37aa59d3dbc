import { basename, dirname, resolve } from "node:path";
import { type Corpus, corpusName } from "../data/corpus.js";
import { type FilterReport, refuseNothingKept } from "../data/filters.js";
import { readBytes, readPairs, readPairsOf } from "../data/node-files.js";
import { decodeUtf8, type Pair, type PairColumns } from "../data/pairs.js";
import { DataError, RecipeError } from "../errors.js";
import type { Backend } from "../kernels/kernels.js";
import { type AnyModel, modelOfFile, recipeOf } from "../models/model-file.js";
import { readSafetensors } from "../models/safetensors.js";
import {
  averageLengths,
  completeRecipe,
  defaultsForSize,
  defaultsOfModel,
  modelToContinue,
  parseRecipe,
  type Recipe,
  type RecipeInput,
  withPaths,
} from "../recipe/index.js";
import { fromHuggingFace } from "../text/hugging-face.js";
import type { Tokenizer } from "../text/tokenizer.js";
import { continueModel } from "../train/continue-model.js";
import { pairFilter } from "../train/pair-filter.js";
import { type GivenTokenizers, holdOutFor, prepareModel } from "../train/prepare.js";
import { modelFileOf } from "./open-model.js";

/** The recipe of a run: its name filled in, the paths of its data absolute. */
export type NamedRecipe = Recipe & { name: string };

export interface TrainingData {
  train: Pair[];
  dev: Pair[];
  test: Pair[];
  /** What `data.filters` took out of train. */
  filtered: FilterReport;
}

/** Reads a recipe, or makes one for a file of pairs, whose size then chooses the defaults. */
export async function readRecipe(path: string, overrides: readonly string[]): Promise<NamedRecipe> {
  const stem = basename(path).replace(/(\.[^.]+)?(\.gz)?$/iu, "");
  const isRecipe = /\.ya?ml$/i.test(path);
  const text = isRecipe ? decodeUtf8(await readBytes(path), `recipe ${path}`) : "";
  const { from, task } = modelToContinue(text, overrides);
  const base = from === undefined ? undefined : await readDefaultsOf(resolve(dirname(path), from), task);
  if (isRecipe) {
    const recipe = parseRecipe(text, path, overrides, base);
    if (recipe.data.train === undefined)
      throw new RecipeError(`recipe ${path}: data.train: expected a file of pairs, got none. Add its path.`);
    // The name comes first, as in the recipe that a run keeps, for equal recipes make equal files.
    const { name = folderName(stem), ...rest } = withPaths(recipe, (file) => resolve(dirname(path), file));
    return { name, ...rest };
  }
  const given = { name: folderName(stem), data: { train: resolve(path) } };
  const plain = completeRecipe(given, { overrides, ...(base && { defaults: base }) });
  const pairs = await readPairs(path, columnsOf(plain));
  const lengths = averageLengths(pairs.map(({ source, target }) => [source, target] as const));
  const ofSize = defaultsForSize(pairs.length, lengths, plain.task);
  const defaults = base ? { ...base, train: ofSize.train } : ofSize;
  const recipe = completeRecipe(given, { defaults, overrides });
  return { ...recipe, name: recipe.name ?? given.name };
}

/** What a recipe that goes on from this model need not say. */
async function readDefaultsOf(path: string, task: unknown): Promise<RecipeInput> {
  const file = modelFileOf(path);
  const { metadata } = readSafetensors(await readBytes(file), file);
  return defaultsOfModel(recipeOf(metadata, file), task);
}

/** The model that a run begins with: a new one, or the one its recipe goes on from. */
export async function prepareRun(backend: Backend, recipe: Recipe, pairs: readonly Pair[]): Promise<AnyModel> {
  const { from } = recipe.train;
  if (from === undefined) return prepareModel(backend, recipe, pairs, await readTokenizers(recipe));
  const file = modelFileOf(from);
  const base = modelOfFile(backend, await readBytes(file), file);
  try {
    return await continueModel(backend, recipe, base, pairs);
  } finally {
    base.dispose();
  }
}

/** The tokenisers that the recipe names instead of having them learnt. */
async function readTokenizers({ source, target }: Recipe): Promise<GivenTokenizers> {
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

/** The columns that a task reads: of a language model's lines there is one. */
export function columnsOf({ task, data }: Recipe, asked: Partial<PairColumns> = {}): PairColumns {
  const { source, target } = { ...data.columns, ...asked };
  return task === "language-model" ? { target } : { source, target };
}

/** Reads every file of the recipe, so that a missing test file is found before hours are spent. */
export async function readTrainingData(recipe: Recipe): Promise<TrainingData> {
  const { data } = recipe;
  const [columns, { format }] = [columnsOf(recipe), data];
  // Alignments teach; what is only measured needs none.
  const measured = async (corpus: Corpus | undefined) =>
    corpus === undefined ? undefined : readPairsOf(corpus, { columns, format });
  const { alignment } = data.columns;
  const read = await readPairsOf(data.train!, {
    columns: { ...columns, ...(alignment !== undefined && { alignment }) },
    format,
    allowEmpty: data.filters.empty === "remove",
    alignments: typeof data.alignments === "string" ? [data.alignments] : data.alignments,
  });
  const filter = pairFilter(recipe);
  const all = read.filter((pair) => filter.keeps(pair));
  const filtered = filter.report();
  refuseNothingKept(filtered, corpusName(data.train!));
  const [dev, test] = [await measured(data.dev), await measured(data.test)];
  const split = dev ? { train: all, dev } : holdOutFor(recipe, all);
  if (split.train.length === 0)
    throw new DataError(
      `${corpusName(data.train!)}: expected pairs left for training after holding out some for dev, got none. Lower data.holdOut or bring more pairs.`,
    );
  return { ...split, test: test ?? [], filtered };
}
