import { makeBatch, planBatches } from "../data/batches.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { Scope } from "../tensor/index.js";
import { Driver } from "./drive.js";

export interface EncodeOptions {
  /** Stops the work; the promise then rejects with AbortedError. */
  signal?: AbortSignal;
}

/**
 * The code c of every line, [encoderSize], in the order of the lines: what the encoder makes of a whole sentence. An
 * empty line has none: its vector is empty. A line has the same vector whatever lines are beside it.
 */
export async function encodeLines(
  model: Seq2Seq,
  lines: readonly string[],
  { signal }: EncodeOptions = {},
): Promise<Float32Array[]> {
  const target = new Int32Array(0);
  const examples = lines.flatMap((line, index) =>
    line.trim() === "" ? [] : [{ index, source: Int32Array.from(model.encodeSource(line).ids), target }],
  );
  const codes = lines.map(() => new Float32Array(0));
  let done = 0;
  const driver = new Driver(signal, () => `encode: stopped after ${done} of ${lines.length} lines`);
  driver.check();
  if (examples.length === 0) return codes;
  const scope = new Scope(model.backend);
  try {
    for (const positions of planBatches(examples, { batchTokens: 2048, seed: 0, epoch: 0 })) {
      model.checkAlive();
      const rows = Array.from(positions, (position) => examples[position]!);
      scope.reset();
      const all = scope.run(() => model.network.encode(makeBatch(rows)).code.toArray());
      const size = all.length / rows.length;
      for (const [row, { index }] of rows.entries())
        codes[index] = Float32Array.from(all.subarray(row * size, (row + 1) * size));
      done += rows.length;
      driver.check();
      if (driver.isDue()) await driver.turn();
    }
  } finally {
    scope.dispose();
  }
  return codes;
}
