import { TandemError } from "../errors.js";
import {
  decodeDefaults,
  decodeRanges,
  type NumberRange,
  plusRange,
  timesSourceRange,
} from "../recipe/decode-options.js";
import type { Recipe } from "../recipe/schema.js";

type PlainMap = Record<string, unknown>;

const isMap = (value: unknown): value is PlainMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Keys that recipes got after the first model files were written, with what models did before there was the key: such a file
 * is read as if it had them.
 */
const ADDED: readonly (readonly [path: string, before: unknown])[] = [
  ["version", 1],
  ["jointVocabulary", false],
  ["model.copy", false],
  ["model.tieEmbeddings", "none"],
  ["model.pretrained", { freeze: false }],
  ["model.encoder.dropout", 0],
  ["model.encoder.variational", false],
  ["model.encoder.residual", false],
  ["model.encoder.layerNorm", false],
  ["model.encoder.summary", "last"],
  ["model.decoder.dropout", 0],
  ["model.decoder.variational", false],
  ["model.decoder.residual", false],
  ["model.decoder.layerNorm", false],
  ["model.decoder.attend", "after"],
  ["model.attention.coverage", false],
  ["model.attention.coverageLoss", 1],
  ["model.attention.guided", 0],
  ["train.wordDropout", 0],
  ["train.ema", 0],
  ["train.accumulate", 1],
  // When training is saved is no part of a model.
  ["train.checkpointEvery", { minutes: 10 }],
  ...Object.entries(decodeDefaults).map(([key, value]) => [`decode.${key}`, value] as const),
];

/** What the recipe of a file is asked for: a rule for a value, in words and as a function. */
type Rule = readonly [rule: string, holds: (value: unknown) => boolean];

const oneOf = (...values: readonly string[]): Rule => [
  `one of ${values.join(", ")}`,
  (value) => values.includes(value as string),
];
const isIn = ({ minimum, maximum, whole }: NumberRange, value: unknown): boolean =>
  typeof value === "number" && value >= minimum && value <= maximum && (!whole || Number.isInteger(value));
const within = (range: NumberRange): Rule => [
  `a${range.whole ? " whole" : ""} number from ${range.minimum} to ${range.maximum}`,
  (value) => isIn(range, value),
];
/** Without an end a search would go on for ever. */
const length = (range: NumberRange): Rule => [
  "a number of tokens, or timesSource and plus",
  (value) =>
    isIn(range, value) ||
    (isMap(value) && isIn(timesSourceRange, value["timesSource"]) && isIn(plusRange, value["plus"])),
];
const rate: Rule = ["a number from 0 to 1", (value) => typeof value === "number" && value >= 0 && value < 1];
const flag: Rule = ["true or false", (value) => typeof value === "boolean"];
const map: Rule = ["a map", isMap];
const text: Rule = ["a text", (value) => typeof value === "string"];
const whole = (minimum: number, maximum: number): Rule => within({ minimum, maximum, whole: true });
const [size, layers] = [whole(1, 4096), whole(1, 16)];
const cell = oneOf("gru", "lstm", "rnn", "rnn-relu");

/** What a network is built from: the schema of recipes, of which opening a model does without, checks the rest. */
const RULES: readonly (readonly [path: string, rule: Rule])[] = [
  ["task", text],
  ["data", map],
  ["source", map],
  ["target", map],
  ["train", map],
  ["decode", map],
  ["train.seed", whole(0, 4_294_967_295)],
  ["train.dropout", rate],
  ["train.wordDropout", rate],
  ["model.embeddingSize", size],
  ["model.copy", flag],
  ["model.tieEmbeddings", oneOf("none", "target", "all")],
  ...["model.encoder", "model.decoder"].flatMap((side): [string, Rule][] => [
    [`${side}.cell`, cell],
    [`${side}.hiddenSize`, size],
    [`${side}.layers`, layers],
    [`${side}.dropout`, rate],
    [`${side}.variational`, flag],
    [`${side}.residual`, flag],
    [`${side}.layerNorm`, flag],
  ]),
  ["model.encoder.bidirectional", flag],
  ["model.encoder.summary", oneOf("last", "mean", "max", "attention")],
  ["model.decoder.bridge", oneOf("dense", "zero", "copy", "mean")],
  ["model.decoder.context", oneOf("initial", "every-step")],
  ["model.decoder.attend", oneOf("after", "before")],
  ["model.decoder.inputFeeding", oneOf("attentional", "context", "none")],
  ["model.attention.kind", oneOf("scaled-dot", "dot", "general", "additive", "multi-head", "none")],
  ["model.attention.coverage", flag],
  ...Object.entries(decodeRanges).map(([key, range]): [string, Rule] => {
    if (key === "maxLength" || key === "minLength") return [`decode.${key}`, length(range)];
    const [rule, holds] = within(range);
    if (key !== "lengthPenalty") return [`decode.${key}`, [rule, holds]];
    return [`decode.${key}`, [`average or ${rule}`, (value) => value === "average" || holds(value)]];
  }),
];

/** The recipe of a model file of any version this one reads, complete; what no network can be built from is refused. */
export function storedRecipe(stored: unknown): Recipe {
  if (!isMap(stored)) throw new TandemError("recipe: expected a map, got something else");
  const recipe = ADDED.reduce((below, [path, before]) => withDefault(below, path.split("."), before), stored);
  for (const [path, [rule, holds]] of RULES) {
    const value = valueAt(recipe, path.split("."));
    if (!holds(value))
      throw new TandemError(
        `recipe: expected ${rule} as ${path}, got ${value === undefined ? "nothing" : JSON.stringify(value).slice(0, 40)}`,
      );
  }
  return recipe as unknown as Recipe;
}

function withDefault(recipe: PlainMap, [key, ...rest]: readonly string[], value: unknown): PlainMap {
  const below = recipe[key!];
  if (rest.length === 0) return below === undefined ? { ...recipe, [key!]: value } : recipe;
  return isMap(below) ? { ...recipe, [key!]: withDefault(below, rest, value) } : recipe;
}

const valueAt = (recipe: unknown, path: readonly string[]): unknown =>
  path.reduce((value, key) => (isMap(value) ? value[key] : undefined), recipe);
