import type { Tensor } from "../../tensor/index.js";

/** What attention reads, prepared once a sentence. With heads each tensor is [batch, heads, …]. */
export interface AttentionMemory {
  /** [batch, sourceTime, size of a key] */
  keys: Tensor;
  /** [batch, sourceTime, size of a value] */
  values: Tensor;
  /** [batch, sourceTime], 1 = real token */
  mask: Tensor;
}

/** What attending leaves for one or more queries. */
export interface Attended {
  /** [batch, queries, contextSize] */
  context: Tensor;
  /** Before the softmax, [batch, queries, sourceTime]; of several heads the mean. */
  scores: Tensor;
  /** [batch, queries, sourceTime], rows sum to 1, 0 on padding; of several heads the mean. */
  weights: Tensor;
  /** Each head's own, [batch, heads, queries, sourceTime]; absent where there is one. */
  heads?: { scores: Tensor; weights: Tensor };
}

/** score = how well a source token answers the query;  weights = softmax(score),  context = Σ_s weights_s value_s. */
export interface Attention {
  readonly contextSize: number;

  /** outputs [batch, sourceTime, encoderSize], mask [batch, sourceTime] */
  remember(outputs: Tensor, mask: Tensor): AttentionMemory;

  /**
   * query [batch, queries, querySize]. `past` [batch, queries, sourceTime]: with coverage the sum of each one's earlier weights.
   * `given` [batch, queries, sourceTime]: weights in place of softmax(scores); of several heads each one's.
   */
  attend(query: Tensor, memory: AttentionMemory, past?: Tensor, given?: Tensor): Attended;
}
