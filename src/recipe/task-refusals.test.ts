import { describe, expect, it, test } from "vitest";
import { RecipeError } from "../errors.js";
import { TASK_METRICS } from "../evaluate/index.js";
import { completeRecipe, parseRecipe } from "./parse.js";
import { TASKS } from "./schema.js";
import { defaultsForSize } from "./size-defaults.js";
import { stringifyRecipe } from "./stringify.js";
import { DEV_METRICS } from "./task-refusals.js";

function mistakes(text: string): string[] {
  try {
    parseRecipe(text, "r.yaml");
  } catch (error) {
    if (error instanceof RecipeError) return error.message.split("\n");
  }
  throw new Error("expected a RecipeError");
}

describe("what a task does not have is refused with the reason", () => {
  test.each([
    [
      "task: classify\nmodel: { decoder: { hiddenSize: 99 } }",
      "recipe r.yaml:2:33: model.decoder.hiddenSize: 99 is refused with task classify: a classifier has no decoder. Leave it out",
    ],
    [
      "task: classify\nmodel: { attention: { kind: additive } }",
      "recipe r.yaml:2:29: model.attention.kind: additive is refused with task classify: a classifier has no decoder to attend; its encoder.summary can be attention. Leave it out",
    ],
    [
      "task: classify\ntarget: { tokenizer: chars }",
      "recipe r.yaml:2:22: target.tokenizer: chars is refused with task classify: a label is its column taken whole. Leave it out",
    ],
    [
      "task: tag\ndecode: { beamSize: 5 }",
      "recipe r.yaml:2:21: decode.beamSize: 5 is refused with task tag: a tagger searches for nothing. Leave it out",
    ],
    [
      "task: tag\nmodel: { encoder: { summary: max } }",
      "recipe r.yaml:2:30: model.encoder.summary: max is refused with task tag: a tagger reads each token's own state. Leave it out",
    ],
    [
      "task: language-model\nsource: { tokenizer: chars }",
      "recipe r.yaml:2:22: source.tokenizer: chars is refused with task language-model: a language model reads no source; its lines are the target. Leave it out",
    ],
    [
      "task: language-model\nmodel: { encoder: { hiddenSize: 9 } }",
      "recipe r.yaml:2:33: model.encoder.hiddenSize: 9 is refused with task language-model: a language model has no encoder. Leave it out",
    ],
    [
      "task: language-model\ndecode: { length: source }",
      "recipe r.yaml:2:19: decode.length: source is refused with task language-model: a language model has no source to be as long as. Leave it out",
    ],
    [
      "task: language-model\nmodel: { embeddingSize: 8, tieEmbeddings: target }",
      "recipe r.yaml:2:43: model.tieEmbeddings: target is refused: the output's weight is the embedding, so embeddingSize 8 must be decoder.hiddenSize 256. Make them equal",
    ],
    [
      "task: language-model\ntrain: { metric: bleu }",
      "recipe r.yaml:2:18: train.metric: bleu is refused: task language-model has no such measure. Use loss, ppl",
    ],
    [
      "train: { metric: f1 }",
      "recipe r.yaml:1:18: train.metric: f1 is refused: task translate has no such measure. Use loss, exact, accuracy, ppl, bleu, chrf, chrf++, wer, per, cer",
    ],
  ])("%s", (text, sentence) => expect(mistakes(text)).toEqual([sentence]));
});

it.each(TASKS)("a completed recipe of task %s is one that can be read again", (task) => {
  const lengths = { source: { characters: 20, words: 4 }, target: { characters: 20, words: 4 } };
  for (const defaults of [{}, defaultsForSize(3000, lengths, task)]) {
    const recipe = completeRecipe({ task }, { defaults });
    expect(parseRecipe(stringifyRecipe(recipe), "r.yaml")).toEqual(recipe);
  }
});

it("a language model reads the first column, the other tasks a source beside the target", () => {
  expect(completeRecipe({ task: "language-model" }).data.columns).toEqual({ source: 0, target: 0 });
  expect(completeRecipe({ task: "language-model", data: { columns: { target: 3 } } }).data.columns.target).toBe(3);
  expect(completeRecipe({ task: "classify" }).data.columns).toEqual({ source: 0, target: 1 });
});

it("only translation and language models have a decoder, and only translation attends", () => {
  for (const task of TASKS) {
    const { attention, decoder } = completeRecipe({ task }).model;
    expect([attention.kind, decoder.bridge]).toEqual(task === "translate" ? ["scaled-dot", "dense"] : ["none", "zero"]);
  }
});

it("sizes for a table of labels are those of the text, and a label is never cut", () => {
  const headlines = { source: { characters: 60, words: 12 }, target: { characters: 8, words: 1 } };
  const defaults = defaultsForSize(3000, headlines, "classify");
  expect(defaults.source).toEqual({ tokenizer: "words" });
  expect(defaults.target).toBeUndefined();
  expect(defaultsForSize(3000, headlines).source).toEqual({ tokenizer: "words" });
  const verses = { source: { characters: 0, words: 0 }, target: { characters: 5, words: 1 } };
  expect(defaultsForSize(3000, verses, "language-model").target).toEqual({ tokenizer: "chars" });
  const tagged = { source: { characters: 40, words: 7 }, target: { characters: 30, words: 7 } };
  expect(defaultsForSize(3000, tagged, "tag").target).toEqual({ tokenizer: "whitespace" });
});

test.each(TASKS)("train.metric of %s is the loss or what its models are evaluated by", (task) => {
  expect(DEV_METRICS[task]).toEqual(["loss", ...TASK_METRICS[task]]);
  for (const metric of TASK_METRICS[task])
    expect(completeRecipe({ task, train: { metric } }).train.metric).toBe(metric);
});
