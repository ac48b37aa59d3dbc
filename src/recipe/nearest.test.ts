import { describe, expect, test } from "vitest";
import { editDistance, nearest } from "./nearest.js";

describe("editDistance", () => {
  test.each([
    ["", "", 0],
    ["", "abc", 3],
    ["cell", "cell", 0],
    ["cel", "cell", 1],
    ["ecll", "cell", 1],
    ["sell", "cell", 1],
    ["celll", "cell", 1],
    ["kitten", "sitting", 3],
    ["ca", "abc", 3],
  ])("%s → %s: %i", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

describe("nearest", () => {
  const keys = ["batchTokens", "batchSize", "learningRate", "seed", "cell"];

  test.each([
    ["batch_size", "batchSize"],
    ["Learning-Rate", "learningRate"],
    ["learnigRaet", "learningRate"],
    ["sede", "seed"],
    ["batch", "batchTokens"],
    ["CELL", "cell"],
  ])("%s → %s", (word, meant) => {
    expect(nearest(word, keys)).toBe(meant);
  });

  test.each(["tall", "xy", "", "momentum"])("%j is near to nothing", (word) => {
    expect(nearest(word, keys)).toBeUndefined();
  });

  test("takes the nearer of two", () => {
    expect(nearest("targets", ["tarets", "target"])).toBe("tarets");
    expect(nearest("targes", ["source", "target"])).toBe("target");
  });
});
