import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitSegmenter, fixedLog2, Segmenter } from "./segmenter.js";

const letters = ["天", "地", "人", "和"];
const text = (least: number, most: number) =>
  fc.array(fc.constantFrom(...letters), { minLength: least, maxLength: most }).map((parts) => parts.join(""));

/** Every way to cut a text into words. */
function allSplits(run: string): string[][] {
  const splits: string[][] = run === "" ? [[]] : [];
  for (let end = 1; end <= run.length; end++) {
    for (const rest of allSplits(run.slice(end))) splits.push([run.slice(0, end), ...rest]);
  }
  return splits;
}

/** The definition: the sum of log₂ total − log₂ count over the words; a letter that is no word costs 4 bits more than one seen once. */
function costOf(words: readonly string[], counts: ReadonlyMap<string, number>): number {
  const total = fixedLog2([...counts.values()].reduce((sum, count) => sum + count, 1));
  return words.reduce((sum, word) => {
    const count = counts.get(word);
    if (count !== undefined) return sum + total - fixedLog2(count);
    return sum + (word.length === 1 ? total + 4 * 65536 : Number.POSITIVE_INFINITY);
  }, 0);
}

describe("Segmenter", () => {
  it("finds the cheapest of all splits, with the fewest words, and then the longest last ones", () => {
    const counts = fc.uniqueArray(fc.tuple(text(1, 4), fc.integer({ min: 1, max: 50 })), {
      selector: ([word]) => word,
      maxLength: 12,
    });
    fc.assert(
      fc.property(counts, text(0, 8), (entries, run) => {
        const known = new Map(entries);
        const best = allSplits(run).sort((a, b) => {
          const byCost = costOf(a, known) - costOf(b, known);
          if (byCost || a.length !== b.length) return byCost || a.length - b.length;
          const lastDifference = a.findLastIndex((word, i) => word.length !== b[i]!.length);
          return lastDifference < 0 ? 0 : b[lastDifference]!.length - a[lastDifference]!.length;
        })[0];
        expect(new Segmenter(known).split(run)).toEqual(best);
      }),
      { numRuns: 300 },
    );
  });

  it("takes the frequent reading of an ambiguous run", () => {
    const often = (pair: number, single: number) =>
      new Segmenter(new Map(Object.entries({ 研究: 20, 研究生: pair, 生命: 20, 命: single, 起源: 5 }))).split(
        "研究生命起源",
      );
    expect(often(5, 2)).toEqual(["研究", "生命", "起源"]);
    expect(often(500, 200)).toEqual(["研究生", "命", "起源"]);
  });

  it("splits what it never saw into letters", () => {
    expect(new Segmenter(new Map()).split("天地人")).toEqual(["天", "地", "人"]);
  });
});

describe("fixedLog2", () => {
  it("is the logarithm to 16 binary places, rounded down", () => {
    for (const value of [1, 2, 3, 5, 7, 64, 1000, 123_457, 2 ** 40 + 1]) {
      expect(fixedLog2(value) / 65536).toBeGreaterThan(Math.log2(value) - 2 ** -15);
      expect(fixedLog2(value) / 65536).toBeLessThanOrEqual(Math.log2(value));
    }
  });
});

describe("fitSegmenter", () => {
  const propose = (words: Record<string, string>) => (run: string) => (words[run] ?? run).split("/");

  it("counts the proposed words", () => {
    const runs = new Map(Object.entries({ 我爱学习: 5, 我爱: 4, 爱学: 1 }));
    const segmenter = fitSegmenter(runs, propose({ 我爱学习: "我/爱/学习", 我爱: "我/爱" }));
    expect(segmenter.toJSON()).toEqual({ 我: 9, 爱: 9, 学习: 5, 爱学: 1 });
    expect(segmenter.split("我爱学习")).toEqual(["我", "爱", "学习"]);
  });

  it("drops words that its own split never uses", () => {
    const runs = new Map(Object.entries({ 爱我: 100, 我爱: 1 }));
    expect(fitSegmenter(runs, propose({ 爱我: "爱/我" })).toJSON()).toEqual({ 我: 100, 爱: 100 });
  });

  it("drops words seen once where the text is large", () => {
    const runs = new Map(Array.from({ length: 1000 }, (_, i) => [String.fromCodePoint(0x4e00 + i, 0x5e00), 1]));
    const once = "\u4E00\u5E00";
    expect(fitSegmenter(runs, (run) => [run]).split(once)).toEqual([...once]);
    runs.delete("\u4E01\u5E00");
    expect(fitSegmenter(runs, (run) => [run]).split(once)).toEqual([once]);
  });

  it("takes letters where the proposer does not spell the run", () => {
    expect(fitSegmenter(new Map([["天地", 1]]), () => ["天"]).split("天地")).toEqual(["天", "地"]);
  });
});
