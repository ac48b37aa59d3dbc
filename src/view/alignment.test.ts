import { expect, it } from "vitest";
import { alignmentColumns, strongestLinks } from "./alignment.js";

const map = {
  columns: ["我", "爱 你", "</s>", "b", "</s>"],
  rows: ["i", "love", "you", "</s>", "B", "</s>"],
  weights: [
    [0.9, 0.1, 0, 0, 0],
    [0.2, 0.6, 0.2, 0, 0],
    [0.2, 0.2, 0.6, 0, 0],
    [0, 0, 1, 0, 0],
    [0, 0, 0, 0.75, 0.25],
    [0, 0, 0, 0, 1],
  ],
};

it("links each word to where it looked most; the ends of sentences are no words", () => {
  expect(strongestLinks(map)).toEqual([
    { source: 0, target: 0, weight: 0.9 },
    { source: 1, target: 1, weight: 0.6 },
    { source: 2, target: 3, weight: 0.75 },
  ]);
  expect(alignmentColumns(map)).toBe("0-0 1-1 2-3\t0.9000 0.6000 0.7500\t我-i 爱␣你-love b-B");
  expect(alignmentColumns({ rows: [], columns: [], weights: [] })).toBe("\t\t");
});
