import { asPair, type PairInput } from "../data/pairs.js";
import { TranslationModel } from "../decode/translation-model.js";
import { AbortedError } from "../errors.js";
import { openBackend, type PlaceOptions } from "../kernels/backend.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { averageLengths, completeRecipe, defaultsForSize, type RecipeInput } from "../recipe/index.js";
import { type GivenTokenizers, holdOut, prepareModel } from "./prepare.js";
import { type ProgressListener, Trainer } from "./trainer.js";

/** A recipe's keys, and what belongs to a call: where it computes, who listens, what stops it. */
export interface TrainOptions extends RecipeInput, PlaceOptions {
  /** Pairs that choose the best epoch; without them `data.holdOut` of the training pairs are taken. */
  dev?: readonly PairInput[];
  /** Tokenizers of `bpe` or `bytes` to take as they are, say of `fromHuggingFace`, instead of learning new ones. */
  tokenizers?: GivenTokenizers;
  /** Is told of every step (ten times a second at most) and every epoch. */
  onProgress?: ProgressListener;
  /** Stops training; `train` then rejects with AbortedError. */
  signal?: AbortSignal | undefined;
}

/**
 * Trains a model on pairs of strings. Options are those of a recipe; what is not given is chosen by the data's size.
 *
 *   const model = await train([["3 May 2026", "2026-05-03"], …], { source: { tokenizer: "chars" } });
 */
export async function train(pairs: readonly PairInput[], options: TrainOptions = {}): Promise<TranslationModel> {
  const { dev, backend: place, threads, wasmUrl, onProgress = () => {}, signal, tokenizers, ...input } = options;
  const all = pairs.map(asPair);
  const recipe = completeRecipe(input, {
    defaults: defaultsForSize(all.length, averageLengths(all.map((pair) => [pair.source, pair.target] as const))),
  });
  const split = dev ? { train: all, dev: dev.map(asPair) } : holdOut(all, recipe.data.holdOut);
  const stopped = (steps: number) =>
    new AbortedError(`train: stopped by its signal after ${steps} steps.`, { cause: signal?.reason });
  if (signal?.aborted) throw stopped(0);
  const { backend, isOwn } = await openBackend({ backend: place, threads, wasmUrl, signal });
  let model: Seq2Seq | undefined;
  try {
    model = await prepareModel(backend, recipe, split.train, tokenizers);
    const trainer = new Trainer(model, split.train, split.dev);
    try {
      if ((await trainer.run(onProgress, signal)) === "aborted") throw stopped(trainer.step);
    } finally {
      trainer.dispose();
    }
    return new TranslationModel(model, isOwn ? backend : undefined);
  } catch (error) {
    model?.dispose();
    if (isOwn) backend.dispose?.();
    throw error;
  }
}
