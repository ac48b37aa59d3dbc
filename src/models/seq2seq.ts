import { parseAlignment } from "../data/alignment.js";
import type { Batch, Example } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import type { Backend } from "../kernels/kernels.js";
import { type CopySource, copyIds, copySource } from "./copying.js";
import { mergeDropout } from "./merge-dropout.js";
import { type ModelParts, pairName, ReadingModel, type TextEntry, type TextSide, textOf } from "./model.js";
import { Seq2SeqNetwork } from "./network.js";

export interface Seq2SeqParts extends ModelParts {
  source: TextSide;
  target: TextSide;
}

/** Task translate: a sequence to another, by encoder and decoder. */
export class Seq2Seq extends ReadingModel {
  readonly task = "translate";
  readonly source: TextSide;
  readonly target: TextSide;
  readonly network: Seq2SeqNetwork;

  constructor(backend: Backend, parts: Seq2SeqParts) {
    super(backend, parts);
    const { recipe, source, target } = parts;
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

  /** What can be copied from a source of these tokens; nothing where the model does not copy. */
  copySource(tokens: readonly string[]): CopySource | undefined {
    const { vocabulary, tokenizer } = this.target;
    return this.recipe.model.copy ? copySource(tokens, vocabulary, tokenizer.options) : undefined;
  }

  example(pair: Pair, index: number, part?: string, epoch?: number): Example {
    const { vocabulary, tokenizer } = this.target;
    const { tokens, ids } = this.encodeSource(pair.source, mergeDropout(this.recipe, "source", index, epoch));
    const source = Int32Array.from(ids);
    const targetTokens = tokenizer.encode(pair.target, mergeDropout(this.recipe, "target", index, epoch));
    const target = Int32Array.from(vocabulary.toIds(targetTokens));
    const example: Example = { index, source, target };
    const copyable = this.copySource(tokens);
    if (copyable) example.copy = copyIds(copyable, targetTokens, vocabulary);
    if (pair.alignment !== undefined) {
      const place = pair.alignmentPlace ?? pairName(pair, index, part);
      example.alignment = parseAlignment(pair.alignment, source.length, target.length, place);
    }
    return example;
  }

  lossCount(batch: Batch): number {
    return batch.targetTokens;
  }
}
