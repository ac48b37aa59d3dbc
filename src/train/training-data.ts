import type { BatchPlanOptions, Example } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import { blocksInMemory, ShuffledEpoch } from "../data/shuffled-epoch.js";
import { DataError } from "../errors.js";
import { pairName } from "../models/model.js";
import type { AnyModel } from "../models/model-file.js";
import { hashText } from "../random.js";
import type { Recipe } from "../recipe/index.js";

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
  /** Of the first epoch: whatever is cut later, windows stay. */
  readonly #tokens: number;

  constructor(
    readonly model: AnyModel,
    readonly pairs: readonly Pair[],
  ) {
    refuseUnaligned(
      model.recipe,
      pairs.some((pair) => pair.alignment !== undefined),
    );
    this.#examples = this.#cut(1);
    this.fingerprint = fingerprint(pairs);
    const longest = (side: "source" | "target") =>
      this.#examples.reduce((most, example) => Math.max(most, example[side].length), 0);
    this.longest = { source: longest("source"), target: longest("target") };
    this.#tokens = this.#examples.reduce((sum, { source, target }) => sum + source.length + target.length, 0);
    this.batchesPerEpoch = this.epoch(1).length;
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
    return new ShuffledEpoch(blocksInMemory(this.#examples, this.#tokens), planOptions(this.model.recipe, number));
  }

  #cut(epoch: number): Example[] {
    return this.pairs.map((pair, index) => this.model.example(pair, index, "train", epoch));
  }
}

/** How the batches of an epoch are cut. */
export function planOptions({ train }: Recipe, epoch: number): BatchPlanOptions {
  const { batchTokens, batchSize, seed } = train;
  return { ...(batchTokens === undefined ? { batchSize: batchSize! } : { batchTokens }), seed, epoch };
}

/** Guidance needs alignments to follow. */
export function refuseUnaligned(recipe: Recipe, isAligned: boolean): void {
  if (recipe.model.attention.guided > 0 && !isAligned)
    throw new DataError(
      "train: expected alignments for model.attention.guided, got pairs without any. Give each pair an alignment such as 0-0 1-2, or data.alignments a file of them.",
    );
}

/** A number that all texts and their order go into, as they come. */
export class Fingerprint {
  #hash = 0;
  #count = 0;

  add({ source, target, alignment = "" }: Pair): void {
    for (const text of alignment ? [source, target, alignment] : [source, target])
      this.#hash = Math.imul(this.#hash, 0x01000193) ^ hashText(text);
    this.#count++;
  }

  toString(): string {
    return `${this.#count}-${(this.#hash >>> 0).toString(16)}`;
  }
}

/** The same of pairs that are all there. */
export function fingerprint(pairs: readonly Pair[]): string {
  const all = new Fingerprint();
  for (const pair of pairs) all.add(pair);
  return all.toString();
}
