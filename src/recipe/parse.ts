import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, type YAMLError } from "yaml";
import { RecipeError } from "../errors.js";
import { layOver } from "./merge.js";
import { describeIssues, type Problem, show } from "./messages.js";
import { inSchemaOrder } from "./order.js";
import { applyOverrides, type Overridden } from "./overrides.js";
import { type Recipe, type RecipeInput, recipeSchema } from "./schema.js";
import { migrated } from "./versions.js";

/** What lies below and above the recipe someone wrote. */
export interface Layers {
  /** Values for the keys the recipe leaves out, such as those of `defaultsForSize`. */
  readonly defaults?: RecipeInput;
  /** Texts `path=value` of the command line's `--set`, which win over the recipe. */
  readonly overrides?: readonly string[];
}

/**
 * Reads a recipe file's text. Every mistake is one line of the RecipeError's message, with its line and column;
 * `name` is what the messages call the file; `defaults` lie below what it says.
 */
export function parseRecipe(
  text: string,
  name: string,
  overrides: readonly string[] = [],
  defaults: RecipeInput = {},
): Recipe {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `recipe ${name}:${line}:${col}`;
  };
  const yamlError = document.errors[0];
  if (yamlError) {
    throw new RecipeError(`${placeAt(yamlError.pos[0])}: ${describeYamlError(yamlError, text)}`, { cause: yamlError });
  }
  const value = plainValue(document, name);
  if (value === null) throw new RecipeError(`recipe ${name}: ${topLevelRule}, got an empty file`);
  if (!isMap(document.contents)) {
    throw new RecipeError(`${placeAt(document.contents?.range?.[0] ?? 0)}: ${topLevelRule}, got ${show(value)}`);
  }
  return complete(applyOverrides(layOver(defaults, migrated(value)), overrides), (problem) => {
    const offset = offsetOf(document, problem.path, problem.atKey);
    return { offset, place: placeAt(offset) };
  });
}

/** The model that a recipe goes on from, and its task, as far as that can be told before the rest of it is looked at. */
export function modelToContinue(text: string, overrides: readonly string[]): { from?: string; task?: unknown } {
  const document = parseDocument(text, { logLevel: "silent" });
  const isReadable = document.errors.length === 0 && isMap(document.contents);
  const read = (path: string[]) => (isReadable ? document.getIn(path) : undefined);
  const given = { task: read(["task"]), train: { from: read(["train", "from"]) } };
  const { value } = applyOverrides(given, overrides) as {
    value: { task?: unknown; train?: { from?: unknown } | null };
  };
  const from = value.train?.from;
  return { ...(typeof from === "string" && { from }), task: value.task };
}

const topLevelRule = "expected keys such as data and model";

/** Completes a recipe given in code, say the options of `train`. */
export function completeRecipe(input: RecipeInput, { defaults = {}, overrides = [] }: Layers = {}): Recipe {
  return complete(applyOverrides(layOver(defaults, migrated(input)), overrides), () => ({
    offset: 0,
    place: "options",
  }));
}

/** Where a problem stands: what its message begins with, and the offset by which messages are sorted. */
interface Location {
  readonly offset: number;
  readonly place: string;
}

/** Complaints about `--set` come after those about the file. */
const afterFile = Number.MAX_SAFE_INTEGER;

function complete({ value, overrideOf }: Overridden, locate: (problem: Problem) => Location): Recipe {
  const result = recipeSchema.safeParse(value);
  if (result.success) return inSchemaOrder(result.data);
  const located = describeIssues(result.error.issues, value).map((problem) => {
    const override = overrideOf(problem.path);
    const location = override === undefined ? locate(problem) : { offset: afterFile, place: `--set ${override}` };
    return { offset: location.offset, message: `${location.place}: ${problem.sentence}` };
  });
  const messages = located.sort((left, right) => left.offset - right.offset);
  throw new RecipeError(messages.map(({ message }) => message).join("\n"), { cause: result.error });
}

function describeYamlError(error: YAMLError, text: string): string {
  if (error.code === "DUPLICATE_KEY") {
    const key = /^[^\s:,}]+/.exec(text.slice(error.pos[0]))?.[0] ?? "";
    return `the key ${key} stands twice in the same map. Remove one`;
  }
  if (error.code === "MULTIPLE_DOCS") return "a second document begins here. Remove it: a file holds one recipe";
  return `this is not YAML: ${error.message}`;
}

/** The document as plain values; aliases that lead nowhere, or to too much, are only noticed here. */
function plainValue(document: Document.Parsed, name: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new RecipeError(`recipe ${name}: this is not YAML: ${(cause as Error).message}`, { cause });
  }
}

/** Where the value at `path` stands in the text, or its key; if neither is written, the nearest map around them. */
function offsetOf(document: Document.Parsed, path: readonly string[], atKey: boolean): number {
  if (path.length === 0) return 0;
  const value = document.getIn(path, true);
  if (!atKey && isNode(value) && value.range) return value.range[0];
  const parentPath = path.slice(0, -1);
  const parent = parentPath.length > 0 ? document.getIn(parentPath, true) : document.contents;
  const key = isMap(parent)
    ? parent.items.map((pair) => pair.key).find((key) => nameOf(key) === path.at(-1))
    : undefined;
  return isScalar(key) && key.range ? key.range[0] : offsetOf(document, parentPath, false);
}

function nameOf(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}
