import { Linear, type Parameters } from "../nn/index.js";
import type { Recipe } from "../recipe/schema.js";
import {
  attentionContext,
  concat,
  maskedSoftmax,
  maxOverTime,
  meanOverTime,
  type RecurrentState,
  reshape,
  type Tensor,
  tanh,
} from "../tensor/index.js";

/**
 * The sentence's code c out of the encoder's states h_t:
 *
 *   last        [forward state at the last real token; backward state at the first], top layer
 *   mean, max   over the real tokens, by element
 *   attention   Σ_t α_t h_t  with  α = softmax(q · tanh(W h_t + b))  and a learnt q    (Yang et al. 2016, eqs. 5–7)
 */
export class Summary {
  readonly #kind: Recipe["model"]["encoder"]["summary"];
  readonly #hidden: Linear | undefined;
  readonly #query: Linear | undefined;

  constructor(parameters: Parameters, kind: Recipe["model"]["encoder"]["summary"], size: number) {
    this.#kind = kind;
    if (kind !== "attention") return;
    this.#hidden = new Linear(parameters, "encoder.summary.hidden", size, size);
    this.#query = new Linear(parameters, "encoder.summary.query", size, 1, { bias: false });
  }

  /** outputs [batch, time, size], mask [batch, time], top: the final states of each direction → code [batch, size] and α [batch, 1, time] */
  forward(outputs: Tensor, mask: Tensor, top: readonly RecurrentState[]): { code: Tensor; shares?: Tensor } {
    switch (this.#kind) {
      case "mean":
        return { code: meanOverTime(outputs, mask) };
      case "max":
        return { code: maxOverTime(outputs, mask) };
      case "attention": {
        const [batch, time, size] = outputs.shape as [number, number, number];
        const scores = this.#query!.forward(tanh(this.#hidden!.forward(outputs)));
        const shares = maskedSoftmax(reshape(scores, [batch, 1, time]), mask);
        return { code: reshape(attentionContext(shares, outputs), [batch, size]), shares };
      }
      default:
        return { code: concat(top.map((state) => state.hidden)) };
    }
  }
}
