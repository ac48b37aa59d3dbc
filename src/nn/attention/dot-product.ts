import {
  add,
  attentionContext,
  attentionScores,
  linear,
  maskedSoftmax,
  reshape,
  type Tensor,
} from "../../tensor/index.js";
import { Linear } from "../layers.js";
import type { Parameters } from "../parameters.js";
import type { Attended, Attention, AttentionMemory } from "./attention.js";
import { coverageWeight } from "./coverage.js";

export interface DotProductOptions {
  querySize: number;
  encoderSize: number;
  /** What scores are multiplied by; 1 unless given. */
  scale?: number;
  /** Whether keys are W state rather than the states themselves. */
  projected: boolean;
  coverage?: boolean;
}

/**
 * Attention by dot products over the encoder's states; values are the states as they are.
 *
 *   scaled-dot   score_s = query · state_s / √d, or query · W state_s / √d where sizes differ   (Vaswani et al. 2017, eq. 1)
 *   dot          score_s = query · state_s                                                      (Luong et al. 2015, section 3.1)
 *   general      score_s = query · W state_s
 *   coverage     … + u · Σ_{t' < t} weights_t's                                                 (Tu et al. 2016)
 */
export class DotProductAttention implements Attention {
  readonly contextSize: number;
  readonly key: Linear | undefined;
  readonly #scale: number;
  readonly #coverage: Tensor | undefined;

  constructor(parameters: Parameters, name: string, options: DotProductOptions) {
    const { querySize, encoderSize, scale = 1, projected, coverage = false } = options;
    this.contextSize = encoderSize;
    if (projected) this.key = new Linear(parameters, `${name}.key`, encoderSize, querySize, { bias: false });
    if (coverage) this.#coverage = coverageWeight(parameters, name, 1);
    this.#scale = scale;
  }

  remember(outputs: Tensor, mask: Tensor): AttentionMemory {
    return { keys: this.key ? this.key.forward(outputs) : outputs, values: outputs, mask };
  }

  attend(query: Tensor, memory: AttentionMemory, past?: Tensor, given?: Tensor): Attended {
    let scores = attentionScores(query, memory.keys, this.#scale);
    if (past && this.#coverage) scores = add(scores, this.#scoreOf(past, this.#coverage));
    const weights = given ?? maskedSoftmax(scores, memory.mask);
    return { context: attentionContext(weights, memory.values), scores, weights };
  }

  /** u · past[batch, queries, sourceTime] */
  #scoreOf(past: Tensor, weight: Tensor): Tensor {
    return reshape(linear(reshape(past, [past.size, 1]), weight), past.shape);
  }
}
