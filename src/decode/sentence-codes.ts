import { makeBatch, planBatches } from "../data/batches.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { Scope } from "../tensor/index.js";
import { Driver } from "./drive.js";

const BATCH_TOKENS = 4096;

/** What `encode` takes besides lines. */
export interface EncodeOptions {
  /** Stops the work; the promise then rejects with AbortedError. */
  signal?: AbortSignal | undefined;
}

/** The code c of each line, [encoderSize]: the encoder's states at both ends of the sentence, top layer. */
export async function sentenceCodes(
  model: Seq2Seq,
  lines: readonly string[],
  { signal }: EncodeOptions = {},
): Promise<Float32Array<ArrayBuffer>[]> {
  const codes: Float32Array<ArrayBuffer>[] = new Array(lines.length);
  let done = 0;
  const driver = new Driver(signal, () => `encode: stopped after ${done} of ${lines.length} lines`);
  driver.check();
  const examples = lines.map((line, index) => ({
    index,
    source: Int32Array.from(model.encodeSource(line).ids),
    target: new Int32Array(0),
  }));
  const scope = new Scope(model.backend, { parent: model.packedWeights() });
  try {
    // The plan puts lines of like length together, whatever the seed.
    for (const positions of planBatches(examples, { batchTokens: BATCH_TOKENS, seed: 0, epoch: 0 })) {
      driver.check();
      // During a turn the model may have been disposed, or its parameters changed.
      model.packedWeights();
      scope.reset();
      const batch = makeBatch(Array.from(positions, (position) => examples[position]!));
      const all = scope.run(() => model.network.encode(batch).code.toArray());
      const size = all.length / batch.size;
      for (const [row, position] of positions.entries())
        codes[position] = Float32Array.from(all.subarray(row * size, (row + 1) * size));
      done += batch.size;
      if (driver.isDue()) await driver.turn();
    }
  } finally {
    scope.dispose();
  }
  return codes;
}
