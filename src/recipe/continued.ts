import { RecipeError } from "../errors.js";
import type { Recipe, RecipeInput } from "./schema.js";

/**
 * What a recipe that goes on from a model leaves out: what the model is, and how it writes. How it is trained is chosen anew.
 * `asked` is the task that the recipe names, if it does.
 */
export function defaultsOfModel(recipe: Recipe, asked: unknown = recipe.task): RecipeInput {
  const { task, jointVocabulary, decode } = recipe;
  if (asked !== task)
    throw new RecipeError(
      `task: expected ${task}, as the model of train.from has it, got ${asked}. Leave it out, or train without train.from.`,
    );
  const { pretrained: _, ...model } = recipe.model;
  const side = ({ tokenizerFile: _, ...text }: Recipe["source"]) => text;
  return { task, source: side(recipe.source), target: side(recipe.target), jointVocabulary, model, decode };
}
