import { expect, it } from "vitest";
import { beginnings, goldCells, spansOf } from "./gold.js";

it("finds where tokens stand, each after the one before, whatever their case", () => {
  expect(spansOf("The cat saw the dog", ["the", "cat", "saw", "the", "dog", "</s>"])).toEqual([
    [0, 3],
    [4, 7],
    [8, 11],
    [12, 15],
    [16, 19],
    undefined,
  ]);
});

it("finds pieces, and says what was read by each token", () => {
  expect(spansOf("low lower", ["▁low", "▁low", "er", "▁"])).toEqual([[0, 3], [4, 7], [7, 9], undefined]);
  expect(beginnings("Low lower", ["▁low", "▁low", "er", "</s>"])).toEqual(["Low", "Low low", "Low lower", "Low lower"]);
  expect(beginnings("猫", ["<0xE7>", "<0x8C>"])).toEqual(["<0xE7>", "<0xE7> <0x8C>"]);
});

it("marks the cells whose tokens a link ties together, and no other", () => {
  const pair = {
    source: "我爱学习",
    target: "I love studying.",
    links: [
      [0, 1, 0, 1, 0],
      [2, 6, 1, 2, 1],
      [7, 15, 2, 4, 1],
    ] as [number, number, number, number, number][],
  };
  const cells = goldCells(pair, ["i", "love", "studying", ".", "</s>"], ["我", "爱", "学", "习", "</s>"]);
  const marked = cells.flatMap((row, r) => row.flatMap((isMarked, c) => (isMarked ? [`${r}-${c}`] : [])));
  expect(marked).toEqual(["0-0", "1-1", "2-2", "2-3"]);
});
