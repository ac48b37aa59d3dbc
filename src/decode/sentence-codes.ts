import type { ReadingModel } from "../models/model.js";
import { Scope } from "../tensor/index.js";
import { Driver } from "./drive.js";
import { inBatches } from "./source-batches.js";

/** What `encode` takes besides lines. */
export interface EncodeOptions {
  /** Stops the work; the promise then rejects with AbortedError. */
  signal?: AbortSignal | undefined;
}

/** The code c of each line, [encoderSize]: the encoder's states at both ends of the sentence, top layer. */
export async function sentenceCodes(
  model: ReadingModel,
  lines: readonly string[],
  { signal }: EncodeOptions = {},
): Promise<Float32Array<ArrayBuffer>[]> {
  const codes: Float32Array<ArrayBuffer>[] = new Array(lines.length);
  let done = 0;
  const driver = new Driver(signal, () => `encode: stopped after ${done} of ${lines.length} lines`);
  driver.check();
  const read = lines.map((line) => model.encodeSource(line));
  const scope = new Scope(model.backend, { parent: model.packedWeights() });
  try {
    await inBatches(model, read, scope, driver, (batch, positions) => {
      const all = model.network.encode(batch).code.toArray();
      const size = all.length / batch.size;
      for (const [row, position] of positions.entries())
        codes[position] = Float32Array.from(all.subarray(row * size, (row + 1) * size));
      done += batch.size;
    });
  } finally {
    scope.dispose();
  }
  return codes;
}
