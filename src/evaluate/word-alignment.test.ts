import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../errors.js";
import { alignmentErrorRate, parseAlignment } from "./word-alignment.js";

const aligned = (...lines: string[]) => lines.map((line) => parseAlignment(line));
const links = (kinds: string) =>
  fc
    .array(fc.tuple(fc.nat(4), fc.constantFrom(...kinds), fc.nat(4)), { maxLength: 9 })
    .map((triples) => triples.map((triple) => triple.join("")).join(" "));

describe("parseAlignment", () => {
  test("reads sure and possible links, each once", () => {
    const { sure, possible } = parseAlignment(" 0-0 1p2\t3?4 0-0 1-2 ");
    expect([...sure]).toEqual(["0-0", "1-2"]);
    expect([...possible]).toEqual(["0-0", "1-2", "3-4"]);
    expect(parseAlignment("").possible.size).toBe(0);
  });

  test.each(["0", "0-", "a-b", "1--2", "0:1"])("refuses %s by name", (text) => {
    expect(() => parseAlignment(`0-0 ${text}`, "gold.txt:7")).toThrow(DataError);
    expect(() => parseAlignment(`0-0 ${text}`, "gold.txt:7")).toThrow(`gold.txt:7: expected links such as 0-1`);
  });
});

describe("alignmentErrorRate", () => {
  test("by hand: sums over the sentences, not the mean of them", () => {
    // |A| = 4, |S| = 3, |A ∩ S| = 2, |A ∩ P| = 3.
    const score = alignmentErrorRate(aligned("0-0 1-2 2-2", "0-0"), aligned("0-0 1p2", "0-0 1-1"));
    expect(score.errorRate).toBeCloseTo(100 * (1 - 5 / 7), 10);
    expect(score.precision).toBe(75);
    expect(score.recall).toBeCloseTo(200 / 3, 10);
  });

  test("is 0 for every alignment between the sure and the possible links, and never above 100", () => {
    fc.assert(
      fc.property(links("-p"), links("-"), (goldLine, foundLine) => {
        const [gold, found] = [parseAlignment(goldLine), parseAlignment(foundLine)];
        const { errorRate } = alignmentErrorRate([found], [gold]);
        const complete = [...gold.sure].every((link) => found.possible.has(link));
        const allowed = [...found.possible].every((link) => gold.possible.has(link));
        expect(errorRate === 0).toBe(complete && allowed);
        expect(errorRate).toBeLessThanOrEqual(100);
      }),
    );
  });

  test("without sure links apart from possible ones, AER = 1 − F", () => {
    const { errorRate, precision, recall } = alignmentErrorRate(aligned("0-0 1-1 2-3"), aligned("0-0 1-1 2-2 3-3"));
    expect(errorRate).toBeCloseTo(100 - (2 * precision * recall) / (precision + recall), 10);
  });

  test("refuses unequal or no alignments", () => {
    expect(() => alignmentErrorRate(aligned("0-0"), [])).toThrow(/aer: .* got 1 alignments and 0 gold ones/);
    expect(() => alignmentErrorRate([], [])).toThrow(DataError);
  });
});
