import {
  attentionContext,
  attentionScores,
  linear,
  maskedSoftmax,
  repeatTime,
  reshape,
  swapAxes,
  type Tensor,
  tensor,
} from "../../tensor/index.js";
import { Linear } from "../layers.js";
import type { Parameters } from "../parameters.js";
import type { Attended, Attention, AttentionMemory } from "./attention.js";

/**
 * Multi-head attention (Vaswani et al. 2017, section 3.2.2) of one query over the encoder's states:
 *
 *   head_i = softmax(W_q^i query · (W_k^i states)ᵀ / √d) W_v^i states,   context = W_o [head_1; …; head_n],   d = querySize / n
 *
 * Parameters are named as in PyTorch's nn.MultiheadAttention without biases, whose kdim and vdim are the encoder's size.
 */
export class MultiHeadAttention implements Attention {
  readonly contextSize: number;
  readonly #heads: number;
  readonly #headSize: number;
  readonly #query: Tensor;
  readonly #key: Tensor;
  readonly #value: Tensor;
  readonly #output: Linear;

  /** `heads` divides `querySize`. */
  constructor(
    parameters: Parameters,
    name: string,
    { querySize, encoderSize, heads }: { querySize: number; encoderSize: number; heads: number },
  ) {
    const projection = (letter: string, inputs: number) =>
      parameters.uniform(`${name}.${letter}_proj_weight`, [querySize, inputs], 1 / Math.sqrt(inputs));
    this.contextSize = querySize;
    this.#heads = heads;
    this.#headSize = querySize / heads;
    this.#query = projection("q", querySize);
    this.#key = projection("k", encoderSize);
    this.#value = projection("v", encoderSize);
    this.#output = new Linear(parameters, `${name}.out_proj`, querySize, querySize, { bias: false });
  }

  remember(outputs: Tensor, mask: Tensor): AttentionMemory {
    return {
      keys: this.#split(linear(outputs, this.#key)),
      values: this.#split(linear(outputs, this.#value)),
      mask: repeatTime(mask, this.#heads),
    };
  }

  attend(query: Tensor, memory: AttentionMemory, _past?: Tensor, given?: Tensor): Attended {
    const [batch, queries, size] = query.shape as [number, number, number];
    // Each [batch, heads, queries, ·].
    const own = this.#split(linear(query, this.#query));
    const scores = attentionScores(own, memory.keys, 1 / Math.sqrt(this.#headSize));
    const weights = given ? this.#forEachHead(given) : maskedSoftmax(scores, memory.mask);
    const contexts = attentionContext(weights, memory.values);
    const context = this.#output.forward(reshape(swapAxes(contexts), [batch, queries, size]));
    return { context, scores: meanOfHeads(scores), weights: meanOfHeads(weights), heads: { scores, weights } };
  }

  /** [batch, queries, time] → [batch, heads, queries, time] */
  #forEachHead(x: Tensor): Tensor {
    const [batch, queries, time] = x.shape as [number, number, number];
    return reshape(repeatTime(reshape(x, [batch, queries * time]), this.#heads), [batch, this.#heads, queries, time]);
  }

  /** [batch, time, heads · headSize] → [batch, heads, time, headSize] */
  #split(x: Tensor): Tensor {
    const [batch, time] = x.shape as [number, number];
    return swapAxes(reshape(x, [batch, time, this.#heads, this.#headSize]));
  }
}

/** [batch, heads, queries, time] → [batch, queries, time] */
function meanOfHeads(x: Tensor): Tensor {
  const [batch, heads, queries, time] = x.shape as [number, number, number, number];
  const shares = tensor(new Float64Array(batch * heads).fill(1 / heads), [batch, 1, heads]);
  return reshape(attentionContext(shares, reshape(x, [batch, heads, queries * time])), [batch, queries, time]);
}
