import { describe, expect, it } from "vitest";
import { RecipeError } from "../errors.js";
import { completeRecipe, parseRecipe } from "./parse.js";
import { type Migration, migrated, RECIPE_VERSION } from "./versions.js";

describe("recipes of other versions", () => {
  const renamed: Migration = ({ rate, ...rest }) => ({ ...rest, train: { learningRate: rate } });
  const halved: Migration = ({ beam, ...rest }) => ({ ...rest, decode: { beamSize: Number(beam) / 2 } });

  it("go through every migration after their own, in order", () => {
    const newest = { version: 3, train: { learningRate: 0.1 }, decode: { beamSize: 2 } };
    expect(migrated({ version: 1, rate: 0.1, beam: 4 }, [renamed, halved])).toEqual(newest);
    expect(migrated({ version: 2, train: { learningRate: 0.1 }, beam: 4 }, [renamed, halved])).toEqual(newest);
    expect(migrated(newest, [renamed, halved])).toBe(newest);
  });

  it("are taken for the newest version where they name none", () => {
    const recipe = { train: { learningRate: 0.1 } };
    expect(migrated(recipe, [renamed, halved])).toBe(recipe);
    expect(completeRecipe({}).version).toBe(RECIPE_VERSION);
  });

  it("are refused where they are newer, with the place and what to do", () => {
    const newer = () => parseRecipe(`name: x\nversion: ${RECIPE_VERSION + 1}\n`, "x.yaml");
    expect(newer).toThrow(RecipeError);
    expect(newer).toThrow(
      `recipe x.yaml:2:10: version: expected ${RECIPE_VERSION} or older, got ${RECIPE_VERSION + 1}. Update tandem-seq2seq`,
    );
    expect(() => parseRecipe("version: no\n", "x.yaml")).toThrow("recipe x.yaml:1:10: version: expected");
    expect(() => parseRecipe("version: 0\n", "x.yaml")).toThrow("recipe x.yaml:1:10: version: expected");
  });
});
