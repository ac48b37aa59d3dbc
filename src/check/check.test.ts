// Data with one thing wrong at a time, and what is said of it.
import { describe, expect, test } from "vitest";
import { wasm } from "../../test/support/backends.js";
import type { Pair } from "../data/pairs.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import { prepareModel } from "../train/prepare.js";
import { checkData } from "./check.js";
import type { Finding } from "./finding.js";

const german = "der die das Hund Katze läuft schläft über unter grünes schwarzer Mann Straße zwei fünf".split(" ");
const english = "the a an dog cat runs sleeps over under green black man street two five".split(" ");

/** Sentences of as many words of both languages, word for word, and no two alike. */
const sentences = (count: number, file: string, offset = 0): Pair[] =>
  Array.from({ length: count }, (_, i) => {
    const numbers = Array.from({ length: 5 }, (_, word) => Math.floor((i + offset) / 15 ** (word % 4) + 7 * word) % 15);
    const [source, target] = [german, english].map((words) => numbers.map((word) => words[word]).join(" "));
    return { source: source!, target: target!, place: `${file}:${i + 1}` };
  });

async function check(data: { train: Pair[]; dev?: Pair[]; test?: Pair[] }, recipe: RecipeInput = {}) {
  const small = { embeddingSize: 3 };
  const model = await prepareModel(
    wasm,
    completeRecipe({ ...recipe, model: { ...small, ...recipe.model } }),
    data.train,
  );
  try {
    return checkData(model, { dev: [], test: [], ...data });
  } finally {
    model.dispose();
  }
}

const only = (findings: readonly Finding[], kind: Finding["kind"]) =>
  findings.filter((finding) => finding.kind === kind);
const swap = ({ source, target, ...rest }: Pair): Pair => ({ ...rest, source: target, target: source });

