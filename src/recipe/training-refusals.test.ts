import { describe, expect, test } from "vitest";
import { completeRecipe } from "./parse.js";
import type { RecipeInput } from "./schema.js";

describe("what an optimiser or a schedule has no use for is refused with the reason", () => {
  test.each<[NonNullable<RecipeInput["train"]>, string]>([
    [{ momentum: 0.9 }, "train.momentum: 0.9 is refused: adam has beta1 for that. Use optimizer: sgd"],
    [
      { nesterov: true, optimizer: "sgd" },
      "train.nesterov: true is refused: there is no momentum to look ahead along. Give momentum, say 0.9",
    ],
    [
      { nesterov: true },
      "train.nesterov: true is refused: there is no momentum to look ahead along. Use optimizer: sgd with momentum",
    ],
    [
      { optimizer: "sgd", beta2: 0.98 },
      "train.beta2: 0.98 is refused: sgd has no such mean. Use optimizer: adam or adamw",
    ],
    [
      { weightDecay: 0.1 },
      "train.weightDecay: 0.1 is refused: Adam would divide it by the size of the gradients. Use optimizer: adamw",
    ],
    [
      { plateau: { patience: 5 } },
      "train.plateau.patience: 5 is refused: the schedule is constant. Use schedule: plateau",
    ],
    [
      { schedule: "plateau", plateau: { minimum: 0.5 } },
      "train.plateau.minimum: 0.5 is refused: it is more than learningRate 0.001. Use less",
    ],
  ])("%j", (train, message) => {
    expect(() => completeRecipe({ train })).toThrow(`options: ${message}`);
  });

  test("adamw decays unless told otherwise, sgd does not", () => {
    const decayOf = (train: RecipeInput["train"]) => completeRecipe({ train }).train.weightDecay;
    expect(decayOf({ optimizer: "adamw" })).toBe(0.01);
    expect(decayOf({ optimizer: "adamw", weightDecay: 0 })).toBe(0);
    expect(decayOf({ optimizer: "sgd" })).toBe(0);
    expect(decayOf({})).toBe(0);
  });

  test("a completed recipe is one again", () => {
    for (const optimizer of ["adam", "adamw", "sgd"] as const) {
      const recipe = completeRecipe({ train: { optimizer, schedule: "plateau" } });
      expect(completeRecipe(recipe)).toEqual(recipe);
    }
  });
});
