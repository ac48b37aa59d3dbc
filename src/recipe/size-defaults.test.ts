import { describe, expect, test } from "vitest";
import { completeRecipe } from "./parse.js";
import { averageLengths, defaultsForSize } from "./size-defaults.js";

describe("averageLengths", () => {
  test("counts characters by code point and each Chinese or Japanese character as a word", () => {
    const pairs = [
      ["我爱学习", "I love  learning."],
      ["BBC的🙂", "the BBC 's"],
    ] as const;
    expect(averageLengths(pairs)).toEqual({
      source: { characters: 4.5, words: 3.5 },
      target: { characters: 13.5, words: 3 },
    });
  });

  test("of nothing is 0", () => {
    expect(averageLengths([]).source).toEqual({ characters: 0, words: 0 });
  });
});

describe("defaultsForSize", () => {
  const sentences = { source: { characters: 9, words: 8 }, target: { characters: 31, words: 7 } };
  const dates = { source: { characters: 16, words: 3 }, target: { characters: 10, words: 1 } };
  const stories = { source: { characters: 6, words: 1 }, target: { characters: 80, words: 15 } };

  test("single words and what they come from are read by character, sentences by word", () => {
    expect(defaultsForSize(5000, dates)).toMatchObject({
      source: { tokenizer: "chars" },
      target: { tokenizer: "chars" },
    });
    expect(defaultsForSize(5000, sentences)).toMatchObject({ source: { tokenizer: "words" } });
    expect(defaultsForSize(5000, stories)).toMatchObject({ source: { tokenizer: "words" } });
  });

  test("more pairs: a larger model, fewer epochs", () => {
    const sizes = [10, 2_000, 20_000, 500_000].map((count) => completeRecipe(defaultsForSize(count, sentences)));
    expect(sizes.map(({ model }) => model.encoder.hiddenSize)).toEqual([64, 128, 256, 512]);
    const epochs = sizes.map(({ train }) => train.epochs!);
    expect(epochs).toEqual(epochs.toSorted((left, right) => right - left));
    expect(Math.min(...epochs)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...epochs)).toBeLessThanOrEqual(100);
  });

  test("are accepted by the schema whatever was measured", () => {
    const empty = averageLengths([]);
    for (const count of [0, 1, 1999, 10_000_000])
      expect(() => completeRecipe(defaultsForSize(count, empty))).not.toThrow();
  });
});
