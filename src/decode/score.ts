import { makeBatch, planBatches } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import type { Model } from "../models/model.js";
import { Scope } from "../tensor/index.js";

/** How probable a model finds the targets of pairs: perplexity is exp(total / tokens). */
export interface Likelihood {
  /** Negative log-likelihood in nats. */
  total: number;
  /** Tokens of the targets, `</s>` included; of labels and tags their number. */
  tokens: number;
}

const BATCH_TOKENS = 1024;

/** −Σ log p(target | source) under teacher forcing; pauses after each batch. */
export function* likelihoods(model: Model, pairs: readonly Pair[]): Generator<void, Likelihood> {
  const examples = pairs.map((pair, index) => model.example(pair, index));
  const plan = planBatches(examples, { batchTokens: BATCH_TOKENS, seed: 0, epoch: 0 });
  const scope = new Scope(model.backend, { parent: model.packedWeights() });
  let [total, tokens] = [0, 0];
  try {
    for (const positions of plan) {
      // Between two batches anything may have happened: the model disposed, or its parameters changed.
      model.packedWeights();
      const batch = makeBatch(Array.from(positions, (position) => examples[position]!));
      scope.reset();
      const count = model.lossCount(batch);
      total += scope.run(() => model.loss(batch).item()) * count;
      tokens += count;
      yield;
    }
    return { total, tokens };
  } finally {
    scope.dispose();
  }
}
