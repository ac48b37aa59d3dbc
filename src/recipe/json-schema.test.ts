import { describe, expect, test } from "vitest";
import { keysOf, nodeAt, recipeJsonSchema, recipeNode, type SchemaNode } from "./json-schema.js";
import { layOver } from "./merge.js";
import { parseRecipe } from "./parse.js";
import { recipeSchema } from "./schema.js";

/** Keys that may be left out and then mean "none". */
const withoutDefault = [
  "name",
  ...["data.train", "data.dev", "data.test"].flatMap((files) => [files, `${files}.source`, `${files}.target`]),
  "data.alignments",
  "data.filters.maxWords",
  "data.filters.maxCharacters",
  "data.filters.maxRatio",
  "data.columns.alignment",
  "model.pretrained.source",
  "model.pretrained.target",
  "source.tokenizerFile",
  "target.tokenizerFile",
  "model.attention.heads",
  "train.batchSize",
  "train.from",
  "train.scheduledSampling.steps",
  "train.scheduledSampling.k",
  "train.steps",
  "train.checkpointEvery.steps",
];

function everyKey(node: SchemaNode = recipeNode, parent = ""): { path: string; node: SchemaNode }[] {
  return Object.entries(keysOf(node)).flatMap(([key, child]) => {
    const path = parent === "" ? key : `${parent}.${key}`;
    return [{ path, node: child }, ...everyKey(child, path)];
  });
}

const leaves = everyKey().filter(({ node }) => Object.keys(keysOf(node)).length === 0);

/** What a schedule of sampling needs beside its name. */
const samplingFor = (schedule: string) => ({
  probability: 0.5,
  ...(schedule === "linear" && { steps: 9 }),
  ...(schedule === "exponential" && { k: 0.9 }),
  ...(schedule === "inverse-sigmoid" && { k: 9 }),
});

describe("recipeJsonSchema", () => {
  test.each(everyKey())("$path is described in a sentence", ({ node }) => {
    expect(node.description).toMatch(/^[A-Z].{10,150}\.$/);
  });

  test.each(leaves)("$path has a default, unless it may be absent", ({ path, node }) => {
    if (withoutDefault.includes(path)) expect(node).not.toHaveProperty("default");
    else expect(node).toHaveProperty("default");
  });

  test.each(leaves)("$path has a range: values, a pattern, or a least and a most", ({ node }) => {
    if (node.type === "integer" || node.type === "number") {
      expect(node.minimum ?? node.exclusiveMinimum).toBeTypeOf("number");
      expect(node.maximum).toBeLessThan(Number.MAX_SAFE_INTEGER);
    }
  });

  test("no map takes a key it does not know", () => {
    const maps = [{ path: "", node: recipeNode }, ...everyKey()].filter(({ node }) => node.type === "object");
    expect(maps.map(({ path }) => path)).toContain("model.encoder");
    for (const { node } of maps) expect(node).toHaveProperty("additionalProperties", false);
  });

  test("shows the facts an editor needs", () => {
    expect(recipeJsonSchema()).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
    });
    expect(nodeAt(["model", "encoder", "cell"])).toMatchObject({
      enum: ["gru", "lstm", "rnn", "rnn-relu"],
      default: "gru",
    });
    expect(nodeAt(["train", "epochs"])).toMatchObject({ type: "integer", minimum: 1, default: 10 });
    expect(nodeAt(["decode", "maxLength", "plus"])).toMatchObject({ type: "integer", default: 10 });
    expect(nodeAt(["model", "encoder", "cel"])).toBeUndefined();
  });

  test("the defaults it shows are those a recipe gets", () => {
    const recipe = parseRecipe("name: a", "a.yaml");
    for (const { path, node } of leaves) {
      if (withoutDefault.includes(path)) continue;
      const value = path.split(".").reduce<unknown>((map, key) => (map as Record<string, unknown>)[key], recipe);
      expect(value, path).toEqual(node.default);
    }
  });

  test("is plain JSON", () => {
    expect(JSON.parse(JSON.stringify(recipeJsonSchema()))).toEqual(recipeJsonSchema());
  });

  test("every value of every enumeration is accepted", () => {
    for (const { path, node } of leaves) {
      for (const value of node.enum ?? []) {
        // What some values ask for: sizes that agree, a task that has the measure.
        const asked =
          path === "task"
            ? {}
            : {
                model: { encoder: { hiddenSize: 128 } },
                ...(/accuracy|f1/.test(value) && { task: "classify" }),
                ...(path === "train.scheduledSampling.schedule" && {
                  train: { scheduledSampling: samplingFor(value) },
                }),
                ...(path === "data.filters.wrongScript" && { source: { language: "zh" } }),
              };
        const input = layOver(
          asked,
          path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value),
        );
        expect(recipeSchema.safeParse(input).success, `${path}: ${value}`).toBe(true);
      }
    }
  });
});
