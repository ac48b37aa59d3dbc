import type { Recipe } from "../recipe/index.js";
import type { TokenizerOptions } from "../text/tokenizer.js";

/** How the recipe wants a side's text cut. */
export function tokenizerOptions(recipe: Recipe, side: "source" | "target"): TokenizerOptions {
  const { tokenizer: kind, language, lowercase, normalization } = recipe[side];
  return { kind, language, lowercase, normalization };
}
