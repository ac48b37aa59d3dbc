import { stringify } from "yaml";
import { inSchemaOrder } from "./order.js";
import type { Recipe } from "./schema.js";

/** Where an editor finds the schema of a recipe that lies anywhere on a disk. */
const schemaAddress = "https://unpkg.com/tandem-seq2seq/dist/recipe/recipe.schema.json";

/** The recipe as YAML for the run folder, its keys in the schema's order: equal recipes give equal text. */
export function stringifyRecipe(recipe: Recipe): string {
  const comment = `# yaml-language-server: $schema=${schemaAddress}\n`;
  return comment + stringify(inSchemaOrder(recipe), { aliasDuplicateObjects: false, lineWidth: 0 });
}
