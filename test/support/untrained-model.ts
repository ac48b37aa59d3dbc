import type { Backend } from "../../src/kernels/kernels.js";
import type { Seq2Seq } from "../../src/models/seq2seq.js";
import { completeRecipe, type RecipeInput } from "../../src/recipe/index.js";
import { prepareTranslation } from "./prepare-translation.js";

/** The letters that an untrained model knows, on both sides; each is a word. */
export const letters = [..."abcdefghijk"];

/** Sizes are primes that differ, so that no axis can be taken for another. */
const sizes = { embeddingSize: 7, encoder: { hiddenSize: 5 }, decoder: { hiddenSize: 11 } } as const;

/** A network as it is before training, its output made decisive, so that no time goes into learning. */
export async function untrainedModel(backend: Backend, model: RecipeInput["model"] = {}): Promise<Seq2Seq> {
  const pairs = letters.map((letter, i) => ({ source: `${letter} ${letters[(i * 3) % 11]} .`, target: `${letter} .` }));
  const text = { tokenizer: "whitespace" } as const;
  const merged = {
    ...sizes,
    ...model,
    encoder: { ...sizes.encoder, ...model.encoder },
    decoder: { ...sizes.decoder, ...model.decoder },
  };
  const core = await prepareTranslation(backend, completeRecipe({ model: merged, source: text, target: text }), pairs);
  const { weight } = core.network.decoder.output;
  weight.set(weight.toArray().map((value) => value * 12));
  return core;
}
