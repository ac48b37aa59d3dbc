import { type Batch, makeBatch, planBatches } from "../data/batches.js";
import type { Classifier } from "../models/classifier.js";
import type { ReadingModel } from "../models/model.js";
import type { Tagger } from "../models/tagger.js";
import { logSoftmax, type Scope } from "../tensor/index.js";
import type { Driver } from "./drive.js";
import type { Numbers } from "./step-decoder.js";

const BATCH_TOKENS = 4096;

/** A line as the model reads it. */
export interface ReadLine {
  tokens: string[];
  ids: number[];
}

/**
 * Runs `work` on the lines in batches of like length, each time in the emptied `scope`; `positions` are the numbers of
 * the lines in the batch.
 */
export async function inBatches(
  model: ReadingModel,
  lines: readonly ReadLine[],
  scope: Scope,
  driver: Driver,
  work: (batch: Batch, positions: Int32Array) => void,
): Promise<void> {
  const examples = lines.map(({ ids }, index) => ({
    index,
    source: Int32Array.from(ids),
    target: new Int32Array(0),
  }));
  // The plan puts lines of like length together, whatever the seed.
  for (const positions of planBatches(examples, { batchTokens: BATCH_TOKENS, seed: 0, epoch: 0 })) {
    driver.check();
    // During a turn the model may have been disposed, or its parameters changed.
    model.packedWeights();
    scope.reset();
    const batch = makeBatch(Array.from(positions, (position) => examples[position]!));
    scope.run(() => work(batch, positions));
    if (driver.isDue()) await driver.turn();
  }
}

/** log p of every label, [labels asked for × label count], and what the encoder made of the batch. */
export function labelLogProbabilities({ network }: Classifier | Tagger, batch: Batch) {
  const encoded = network.encode(batch);
  const features = network.features(encoded, batch);
  return { encoded, features, values: logSoftmax(network.logits(features)).toArray() as Numbers };
}

/** The place of the largest number, of equals the first. */
export function largestPlace(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
