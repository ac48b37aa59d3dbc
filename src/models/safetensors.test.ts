import { expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "./safetensors.js";

test("reads what it wrote, from a part of a larger buffer too", () => {
  const tensors = new Map([
    ["odd", { shape: [3], data: new Float32Array([1, 2, 3]) }],
    ["whole", { shape: [2, 16], data: Float32Array.from({ length: 32 }, (_, i) => i / 7) }],
  ]);
  const metadata = new Map([["format", "test"]]);
  const bytes = writeSafetensors({ metadata, tensors });
  // Node's Buffer is a window on a pool, and its `slice` copies nothing.
  const pool = Buffer.alloc(bytes.length + 5);
  pool.set(bytes, 3);
  for (const given of [bytes, pool.subarray(3, 3 + bytes.length)]) {
    const read = readSafetensors(given, "test");
    expect(read.metadata).toEqual(metadata);
    expect(Object.fromEntries(read.tensors)).toEqual(Object.fromEntries(tensors));
  }
});
