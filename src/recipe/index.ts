export { recipeJsonSchema } from "./json-schema.js";
export { completeRecipe, type Layers, parseRecipe } from "./parse.js";
export { type Recipe, type RecipeInput, recipeSchema } from "./schema.js";
export { type AverageLength, type AverageLengths, averageLengths, defaultsForSize } from "./size-defaults.js";
export { stringifyRecipe } from "./stringify.js";
