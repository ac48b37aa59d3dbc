import { describe, expect, it } from "vitest";
import { wasm } from "../../test/support/backends.js";
import { modelOf } from "../decode/any-model.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import { prepareModel } from "../train/prepare.js";
import { averageModels } from "./average.js";
import { type AnyModel, modelOfFile } from "./model-file.js";

const pairs = [..."abcdefgh"].map((letter) => ({ source: `${letter} x`, target: `${letter} y` }));
const sizes = { embeddingSize: 3, encoder: { hiddenSize: 5 }, decoder: { hiddenSize: 7 } };

/** A model drawn from a seed, as if it had been trained for so many steps. */
async function drawn(seed: number, steps: number, recipe: RecipeInput = {}, given = pairs): Promise<AnyModel> {
  const model = await prepareModel(
    wasm,
    completeRecipe({ ...recipe, model: { ...sizes, ...recipe.model }, train: { seed, ...recipe.train } }),
    given,
  );
  model.history.steps = steps;
  return model;
}

const plain = await drawn(1, 1);

const named = (...models: AnyModel[]) => models.map((model, i) => ({ name: "abc"[i]!, bytes: model.toBytes() }));

it("every parameter is the mean, rounded once", async () => {
  const models = [await drawn(1, 10), await drawn(2, 30), await drawn(3, 20)];
  const average = modelOfFile(wasm, averageModels(named(...models)), "average");
  const given = models.map((model) => model.tensors());
  for (const [name, { data }] of average.tensors()) {
    const parts = given.map((tensors) => tensors.get(name)!.data);
    expect(Array.from(data)).toEqual(
      Array.from(data, (_, i) => Math.fround(parts.reduce((sum, part) => sum + part[i]!, 0) / 3)),
    );
  }
  // All else is that of the one trained longest.
  expect(average.history).toEqual({ ...models[1]!.history, averaged: [10, 20, 30] });
  expect(average.recipe.train.seed).toBe(2);
  expect(await (await modelOf(average)).outputs(["a x", "b x"])).toHaveLength(2);
});

it("the mean of a model with itself has its bits, in whatever order the mean is taken", async () => {
  const [first, second] = [await drawn(1, 10), await drawn(2, 30)];
  expect(modelOfFile(wasm, averageModels(named(first, first, first, first)), "same").tensors()).toEqual(
    first.tensors(),
  );
  const [a, b] = named(first, second) as [{ name: string; bytes: Uint8Array }, { name: string; bytes: Uint8Array }];
  expect(averageModels([a, b])).toEqual(averageModels([b, a]));
});

it("how they were trained may differ: dropout, rate, batch", async () => {
  const other = await drawn(2, 1, { model: { encoder: { ...sizes.encoder, dropout: 0.3 } }, train: { batchSize: 2 } });
  expect(() => averageModels(named(plain, other))).not.toThrow();
});

describe("is refused in one sentence", () => {
  it.each<[string, RecipeInput, RegExp]>([
    [
      "another size",
      { model: { decoder: { hiddenSize: 9 } } },
      /^average b: expected model\.decoder\.hiddenSize 7 as in a, got 9\./,
    ],
    [
      "another attention",
      { model: { attention: { kind: "additive" } } },
      /expected model\.attention\.kind scaled-dot as in a, got additive/,
    ],
    [
      "another task",
      { task: "language-model", model: { encoder: undefined } },
      /expected task translate as in a, got language-model/,
    ],
    [
      "another tokenizer",
      { source: { tokenizer: "chars" } },
      /expected the same source\.tokenizer as in a, got another/,
    ],
  ])("%s", async (_, recipe, sentence) => {
    const other = await drawn(1, 1, recipe);
    expect(() => averageModels(named(plain, other))).toThrow(sentence);
  });

  it("other words", async () => {
    const other = await drawn(1, 1, {}, [...pairs.slice(1), { source: "z x", target: "z y" }]);
    expect(() => averageModels(named(plain, other))).toThrow(/expected the same source\.\w+ as in a, got another/);
  });

  it("one alone, weights of 8 bits, and what is no model", async () => {
    expect(() => averageModels(named(plain))).toThrow("average: expected at least two models, got a alone.");
    const small = { name: "small", bytes: plain.toBytes({ weights: "int8" }) };
    expect(() => averageModels([...named(plain), small])).toThrow(
      "average small: expected float32 weights, got int8 ones.",
    );
    const text = { name: "text", bytes: new TextEncoder().encode("no safetensors at all") };
    expect(() => averageModels([...named(plain), text])).toThrow("model text: expected a safetensors file");
  });
});
