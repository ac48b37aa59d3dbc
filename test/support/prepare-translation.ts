import type { Pair } from "../../src/data/pairs.js";
import type { Backend } from "../../src/kernels/kernels.js";
import { Seq2Seq } from "../../src/models/seq2seq.js";
import type { Recipe } from "../../src/recipe/index.js";
import { type GivenTokenizers, prepareModel } from "../../src/train/prepare.js";

/** A fresh model of task translate. */
export async function prepareTranslation(
  backend: Backend,
  recipe: Recipe,
  pairs: readonly Pair[],
  given?: GivenTokenizers,
): Promise<Seq2Seq> {
  const model = await prepareModel(backend, recipe, pairs, given);
  if (model instanceof Seq2Seq) return model;
  throw new Error(`expected a recipe of task translate, got ${model.task}`);
}