describe("checkData", () => {
  test("of clean data nothing is said", async () => {
    const { findings, statistics } = await check({
      train: sentences(600, "train.tsv"),
      dev: sentences(50, "dev.tsv", 700),
    });
    expect(findings).toEqual([]);
    expect(statistics).toMatchObject({
      pairs: { train: 600, dev: 50, test: 0 },
      unknown: { source: { train: 0, dev: 0 }, target: { train: 0, dev: 0 } },
    });
  });

  test("pairs of swapped columns are found among others of the same script, each of them", async () => {
    const train = sentences(600, "train.tsv").map((pair, i) => (i % 100 === 41 ? swap(pair) : pair));
    const [swapped, ...rest] = only((await check({ train })).findings, "swapped");
    expect(rest).toEqual([]);
    expect(swapped).toMatchObject({ level: "warning", count: 6, of: 600, example: { place: "train.tsv:42" } });
    expect(swapped!.what).toBe(
      "6 of 600 train pairs (1.0 %) seem to have their columns swapped, compared with the rest of train",
    );
  });

  test.each([
    ["German", "English"],
    ["source_text", "Target text"],
    ["de", "en"],
    ["原文", "译文"],
  ])("a first line %s, %s names the columns, in whichever part it is", async (source, target) => {
    const headed = (file: string, from: number, place = `${file}:1`) => [
      { source, target, place },
      ...sentences(40, file, from).slice(1),
    ];
    const { findings } = await check({ train: sentences(600, "train.tsv"), dev: headed("dev.tsv", 700) });
    expect(only(findings, "header")).toMatchObject([
      { level: "warning", count: 1, of: 40, example: { place: "dev.tsv:1", text: `${source} → ${target}` } },
    ]);
    expect(only((await check({ train: headed("train.tsv", 0, "train.tsv:11") })).findings, "header")).toEqual([]);
  });

  test("a first line that is an example is no header", async () => {
    const train = sentences(600, "train.tsv");
    const first = { source: "text", target: "question", place: "train.tsv:1" };
    const labels = train.map((pair, i) => ({ ...pair, target: i % 2 ? "question" : "answer" }));
    const ofClasses = await check({ train: [first, ...labels.slice(1)] }, { task: "classify" });
    const ofWords = await check({ train: [{ ...first, target: "Frage" }, ...train.slice(1)] });
    for (const { findings } of [ofClasses, ofWords]) expect(only(findings, "header")).toEqual([]);
  });

  test("a dev file of swapped columns is an error", async () => {
    const { findings } = await check({
      train: sentences(600, "train.tsv"),
      dev: sentences(50, "dev.tsv", 700).map(swap),
    });
    expect(findings[0]).toMatchObject({ kind: "swapped", level: "error", count: 50, example: { place: "dev.tsv:1" } });
    expect(findings[0]!.advice).toContain("Swap the columns of dev");
  });

  test("where both columns are of one language nothing is swapped", async () => {
    const train = sentences(600, "train.tsv").map((pair) => ({ ...pair, source: `${pair.target} ` }));
    const { findings } = await check({ train });
    expect([...only(findings, "swapped"), ...only(findings, "language")]).toEqual([]);
  });

  test("an untranslated line looks like the other language", async () => {
    const train = sentences(600, "train.tsv").map((pair, i) => (i === 9 ? { ...pair, target: pair.source } : pair));
    const [found] = only((await check({ train })).findings, "language");
    expect(found).toMatchObject({ level: "note", count: 1, example: { place: "train.tsv:10" } });
    expect(found!.what).toMatch(/targets .* look like the language of the sources/);
  });

  test("a language whose script the column has not: swapped if the other column has it", async () => {
    const train = [..."我你他她它是有在"].map((letter) => ({
      source: `hello ${letter}`,
      target: `${letter}爱学习中文`,
    }));
    const { findings } = await check({ train }, { source: { language: "zh" }, target: { language: "en" } });
    expect(only(findings, "swapped").map(({ level }) => level)).toEqual(["error", "error"]);
    expect(findings[0]!.advice).toContain("exchange data.columns");
    const russian = await check({ train }, { source: { language: "ru" } });
    expect(only(russian.findings, "script")[0]).toMatchObject({
      level: "error",
      advice: "Correct source.language or data.columns.source.",
    });
  });

  test("lines in a script that train does not have", async () => {
    const train = sentences(100, "train.tsv");
    const dev = sentences(4, "dev.tsv", 700);
    dev[2] = { source: "Привет мир", target: "the dog", place: "dev.tsv:3" };
    const [found] = only((await check({ train, dev })).findings, "script");
    expect(found).toMatchObject({ level: "warning", count: 1, of: 4, example: { place: "dev.tsv:3" } });
    expect(found!.what).toContain("Cyrillic");
  });

  test("unknown words by share, with the word; case alone is told apart", async () => {
    const train = sentences(100, "train.tsv");
    const dev = [
      { source: "der Hund", target: "THE DOG", place: "dev.tsv:1" },
      { source: "der xyz", target: "the dog", place: "dev.tsv:2" },
    ];
    const { findings, statistics } = await check({ train, dev });
    expect(statistics.unknown.source).toEqual({ train: 0, dev: 1 / 4, test: 0 });
    // Of so few tokens half is no more than a warning.
    expect(only(findings, "unknown-words").map(({ level }) => level)).toEqual(["warning", "warning"]);
    const large = await check({ train, dev: Array<typeof dev>(60).fill(dev).flat() });
    expect(only(large.findings, "unknown-words").map(({ level }) => level)).toEqual(["error", "warning"]);
    expect(only(findings, "unknown-words").map(({ example }) => example)).toContainEqual({
      place: "dev.tsv:2",
      text: '"xyz" in der xyz → the dog',
    });
    const [byCase] = only(findings, "case");
    expect(byCase).toMatchObject({ level: "error", count: 2, of: 4, example: { place: "dev.tsv:1" } });
    expect(byCase!.advice).toContain("target.lowercase: true");
    const lowered = await check({ train, dev }, { target: { lowercase: true } });
    expect(only(lowered.findings, "case")).toEqual([]);
  });

  test("overlap with train: an error from half on; a source with other targets is a note", async () => {
    const train = sentences(100, "train.tsv");
    const { findings } = await check({ train, dev: train.slice(0, 3), test: [{ ...train[5]!, target: "a cat" }] });
    expect(only(findings, "overlap")).toMatchObject([
      { level: "error", count: 3, of: 3, example: { place: "train.tsv:1" } },
      { level: "note", count: 1, of: 1 },
    ]);
    expect(only(findings, "overlap")[1]!.what).toContain("0 with the same target");
  });

  test("several targets: usual in translation, a contradiction among labels; repeated pairs", async () => {
    const train = [
      ...sentences(40, "train.tsv"),
      { source: german.slice(0, 5).join(" "), target: "x", place: "more.tsv:1" },
    ];
    train.push({ ...train[0]!, target: "y", place: "more.tsv:2" }, { ...train[1]!, place: "more.tsv:3" });
    const { findings } = await check({ train });
    expect(only(findings, "several-targets")).toMatchObject([
      { level: "note", count: 2, example: { place: "more.tsv:2" } },
    ]);
    expect(only(findings, "repeated")).toMatchObject([{ level: "note", count: 1, example: { place: "more.tsv:3" } }]);
    const labelled = train.map((pair, i) => ({ ...pair, target: i === 41 ? "no" : i % 2 ? "yes" : "no?" }));
    const ofClasses = await check({ train: labelled }, { task: "classify" });
    expect(only(ofClasses.findings, "several-targets")).toMatchObject([{ level: "warning" }]);
  });

  test("labels: one that outweighs all, rare ones, and texts in the column of labels", async () => {
    const source = (i: number) => sentences(100, "train.tsv")[i]!;
    const labelled = (label: (i: number) => string) =>
      Array.from({ length: 100 }, (_, i) => ({ ...source(i), target: label(i) }));
    const uneven = await check({ train: labelled((i) => (i < 97 ? "yes" : "no")) }, { task: "classify" });
    expect(only(uneven.findings, "labels").map(({ count, of }) => [count, of])).toEqual([
      [97, 100],
      [1, 2],
    ]);
    expect(uneven.statistics.labels).toEqual([
      ["yes", 97],
      ["no", 3],
    ]);
    const texts = await check({ train: labelled((i) => `text ${i}`) }, { task: "classify" });
    expect(texts.findings[0]).toMatchObject({ kind: "labels", level: "error", count: 100 });
  });

  test("lengths: one line far longer than the rest, and a pair out of proportion", async () => {
    const train = sentences(200, "train.tsv");
    train[7] = { source: "der Hund ".repeat(100), target: "the dog ".repeat(100), place: "train.tsv:8" };
    train[9] = { source: "der Hund läuft über die Straße und die Katze auch", target: "dog", place: "train.tsv:10" };
    const { findings } = await check({ train });
    expect(only(findings, "length")).toMatchObject([{ count: 1, example: { place: "train.tsv:8" } }]);
    expect(only(findings, "ratio")).toMatchObject([{ count: 1, example: { place: "train.tsv:10" } }]);
  });

  test("lines of a language model: overlap and repetition of lines, no columns to swap", async () => {
    const train = sentences(300, "train.txt").map(({ target, place }) => ({ source: "", target, place: place! }));
    const { findings } = await check({ train, dev: train.slice(0, 2) }, { task: "language-model" });
    expect(findings.map(({ kind }) => kind)).toEqual(["overlap"]);
    expect(findings[0]).toMatchObject({ level: "error", example: { text: train[0]!.target } });
  });
});
