import { expect, test } from "vitest";
import { DataError } from "../errors.js";
import { perplexity } from "./perplexity.js";

test("perplexity of a uniform choice is the number of choices", () => {
  expect(perplexity(5 * Math.log(7), 5)).toBeCloseTo(7, 10);
});

test("perplexity of certainty is 1", () => {
  expect(perplexity(0, 3)).toBe(1);
});

test("perplexity of nothing is refused", () => {
  expect(() => perplexity(0, 0)).toThrow(DataError);
});
