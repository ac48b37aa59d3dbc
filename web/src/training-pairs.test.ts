import { expect, it } from "vitest";
import { dateLanguages, dates, parsePairs, reversed } from "./training-pairs.js";

it("dates say the day that their target says, each once, in every month", () => {
  const pairs = dates();
  for (const [text, iso] of pairs) {
    const time = new Date(`${text} UTC`);
    expect(time.toISOString().slice(0, 10)).toBe(iso);
  }
  expect(new Set(pairs.map(([text]) => text)).size).toBe(pairs.length);
  expect(new Set(pairs.map(([, iso]) => iso.slice(5, 7))).size).toBe(12);
});

it("words are written backwards, few of them twice, in every length from 4 to 7", () => {
  const pairs = reversed();
  for (const [word, back] of pairs) expect([...word].reverse().join("")).toBe(back);
  expect(new Set(pairs.map(([word]) => word)).size).toBeGreaterThan(pairs.length * 0.9);
  expect(new Set(pairs.map(([word]) => word.length))).toEqual(new Set([4, 5, 6, 7]));
});

it("the same days are written in eight languages, no two alike", () => {
  const pairs = dateLanguages();
  expect(pairs.slice(0, 2)).toEqual([
    [expect.stringMatching(/^Sunday,? 1 January 1950$/), "English"],
    [expect.stringMatching(/^Sonntag, 1\. Januar 1950$/), "Deutsch"],
  ]);
  expect(new Set(pairs.map(([text]) => text)).size).toBe(pairs.length);
  for (const language of new Set(pairs.map(([, name]) => name)))
    expect(pairs.filter(([, name]) => name === language)).toHaveLength(75);
  expect(new Set(pairs.map(([, name]) => name)).size).toBe(8);
});

it("pasted lines are pairs; the first that is none is named", () => {
  expect(parsePairs("a\tb\r\n\n c \td\n")).toEqual({
    pairs: [
      ["a", "b"],
      ["c", "d"],
    ],
    wrong: undefined,
  });
  expect(parsePairs("a\tb\n\nc d\ne\tf").wrong).toBe(3);
  expect(parsePairs("a\tb\tc").wrong).toBe(1);
  expect(parsePairs("\tb").wrong).toBe(1);
});
