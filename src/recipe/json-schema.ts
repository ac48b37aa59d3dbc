import * as z from "zod";
import { recipeSchema } from "./schema.js";

/** The parts of a JSON Schema that the recipe's own schema uses. */
export interface SchemaNode {
  readonly type?: "object" | "array" | "string" | "number" | "integer" | "boolean";
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly anyOf?: readonly SchemaNode[];
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly description?: string;
  readonly default?: unknown;
}

/** The JSON Schema (draft 2020-12) of a recipe file, by which an editor completes and checks it. */
export function recipeJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(recipeSchema, { io: "input" });
  return { $schema, title: "Tandem recipe", ...rest };
}

/** The same, made once, for the messages and the order of keys. */
export const recipeNode = recipeJsonSchema() as SchemaNode;

/** What stands at `path`; a union counts as the map among its alternatives. */
export function nodeAt(path: readonly string[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = recipeNode;
  for (const key of path) node = node && keysOf(node)[key];
  return node;
}

/** The keys a map may have, in the order of the schema; none for a plain value. */
export function keysOf(node: SchemaNode): Readonly<Record<string, SchemaNode>> {
  const map = node.properties ? node : node.anyOf?.find((alternative) => alternative.properties);
  return map?.properties ?? {};
}
