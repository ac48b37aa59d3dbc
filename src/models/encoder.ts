import { ShapeError } from "../errors.js";
import { Dropout, type DropoutContext, Embedding, type Parameters, Recurrent } from "../nn/index.js";
import type { Recipe } from "../recipe/schema.js";
import { ints, type RecurrentState, type Tensor, tensor } from "../tensor/index.js";
import type { SourceBatch } from "./model.js";
import { Summary } from "./summary.js";
import { dropWords } from "./word-dropout.js";

/** A batch of sentences as the encoder leaves them. */
export interface Encoded {
  /** [batch, sourceTime, embeddingSize] */
  embedded: Tensor;
  /** [batch, sourceTime, encoderSize], 0 on padding */
  outputs: Tensor;
  /** The final states, `[layer][direction]`, each [batch, hiddenSize] */
  states: RecurrentState[][];
  /** The sentence's code c (`Summary`), [batch, encoderSize] */
  code: Tensor;
  /** With `summary: attention` the share of each token in the code, [batch, 1, sourceTime] */
  shares?: Tensor | undefined;
  /** [batch, sourceTime] */
  mask: Tensor;
}

/** Embedding → recurrent layers over the real tokens → the code. `encoderSize` = hiddenSize × directions. */
export class Encoder {
  readonly embedding: Embedding;
  readonly recurrent: Recurrent;
  readonly outputSize: number;
  readonly #summary: Summary;
  readonly #dropout: Dropout;

  constructor(parameters: Parameters, recipe: Recipe, vocabularySize: number) {
    const { embeddingSize, encoder, tieEmbeddings } = recipe.model;
    this.embedding = new Embedding(parameters, "encoder.embedding", vocabularySize, embeddingSize, {
      isOutput: tieEmbeddings === "all",
    });
    this.recurrent = new Recurrent(parameters, "encoder.recurrent", {
      ...encoder,
      kind: encoder.cell,
      inputSize: embeddingSize,
    });
    this.outputSize = encoder.hiddenSize * (encoder.bidirectional ? 2 : 1);
    this.#summary = new Summary(parameters, encoder.summary, this.outputSize);
    this.#dropout = new Dropout("encoder.embedding", recipe.train.dropout, encoder.variational);
  }

  /** source int [batch, sourceTime], mask [batch, sourceTime] (1 = real token) */
  forward(source: Tensor, mask: Tensor, training?: DropoutContext): Encoded {
    const embedded = this.#dropout.forward(this.embedding.forward(source), training);
    // Outside training a gradient is asked for to explain: of what was read, be the table frozen or of 8 bits.
    if (!training) embedded.needsGradient = true;
    const { outputs, states } = this.recurrent.forward(embedded, mask, undefined, training);
    return { embedded, outputs, states, ...this.#summary.forward(outputs, mask, states.at(-1)!), mask };
  }
}

/** A batch as `encoder` reads it; in training whole words of it are dropped at `wordDropout`. */
export function readBatch(
  encoder: Encoder,
  batch: SourceBatch,
  wordDropout: number,
  training: DropoutContext | undefined,
): Encoded {
  const shape = [batch.size, batch.sourceTime];
  if (batch.source.length !== batch.size * batch.sourceTime)
    throw new ShapeError(`encode: expected ${batch.size} × ${batch.sourceTime} ids, got ${batch.source.length}.`);
  const source = dropWords(batch.source, "source", wordDropout, training);
  return encoder.forward(ints(source, shape), tensor(batch.sourceMask, shape), training);
}
