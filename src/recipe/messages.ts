import type * as z from "zod";
import { keysOf, nodeAt, recipeNode, type SchemaNode } from "./json-schema.js";
import { nearest } from "./nearest.js";

/** What is wrong with a recipe, and where; the sentence names the path but not the line. */
export interface Problem {
  readonly path: readonly string[];
  /** The sentence is about the key at `path`, not about its value. */
  readonly atKey: boolean;
  readonly sentence: string;
}

type Issue = z.core.$ZodIssue;

/** Turns the schema's issues about `input` into sentences, one for each unknown key. */
export function describeIssues(issues: readonly Issue[], input: unknown): Problem[] {
  return issues.flatMap((issue) => describeIssue(issue, input));
}

function describeIssue(issue: Issue, input: unknown): Problem[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key], atKey: true, sentence: unknownKey(path, key) }));
  }
  const name = path.join(".") || "the recipe";
  if (issue.code === "custom") return [{ path, atKey: false, sentence: `${name}: ${issue.message}` }];
  const node = nodeAt(path)!;
  const value = valueAt(input, path);
  const rule = issue.code === "invalid_format" ? issue.message : `expected ${describeRule(node)}`;
  return [{ path, atKey: false, sentence: `${name}: ${rule}, got ${show(value)}${advice(node, value)}` }];
}

function unknownKey(parent: readonly string[], key: string): string {
  const name = [...parent, key].join(".");
  const siblings = Object.keys(keysOf(nodeAt(parent)!));
  const sibling = nearest(key, siblings);
  if (sibling) return `${name} is no key; did you mean "${sibling}"?`;
  const elsewhere = pathsOfKeysLike(key);
  if (elsewhere.length > 0) return `${name} is no key; did you mean ${listOf(elsewhere, "or")}?`;
  const place = parent.length > 0 ? parent.join(".") : "a recipe";
  return `${name} is no key; ${place} has ${listOf(siblings, "and")}`;
}

/** Where keys of this name are, for a key that stands in the wrong section. */
function pathsOfKeysLike(key: string): string[] {
  const paths = pathsBelow(recipeNode, []);
  const name = nearest(key, [...new Set(paths.map((path) => path.at(-1)!))]);
  return paths.filter((path) => path.at(-1) === name).map((path) => `"${path.join(".")}"`);
}

function pathsBelow(node: SchemaNode, parent: readonly string[]): string[][] {
  return Object.entries(keysOf(node)).flatMap(([key, child]) => {
    const path = [...parent, key];
    return [path, ...pathsBelow(child, path)];
  });
}

function describeRule(node: SchemaNode): string {
  if (node.anyOf) return node.anyOf.map(describeRule).join(" or ");
  if (node.enum) return node.enum.length === 1 ? `${node.enum[0]}` : `one of ${node.enum.join(", ")}`;
  switch (node.type) {
    case "object":
      return `a map with ${listOf(Object.keys(keysOf(node)), "and")}`;
    case "array":
      return "a list of them";
    case "boolean":
      return "true or false";
    case "integer":
      return `a whole number ${range(node)}`;
    case "number":
      return `a number ${range(node)}`;
    default:
      return "text";
  }
}

function range({ minimum, exclusiveMinimum, maximum }: SchemaNode): string {
  return exclusiveMinimum === undefined
    ? `from ${minimum} to ${maximum}`
    : `above ${exclusiveMinimum}, at most ${maximum}`;
}

function advice(node: SchemaNode, value: unknown): string {
  if (node.enum && typeof value === "string") {
    const meant = nearest(value, node.enum);
    return meant ? `; did you mean "${meant}"?` : "";
  }
  const isPlain = typeof value === "number" || typeof value === "boolean";
  if (node.type === "string" && !node.enum && isPlain) return `. Put it in quotes: "${value}"`;
  if (node.type === "object" && typeof value === "string") {
    const [key] = Object.entries(keysOf(node)).find(([, child]) => child.enum?.includes(value)) ?? [];
    return key ? `. Write { ${key}: ${value} }` : "";
  }
  return "";
}

/** A value as the user would recognise it, short enough for a sentence. */
export function show(value: unknown): string {
  if (value === undefined || value === null || value === "") return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
}

function valueAt(input: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], input);
}

function listOf(words: readonly string[], conjunction: "and" | "or"): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${conjunction} ${words.at(-1)}`;
}
