import { RecipeError } from "../errors.js";
import { wrapToWidth } from "../view/display-width.js";
import { type InitOptions, writeRecipe } from "./init-recipe.js";

const WIDTH = 80;

/** Writes a recipe for data: what is not said is asked for on a terminal where no file is given, else read off the data. */
export async function initCommand(file: string | undefined, options: InitOptions): Promise<void> {
  const { out = "recipe.yaml" } = options;
  if (file !== undefined) {
    const { lines } = await writeRecipe({ ...options, file, out });
    console.log(lines.flatMap((line) => (line.startsWith(" ") ? line : wrapToWidth(line, WIDTH))).join("\n"));
    return;
  }
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true)
    throw new RecipeError(
      "init: expected a file of examples, got none and no terminal to ask at. Give one: tandem init train.tsv --out recipe.yaml",
    );
  const { askForRecipe } = await import("./init-questions.js");
  await askForRecipe(options);
}
