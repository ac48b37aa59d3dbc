import { attentionContext, attentionScores, maskedSoftmax, type Tensor } from "../tensor/index.js";
import { Linear } from "./layers.js";
import type { Parameters } from "./parameters.js";

/** What attention reads, prepared once a sentence. */
export interface AttentionMemory {
  /** [batch, sourceTime, querySize] */
  keys: Tensor;
  /** [batch, sourceTime, encoderSize] */
  values: Tensor;
  /** [batch, sourceTime], 1 = real token */
  mask: Tensor;
}

/** What attending leaves for one or more queries. */
export interface Attended {
  /** [batch, queries, encoderSize] */
  context: Tensor;
  /** Before the softmax, [batch, queries, sourceTime] */
  scores: Tensor;
  /** [batch, queries, sourceTime], rows sum to 1, 0 on padding */
  weights: Tensor;
}

/**
 * Scaled dot-product attention (Vaswani et al. 2017, eq. 1) over the encoder's states:
 *
 *   weights = softmax(query · keysᵀ / √d),   context = weights · values
 *
 * Keys are the states themselves where their size is the query's, else key = W state; values stay as they are.
 */
export class ScaledDotAttention {
  readonly key: Linear | undefined;
  readonly #scale: number;

  constructor(parameters: Parameters, name: string, querySize: number, encoderSize: number) {
    if (querySize !== encoderSize)
      this.key = new Linear(parameters, `${name}.key`, encoderSize, querySize, { bias: false });
    this.#scale = 1 / Math.sqrt(querySize);
  }

  /** outputs [batch, sourceTime, encoderSize] */
  remember(outputs: Tensor, mask: Tensor): AttentionMemory {
    return { keys: this.key ? this.key.forward(outputs) : outputs, values: outputs, mask };
  }

  /** query [batch, queries, querySize] */
  attend(query: Tensor, memory: AttentionMemory): Attended {
    const scores = attentionScores(query, memory.keys, this.#scale);
    const weights = maskedSoftmax(scores, memory.mask);
    return { context: attentionContext(weights, memory.values), scores, weights };
  }
}
