import { expect } from "vitest";
import { RandomStream } from "../../src/random.js";

/** By name the longest row that was asked for; shorter ones begin alike. Drawing takes longer than most kernels. */
const drawn = new Map<string, Float64Array>();

/** `count` numbers in [−1, 1), exact in float32, the same for the same name. */
export function numbers(name: string, count: number): Float64Array {
  let row = drawn.get(name);
  if (row === undefined || row.length < count) {
    const stream = new RandomStream(7, "test", name);
    row = Float64Array.from({ length: count }, (_, i) => 2 * stream.uniform(i) - 1);
    drawn.set(name, row);
  }
  return row.slice(0, count);
}

/** `count` integers in [0, limit), the same for the same name. */
export function integers(name: string, count: number, limit: number): Float64Array {
  const stream = new RandomStream(7, "test", name);
  return Float64Array.from({ length: count }, (_, i) => stream.at(i) % limit);
}

/** Every |found − expected| ≤ tolerance · max(1, |expected|), NaN nowhere. */
export function expectClose(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  if (found.length !== expected.length)
    expect.fail(`${what}: expected ${expected.length} numbers, got ${found.length}.`);
  for (let i = 0; i < expected.length; i++) {
    const bound = tolerance * Math.max(1, Math.abs(expected[i]!));
    if (!(Math.abs(found[i]! - expected[i]!) <= bound))
      expect.fail(`${what}[${i}]: expected ${expected[i]} ± ${bound.toExponential(1)}, got ${found[i]}.`);
  }
}

/** The same bits everywhere, but for −0 = 0. */
export function expectSame(found: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expectClose(found, expected, 0, what);
}
