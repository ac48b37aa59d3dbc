import { describe, expect, it } from "vitest";
import { ShapeError } from "../errors.js";
import { checkAttentionMap, strongestColumn, tokenLabel } from "./attention-map.js";

describe("checkAttentionMap", () => {
  const map = { rows: ["i", "love"], columns: ["我", "爱", "了"] };

  it("accepts one finite weight for each pair", () => {
    expect(() =>
      checkAttentionMap({
        ...map,
        weights: [
          [1, 0, 0],
          [0, 1, 0],
        ],
      }),
    ).not.toThrow();
  });

  it.each([
    [[[1, 0, 0]], "must be [2, 3] (rows, columns), got 1 rows"],
    [
      [
        [1, 0, 0],
        [1, 0],
      ],
      "must be [2, 3] (rows, columns), got 2 in row 1",
    ],
    [
      [
        [1, 0, 0],
        [1, Number.NaN, 0],
      ],
      "expected finite weights, got 1, NaN, 0 in row 1",
    ],
  ])("names what is wrong with %j", (weights, message) => {
    expect(() => checkAttentionMap({ ...map, weights })).toThrow(ShapeError);
    expect(() => checkAttentionMap({ ...map, weights })).toThrow(message);
  });
});

describe("strongestColumn", () => {
  it("finds the first of the largest", () => {
    expect(strongestColumn([0.1, 0.4, 0.4, 0.1])).toBe(1);
    expect(strongestColumn([])).toBe(-1);
  });
});

describe("tokenLabel", () => {
  it("shows what would not be seen, or would steer the terminal", () => {
    expect([" ", "", "\t", "\u001b[31m", "\u009b", "a\ud800", "学习", "▁new york"].map(tokenLabel)).toEqual([
      "␣",
      "∅",
      "␉",
      "␛[31m",
      "␡",
      "a\ufffd",
      "学习",
      "▁new york",
    ]);
  });
});
