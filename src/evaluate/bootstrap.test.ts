import { describe, expect, test } from "vitest";
import { golden } from "../../test/support/metrics-golden.js";
import { exactMetric } from "./accuracy.js";
import { bleuMetric } from "./bleu.js";
import { comparison, pairedBootstrap } from "./bootstrap.js";
import { chrfMetric } from "./chrf.js";
import { errorRateMetric } from "./error-rates.js";
import { corpusScore, type Metric } from "./metric.js";

const { a, b, draws, ...rest } = golden.bootstrap;
const references = rest.references.map((reference) => [reference]);

/** The slow way: every resample is a corpus of its own. */
function resampled(metric: Metric, outputs: readonly string[]) {
  const scoreOf = (rows: readonly number[]) =>
    corpusScore(
      metric,
      rows.map((row) => outputs[row]!),
      rows.map((row) => references[row]!),
    ).score;
  return { score: scoreOf(outputs.map((_, row) => row)), samples: Float64Array.from(draws, scoreOf) };
}

describe.each([
  ["bleu", bleuMetric(), rest.bleu],
  ["chrf", chrfMetric(), rest.chrf],
] as const)("paired bootstrap of %s", (_, metric, expected) => {
  test("on sacreBLEU's draws: sacreBLEU's scores, means, intervals and p-value", () => {
    const result = comparison(resampled(metric, a), resampled(metric, b), metric.better);
    const halfWidth = ([low, high]: readonly [number, number]) => (high - low) / 2;
    expect(result.a.score).toBeCloseTo(expected.aScore, 4);
    expect(result.a.mean).toBeCloseTo(expected.aMean, 4);
    expect(halfWidth(result.a.interval)).toBeCloseTo(expected.aHalfWidth, 4);
    expect(result.b.score).toBeCloseTo(expected.bScore, 4);
    expect(result.b.mean).toBeCloseTo(expected.bMean, 4);
    expect(halfWidth(result.b.interval)).toBeCloseTo(expected.bHalfWidth, 4);
    expect(result.pValue).toBeCloseTo(expected.pValue, 10);
  });

  test("on its own draws: the p-value of 10,000 of sacreBLEU's, within 4 standard errors", () => {
    const samples = 4000;
    const { pValue } = pairedBootstrap(metric, a, b, references, { samples });
    const p = expected.pValueOf10000;
    expect(Math.abs(pValue - p)).toBeLessThan(4 * Math.sqrt(p * (1 - p) * (1 / samples + 1 / 10_000)));
  });
});

describe("pairedBootstrap", () => {
  test("a system is no better than itself", () => {
    const result = pairedBootstrap(bleuMetric(), a, a, references, { samples: 50 });
    expect(result).toMatchObject({ pValue: 1, bWins: 0, difference: { score: 0, mean: 0, interval: [0, 0] } });
  });

  test("depends on the seed and on nothing else", () => {
    const run = (seed: number) => pairedBootstrap(chrfMetric(), a, b, references, { samples: 60, seed });
    expect(run(7)).toEqual(run(7));
    expect(run(7).a.mean).not.toBe(run(8).a.mean);
    expect(run(7)).toMatchObject({ samples: 60, seed: 7, signature: expect.stringMatching(/^nrefs:1.+tandem-1$/) });
  });

  test("refuses no samples, and systems of other lengths", () => {
    const run = (outputs: string[], samples: number) =>
      pairedBootstrap(bleuMetric(), a, outputs, references, { samples });
    expect(() => run(b, 0)).toThrow(/bootstrap: expected at least one sample, got 0/);
    expect(() => run(b.slice(1), 9)).toThrow(/bleu: expected references .+ got 36 hypotheses and references of 37/);
  });

  test("turned round, the same from the other side", () => {
    const [there, back] = [
      pairedBootstrap(chrfMetric(), a, b, references, { samples: 60 }),
      pairedBootstrap(chrfMetric(), b, a, references, { samples: 60 }),
    ];
    expect(back.pValue).toBe(there.pValue);
    expect(back.b).toEqual(there.a);
    expect(back.difference.score).toBe(-there.difference.score);
    expect(back.bWins).toBe(100 - there.bWins);
  });

  test("an error rate is won by the lower one", () => {
    const perfect = rest.references;
    expect(pairedBootstrap(errorRateMetric("wer"), a, perfect, references, { samples: 40 }).bWins).toBe(100);
    expect(pairedBootstrap(exactMetric, a, perfect, references, { samples: 40 }).bWins).toBe(100);
  });
});
