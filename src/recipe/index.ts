export { defaultsOfModel } from "./continued.js";
export { completeRecipe, modelToContinue, parseRecipe } from "./parse.js";
export { withPaths } from "./paths.js";
export { type Recipe, type RecipeInput, TASKS } from "./schema.js";
export { type AverageLengths, averageLengths, defaultsForSize } from "./size-defaults.js";
export { SCHEMA_COMMENT, stringifyRecipe } from "./stringify.js";
