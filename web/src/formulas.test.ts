import { recipeJsonSchema } from "tandem-seq2seq";
import { expect, it } from "vitest";
import { formulas } from "./formulas.js";

type Schema = { properties: Record<string, Schema>; enum?: string[] };

/** The values that a key of `model` may have. */
async function valuesOf(path: string): Promise<string[]> {
  const schema = (await recipeJsonSchema()) as unknown as Schema;
  const found = path.split(".").reduce((at, name) => at.properties[name]!, schema.properties["model"]!);
  return found.enum!;
}

it.each([
  ["encoder.cell", "cell", []],
  ["decoder.cell", "cell", []],
  ["decoder.bridge", "bridge", []],
  ["decoder.attend", "features", []],
  ["attention.kind", "score", ["none", "concat"]], // concat becomes additive,
] as const)("every %s has the formula that stands beside its numbers", async (path, group, without) => {
  const values = (await valuesOf(path)).filter((value) => !without.some((each) => each === value));
  expect(values.length).toBeGreaterThan(1);
  for (const value of values) expect(formulas).toHaveProperty([`${group}.${value}`]);
});
