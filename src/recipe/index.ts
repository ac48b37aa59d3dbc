export { completeRecipe, parseRecipe } from "./parse.js";
export type { Recipe, RecipeInput } from "./schema.js";
export { averageLengths, defaultsForSize } from "./size-defaults.js";
export { stringifyRecipe } from "./stringify.js";
