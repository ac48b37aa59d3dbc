import { basename, dirname, resolve } from "node:path";
import { type Corpus, type CorpusOptions, corpusName, type OpenFile, readCorpus } from "../data/corpus.js";
import { type FilterReport, refuseNothingKept } from "../data/filters.js";
import { readBytes, readPairsOf, readUnpacked } from "../data/node-files.js";
import { decodeUtf8, type Pair, type PairColumns } from "../data/pairs.js";
import { DataError, RecipeError } from "../errors.js";
import type { Backend } from "../kernels/kernels.js";
import { type AnyModel, modelOfFile, recipeOf } from "../models/model-file.js";
import { readSafetensors } from "../models/safetensors.js";
import {
  completeRecipe,
  defaultsForSize,
  defaultsOfModel,
  LengthMeter,
  modelToContinue,
  parseRecipe,
  type Recipe,
  type RecipeInput,
  STANDARD_INPUT,
  withPaths,
} from "../recipe/index.js";
import { fromHuggingFace } from "../text/hugging-face.js";
import type { Tokenizer } from "../text/tokenizer.js";
import { continueModel } from "../train/continue-model.js";
import { holdOutFor } from "../train/hold-out.js";
import { pairFilter } from "../train/pair-filter.js";
import { type GivenTokenizers, prepareModel } from "../train/prepare.js";
import { surveyCorpus, type TextInFiles, TextInMemory } from "../train/training-text.js";
import type { NamedRecipe } from "./named-recipe.js";
import { modelFileOf } from "./open-model.js";
import { type RunData, wantsStreaming } from "./run-data.js";

export interface TrainingInput {
  train: TextInMemory | TextInFiles;
  dev: Pair[];
  test: Pair[];
  /** What `data.filters` took out of train. */
  filtered: FilterReport;
}

/** What a model of standard input is called. */
export const STANDARD_INPUT_NAME = "stdin";

/** Reads a recipe, or makes one for a file of pairs (or standard input), whose size then chooses the defaults. */
export async function readRecipe(path: string, overrides: readonly string[], data: RunData): Promise<NamedRecipe> {
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
  const isInput = path === STANDARD_INPUT;
  const given = {
    name: isInput ? STANDARD_INPUT_NAME : folderName(stem),
    data: { train: isInput ? path : resolve(path) },
  };
  const asked = completeRecipe(given, { overrides, ...(base && { defaults: base }) });
  const plain = await data.spool({ ...asked, name: given.name });
  const meter = new LengthMeter();
  const options = { columns: columnsOf(plain), format: plain.data.format, allowEmpty: true };
  for await (const pairs of readCorpus(plain.data.train!, options, readUnpacked))
    for (const { source, target } of pairs) meter.add(source, target);
  const ofSize = defaultsForSize(meter.count, meter.averages(), plain.task);
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
export async function prepareRun(
  backend: Backend,
  recipe: Recipe,
  train: TextInMemory | TextInFiles,
): Promise<AnyModel> {
  const { from } = recipe.train;
  if (from === undefined) return prepareModel(backend, recipe, train, await readTokenizers(recipe));
  const file = modelFileOf(from);
  const base = modelOfFile(backend, await readBytes(file), file);
  try {
    return await continueModel(backend, recipe, base, lookedAt(train));
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

/**
 * Reads every file of the recipe, so that a missing test file is found before hours are spent. Pairs that are too many for
 * memory are only looked at, and stay in their files, which `open` opens each time.
 */
export async function readTrainingInput(recipe: NamedRecipe, open: OpenFile = readUnpacked): Promise<TrainingInput> {
  const { data } = recipe;
  const corpus = data.train!;
  const [columns, { format }] = [columnsOf(recipe), data];
  // Alignments teach; what is only measured needs none.
  const measured = async (corpus: Corpus | undefined) =>
    corpus === undefined ? undefined : readPairsOf(corpus, { columns, format });
  const [dev, test = []] = [await measured(data.dev), await measured(data.test)];
  const { alignment } = data.columns;
  const options: CorpusOptions = {
    columns: { ...columns, ...(alignment !== undefined && { alignment }) },
    format,
    allowEmpty: data.filters.empty === "remove",
    alignments: typeof data.alignments === "string" ? [data.alignments] : data.alignments,
  };
  const hasDev = dev !== undefined;
  const read = (await wantsStreaming(recipe))
    ? await surveyCorpus(recipe, corpus, { ...options, hasDev, open })
    : await readInMemory(recipe, corpus, options, hasDev);
  if (read.train.size === 0)
    throw new DataError(
      `${corpusName(corpus)}: expected pairs left for training after holding out some for dev, got none. Lower data.holdOut or bring more pairs.`,
    );
  return { ...read, dev: dev ?? read.dev, test };
}

async function readInMemory(recipe: NamedRecipe, corpus: Corpus, options: CorpusOptions, hasDev: boolean) {
  const filter = pairFilter(recipe);
  const pairs = (await readPairsOf(corpus, options)).filter((pair) => filter.keeps(pair));
  const filtered = filter.report();
  refuseNothingKept(filtered, corpusName(corpus));
  const { train, dev } = hasDev ? { train: pairs, dev: [] } : holdOutFor(recipe, pairs);
  return { train: new TextInMemory(train), dev, filtered };
}

/** What is looked at of the training pairs: all that are in memory. */
export function lookedAt(train: TextInMemory | TextInFiles): readonly Pair[] {
  return train instanceof TextInMemory ? train.pairs : train.sample;
}
