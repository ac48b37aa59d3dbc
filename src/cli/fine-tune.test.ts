import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { commandIn, expectSentence, set } from "../../test/support/command.js";

const { path, file, tandem } = commandIn("fine-tune");

const reversed = (words: readonly string[]) =>
  words.map((word) => `${[...word].join(" ")}\t${[...word].reverse().join(" ")}\n`).join("");
const words = (letters: string) =>
  Array.from({ length: 60 }, (_, i) => [i % 7, (i * 3) % 5, (i * i) % 7].map((l) => letters[l]).join(""));
const options = set("train.epochs=20", "train.batchSize=8", "train.learningRate=0.01");

beforeAll(() => {
  file("old.tsv", reversed(words("abcdefg")));
  file("new.tsv", reversed(words("abcxyzg")));
  const sizes = set("model.embeddingSize=16", "model.encoder.hiddenSize=16", "model.decoder.hiddenSize=16");
  const text = set("source.tokenizer=whitespace", "target.tokenizer=whitespace");
  const trained = tandem(["train", "old.tsv", "--out", "base", ...options, ...sizes, ...text]);
  expect(trained.status, trained.stderr).toBe(0);
}, 120_000);

test("a model goes on from a run, with new words, and says so", () => {
  const tuned = [
    "train",
    "new.tsv",
    "--out",
    "tuned",
    "--from",
    "base",
    ...options,
    ...set("train.extendVocabulary=true"),
  ];
  const { status, stderr } = tandem(tuned);
  expect(status, stderr).toBe(0);
  const { history: base, recipe: baseRecipe } = JSON.parse(tandem(["inspect", "base", "--json"]).stdout);
  expect(stderr).toMatch(
    new RegExp(`going on from .*base, trained for ${base.steps} steps, 3 new source words, 3 new target words`),
  );
  const { history, recipe } = JSON.parse(tandem(["inspect", "tuned", "--json"]).stdout);
  expect(history.from).toEqual({ name: "old", ...base });
  expect(recipe.model).toEqual(baseRecipe.model);
  expect(recipe.train.from).toBeUndefined();
  expect(tandem(["inspect", "tuned"]).stdout).toMatch(/^from +old, trained on \d+ pairs, \d+ steps$/m);
  // The run's own recipe repeats it from where it lies.
  expect(readFileSync(path("tuned/recipe.yaml"), "utf8")).toMatch(/^ {2}from: \.\.\/base$/m);
  const model = readFileSync(path("tuned/model.safetensors"));
  const again = tandem(["train", "tuned/recipe.yaml", "--out", "again"]);
  expect(again.status, again.stderr).toBe(0);
  const evaluated = (run: string) => JSON.parse(tandem(["evaluate", run, "new.tsv", "--json"]).stdout);
  expect(evaluated("again")).toEqual(evaluated("tuned"));
  // A finished run has nothing left to do, and finds its model again.
  expect(tandem([...tuned, "--resume"]).status).toBe(0);
  expect(readFileSync(path("tuned/model.safetensors")).equals(model)).toBe(true);
  expect(tandem(["check", "tuned/recipe.yaml", "--no-trial"]).stdout).toContain("unknown tokens: 0 % of train");
});

test("what does not go with the model is one sentence with the key", () => {
  const from = ["train", "new.tsv", "--out", "no", "--from", "base"];
  expectSentence(
    tandem([...from, ...set("model.decoder.hiddenSize=8")]),
    2,
    /model\.decoder\.hiddenSize: expected 16, as the model of train\.from has it, got 8\. Leave it out/,
  );
  expectSentence(
    tandem([...from, ...set("task=classify")]),
    2,
    /task: expected translate, as the model of train\.from/,
  );
  expectSentence(tandem(["train", "new.tsv", "--from", "nothing"]), 1, /nothing: expected a file/);
  expectSentence(tandem(["train", "new.tsv", "--from", "new.tsv"]), 1, /new\.tsv: expected a safetensors file/);
});
