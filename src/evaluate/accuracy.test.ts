import { describe, expect, test } from "vitest";
import { DataError } from "../errors.js";
import { exactMatch, tokenAccuracy } from "./accuracy.js";

describe("exactMatch", () => {
  test("counts whole sentences, in per cent", () => {
    expect(exactMatch(["a b", "a c", "b", ""], ["a b", "a b", "b", ""])).toBe(75);
  });

  test("case and white space count", () => {
    expect(exactMatch(["A", "a "], ["a", "a"])).toBe(0);
  });

  test("refuses unequal or no sentences", () => {
    expect(() => exactMatch(["a"], [])).toThrow(DataError);
    expect(() => exactMatch([], [])).toThrow(/exact: .* got 0 hypotheses and references of 0/);
  });
});

describe("tokenAccuracy", () => {
  test("compares position by position with the reference", () => {
    // 2 of 3, then 1 of 2 (too short), then 2 of 2 (what follows the reference does not count): 5 of 7.
    const hypotheses = [["a", "x", "c"], ["a"], ["a", "b", "c"]];
    const references = [
      ["a", "b", "c"],
      ["a", "b"],
      ["a", "b"],
    ];
    expect(tokenAccuracy(hypotheses, references)).toBeCloseTo((100 * 5) / 7, 10);
  });

  test("weighs tokens, not sentences", () => {
    expect(tokenAccuracy([["x"], ["a", "b", "c", "d"]], [["a"], ["a", "b", "c", "d"]])).toBe(80);
  });

  test("refuses references without a token", () => {
    expect(() => tokenAccuracy([["a"]], [[]])).toThrow(/accuracy: expected tokens/);
  });
});
