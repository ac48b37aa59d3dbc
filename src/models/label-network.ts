import type { Batch } from "../data/batches.js";
import { Dropout, type DropoutContext, Linear, type Parameters } from "../nn/index.js";
import type { Recipe } from "../recipe/schema.js";
import { crossEntropy, ints, reshape, selectRows, type Tensor } from "../tensor/index.js";
import { type Encoded, Encoder, readBatch } from "./encoder.js";
import type { LossOptions, SourceBatch } from "./model.js";

/**
 * An encoder and a softmax over labels:
 *
 *   classify   p = softmax(W c + b),    one label a sentence, from its code c
 *   tag        p_t = softmax(W h_t + b),   one label a token, from the encoder's state h_t there
 */
export class LabelNetwork {
  readonly encoder: Encoder;
  readonly output: Linear;
  readonly #perToken: boolean;
  readonly #wordDropout: number;
  readonly #dropout: Dropout;

  constructor(
    readonly parameters: Parameters,
    recipe: Recipe,
    vocabularySize: number,
    labelCount: number,
  ) {
    this.#perToken = recipe.task === "tag";
    this.#wordDropout = recipe.train.wordDropout;
    this.encoder = new Encoder(parameters, recipe, vocabularySize);
    this.output = new Linear(parameters, "output", this.encoder.outputSize, labelCount);
    this.#dropout = new Dropout("output", recipe.train.dropout, recipe.model.encoder.variational);
  }

  encode(batch: SourceBatch, training?: DropoutContext): Encoded {
    return readBatch(this.encoder, batch, this.#wordDropout, training);
  }

  /** What each label is read from, [labels, encoderSize]: the codes, or the states at the real tokens row by row. */
  features({ code, outputs }: Encoded, batch: SourceBatch, training?: DropoutContext): Tensor {
    if (!this.#perToken) return this.#dropout.forward(code, training);
    const dropped = this.#dropout.forward(outputs, training);
    const flat = reshape(dropped, [batch.size * batch.sourceTime, this.encoder.outputSize]);
    const rows = tokenRows(batch);
    return selectRows(flat, ints(rows, [rows.length]));
  }

  /** features → logits [labels, labelCount] */
  logits(features: Tensor): Tensor {
    return this.output.forward(features);
  }

  /** Mean cross-entropy of the labels in nats. */
  loss(batch: Batch, { training, smoothing = 0 }: LossOptions = {}): Tensor {
    const features = this.features(this.encode(batch, training), batch, training);
    const labels = labelsOf(batch);
    return this.crossEntropy(features, labels, { smoothing });
  }

  /** The cross-entropy of these labels, their sum divided by `normalizer`, their number unless given. */
  crossEntropy(
    features: Tensor,
    labels: readonly number[],
    options: { smoothing?: number; normalizer?: number },
  ): Tensor {
    const { weight, bias } = this.output;
    return crossEntropy(features, weight, bias!, ints(labels, [labels.length]), options);
  }
}

/** The places in [batch × time] that hold a token and not `</s>` or padding. */
export function tokenRows({ size, sourceTime, sourceMask }: SourceBatch): number[] {
  const rows: number[] = [];
  for (let row = 0; row < size; row++)
    // The last real place of a row is its `</s>`.
    for (let i = row * sourceTime; i + 1 < (row + 1) * sourceTime && sourceMask[i + 1] === 1; i++) rows.push(i);
  return rows;
}

/** The labels of a batch row by row: its targets without `</s>`. */
export function labelsOf({ size, targetTime, targetOut, targetMask }: Batch): number[] {
  const labels: number[] = [];
  for (let row = 0; row < size; row++)
    for (let i = row * targetTime; i + 1 < (row + 1) * targetTime && targetMask[i + 1] === 1; i++)
      labels.push(targetOut[i]!);
  return labels;
}
