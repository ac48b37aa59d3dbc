import { parse } from "yaml";
import { RecipeError } from "../errors.js";
import { layOver } from "./merge.js";

/** A recipe as it was given, with the overrides of the command line laid over it. */
export interface Overridden {
  readonly value: unknown;
  /** Which override last set the value at this path, or one below or above it, as the user wrote it. */
  readonly overrideOf: (path: readonly string[]) => string | undefined;
}

/** Applies `path=value` texts such as `model.attention.kind=none`; a value is written as in YAML. */
export function applyOverrides(recipe: unknown, overrides: readonly string[]): Overridden {
  const parsed = overrides.map(parseOverride);
  const value = parsed.reduce((below, { path, value }) => layOver(below, nested(path, value)), recipe);
  const overrideOf = (path: readonly string[]) =>
    parsed.findLast((override) => override.path.every((key, depth) => depth >= path.length || key === path[depth]))
      ?.text;
  return { value, overrideOf };
}

function parseOverride(text: string): { text: string; path: string[]; value: unknown } {
  const [, path, value] = /^([^=]+)=(.*)$/su.exec(text) ?? [];
  if (path === undefined || value === undefined) {
    throw new RecipeError(`--set ${text}: expected path=value, such as train.epochs=20`);
  }
  try {
    return { text, path: path.trim().split("."), value: parse(value, { logLevel: "error" }) ?? null };
  } catch (cause) {
    throw new RecipeError(`--set ${text}: the value is not YAML. Put it in quotes`, { cause });
  }
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}
