import { describe, expect, it } from "vitest";
import { expectClose, numbers } from "../../test/support/numbers.js";
import { int8Tensors, int8WeightsOf, quantize } from "./quantize.js";

const matrix = (rows: number, columns: number, data: ArrayLike<number>) => ({
  shape: [rows, columns],
  data: Float32Array.from(data),
});

describe("quantize", () => {
  it("gives multiples of a scale back as they are", () => {
    const wanted = Array.from({ length: 255 }, (_, i) => i - 127);
    const { numbers: found, scales } = quantize(
      "w",
      matrix(
        2,
        255,
        [...wanted, ...wanted].map((q, i) => q * (i < 255 ? 0.5 : 2)),
      ),
    );
    expect(Array.from(scales)).toEqual([0.5, 2]);
    expect(Array.from(found)).toEqual([...wanted, ...wanted]);
  });

  it("errs by half a step at most, and uses the whole range", () => {
    const weights = numbers("even", 5 * 64);
    const { numbers: found, scales } = quantize("w", matrix(5, 64, weights));
    for (const [i, number] of found.entries()) {
      const scale = scales[Math.floor(i / 64)]!;
      expect(Math.abs(weights[i]! - scale * number)).toBeLessThan(0.5001 * scale);
    }
    for (let row = 0; row < 5; row++)
      expect(Math.max(...found.subarray(row * 64, row * 64 + 64).map(Math.abs))).toBe(127);
  });

  it("gives a row of zeros zeros", () => {
    const { numbers: found, scales } = quantize("w", matrix(2, 3, [0, 0, 0, 1, 2, 3]));
    expect(Array.from(found.subarray(0, 3))).toEqual([0, 0, 0]);
    expect(Number.isFinite(scales[0])).toBe(true);
  });

  it("refuses what is no number, and says where", () => {
    const broken = matrix(2, 2, [1, 2, Number.NaN, 4]);
    expect(() => quantize("decoder.w", broken)).toThrow(
      "quantize: expected finite numbers in decoder.w, got others in row 1.",
    );
  });
});

describe("the tensors of a file", () => {
  const tensors = new Map([
    ["w", matrix(3, 5, numbers("w", 15))],
    ["one.row", matrix(1, 5, numbers("row", 5))],
    ["one.column", matrix(5, 1, numbers("column", 5))],
    ["bias", { shape: [5], data: Float32Array.from(numbers("bias", 5)) }],
  ]);

  it("matrices have 8 bits and scales of their rows, vectors stay", () => {
    const stored = int8Tensors(tensors, new Map());
    expect([...stored.keys()]).toEqual(["w", "w.scale", "one.row", "one.column", "bias"]);
    expect(stored.get("w")!.data).toBeInstanceOf(Int8Array);
    expect(stored.get("w.scale")!.shape).toEqual([3]);
    for (const name of ["one.row", "one.column", "bias"]) expect(stored.get(name)).toBe(tensors.get(name));
    const { numbers: found, scales } = int8WeightsOf(stored, "f").get("w")!;
    const weights = Array.from(found, (number, i) => number * scales[Math.floor(i / 5)]!);
    expectClose(weights, tensors.get("w")!.data, 1 / 127, "w");
  });

  it("those that have 8 bits already are not quantized again", () => {
    const known = new Map([
      ["w", { shape: [3, 5], numbers: new Int8Array(15).fill(3), scales: new Float32Array([1, 2, 4]) }],
    ]);
    const stored = int8Tensors(tensors, known);
    expect(stored.get("w")!.data).toBe(known.get("w")!.numbers);
    expect(stored.get("w.scale")!.data).toBe(known.get("w")!.scales);
  });

  it("numbers without scales are refused", () => {
    const stored = int8Tensors(tensors, new Map());
    stored.delete("w.scale");
    expect(() => int8WeightsOf(stored, "m.safetensors")).toThrow(
      "model m.safetensors: expected 3 scales of w, got none.",
    );
  });
});
