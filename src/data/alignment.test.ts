import { expect, it, test } from "vitest";
import { parseAlignment } from "./alignment.js";
import { makeBatch } from "./batches.js";

test.each([
  [
    "0-0 1-2 2-1",
    [
      [0, 0],
      [1, 2],
      [2, 1],
    ],
  ],
  [
    "  2-0\t0-0 ",
    [
      [2, 0],
      [0, 0],
    ],
  ],
  ["", []],
])("reads %j", (text, links) => {
  expect(parseAlignment(text, 3, 3, "pair 1")).toEqual(links);
});

test.each([
  ["0-0 1:1", 'pair 7: expected an alignment such as 0-0 1-2, got "1:1". Write source and target places from 0.'],
  [
    "0-0 3-1",
    "pair 7: expected an alignment of 3 source and 2 target tokens, got 3-1. Align the tokens as the tokenizers cut them, counted from 0.",
  ],
])("refuses %j", (text, message) => {
  expect(() => parseAlignment(text, 3, 2, "pair 7")).toThrow(message);
});

it("a batch holds the alignments as a guide, a target row for each token it writes", () => {
  const batch = makeBatch([
    { index: 0, source: Int32Array.of(4, 5), target: Int32Array.of(6), alignment: [[1, 0]] },
    { index: 1, source: Int32Array.of(4), target: Int32Array.of(6, 7) },
  ]);
  expect([batch.targetTime, batch.sourceTime]).toEqual([3, 3]);
  expect(Array.from(batch.guide!)).toEqual([0, 1, 0, ...new Array(15).fill(0)]);
  expect(makeBatch([{ index: 1, source: Int32Array.of(4), target: Int32Array.of(6) }]).guide).toBeUndefined();
});
