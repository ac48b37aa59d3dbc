import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadModel } from "../decode/load.js";
import { completeRecipe } from "../recipe/index.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";
import { storedRecipe } from "./stored-recipe.js";

// Made by revision 4203b54, before models had kinds: tandem train on five reversed strings, hidden sizes 3 and 4, 25 epochs.
const oldest = readFileSync(new URL("../../test/golden/model-format-1.safetensors", import.meta.url));

describe("a model file of the first version", () => {
  it("opens with what models did before there were other kinds, and writes what it wrote then", async () => {
    const { metadata } = readSafetensors(oldest, "oldest");
    const then = JSON.parse(metadata.get("recipe")!);
    expect(then.model).not.toHaveProperty("copy");
    expect(then.decode).not.toHaveProperty("beamSize");
    using model = await loadModel(oldest, { task: "translate", backend: "wasm" });
    expect(model.recipe.model.copy).toBe(false);
    expect(model.recipe.model.encoder.summary).toBe("last");
    expect(model.recipe.decode.beamSize).toBe(1);
    expect(model.recipe.version).toBe(1);
    const results = await model.translate(["abc", "ca", "abab", "bca"]);
    expect(results.map(({ text }) => text)).toEqual(["ba", "ba", "ba", "ba"]);
  });
});

describe("storedRecipe", () => {
  const recipe = () => JSON.parse(JSON.stringify(completeRecipe({})));

  it("leaves a recipe of today as it is", () => {
    expect(storedRecipe(recipe())).toEqual(recipe());
  });

  it.each([
    ["model.encoder.layers", 0, "expected a whole number from 1 to 16 as model.encoder.layers, got 0"],
    ["model.decoder.cell", "gnu", 'expected one of gru, lstm, rnn, rnn-relu as model.decoder.cell, got "gnu"'],
    [
      "decode.maxLength",
      { timesSource: 2 },
      "expected a number of tokens, or timesSource and plus as decode.maxLength",
    ],
    ["task", { translate: true }, 'expected a text as task, got {"translate":true}'],
    ["model", null, "expected a whole number from 1 to 4096 as model.embeddingSize, got nothing"],
  ])("refuses %s %j, from which no model can be built", async (path, value, sentence) => {
    const spoilt = recipe();
    const keys = path.split(".");
    const last = keys.pop()!;
    keys.reduce((below, key) => below[key], spoilt)[last] = value;
    expect(() => storedRecipe(spoilt)).toThrow(sentence);
    const { metadata, tensors } = readSafetensors(oldest, "oldest");
    metadata.set("recipe", JSON.stringify(spoilt));
    const file = writeSafetensors({ metadata, tensors });
    await expect(loadModel(file, { backend: "reference" })).rejects.toThrow(
      /^model \(bytes\): expected what its own recipe describes, got something else \(recipe: expected .+\)\. The file is damaged\.$/,
    );
  });

  it("of a task that comes later asks for a newer version", async () => {
    const { metadata, tensors } = readSafetensors(oldest, "oldest");
    metadata.set("recipe", JSON.stringify({ ...recipe(), task: "summarize" }));
    await expect(loadModel(writeSafetensors({ metadata, tensors }), { backend: "reference" })).rejects.toThrow(
      'model (bytes): expected a task this version knows, got "summarize". Update tandem-seq2seq.',
    );
  });
});
