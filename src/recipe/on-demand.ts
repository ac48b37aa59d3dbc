// What reads recipes, loaded by the first call: zod and yaml take longer to load than a model.
import type { Recipe } from "./schema.js";

/**
 * Reads a recipe file's text; `overrides` are texts `path=value` that win over it. Every mistake is one line of the
 * RecipeError's message, with its line and column; `name` is what the messages call the file.
 */
export async function parseRecipe(text: string, name: string, overrides: readonly string[] = []): Promise<Recipe> {
  return (await import("./parse.js")).parseRecipe(text, name, overrides);
}

/** The JSON Schema of a recipe, draft 2020-12, for editors: types, defaults, ranges and a sentence for every key. */
export async function recipeJsonSchema(): Promise<Record<string, unknown>> {
  return (await import("./json-schema.js")).recipeJsonSchema();
}
