import { describe, expect, test } from "vitest";
import { summarize } from "../made-data/files.js";
import { kinds } from "./frames.js";
import { generateSentenceKinds, showcase } from "./generate.js";
import { published } from "./published.js";

const data = generateSentenceKinds();
const heldOut = [...data.dev, ...data.test];
const everything = [...data.train, ...heldOut];
const kindOf = new Map(everything.map(({ source, target }) => [source, target]));

describe("the sentences", () => {
  test("are of eight kinds, none rare, in two languages", () => {
    for (const part of [data.train, data.dev, data.test]) {
      for (const kind of kinds) {
        const share = part.filter(({ target }) => target === kind).length / part.length;
        expect(share).toBeGreaterThan(0.08);
        expect(share).toBeLessThan(0.17);
      }
      const chinese = part.filter(({ language }) => language === "zh").length / part.length;
      expect(chinese).toBeGreaterThan(0.45);
      expect(chinese).toBeLessThan(0.55);
    }
  });

  test("have one kind each, and no final mark that would tell it", () => {
    expect(kindOf.size).toBe(everything.length);
    expect(everything.filter(({ source }) => /[。？！.?!]$/u.test(source))).toEqual([]);
  });

  test("are filled, and agree", () => {
    expect(everything.filter(({ source }) => /undefined|[{}|()]/.test(source))).toEqual([]);
    const wrong =
      /\b(?<!does(?:n't)?(?: the)? )(?:he|she|Tom|Anna|neighbor) (?:like|have|are)\b|\bthey (?:likes|has|is)\b/i;
    expect(everything.filter(({ source }) => wrong.test(source)).map(({ source }) => source)).toEqual([]);
    expect(everything.filter(({ source, language }) => language === "en" && !/^[A-Z]/.test(source))).toEqual([]);
  });

  test("are not told by one word: what often marks a kind stands in others too", () => {
    for (const [word, several] of [
      ["吗", ["question", "request"]],
      ["不", ["negation", "question", "request"]],
      ["什么时候", ["question", "statement", "negation"]],
      ["不好意思", ["apology", "question", "request"]],
      ["don't", ["negation", "request"]],
      ["Sorry", ["apology", "question", "request"]],
    ] as const) {
      const found = new Set(everything.filter(({ source }) => source.includes(word)).map(({ target }) => target));
      expect([...found]).toEqual(expect.arrayContaining([...several]));
    }
  });
});

describe("what is held out", () => {
  test("is what the sentences are about, in every kind and language", () => {
    const trained = new Set(data.train.map(({ content }) => content));
    const developed = new Set(data.dev.map(({ content }) => content));
    expect(heldOut.filter(({ content }) => trained.has(content))).toEqual([]);
    expect(data.test.filter(({ content }) => developed.has(content))).toEqual([]);
  });

  test("is in part an opener before a frame that it never stands before in training", () => {
    expect(data.test.filter(({ isNew }) => isNew).length).toBeGreaterThan(80);
    expect([...data.train, ...data.dev].filter(({ isNew }) => isNew)).toEqual([]);
  });

  test("has only characters and English words that training has", () => {
    const tokens = (source: string) => source.toLowerCase().match(/\p{Script=Han}|[a-z'.]+/gu) ?? [];
    const trained = new Set(data.train.flatMap(({ source }) => tokens(source)));
    expect(heldOut.flatMap(({ source }) => tokens(source)).filter((token) => !trained.has(token))).toEqual([]);
  });

  test("has the showcase", () => {
    expect(data.test.filter(({ source }) => (showcase as readonly string[]).includes(source))).toHaveLength(2);
  });
});

test("the files are the published ones", () => {
  expect(summarize(data)).toEqual(published);
});
