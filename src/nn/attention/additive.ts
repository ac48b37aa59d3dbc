import { additiveScores, attentionContext, maskedSoftmax, type Tensor } from "../../tensor/index.js";
import { Linear } from "../layers.js";
import type { Parameters } from "../parameters.js";
import type { Attended, Attention, AttentionMemory } from "./attention.js";
import { coverageWeight } from "./coverage.js";

/**
 * Additive attention (Bahdanau et al. 2015, appendix A.1.2), which Luong et al. 2015 call concat:
 *
 *   score_s = vᵀ tanh(W_q query + W_k state_s)
 *   score_s = vᵀ tanh(W_q query + W_k state_s + u Σ_{t' < t} weights_t's)    with coverage (See et al. 2017, eq. 11)
 *
 * Inside the tanh is as much room as the query has; values are the states as they are.
 */
export class AdditiveAttention implements Attention {
  readonly contextSize: number;
  readonly query: Linear;
  readonly key: Linear;
  /** vᵀ, [1, querySize] */
  readonly score: Linear;
  readonly #coverage: Tensor | undefined;

  constructor(
    parameters: Parameters,
    name: string,
    { querySize, encoderSize, coverage = false }: { querySize: number; encoderSize: number; coverage?: boolean },
  ) {
    this.contextSize = encoderSize;
    this.query = new Linear(parameters, `${name}.query`, querySize, querySize, { bias: false });
    this.key = new Linear(parameters, `${name}.key`, encoderSize, querySize, { bias: false });
    this.score = new Linear(parameters, `${name}.score`, querySize, 1, { bias: false });
    if (coverage) this.#coverage = coverageWeight(parameters, name, querySize);
  }

  remember(outputs: Tensor, mask: Tensor): AttentionMemory {
    return { keys: this.key.forward(outputs), values: outputs, mask };
  }

  attend(query: Tensor, memory: AttentionMemory, past?: Tensor, given?: Tensor): Attended {
    const seen = past && this.#coverage && { sums: past, weight: this.#coverage };
    const scores = additiveScores(this.query.forward(query), memory.keys, this.score.weight, seen);
    const weights = given ?? maskedSoftmax(scores, memory.mask);
    return { context: attentionContext(weights, memory.values), scores, weights };
  }
}
