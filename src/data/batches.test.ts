import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { END, START } from "../text/vocabulary.js";
import { type Example, makeBatch, paddingShare, planBatches } from "./batches.js";

function example(index: number, sourceLength: number, targetLength: number): Example {
  return {
    index,
    source: Int32Array.from({ length: sourceLength }, (_, i) => 10 + i),
    target: Int32Array.from({ length: targetLength }, (_, i) => 50 + i),
  };
}

const corpus = (most: number) =>
  fc
    .array(fc.tuple(fc.nat(13), fc.nat(17)), { minLength: 1, maxLength: most })
    .map((lengths) => lengths.map(([source, target], index) => example(index, source, target)));

const tokensOf = (plan: Int32Array[], examples: readonly Example[]) =>
  plan.map((positions) => {
    const { size, sourceTime, targetTime } = makeBatch(Array.from(positions, (position) => examples[position]!));
    return size * Math.max(sourceTime, targetTime);
  });

describe("makeBatch", () => {
  it("lays out ids, ends and masks", () => {
    const batch = makeBatch([example(7, 2, 1), example(3, 0, 3)]);
    expect(batch).toEqual({
      size: 2,
      sourceTime: 3,
      targetTime: 4,
      source: Int32Array.of(10, 11, END, END, 0, 0),
      sourceMask: Float32Array.of(1, 1, 1, 1, 0, 0),
      targetIn: Int32Array.of(START, 50, 0, 0, START, 50, 51, 52),
      targetOut: Int32Array.of(50, END, 0, 0, 50, 51, 52, END),
      targetMask: Float32Array.of(1, 1, 0, 0, 1, 1, 1, 1),
      examples: Int32Array.of(7, 3),
      sourceTokens: 4,
      targetTokens: 6,
    });
  });

  it("gives each row what the example alone gives, then padding", () => {
    fc.assert(
      fc.property(corpus(11), (examples) => {
        const batch = makeBatch(examples);
        examples.forEach((single, row) => {
          const alone = makeBatch([single]);
          for (const [field, time] of [
            ["source", "sourceTime"],
            ["sourceMask", "sourceTime"],
            ["targetIn", "targetTime"],
            ["targetOut", "targetTime"],
            ["targetMask", "targetTime"],
          ] as const) {
            const cells = Array.from(batch[field].subarray(row * batch[time], (row + 1) * batch[time]));
            const padding = new Array<number>(batch[time] - alone[time]).fill(0);
            expect(cells).toEqual([...alone[field], ...padding]);
          }
        });
        expect(batch.targetTokens).toBe(batch.targetMask.reduce((sum, real) => sum + real, 0));
      }),
    );
  });

  it("refuses an empty batch", () => {
    expect(() => makeBatch([])).toThrow("makeBatch: expected at least one example, got none.");
  });
});

describe("planBatches", () => {
  const limits = fc.record(
    { batchTokens: fc.integer({ min: 1, max: 90 }), batchSize: fc.integer({ min: 1, max: 9 }) },
    { requiredKeys: [] },
  );
  const order = fc.record({ seed: fc.nat(), epoch: fc.nat(1000) });

  it("takes every example exactly once an epoch and keeps within the limits", () => {
    fc.assert(
      fc.property(corpus(60), limits, order, (examples, limit, { seed, epoch }) => {
        fc.pre(limit.batchTokens !== undefined || limit.batchSize !== undefined);
        const plan = planBatches(examples, { ...limit, seed, epoch });
        const taken = plan.flatMap((positions) => [...positions]);
        expect(taken.sort((a, b) => a - b)).toEqual(examples.map((_, position) => position));
        const tokens = tokensOf(plan, examples);
        plan.forEach((positions, i) => {
          if (positions.length === 1) return;
          expect(positions.length).toBeLessThanOrEqual(limit.batchSize ?? Number.POSITIVE_INFINITY);
          expect(tokens[i]).toBeLessThanOrEqual(limit.batchTokens ?? Number.POSITIVE_INFINITY);
        });
      }),
    );
  });

  it("is a function of seed and epoch, and differs with each", () => {
    const examples = Array.from({ length: 500 }, (_, i) => example(i, i % 13, i % 17));
    const plan = (seed: number, epoch: number) =>
      JSON.stringify(planBatches(examples, { batchTokens: 128, seed, epoch }).map((positions) => [...positions]));
    expect(plan(1, 2)).toBe(plan(1, 2));
    expect(plan(1, 2)).not.toBe(plan(1, 3));
    expect(plan(1, 2)).not.toBe(plan(2, 2));
  });

  it("sorts within pools, so that little is padding", () => {
    const examples = Array.from({ length: 20_000 }, (_, i) =>
      example(i, 3 + ((i * 7919) % 23), 2 + ((i * 104_729) % 19)),
    );
    const bucketed = planBatches(examples, { batchTokens: 2048, seed: 1, epoch: 0 });
    const inOrder = Array.from({ length: 200 }, (_, i) => Int32Array.from({ length: 100 }, (_, j) => i * 100 + j));
    expect(paddingShare(examples, inOrder)).toBeGreaterThan(0.4);
    expect(paddingShare(examples, bucketed)).toBeLessThan(0.15);
    expect(new Set(tokensOf(bucketed, examples).map((tokens) => tokens > 2048))).toEqual(new Set([false]));
  });

  it("gives an example longer than the limit a batch of its own", () => {
    const plan = planBatches([example(0, 2, 2), example(1, 99, 5), example(2, 2, 2)], {
      batchTokens: 20,
      seed: 1,
      epoch: 0,
    });
    expect(plan.map((positions) => [...positions].sort()).sort()).toEqual([[0, 2], [1]]);
  });

  it("refuses to go without a limit", () => {
    expect(() => planBatches([], { seed: 1, epoch: 0 })).toThrow("planBatches: expected batchTokens or batchSize");
  });
});

describe("paddingShare", () => {
  it("counts the cells of both sides", () => {
    const examples = [example(0, 1, 1), example(1, 3, 1)];
    expect(paddingShare(examples, [Int32Array.of(0, 1)])).toBeCloseTo(2 / 12);
    expect(paddingShare(examples, [Int32Array.of(0), Int32Array.of(1)])).toBe(0);
  });
});
