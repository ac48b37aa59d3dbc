import { describe, expect, test } from "vitest";
import { summarize } from "../made-data/files.js";
import { only, table } from "./family.js";
import { FEWEST_IN_TRAINING, generateWordToSentence, showcase } from "./generate.js";
import { accepts, words } from "./grammar.js";
import { published } from "./published.js";

const data = generateWordToSentence();
const heldOut = [...data.dev, ...data.test];
const everything = [...data.train, ...heldOut];
const wordsOf = (pairs: readonly { source: string }[]) => new Set(pairs.map(({ source }) => source));

describe("the grammar", () => {
  test.each([
    ["竹椅", "竹椅是用竹子做的椅子。"],
    ["竹椅", "这把竹椅很轻。"],
    ["草莓蛋糕", "草莓蛋糕吃起来酸甜可口。"],
    ["法国人", "很多法国人住在巴黎。"],
    ["足球教练", "足球教练教我们踢足球。"],
    ["笛子声", "隔壁传来笛子声，是谁在吹笛子？"],
    ["西红柿炒饭", "爸爸炒了一盘西红柿炒饭。"],
  ])("says of %s: %s", (word, sentence) => {
    expect(accepts(word, sentence)).toBe(true);
    expect(everything).toContainEqual({ source: word, target: sentence });
  });

  test("does not say of a word what is said of another", () => {
    expect(accepts("足球教练", "足球教练教我们打足球。")).toBe(false);
    expect(accepts("竹椅", "这张竹椅很轻。")).toBe(false);
    expect(accepts("法国人", "很多法国人住在伦敦。")).toBe(false);
  });

  test("has no sentence that would do for any word", () => {
    const frames = new Map<string, number>();
    for (const { word, sentences } of words) {
      for (const sentence of sentences) {
        const frame = sentence.replaceAll(word, "□");
        frames.set(frame, (frames.get(frame) ?? 0) + 1);
      }
    }
    expect(Math.max(...frames.values()) / words.length).toBeLessThan(0.08);
  });

  test("writes sentences that end and name nothing unfilled", () => {
    expect(everything.filter(({ target }) => !/^[^{}]+[。？]$/u.test(target) || /undefined|-/.test(target))).toEqual(
      [],
    );
  });

  test("says several things of every word, each once", () => {
    expect(words.filter(({ sentences }) => sentences.length < 2 || new Set(sentences).size < sentences.length)).toEqual(
      [],
    );
  });
});

describe("what is held out", () => {
  test("is whole words, with all that is said of them", () => {
    const trained = wordsOf(data.train);
    const developed = wordsOf(data.dev);
    expect(heldOut.filter(({ source }) => trained.has(source))).toEqual([]);
    expect(data.test.filter(({ source }) => developed.has(source))).toEqual([]);
    expect(wordsOf(data.test).size).toBe(150);
    expect([...wordsOf(data.test)]).toEqual(expect.arrayContaining([...showcase]));
  });

  test("can be told from training: its parts stand in other words there, and what is to be known of them is said of those", () => {
    const trained = wordsOf(data.train);
    const counts = new Map<string, number>();
    for (const { word, facts } of words) {
      if (trained.has(word)) for (const fact of facts) counts.set(fact, (counts.get(fact) ?? 0) + 1);
    }
    const unknown = words
      .filter(({ word }) => !trained.has(word))
      .flatMap(({ facts }) => [...facts])
      .filter((fact) => (counts.get(fact) ?? 0) < FEWEST_IN_TRAINING);
    expect(unknown).toEqual([]);
  });

  test("uses no character that training has not", () => {
    const trained = new Set(data.train.flatMap(({ source, target }) => [...source, ...target]));
    expect(
      heldOut.flatMap(({ source, target }) => [...source, ...target]).filter((each) => !trained.has(each)),
    ).toEqual([]);
  });
});

describe("tables", () => {
  test("refuse a row with too few columns, and a name they have not", () => {
    expect(() => table("full", "木")).toThrow('expected short, full, got "木"');
    expect(() => only(table("", "木\n竹"), "木 铁")).toThrow("铁 is in no row");
  });
});

test("the files are the published ones", () => {
  expect(summarize(data)).toEqual(published);
});
