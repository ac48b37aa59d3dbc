import type { Batch, Example } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import { DataError } from "../errors.js";
import type { Backend } from "../kernels/kernels.js";
import type { Labels } from "../text/labels.js";
import type { Tokenizer } from "../text/tokenizer.js";
import { unseenLabel } from "./classifier.js";
import { LabelNetwork } from "./label-network.js";
import { type ModelParts, pairName, ReadingModel, type TextEntry, type TextSide, textOf } from "./model.js";

export interface TaggerParts extends ModelParts {
  source: TextSide;
  /** Cuts the targets into tags. */
  tagTokenizer: Tokenizer;
  labels: Labels;
}

/** Task tag: a tag of a closed set for every token. */
export class Tagger extends ReadingModel {
  readonly task = "tag";
  readonly source: TextSide;
  readonly tagTokenizer: Tokenizer;
  readonly labels: Labels;
  readonly network: LabelNetwork;

  constructor(backend: Backend, parts: TaggerParts) {
    super(backend, parts);
    const { recipe, source, tagTokenizer, labels } = parts;
    this.source = source;
    this.tagTokenizer = tagTokenizer;
    this.labels = labels;
    this.network = new LabelNetwork(this.parameters, recipe, source.vocabulary.size, labels.size);
  }

  get targetSize(): number {
    return this.labels.size;
  }

  text(): TextEntry[] {
    return [...textOf("source", this.source), ["target.tokenizer", this.tagTokenizer], ["labels", this.labels]];
  }

  example(pair: Pair, index: number, part?: string): Example {
    const { ids } = this.encodeSource(pair.source);
    const tags = this.tagTokenizer.encode(pair.target);
    if (tags.length !== ids.length) throw unequalLengths(ids.length, tags.length, pairName(pair, index, part));
    const target = tags.map((tag) => {
      const id = this.labels.idOf(tag);
      if (id === undefined) throw unseenLabel("tag", tag, this.labels, pairName(pair, index, part));
      return id;
    });
    return { index, source: Int32Array.from(ids), target: Int32Array.from(target) };
  }

  lossCount(batch: Batch): number {
    return batch.targetTokens - batch.size;
  }
}

/** Tags are one to one with tokens. */
export function unequalLengths(tokens: number, tags: number, where: string): DataError {
  return new DataError(
    `${where}: expected a tag for each token, got ${tokens} tokens and ${tags} tags. Correct the line, or choose tokenizers that cut both sides alike, such as whitespace.`,
  );
}
