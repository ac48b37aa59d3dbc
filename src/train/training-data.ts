import { type Example, planBatches } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import { DataError } from "../errors.js";
import { pairName } from "../models/model.js";
import type { AnyModel } from "../models/model-file.js";
import { hashText } from "../random.js";

/** One pass over the data: batches by number, so that a run goes on at the one after the last it has consumed. */
export interface Epoch {
  /** How many batches. */
  readonly length: number;
  /** The examples of batch 0 … length − 1. They are asked for in order, beginning anywhere. */
  batch(index: number): readonly Example[] | Promise<readonly Example[]>;
}

/** What a trainer learns from. */
export interface TrainingData {
  /** Tells whether a checkpoint is of the same data. */
  readonly fingerprint: string;
  /** How many examples. */
  readonly size: number;
  /** Tokens of the longest source and target. */
  readonly longest: { source: number; target: number };
  /** The batches of epoch 1, 2, …: the same each time for the same recipe. Epochs may differ by some batches. */
  epoch(number: number): Epoch | Promise<Epoch>;
  /** How messages name an example by its number: `train.tsv:14`. */
  placeOf?(index: number): string;
  /** Batches of the first epoch. */
  readonly batchesPerEpoch: number;
}

/** Pairs that are all in memory. */
export class PairsInMemory implements TrainingData {
  readonly fingerprint: string;
  readonly longest: { source: number; target: number };
  readonly batchesPerEpoch: number;
  /** As they are cut in the epoch under way. */
  #examples: Example[];

  constructor(
    readonly model: AnyModel,
    readonly pairs: readonly Pair[],
  ) {
    if (model.recipe.model.attention.guided > 0 && pairs.every((pair) => pair.alignment === undefined))
      throw new DataError(
        "train: expected alignments for model.attention.guided, got pairs without any. Give each pair an alignment such as 0-0 1-2, or data.alignments a file of them.",
      );
    this.#examples = this.#cut(1);
    this.fingerprint = fingerprint(pairs);
    const longest = (side: "source" | "target") =>
      this.#examples.reduce((most, example) => Math.max(most, example[side].length), 0);
    this.longest = { source: longest("source"), target: longest("target") };
    this.batchesPerEpoch = this.#plan(1).length;
  }

  get size(): number {
    return this.pairs.length;
  }

  placeOf(index: number): string {
    return pairName(this.pairs[index]!, index, "train");
  }

  /** With BPE-dropout every epoch has its own tokens. */
  epoch(number: number): Epoch {
    const { source, target } = this.model.recipe;
    if (number > 1 && (source.bpeDropout > 0 || target.bpeDropout > 0)) this.#examples = this.#cut(number);
    const plan = this.#plan(number);
    return {
      length: plan.length,
      batch: (index) => Array.from(plan[index]!, (position) => this.#examples[position]!),
    };
  }

  #cut(epoch: number): Example[] {
    return this.pairs.map((pair, index) => this.model.example(pair, index, "train", epoch));
  }

  #plan(epoch: number): Int32Array[] {
    const { batchTokens, batchSize, seed } = this.model.recipe.train;
    const limit = batchTokens === undefined ? { batchSize: batchSize! } : { batchTokens };
    return planBatches(this.#examples, { ...limit, seed, epoch });
  }
}

/** A number that all texts and their order go into. */
export function fingerprint(pairs: readonly Pair[]): string {
  let hash = 0;
  for (const { source, target, alignment = "" } of pairs)
    for (const text of alignment ? [source, target, alignment] : [source, target])
      hash = Math.imul(hash, 0x01000193) ^ hashText(text);
  return `${pairs.length}-${(hash >>> 0).toString(16)}`;
}
