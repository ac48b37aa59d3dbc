import type { Batch, Example } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import type { Backend } from "../kernels/kernels.js";
import type { Recipe } from "../recipe/schema.js";
import type { Tensor } from "../tensor/index.js";
import {
  type LossOptions,
  Model,
  type Reading,
  type TextEntry,
  type TextSide,
  type TrainingHistory,
  textOf,
} from "./model.js";
import { Seq2SeqNetwork } from "./network.js";

export interface DecoderOnlyParts {
  recipe: Recipe;
  target: TextSide;
  history?: TrainingHistory;
}

/** Task language-model: a decoder that starts from nothing, p(y) = Π_t p(y_t | y_1 … y_{t−1}). */
export class DecoderOnly extends Model {
  readonly task = "language-model";
  readonly target: TextSide;
  readonly network: Seq2SeqNetwork;

  constructor(backend: Backend, { recipe, target, history }: DecoderOnlyParts) {
    super(backend, recipe, history);
    this.target = target;
    this.network = new Seq2SeqNetwork(this.parameters, recipe, 0, target.vocabulary.size);
  }

  text(): TextEntry[] {
    return textOf("target", this.target);
  }

  /** A line as tokens and ids, without `</s>`. */
  encodeTarget(line: string): Reading {
    this.checkAlive();
    const tokens = this.target.tokenizer.encode(line);
    return { tokens, ids: this.target.vocabulary.toIds(tokens) };
  }

  example({ target }: Pair, index: number): Example {
    return { index, source: new Int32Array(0), target: Int32Array.from(this.encodeTarget(target).ids) };
  }

  loss(batch: Batch, options?: LossOptions): Tensor {
    return this.network.loss(batch, options);
  }

  lossCount(batch: Batch): number {
    return batch.targetTokens;
  }
}
