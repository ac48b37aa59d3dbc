import { describe, expect, test } from "vitest";
import type { Pair } from "../data/pairs.js";
import { parseRecipe } from "../recipe/index.js";
import { guessLanguage, guessTask, lookAt } from "./facts.js";
import { type InitChoices, recipeText } from "./recipe-text.js";

const pair = (source: string, target: string): Pair => ({ source, target });
const repeat = (count: number, make: (i: number) => Pair) => Array.from({ length: count }, (_, i) => make(i));
const phones = [..."BCDEFGHI"];

describe("guessLanguage", () => {
  test.each([
    ["zh", ["我爱学习。", "what? 现在几点了"]],
    ["ja", ["私は本を読みます。"]],
    ["ko", ["나는 학생이다."]],
    ["el", ["Καλημέρα"]],
    ["en", ["I think that the weather is good and it was better.", "He is the one of them."]],
    ["de", ["Ich glaube, das ist nicht die Frage und der Mann weiß das."]],
    ["fr", ["Il est dans une maison et les enfants ne sont pas un problème."]],
    ["es", ["El perro que vive en una casa con los niños es del vecino."]],
    ["auto", ["2026-05-03"]],
    ["auto", ["aardvark", "abacus"]],
    ["auto", ["привет, мир"]],
    ["auto", ["abc 我爱"]],
  ])("%s", (language, lines) => expect(guessLanguage(lines)).toBe(language));
});

describe("guessTask", () => {
  test("few short targets are labels, tags one for each token, all else is another line", () => {
    expect(guessTask(repeat(60, (i) => pair(`sentence ${i}`, ["good", "bad"][i % 2]!))).task).toBe("classify");
    expect(guessTask(repeat(60, (i) => pair(`a${i} b c`, `X Y ${i % 3 ? "X" : "Z"}`))).task).toBe("tag");
    expect(guessTask(repeat(60, (i) => pair(`a b ${i}`, `x y ${i} z`))).task).toBe("translate");
    // As many targets as pairs are no labels, however few.
    expect(guessTask(repeat(8, (i) => pair(`a ${i}`, `b${i}`))).task).toBe("translate");
  });
});

describe("recipeText", () => {
  const choices = (more: Partial<InitChoices>): InitChoices => ({
    ...{ name: "it: is # odd", task: "translate", train: "my data/train.tsv", columns: { source: 1, target: 0 } },
    ...{ languages: { source: "zh", target: "en" } },
    ...more,
  });
  const recipeOf = (pairs: readonly Pair[], more: Partial<InitChoices> = {}) => {
    const text = recipeText(choices(more), lookAt(pairs));
    return { text, recipe: parseRecipe(text, "recipe.yaml") };
  };
  const sentences = repeat(300, (i) =>
    pair(`我 爱 ${"学习".repeat((i % 5) + 1)}`, `I do love the study number ${i % 7} of it`),
  );

  test("reads back as what was chosen, each line with its reason", () => {
    const { text, recipe } = recipeOf(sentences, { dev: "dev.tsv", test: { source: "t.zh", target: "t.en" } });
    expect(recipe).toMatchObject({
      name: "it: is # odd",
      data: { train: "my data/train.tsv", dev: "dev.tsv", test: { source: "t.zh", target: "t.en" } },
      source: { tokenizer: "words", language: "zh" },
      model: { encoder: { hiddenSize: 64 }, attention: { kind: "scaled-dot" } },
      train: { patience: 5, epochs: 100 },
    });
    expect(recipe.data.columns).toMatchObject({ source: 1, target: 0 });
    const bare = text.split("\n").filter((line) => line !== "" && !line.includes("#") && !line.endsWith(":"));
    expect(bare).toEqual([]);
  });

  test("words that hardly recur are cut into pieces, but not of Chinese", () => {
    const rare = repeat(300, (i) => pair(`词${i} 和 词`, `evdeki${i} ler kitap${i % 100} okuyor`));
    const { recipe } = recipeOf(rare, { languages: { source: "zh", target: "tr" } });
    expect([recipe.source.tokenizer, recipe.target.tokenizer, recipe.target.vocabSize]).toEqual(["words", "bpe", 1000]);
  });

  test("single words are letters, and lines of few signs are cut at spaces", () => {
    const spoken = repeat(300, (i) =>
      pair(`word${String.fromCharCode(97 + (i % 26))}`, `${phones[i % 8]} ${phones[i % 5]} ${phones[i % 3]}`),
    );
    const { recipe } = recipeOf(spoken, { languages: { source: "auto", target: "auto" } });
    expect([recipe.source.tokenizer, recipe.target.tokenizer, recipe.train.metric]).toEqual([
      "chars",
      "whitespace",
      "exact",
    ]);
  });

  test.each(["classify", "tag", "language-model"] as const)("%s has the sections of its task", (task) => {
    const isLines = task === "language-model";
    const data = isLines
      ? sentences.map(({ target }) => pair("", target))
      : repeat(90, (i) => pair(`a b c${i}`, "X Y X"));
    const { text, recipe } = recipeOf(data, { task, columns: isLines ? { target: 0 } : { source: 0, target: 1 } });
    expect(recipe.task).toBe(task);
    expect([/^source:/m.test(text), /^target:/m.test(text)]).toEqual([!isLines, task !== "classify"]);
  });
});
