export { defaultsOfModel } from "./continued.js";
export { completeRecipe, modelToContinue, parseRecipe } from "./parse.js";
export { STANDARD_INPUT, withPaths, withStandardInput } from "./paths.js";
export { type Recipe, type RecipeInput, TASKS } from "./schema.js";
export { type AverageLengths, averageLengths, defaultsForSize, LengthMeter } from "./size-defaults.js";
export { SCHEMA_COMMENT, stringifyRecipe } from "./stringify.js";
