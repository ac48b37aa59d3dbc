import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Batch } from "../../src/data/batches.js";

/** A tensor of a golden file: its numbers row-major, 10 significant digits. */
export interface GoldenTensor {
  shape: number[];
  data: number[];
}

/** test/golden/<name>.json, written by test/oracles/make_golden.py. */
export function readGolden<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8")) as Content;
}

/** The batch of a golden case of pairs, as `makeBatch` lays it out. */
export function goldenBatch(
  tensors: Record<"source" | "sourceMask" | "targetIn" | "targetOut" | "targetMask", GoldenTensor>,
): Batch {
  const { source, sourceMask, targetIn, targetOut, targetMask } = tensors;
  const [size, sourceTime] = source.shape as [number, number];
  return {
    ...{ size, sourceTime, targetTime: targetIn.shape[1]! },
    source: Int32Array.from(source.data),
    sourceMask: Float32Array.from(sourceMask.data),
    targetIn: Int32Array.from(targetIn.data),
    targetOut: Int32Array.from(targetOut.data),
    targetMask: Float32Array.from(targetMask.data),
    examples: Int32Array.from({ length: size }, (_, i) => i),
    sourceTokens: sum(sourceMask.data),
    targetTokens: sum(targetMask.data),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Every |actual − expected| ≤ tolerance · (1 + |expected|). */
export function expectGolden(
  actual: ArrayLike<number> | undefined,
  { data }: GoldenTensor,
  tolerance: number,
  what: string,
): void {
  expect(actual?.length, what).toBe(data.length);
  for (const [i, expected] of data.entries())
    if (!(Math.abs(actual![i]! - expected) <= tolerance * (1 + Math.abs(expected))))
      expect.fail(`${what}[${i}]: expected ${expected}, got ${actual![i]}`);
}
