import type { Batch, Example } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import type { Backend } from "../kernels/kernels.js";
import type { MergeDropout } from "../text/bpe.js";
import { mergeDropout } from "./merge-dropout.js";
import { Model, type ModelParts, type Reading, type TextEntry, type TextSide, textOf } from "./model.js";
import { Seq2SeqNetwork } from "./network.js";

export interface DecoderOnlyParts extends ModelParts {
  target: TextSide;
}

/** Task language-model: a decoder that starts from nothing, p(y) = Π_t p(y_t | y_1 … y_{t−1}). */
export class DecoderOnly extends Model {
  readonly task = "language-model";
  readonly target: TextSide;
  readonly network: Seq2SeqNetwork;

  constructor(backend: Backend, parts: DecoderOnlyParts) {
    super(backend, parts);
    const { recipe, target } = parts;
    this.target = target;
    this.network = new Seq2SeqNetwork(this.parameters, recipe, 0, target.vocabulary.size);
  }

  text(): TextEntry[] {
    return textOf("target", this.target);
  }

  /** A line as tokens and ids, without `</s>`. */
  encodeTarget(line: string, dropout?: MergeDropout): Reading {
    this.checkAlive();
    const tokens = this.target.tokenizer.encode(line, dropout);
    return { tokens, ids: this.target.vocabulary.toIds(tokens) };
  }

  example({ target }: Pair, index: number, _part?: string, epoch?: number): Example {
    const { ids } = this.encodeTarget(target, mergeDropout(this.recipe, "target", index, epoch));
    return { index, source: new Int32Array(0), target: Int32Array.from(ids) };
  }

  lossCount(batch: Batch): number {
    return batch.targetTokens;
  }
}
