import type { Pair } from "../data/pairs.js";
import { TranslationModel } from "../decode/translation-model.js";
import { AbortedError } from "../errors.js";
import { type BackendName, createBackend } from "../kernels/backend.js";
import { averageLengths, completeRecipe, defaultsForSize, type RecipeInput } from "../recipe/index.js";
import { holdOut, prepareModel } from "./prepare.js";
import { type ProgressListener, Trainer } from "./trainer.js";

/** The alignment, `0-0 1-2`, is what `model.attention.guided` follows. */
export type PairInput = Pair | readonly [source: string, target: string, alignment?: string];

export interface TrainOptions extends RecipeInput {
  /** Pairs that choose the best epoch; without them `data.holdOut` of the training pairs are taken. */
  dev?: readonly PairInput[];
  backend?: BackendName;
  /** How many threads compute; every core unless given. The result does not depend on it. */
  threads?: number;
  onProgress?: ProgressListener;
  /** Stops training; `train` then rejects with AbortedError. */
  signal?: AbortSignal;
}

function asPair(pair: PairInput): Pair {
  if ("source" in pair) return pair;
  const [source, target, alignment] = pair;
  return alignment === undefined ? { source, target } : { source, target, alignment };
}

/**
 * Trains a model on pairs of strings. Options are those of a recipe; what is not given is chosen by the data's size.
 *
 *   const model = await train([["3 May 2026", "2026-05-03"], …], { source: { tokenizer: "chars" } });
 */
export async function train(pairs: readonly PairInput[], options: TrainOptions = {}): Promise<TranslationModel> {
  const { dev, backend: backendName, threads, onProgress = () => {}, signal, ...input } = options;
  const all = pairs.map(asPair);
  const recipe = completeRecipe(input, {
    defaults: defaultsForSize(all.length, averageLengths(all.map((pair) => [pair.source, pair.target] as const))),
  });
  const split = dev ? { train: all, dev: dev.map(asPair) } : holdOut(all, recipe.data.holdOut);
  const backend = await createBackend(backendName, { threads });
  const model = await prepareModel(backend, recipe, split.train);
  const trainer = new Trainer(model, split.train, split.dev);
  try {
    if ((await trainer.run(onProgress, signal)) === "aborted")
      throw new AbortedError(`train: stopped by its signal after ${trainer.step} steps.`, { cause: signal?.reason });
  } catch (error) {
    model.dispose();
    throw error;
  } finally {
    trainer.dispose();
  }
  return new TranslationModel(model);
}
