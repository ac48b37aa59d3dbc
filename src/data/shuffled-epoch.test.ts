import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Example } from "./batches.js";
import { BLOCK_SIZE, blocksInMemory, ShuffledEpoch } from "./shuffled-epoch.js";

/** Examples of 0 to 6 and 1 to 7 tokens. */
const examplesOf = (count: number, seed: number): Example[] =>
  Array.from({ length: count }, (_, index) => ({
    index,
    source: new Int32Array((index * seed) % 7),
    target: new Int32Array(1 + ((index * index + seed) % 7)),
  }));
const tokensOf = (examples: readonly Example[]) =>
  examples.reduce((sum, { source, target }) => sum + source.length + target.length, 0);
const indexesOf = async (epoch: ShuffledEpoch, from = 0) => {
  const batches: number[][] = [];
  for (let i = from; i < epoch.length; i++) batches.push((await epoch.batch(i)).map(({ index }) => index));
  return batches;
};

const corpus = fc.record({
  count: fc.integer({ min: 1, max: 4 * BLOCK_SIZE + 77 }),
  seed: fc.integer({ min: 1, max: 99 }),
  windowTokens: fc.integer({ min: 1, max: 30_000 }),
  batchTokens: fc.integer({ min: 8, max: 900 }),
  epoch: fc.integer({ min: 1, max: 9 }),
});

describe("an epoch of windows", () => {
  it("takes every example exactly once, whatever the sizes of corpus, windows and batches", async () => {
    await fc.assert(
      fc.asyncProperty(corpus, async ({ count, seed, windowTokens, ...plan }) => {
        const examples = examplesOf(count, seed);
        const blocks = blocksInMemory(examples, tokensOf(examples));
        const batches = await indexesOf(new ShuffledEpoch(blocks, { seed, ...plan }, windowTokens));
        expect(batches.flat().sort((a, b) => a - b)).toEqual(examples.map(({ index }) => index));
      }),
      { numRuns: 40 },
    );
  });

  it("can be entered at any batch", async () => {
    await fc.assert(
      fc.asyncProperty(corpus, fc.nat(), async ({ count, seed, windowTokens, ...plan }, at) => {
        const examples = examplesOf(count, seed);
        const epoch = () =>
          new ShuffledEpoch(blocksInMemory(examples, tokensOf(examples)), { seed, ...plan }, windowTokens);
        const start = at % epoch().length;
        expect(await indexesOf(epoch(), start)).toEqual((await indexesOf(epoch())).slice(start));
      }),
      { numRuns: 20 },
    );
  });
});
