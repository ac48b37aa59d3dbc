import type { Recipe } from "../recipe/index.js";

/** The recipe of a run: its name filled in, the paths of its data absolute. */
export type NamedRecipe = Recipe & { name: string };
