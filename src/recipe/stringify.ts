import { stringify } from "yaml";
import { inSchemaOrder } from "./order.js";
import type { Recipe } from "./schema.js";

/** Where an editor finds the schema of a recipe that lies anywhere on a disk. */
const schemaAddress = "https://unpkg.com/tandem-seq2seq/dist/recipe/recipe.schema.json";

/** The comment by which an editor finds it. */
export const SCHEMA_COMMENT = `yaml-language-server: $schema=${schemaAddress}`;

/** The recipe as YAML for the run folder, its keys in the schema's order: equal recipes give equal text. */
export function stringifyRecipe(recipe: Recipe): string {
  const text = stringify(inSchemaOrder(recipe), { aliasDuplicateObjects: false, lineWidth: 0 });
  return `# ${SCHEMA_COMMENT}\n${text}`;
}
