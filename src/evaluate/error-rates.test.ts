import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { goldenCorpora } from "../../test/support/metrics-golden.js";
import { bagDistance, editDistance } from "./edit-distance.js";
import { type ErrorRateKind, errorRate } from "./error-rates.js";

const kinds = ["wer", "cer", "per"] as const satisfies ErrorRateKind[];
const sequence = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 13 });
const line = fc.array(fc.constantFrom("a", "b", "ab", "学习", "🙂"), { maxLength: 11 }).map((words) => words.join(" "));
const lines = fc.array(fc.tuple(line, line), { minLength: 1, maxLength: 5 });

describe("error rates agree with the oracle's tables", () => {
  test.each(goldenCorpora)("$index $kind", ({ hypotheses, references, errors }) => {
    for (const kind of kinds) {
      const { edits, referenceLength, score } = errorRate(kind, hypotheses, references);
      expect([edits, referenceLength], kind).toEqual(errors[kind]);
      expect(score).toBeCloseTo((100 * edits) / Math.max(1, referenceLength), 10);
    }
  });
});

describe("distances", () => {
  test("the edit distance is a metric", () => {
    fc.assert(
      fc.property(sequence, sequence, sequence, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a.join() === b.join());
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });

  test("the bag distance is one over bags, and never above the edit distance", () => {
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        const distance = bagDistance(a, b);
        expect(distance).toBe(bagDistance(b, a));
        expect(distance).toBe(bagDistance(a.toReversed(), b));
        expect(distance === 0).toBe(a.toSorted().join() === b.toSorted().join());
        expect(distance).toBeLessThanOrEqual(editDistance(a, b));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });
});

describe("error rates", () => {
  test("WER is 0 only for equal words, and PER is at most WER", () => {
    fc.assert(
      fc.property(lines, (pairs) => {
        const [hypotheses, references] = [pairs.map(([output]) => output), pairs.map(([, reference]) => [reference])];
        const [wer, per] = (["wer", "per"] as const).map((kind) => errorRate(kind, hypotheses, references));
        expect(wer!.edits === 0).toBe(pairs.every(([output, reference]) => output === reference));
        expect(per!.score).toBeLessThanOrEqual(wer!.score);
      }),
    );
  });

  test("another reference never adds errors", () => {
    fc.assert(
      fc.property(line, line, line, (output, first, second) => {
        for (const kind of kinds) {
          const one = errorRate(kind, [output], [[first]]).edits;
          expect(errorRate(kind, [output], [[first, second]]).edits).toBeLessThanOrEqual(one);
        }
      }),
    );
  });

  test("by hand: one of four words is wrong, two have changed places", () => {
    const rates = kinds.map((kind) => errorRate(kind, ["old the river saw"], [["the old river sees"]]).score);
    // Characters: "old the" for "the old" are 6 substitutions (blank kept), "saw" for "sees" 3 edits; 9 of 18.
    expect(rates).toEqual([75, 50, 25]);
  });

  test("white space, case and Chinese words", () => {
    expect(errorRate("wer", [" a  b\u3000"], [["a b"]]).score).toBe(0);
    expect(errorRate("wer", ["A"], [["a"]]).score).toBe(100);
    expect(errorRate("wer", ["A"], [["a"]], { lowercase: true })).toMatchObject({
      score: 0,
      signature: "nrefs:1|case:lc|tok:none|version:tandem-1",
    });
    expect(errorRate("wer", ["我爱读书"], [["我爱学习"]], { tokenizer: "zh" }).score).toBe(50);
    expect(errorRate("cer", ["好👍"], [["好👎"]]).score).toBe(50);
  });

  test("where nothing was to be written, each thing written counts", () => {
    expect(errorRate("wer", [""], [[""]]).score).toBe(0);
    expect(errorRate("wer", ["a b"], [[""]]).score).toBe(200);
  });
});
