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
  zeros,
} from "../tensor/index.js";
import { Decoder, type Followed } from "./decoder.js";
import { type Encoded, Encoder, readBatch } from "./encoder.js";
import type { LossOptions, SourceBatch } from "./model.js";
import { dropWords } from "./word-dropout.js";

/** Encoder and decoder with their parameters: the model as far as it knows only ids. A language model has no encoder. */
export class Seq2SeqNetwork {
  readonly #encoder: Encoder | undefined;
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
    if (recipe.task !== "language-model") this.#encoder = new Encoder(parameters, recipe, sourceVocabularySize);
    const shared = isShared ? this.#encoder?.embedding : undefined;
    this.decoder = new Decoder(parameters, recipe, this.#encoder?.outputSize ?? 0, targetVocabularySize, shared);
    this.#attention = attention;
    this.#wordDropout = recipe.train.wordDropout;
  }

  encode(batch: SourceBatch, training?: DropoutContext): Encoded {
    return this.#encoder ? readBatch(this.#encoder, batch, this.#wordDropout, training) : nothingRead(batch.size);
  }

  /** Cross-entropy under teacher forcing, the mean over real target tokens (`</s>` included). */
  loss(batch: Batch, options: LossOptions = {}): Tensor {
    const { training, smoothing = 0, attentionLosses = false, guidanceScale = 1 } = options;
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
    return attentionLosses && followed.weights
      ? this.#withAttentionLosses(loss, batch, followed.weights, guidanceScale)
      : loss;
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
  #withAttentionLosses(loss: Tensor, batch: Batch, weights: Tensor, guidanceScale: number): Tensor {
    const { coverage, coverageLoss: coverageWeight, guided } = this.#attention;
    let total = loss;
    if (coverage && coverageWeight > 0) {
      const mask = tensor(batch.targetMask, [batch.size, batch.targetTime]);
      total = add(total, coverageLoss(weights, mask, coverageWeight / batch.targetTokens));
    }
    if (guided > 0 && batch.guide) total = add(total, alignmentLoss(weights, batch.guide, guided * guidanceScale));
    return total;
  }
}

/** What a decoder without encoder starts from: it says how many rows there are, and no number of it is read. */
function nothingRead(rows: number): Encoded {
  const nothing = zeros([rows, 1]);
  return { embedded: nothing, outputs: nothing, states: [], code: nothing, mask: nothing };
}
