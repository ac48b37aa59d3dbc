import type { Recipe } from "../recipe/schema.js";

/** Keys of `model` that say how it is trained and not what it is: weights of one fit the other. */
const TRAINING_ONLY = new Set([
  "model.encoder.dropout",
  "model.encoder.variational",
  "model.decoder.dropout",
  "model.decoder.variational",
  "model.attention.coverageLoss",
  "model.attention.guided",
  "model.pretrained",
]);

/** A key in which two architectures differ, and what stands there. */
export interface Difference {
  key: string;
  first: unknown;
  second: unknown;
}

/** The first key by which two recipes describe networks of different parameters or equations; undefined if there is none. */
export function architectureDifference(
  first: Pick<Recipe, "task" | "model">,
  second: Pick<Recipe, "task" | "model">,
): Difference | undefined {
  if (first.task !== second.task) return { key: "task", first: first.task, second: second.task };
  return difference(first.model, second.model, "model");
}

function difference(first: unknown, second: unknown, key: string): Difference | undefined {
  if (TRAINING_ONLY.has(key) || first === second) return undefined;
  if (!isMap(first) || !isMap(second)) return { key, first, second };
  for (const name of new Set([...Object.keys(first), ...Object.keys(second)])) {
    const found = difference(first[name], second[name], `${key}.${name}`);
    if (found) return found;
  }
  return undefined;
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
