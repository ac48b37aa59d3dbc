import { parseRecipe } from "tandem-seq2seq";
import { expect, it } from "vitest";
import { canExtend, continuedRecipe, newRecipe, type TrainingSettings } from "./training-recipe.js";

const settings: TrainingSettings = {
  attention: "none",
  summary: "max",
  hidden: 16,
  epochs: 7,
  rate: 0.003,
  extend: true,
};
const base = (yaml: string) => parseRecipe(`{ data: { train: a.tsv }, ${yaml} }`, "recipe.yaml");

it("a recipe without attention reads c at every step; a classifier's has the summary", () => {
  expect(newRecipe("translate", "words", settings, 100).model).toMatchObject({
    attention: { kind: "none" },
    decoder: { context: "every-step", hiddenSize: 32 },
  });
  expect(newRecipe("classify", "chars", settings, 100).model?.encoder).toMatchObject({ summary: "max" });
});

it("holds out a quarter, at most 50, and nothing of fewer than 20 pairs", () => {
  const share = (count: number) => newRecipe("translate", "chars", settings, count).data?.holdOut;
  expect([4, 19, 20, 100, 1000].map(share)).toEqual([0, 0, 0.25, 0.25, 0.05]);
});

it("going on makes room for new words on the sides whose words are a list", async () => {
  const mixed = await base("source: { tokenizer: chars }, target: { tokenizer: bpe, vocabSize: 300 }");
  expect(continuedRecipe(mixed, settings, 100)).toMatchObject({
    source: { vocabSize: mixed.source.vocabSize + 10_000 },
    target: {},
    train: { extendVocabulary: true, learningRate: 0.003, epochs: 7 },
  });
  expect(continuedRecipe(mixed, { ...settings, extend: false }, 100)).not.toHaveProperty("source");
});

it("pieces on both sides write any text: there is nothing to extend but labels", async () => {
  const pieces = "source: { tokenizer: bytes }, target: { tokenizer: bytes }";
  const translator = await base(pieces);
  expect(canExtend(translator)).toBe(false);
  expect(continuedRecipe(translator, settings, 100).train).not.toHaveProperty("extendVocabulary");
  expect(canExtend(await base("task: classify, source: { tokenizer: bytes }"))).toBe(true);
});
