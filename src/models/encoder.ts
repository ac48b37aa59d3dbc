import { Dropout, type DropoutContext, Embedding, type Parameters, Recurrent } from "../nn/index.js";
import type { Recipe } from "../recipe/schema.js";
import { concat, type RecurrentState, type Tensor } from "../tensor/index.js";

/** A batch of sentences as the encoder leaves them. */
export interface Encoded {
  /** [batch, sourceTime, embeddingSize] */
  embedded: Tensor;
  /** [batch, sourceTime, encoderSize], 0 on padding */
  outputs: Tensor;
  /** The sentence's code c = [forward state at the last real token; backward state at the first], [batch, encoderSize] */
  code: Tensor;
  /** [batch, sourceTime] */
  mask: Tensor;
}

/** Embedding → recurrent layers over the real tokens. `encoderSize` = hiddenSize × directions. */
export class Encoder {
  readonly embedding: Embedding;
  readonly recurrent: Recurrent;
  readonly outputSize: number;
  readonly #dropout: Dropout;

  constructor(parameters: Parameters, recipe: Recipe, vocabularySize: number) {
    const { embeddingSize, encoder } = recipe.model;
    this.embedding = new Embedding(parameters, "encoder.embedding", vocabularySize, embeddingSize);
    this.recurrent = new Recurrent(parameters, "encoder.recurrent", {
      ...encoder,
      kind: encoder.cell,
      inputSize: embeddingSize,
    });
    this.outputSize = encoder.hiddenSize * (encoder.bidirectional ? 2 : 1);
    this.#dropout = new Dropout("encoder.embedding", recipe.train.dropout);
  }

  /** source int [batch, sourceTime], mask [batch, sourceTime] (1 = real token) */
  forward(source: Tensor, mask: Tensor, training?: DropoutContext): Encoded {
    const embedded = this.#dropout.forward(this.embedding.forward(source), training);
    const { outputs, states } = this.recurrent.forward(embedded, mask, undefined, training);
    const top = states.at(-1) as RecurrentState[];
    return { embedded, outputs, code: concat(top.map((state) => state.hidden)), mask };
  }
}
