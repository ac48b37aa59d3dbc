import { describe, expect, it } from "vitest";
import { DataError } from "../errors.js";
import { Vocabulary } from "./vocabulary.js";
import { readWordVectors } from "./word-vectors.js";

const vocabulary = Vocabulary.build([["我", "love", "café", "</s>"]], { maxSize: 99, minFrequency: 1 });

/** The text in pieces of so many bytes: lines and characters are cut anywhere. */
async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size);
}
const read = (text: string, size = 3, pieceSize = 7) =>
  readWordVectors(pieces(text, pieceSize), "a.vec", vocabulary, size);
const found = async (text: string, pieceSize?: number) => {
  const { rows } = await read(text, 3, pieceSize);
  return Object.fromEntries([...rows].map(([id, row]) => [vocabulary.tokenOf(id), [...row]]));
};

describe("readWordVectors", () => {
  const lines = "</s> 9 9 9\n我 0.5 -1e-1 2 \nother 1 2\ncafé\t1\t2\t3\n我 7 7 7\n";
  const expected = { 我: [0.5, Math.fround(-0.1), 2], café: [1, 2, 3] };

  it.each([1, 2, 5, 1000])(
    "keeps the vocabulary's words, the first of equal ones, cut every %i bytes",
    async (size) => {
      expect(await found(`5 3\n${lines}`, size)).toEqual(expected);
      expect(await found(`5 3\r\n${lines.replaceAll("\n", "\r\n")}`, size)).toEqual(expected);
    },
  );

  it("reads files without a first line, and without a last line end", async () => {
    expect(await found(lines.trimEnd())).toEqual(expected);
    expect(await found("我 1 2 3")).toEqual({ 我: [1, 2, 3] });
  });

  it.each<[string, number, string]>([
    ["", 3, "a.vec: expected vectors, got an empty file. Check the path."],
    [
      "2 300\n我 1\n",
      64,
      "a.vec: expected vectors of 64 numbers, as model.embeddingSize is, got 300. Set model.embeddingSize to 300, or give other vectors.",
    ],
    ["我 1 2 3 4\n", 3, "a.vec: expected vectors of 3 numbers, as model.embeddingSize is, got 4."],
    ['{ "a": 1 }\n', 3, 'a.vec:1: expected "words size", or a word and its numbers, got "{ \\"a\\": 1 }".'],
    [
      "2 3\nx 1 2 3\nlove 1 2\n",
      3,
      'a.vec:3: expected 3 numbers after "love", got 2. The file is damaged or cut short',
    ],
    ["2 3\nlove 1 2 x3\n", 3, 'a.vec:2: expected 3 numbers after "love", got "x3".'],
    ["2 3\nlove 1 2 NaN\n", 3, 'a.vec:2: expected 3 numbers after "love", got "NaN".'],
  ])("names what is wrong with %j", async (text, size, message) => {
    await expect(read(text, size)).rejects.toThrow(DataError);
    await expect(read(text, size)).rejects.toThrow(message);
  });
});
