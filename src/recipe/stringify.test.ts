import { expect, test } from "vitest";
import { completeRecipe, parseRecipe } from "./parse.js";
import type { RecipeInput } from "./schema.js";
import { stringifyRecipe } from "./stringify.js";

test.each<RecipeInput>([
  {},
  { name: "2024", data: { train: "a: b.tsv" }, train: { batchSize: 3, steps: 7 }, decode: { maxLength: 30 } },
  { model: { attention: { kind: "none" }, decoder: { bridge: "zero" } }, source: { language: "no" } },
])("a written recipe reads back as itself: %j", (input) => {
  const recipe = completeRecipe(input);
  expect(parseRecipe(stringifyRecipe(recipe), "recipe.yaml")).toEqual(recipe);
});

test("the text begins with the schema's address and does not depend on the order of keys", () => {
  const recipe = completeRecipe({ train: { seed: 5 } });
  const { task, ...rest } = recipe;
  const text = stringifyRecipe({ ...rest, task, name: "dates" });
  expect(text).toMatch(
    /^# yaml-language-server: \$schema=https:\S+recipe\.schema\.json\nname: dates\nversion: 1\ntask: translate\ndata:\n/,
  );
  expect(text).toBe(stringifyRecipe({ name: "dates", ...recipe }));
});
