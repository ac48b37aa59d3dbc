export { defaultsOfModel } from "./continued.js";
export { completeRecipe, modelToContinue, parseRecipe } from "./parse.js";
export { withPaths } from "./paths.js";
export { type Recipe, type RecipeInput, TASKS } from "./schema.js";
export { averageLengths, defaultsForSize } from "./size-defaults.js";
export { stringifyRecipe } from "./stringify.js";
