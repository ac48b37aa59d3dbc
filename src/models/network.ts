import type { Batch, BatchCopy } from "../data/batches.js";
import { ShapeError } from "../errors.js";
import type { DropoutContext, Parameters } from "../nn/index.js";
import type { Recipe } from "../recipe/schema.js";
import {
  add,
  alignmentLoss,
  coverageLoss,
  crossEntropy,
  ints,
  pointerCrossEntropy,
  reshape,
  selectRows,
  type Tensor,
  tensor,
} from "../tensor/index.js";
import { Decoder, type Followed } from "./decoder.js";
import { type Encoded, Encoder } from "./encoder.js";
import { dropWords } from "./word-dropout.js";

export interface LossOptions {
  /** Switches dropout on. */
  training?: DropoutContext | undefined;
  /** Label smoothing. */
  smoothing?: number;
  /** Adds what the recipe wants of the attention: the losses of coverage and of guidance. */
  attentionLosses?: boolean;
}

/** Encoder and decoder with their parameters: the model as far as it knows only ids. */
export class Seq2SeqNetwork {
  readonly encoder: Encoder;
  readonly decoder: Decoder;
  readonly #attention: Recipe["model"]["attention"];
  readonly #wordDropout: number;

  constructor(
    readonly parameters: Parameters,
    recipe: Recipe,
    sourceVocabularySize: number,
    targetVocabularySize: number,
  ) {
    const { tieEmbeddings, attention } = recipe.model;
    const isShared = tieEmbeddings === "all";
    if (isShared && sourceVocabularySize !== targetVocabularySize)
      throw new ShapeError(
        `tieEmbeddings all: expected one vocabulary for both sides, got sizes ${sourceVocabularySize} and ${targetVocabularySize}. Build it from both.`,
      );
    this.encoder = new Encoder(parameters, recipe, sourceVocabularySize);
    const shared = isShared ? this.encoder.embedding : undefined;
    this.decoder = new Decoder(parameters, recipe, this.encoder.outputSize, targetVocabularySize, shared);
    this.#attention = attention;
    this.#wordDropout = recipe.train.wordDropout;
  }

  encode(batch: Pick<Batch, "size" | "sourceTime" | "source" | "sourceMask">, training?: DropoutContext): Encoded {
    const shape = [batch.size, batch.sourceTime];
    if (batch.source.length !== batch.size * batch.sourceTime)
      throw new ShapeError(`encode: expected ${batch.size} × ${batch.sourceTime} ids, got ${batch.source.length}.`);
    const source = dropWords(batch.source, "source", this.#wordDropout, training);
    return this.encoder.forward(ints(source, shape), tensor(batch.sourceMask, shape), training);
  }

  /** Cross-entropy under teacher forcing, the mean over real target tokens (`</s>` included). */
  loss(batch: Batch, options: LossOptions = {}): Tensor {
    const { training, smoothing = 0, attentionLosses = false } = options;
    const encoded = this.encode(batch, training);
    const targetIn = dropWords(batch.targetIn, "target", this.#wordDropout, training);
    const followed = this.decoder.follow(encoded, ints(targetIn, [batch.size, batch.targetTime]), training);
    const features = this.decoder.dropFeatures(followed.features, training);
    // Only real tokens reach the output projection.
    const rows: number[] = [];
    for (let i = 0; i < batch.targetMask.length; i++) if (batch.targetMask[i] === 1) rows.push(i);
    const size = features.shape[2]!;
    const flat = reshape(features, [batch.size * batch.targetTime, size]);
    const real = rows.length < batch.targetMask.length ? selectRows(flat, ints(rows, [rows.length])) : flat;
    const targets = ints(
      Int32Array.from(rows, (row) => batch.targetOut[row]!),
      [rows.length],
    );
    const { weight, bias } = this.decoder.output;
    const loss = batch.copy
      ? this.#copyLoss(real, batch, batch.copy, followed, rows)
      : crossEntropy(real, weight, bias!, targets, { smoothing });
    return attentionLosses && followed.weights ? this.#withAttentionLosses(loss, batch, followed.weights) : loss;
  }

  /** The loss of the mixture of writing and copying; `features` [rows.length, featureSize] are of these target tokens. */
  #copyLoss(features: Tensor, batch: Batch, copy: BatchCopy, followed: Followed, rows: readonly number[]): Tensor {
    const { sourceTime, targetTime } = batch;
    const ofRows = (x: Tensor, size: number) =>
      selectRows(reshape(x, [batch.size * targetTime, size]), ints(rows, [rows.length]));
    const { weight, bias } = this.decoder.output;
    return pointerCrossEntropy({
      features,
      weight,
      bias: bias!,
      generation: ofRows(followed.generation!, 1),
      weights: ofRows(followed.weights!, sourceTime),
      targets: Int32Array.from(rows, (row) => copy.targetOut[row]!),
      copied: rows.map((row) => {
        const first = Math.floor(row / targetTime) * sourceTime;
        return copy.source.subarray(first, first + sourceTime);
      }),
    });
  }

  /** Coverage's loss is a mean over target tokens, that of guidance over target tokens with an alignment. */
  #withAttentionLosses(loss: Tensor, batch: Batch, weights: Tensor): Tensor {
    const { coverage, coverageLoss: coverageWeight, guided } = this.#attention;
    let total = loss;
    if (coverage && coverageWeight > 0) {
      const mask = tensor(batch.targetMask, [batch.size, batch.targetTime]);
      total = add(total, coverageLoss(weights, mask, coverageWeight / batch.targetTokens));
    }
    if (guided > 0 && batch.guide) total = add(total, alignmentLoss(weights, batch.guide, guided));
    return total;
  }
}
