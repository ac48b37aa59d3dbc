import { describe, expect, test } from "vitest";
import { summarize } from "../made-data/files.js";
import { FEWEST_IN_TRAINING, generateParallelLines, type LinePair, showcase } from "./generate.js";
import { lexicon } from "./lexicon.js";
import { published } from "./published.js";

const data = generateParallelLines();
const heldOut = [...data.dev, ...data.test];
const everything = [...data.train, ...heldOut];
const pairs = Object.values(lexicon).flat();

describe("the lexicon", () => {
  test("pairs words of one length that share no character", () => {
    const unlike = pairs.filter(({ level, oblique }) => level.length !== oblique.length);
    expect(unlike).toEqual([]);
    expect(pairs.filter(({ level, oblique }) => [...level].some((character, i) => oblique[i] === character))).toEqual(
      [],
    );
  });

  test("has one answer to each word", () => {
    const answers = new Map<string, string>();
    const differing = pairs.filter(({ level, oblique }) => {
      const known = answers.get(level) ?? oblique;
      answers.set(level, oblique);
      return known !== oblique;
    });
    expect(differing).toEqual([]);
    const obliques = new Set(pairs.map(({ oblique }) => oblique));
    expect(pairs.filter(({ level }) => obliques.has(level))).toEqual([]);
  });

  test("never ends a word of either tone with the same character", () => {
    const level = new Set(pairs.map((pair) => pair.level.at(-1)));
    expect(pairs.filter(({ oblique }) => level.has(oblique.at(-1)))).toEqual([]);
  });

  test("answers many a character in several ways, so that one must read the word", () => {
    const answers = new Map<string, Set<string>>();
    for (const { level, oblique } of pairs) {
      for (const [i, character] of [...level].entries()) {
        answers.set(character, (answers.get(character) ?? new Set()).add(oblique[i]!));
      }
    }
    expect([...answers.values()].filter((ways) => ways.size > 1).length).toBeGreaterThan(50);
  });
});

describe("the lines", () => {
  test("are answered at equal length, with another character everywhere", () => {
    expect(everything.filter(({ source, target }) => source.length !== target.length)).toEqual([]);
    expect(everything.filter(({ source, target }) => [...source].some((each, i) => target[i] === each))).toEqual([]);
  });

  test("turn the tone from each word to its answer, and end on different ones", () => {
    const levelEnds = new Set(pairs.map(({ level }) => level.at(-1)));
    const same = everything.filter(
      ({ source, target }) => levelEnds.has(source.at(-1)) === levelEnds.has(target.at(-1)),
    );
    expect(same).toEqual([]);
  });

  test("answer one another: the answer to the answer is the line", () => {
    const answers = new Map(everything.map(({ source, target }) => [source, target]));
    expect(answers.size).toBe(everything.length);
    expect(everything.filter(({ source, target }) => answers.get(target) !== source)).toEqual([]);
  });

  test("have one to seven characters", () => {
    expect([...new Set(everything.map(({ source }) => source.length))].sort()).toEqual([1, 2, 4, 5, 7]);
  });
});

describe("what is held out", () => {
  test("is a combination of two words, in every pattern and direction", () => {
    const trained = new Set(data.train.map(({ combination }) => combination));
    const developed = new Set(data.dev.map(({ combination }) => combination));
    expect(heldOut.filter(({ combination }) => trained.has(combination))).toEqual([]);
    expect(data.test.filter(({ combination }) => developed.has(combination))).toEqual([]);
  });

  test("is in no trained line, judged by the text", () => {
    for (const { combination } of data.test.slice(0, 300)) {
      const words = combination.split("|").map((name) => [name.slice(0, name.length / 2), name.slice(name.length / 2)]);
      if (words.some(([level]) => level!.length < 2)) continue;
      const joining = data.train.filter(({ source }) =>
        words.every((sides) => sides.some((side) => source.includes(side))),
      );
      expect(joining.map(({ source }) => source)).toEqual([]);
    }
  });

  test("can be answered from training: each word often, and alone with its answer", () => {
    const counts = new Map<string, number>();
    for (const { words } of data.train) {
      for (const { pair } of words) counts.set(pair.level, (counts.get(pair.level) ?? 0) + 1);
    }
    const alone = new Set(data.train.filter(({ pattern }) => pattern === "word").map(({ source }) => source));
    const unknown = ({ words }: LinePair) =>
      words.some(({ pair, tone }) => counts.get(pair.level)! < FEWEST_IN_TRAINING || !alone.has(pair[tone]));
    expect(heldOut.filter(unknown)).toEqual([]);
  });

  test("has the showcase", () => {
    expect(data.test.find(({ source }) => source === showcase)).toMatchObject({ target: "枕上疏星影" });
  });
});

test("the files are the published ones", () => {
  expect(summarize(data)).toEqual(published);
});
