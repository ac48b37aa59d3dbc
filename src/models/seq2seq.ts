import { parseAlignment } from "../data/alignment.js";
import type { Batch, Example } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import type { Backend } from "../kernels/kernels.js";
import type { Recipe } from "../recipe/schema.js";
import type { Tensor } from "../tensor/index.js";
import {
  type LossOptions,
  pairName,
  ReadingModel,
  type TextEntry,
  type TextSide,
  type TrainingHistory,
  textOf,
} from "./model.js";
import { Seq2SeqNetwork } from "./network.js";

export interface Seq2SeqParts {
  recipe: Recipe;
  source: TextSide;
  target: TextSide;
  history?: TrainingHistory;
}

/** Task translate: a sequence to another, by encoder and decoder. */
export class Seq2Seq extends ReadingModel {
  readonly task = "translate";
  readonly source: TextSide;
  readonly target: TextSide;
  readonly network: Seq2SeqNetwork;

  constructor(backend: Backend, { recipe, source, target, history }: Seq2SeqParts) {
    super(backend, recipe, history);
    this.source = source;
    this.target = target;
    this.network = new Seq2SeqNetwork(this.parameters, recipe, source.vocabulary.size, target.vocabulary.size);
  }

  get targetSize(): number {
    return this.target.vocabulary.size;
  }

  text(): TextEntry[] {
    return [...textOf("source", this.source), ...textOf("target", this.target)];
  }

  example(pair: Pair, index: number, part?: string): Example {
    const { vocabulary, tokenizer } = this.target;
    const source = Int32Array.from(this.encodeSource(pair.source).ids);
    const target = Int32Array.from(vocabulary.toIds(tokenizer.encode(pair.target)));
    if (pair.alignment === undefined) return { index, source, target };
    const alignment = parseAlignment(pair.alignment, source.length, target.length, pairName(pair, index, part));
    return { index, source, target, alignment };
  }

  loss(batch: Batch, options?: LossOptions): Tensor {
    return this.network.loss(batch, options);
  }

  lossCount(batch: Batch): number {
    return batch.targetTokens;
  }
}
