import { describe, expect, test } from "vitest";
import { golden, goldenCorpora } from "../../test/support/metrics-golden.js";
import { DataError } from "../errors.js";
import { bleu, sentenceBleu } from "./bleu.js";
import { type BleuTokenizer, bleuTokens } from "./bleu-tokenizers.js";

describe("bleu agrees with sacreBLEU to 4 decimals", () => {
  test("on at least 500 cases", () => {
    expect(golden.corpora.flatMap((corpus) => corpus.bleu).length).toBeGreaterThanOrEqual(500);
  });

  test.each(goldenCorpora)("$index $kind", (corpus) => {
    for (const [tokenizer, smoothing, value, lowercase, effectiveOrder, ...numbers] of corpus.bleu) {
      const smoothed = { smoothing, ...(value === null ? {} : { smoothingValue: value }) };
      const result = bleu(corpus.hypotheses, corpus.references, { tokenizer, ...smoothed, lowercase, effectiveOrder });
      const [score, p1, p2, p3, p4, brevityPenalty, hypothesisLength, referenceLength, signature] = numbers;
      expect(result.signature).toBe(`${signature}|version:tandem-1`);
      const got = [result.score, ...result.precisions, result.brevityPenalty];
      for (const [index, expected] of [score, p1, p2, p3, p4, brevityPenalty].entries())
        expect(got[index], `${signature}, number ${index}`).toBeCloseTo(expected, 4);
      expect([result.hypothesisLength, result.referenceLength]).toEqual([hypothesisLength, referenceLength]);
    }
  });

  test.each(goldenCorpora)("$index $kind, sentence by sentence", ({ hypotheses, references, sentences }) => {
    for (const [index, [expected]] of sentences.entries())
      expect(sentenceBleu(hypotheses[index]!, references[index]!).score).toBeCloseTo(expected, 4);
  });
});

describe("bleu", () => {
  test("is 100 for the references themselves and 0 where no word is right", () => {
    expect(bleu(["the old river sees"], [["the old river sees"]]).score).toBeCloseTo(100, 10);
    expect(bleu(["a young window sends"], [["the old river sees"]]).score).toBe(0);
  });

  test("clips a repeated word to its count in one reference (Papineni et al. 2002, example 2)", () => {
    const references = [["the cat is on the mat", "there is a cat on the mat"]];
    expect(bleu(["the the the the the the the"], references).precisions[0]).toBeCloseTo((100 * 2) / 7, 10);
  });

  test("names what it was given when the sizes do not match", () => {
    expect(() => bleu(["a", "b"], [["a"]])).toThrow(DataError);
    expect(() => bleu(["a", "b"], [["a"]])).toThrow(/got 2 hypotheses and references of 1/);
    expect(() => bleu([], [])).toThrow(/got 0 hypotheses/);
    expect(() => bleu(["a", "b"], [["a"], []])).toThrow(/at least one reference for each hypothesis, got none at 1/);
  });
});

describe("bleuTokens", () => {
  test.each<[BleuTokenizer, string, string]>([
    ["13a", "It cost $1,000.50, he said.", "It cost $ 1,000.50 , he said ."],
    ["13a", "the well-known 5-6 &lt;b&gt;", "the well-known 5 - 6 < b >"],
    ["zh", "我爱学习,2.5次。", "我 爱 学 习 , 2.5 次 。"],
    ["zh", "  .5 of it", ".5 of it"],
    ["intl", "„Ja“, 3€ (ca. 2.5%)", "„ Ja “ , 3 € ( ca . 2.5 % )"],
    ["char", "学习 🙂", "学 习 🙂"],
    ["none", " a, b\u3000c ", "a, b c"],
  ])("%s: %s", (tokenizer, line, expected) => {
    expect(bleuTokens(line, tokenizer).join(" ")).toBe(expected);
  });
});
