import { keysOf, recipeNode, type SchemaNode } from "./json-schema.js";
import { isMap, type PlainMap } from "./merge.js";
import type { Recipe } from "./schema.js";

/** The recipe with its keys in the schema's order and without undefined ones: equal recipes give equal files. */
export function inSchemaOrder(recipe: Recipe): Recipe {
  return ordered(recipe, recipeNode) as Recipe;
}

function ordered(map: PlainMap, node: SchemaNode): PlainMap {
  const given = Object.entries(keysOf(node)).filter(([key]) => map[key] !== undefined);
  return Object.fromEntries(
    given.map(([key, child]) => {
      const value = map[key];
      return [key, isMap(value) ? ordered(value, child) : value];
    }),
  );
}
