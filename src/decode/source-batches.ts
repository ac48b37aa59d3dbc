import { type Batch, makeBatch, planBatches } from "../data/batches.js";
import type { Reading, ReadingModel } from "../models/model.js";
import type { Scope } from "../tensor/index.js";
import type { Driver } from "./drive.js";

const BATCH_TOKENS = 4096;

/**
 * Runs `work` on the lines in batches of like length, each time in the emptied `scope`; `positions` are the numbers of
 * the lines in the batch.
 */
export async function inBatches(
  model: ReadingModel,
  lines: readonly Reading[],
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
