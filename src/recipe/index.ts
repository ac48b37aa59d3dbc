export { defaultsOfModel } from "./continued.js";
export { completeRecipe, modelToContinue, parseRecipe } from "./parse.js";
export { STANDARD_INPUT, withPaths, withStandardInput } from "./paths.js";
export { type Recipe, type RecipeInput, TASKS } from "./schema.js";
export { averageLengths, defaultsForSize, LengthMeter } from "./size-defaults.js";
export { stringifyRecipe } from "./stringify.js";
