import { expect, it } from "vitest";
import { Vocabulary } from "../text/vocabulary.js";
import { forbidPieces } from "./banned-pieces.js";
import { Row } from "./processors.js";

const vocabulary = Vocabulary.ofTokens(
  ["▁", "l", "o", "w", "ow", "lo", "▁l", "▁lo", "▁low", "▁lower", "er", "x▁low"],
  [],
);

/** The pieces refused after these were written. */
function refused(banned: string[], written: string[]): string[] {
  const row = new Row(new Float32Array(vocabulary.size), 0, vocabulary.size);
  forbidPieces(banned, vocabulary)(row, vocabulary.toIds(written));
  return vocabulary.toJSON().filter((_, id) => row.get(id) === Number.NEGATIVE_INFINITY);
}

it.each<[written: string[], refused: string[]]>([
  [[], ["▁low", "x▁low"]],
  [["▁lo"], ["w", "▁low", "x▁low"]],
  [
    ["▁", "lo"],
    ["w", "▁low", "x▁low"],
  ],
  [
    ["er", "▁l"],
    ["ow", "▁low", "x▁low"],
  ],
  [
    ["▁l", "o"],
    ["w", "▁low", "x▁low"],
  ],
  // Inside a word it is not the word.
  [
    ["er", "lo"],
    ["▁low", "x▁low"],
  ],
  [
    ["▁l", "l"],
    ["▁low", "x▁low"],
  ],
])("after %j what would end in ▁low is refused: %j", (written, expected) => {
  expect(refused(["▁low"], written)).toEqual(expected);
});

it("takes several texts, and words that no piece can end", () => {
  expect(refused(["lo", "▁☃"], ["▁l"])).toEqual(["o", "lo", "▁lo"]);
});
