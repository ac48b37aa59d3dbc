import { describe, expect, test } from "vitest";
import { golden, goldenCorpora } from "../../test/support/metrics-golden.js";
import { chrf, sentenceChrf } from "./chrf.js";

describe("chrf agrees with sacreBLEU to 4 decimals", () => {
  test("on at least 500 cases", () => {
    expect(golden.corpora.flatMap((corpus) => corpus.chrf).length).toBeGreaterThanOrEqual(500);
  });

  test.each(goldenCorpora)("$index $kind", (corpus) => {
    for (const [charOrder, wordOrder, beta, lowercase, whitespace, epsSmoothing, score, signature] of corpus.chrf) {
      const options = { charOrder, wordOrder, beta, lowercase, whitespace, epsSmoothing };
      const result = chrf(corpus.hypotheses, corpus.references, options);
      expect(result.score, `${signature}, beta ${beta}`).toBeCloseTo(score, 4);
      expect(result.signature).toBe(`${signature}|version:tandem-1`);
    }
  });

  test.each(goldenCorpora)("$index $kind, sentence by sentence", ({ hypotheses, references, sentences }) => {
    for (const [index, [, plain, plusPlus]] of sentences.entries()) {
      const [hypothesis, ofOne] = [hypotheses[index]!, references[index]!];
      expect(sentenceChrf(hypothesis, ofOne).score).toBeCloseTo(plain, 4);
      expect(sentenceChrf(hypothesis, ofOne, { wordOrder: 2 }).score).toBeCloseTo(plusPlus, 4);
    }
  });
});

test("by hand: 'ab' for 'abc' has P = 1 over two orders, R = (2/3 + 1/2) / 2", () => {
  const recall = (2 / 3 + 1 / 2) / 2;
  expect(chrf(["ab"], [["abc"]]).score).toBeCloseTo((100 * 5 * recall) / (4 + recall), 10);
});
