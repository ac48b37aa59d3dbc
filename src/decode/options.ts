import { RecipeError } from "../errors.js";
import {
  type DecodeSettings,
  decodeDefaults,
  decodeRanges,
  LENGTH,
  type LengthRule,
  type NumberRange,
  plusRange,
  STOPPING,
  timesSourceRange,
} from "../recipe/decode-options.js";
import { nearest } from "../recipe/nearest.js";

/** How lines are translated: the keys of a recipe's `decode`, which stand for those not given, and what belongs to a call. */
export interface TranslateOptions extends Partial<DecodeSettings> {
  /** Outputs for each line: the best of the beam, which grows to this number, or so many samples. */
  nbest?: number;
  /** Of sampling; the same seed and line give the same output. */
  seed?: number;
  /** What the outputs begin with: one text for all lines or one for each. */
  prefix?: string | readonly string[];
  /** Words and phrases that every output contains. */
  required?: readonly string[];
  /** Words and phrases that no output contains, unless they are required. */
  banned?: readonly string[];
  /** Writes for `<unk>` the source token most looked at, or what a dictionary has for it. */
  replaceUnknown?: boolean | Readonly<Record<string, string>>;
  /** false: attention weights are not kept. */
  attention?: boolean;
  /**
   * Cuts a line of more tokens than this (true: than the longest the model was trained on) into sentences, and joins
   * their translations; `split` in the result says so. Lines with a prefix, or with required words, stay whole.
   */
  splitSentences?: boolean | number;
  /** Stops the work; the promise then rejects with AbortedError. */
  signal?: AbortSignal;
}

/** Every option with its value. */
export interface SearchSettings extends DecodeSettings {
  nbest: number;
  seed: number;
  prefix: string | readonly string[];
  required: readonly string[];
  banned: readonly string[];
  replaceUnknown: boolean | Readonly<Record<string, string>>;
  attention: boolean;
  splitSentences: boolean | number;
}

const callDefaults = {
  ...{ nbest: 1, seed: 1, prefix: "", replaceUnknown: false, attention: true, splitSentences: false },
  ...{ required: [] as readonly string[], banned: [] as readonly string[] },
};

/** What the numbers among the options of a search may be; the edges are allowed. A schema of them can be made from this. */
export const optionRanges = {
  ...decodeRanges,
  nbest: { minimum: 1, maximum: decodeRanges.beamSize.maximum, whole: true },
  seed: { minimum: 0, maximum: 0xffff_ffff, whole: true },
  /** Tokens above which `splitSentences` cuts a line. */
  splitSentences: { minimum: 1, maximum: decodeRanges.maxLength.maximum, whole: true },
  /** Of a `maxLength` or `minLength` relative to the source. */
  timesSource: timesSourceRange,
  plus: plusRange,
} as const satisfies Record<string, NumberRange>;

/** The names among the options of a search. */
export const optionChoices = { stopping: STOPPING, length: LENGTH } as const;

/** Read only when tokens are sampled. */
const SAMPLING = ["temperature", "topK", "topP", "seed"] as const;

/** Checks the options of a call and puts those of the recipe, and then the defaults, below them. */
export function completeOptions(
  recipe: Partial<DecodeSettings>,
  options: TranslateOptions,
  call: string,
): SearchSettings {
  const { signal: _, ...rest } = options;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const complain = (sentence: string): never => {
    throw new RecipeError(`${call}: ${sentence}`);
  };
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, name) ? rules[name as keyof typeof rules] : undefined;
    if (rule === undefined) {
      const meant = nearest(name, [...Object.keys(rules), "signal"]);
      const proposal = meant ? `did you mean "${meant}"?` : `there are ${Object.keys(rules).join(", ")} and signal.`;
      complain(`${name} is no option; ${proposal}`);
    } else {
      const expected = rule(value);
      if (expected) complain(`${name}: expected ${expected}, got ${show(value)}.`);
    }
  }
  const settings: SearchSettings = { ...decodeDefaults, ...callDefaults, ...recipe, ...given };
  if (settings.sample) {
    if (options.beamSize !== undefined && options.beamSize > 1)
      complain(`beamSize: expected 1 with sample, got ${options.beamSize}. Leave one of them out.`);
    if (settings.required.length > 0)
      complain("required: expected a search, got sample. Leave out sample, or the required words.");
  } else {
    const stray = SAMPLING.find((name) => name in given);
    if (stray) complain(`${stray}: expected sample: true beside it, got none. It changes nothing in a search.`);
    if (options.beamSize === undefined) settings.beamSize = Math.max(settings.beamSize, settings.nbest);
    else if (settings.nbest > settings.beamSize)
      complain(`nbest: expected at most beamSize, ${settings.beamSize}, got ${settings.nbest}. Raise beamSize.`);
  }
  if (settings.splitSentences !== false && call === "stream")
    complain(
      "splitSentences: expected a call that waits for whole lines, got a stream. Take translate, or leave it out.",
    );
  const { minLength, maxLength, length } = settings;
  const stray = (["minLength", "maxLength"] as const).find((name) => options[name] !== undefined);
  if (length === "source" && stray)
    complain(`${stray}: expected none with length: source, got ${show(options[stray])}. Set length: free beside it.`);
  if (typeof minLength === "number" && typeof maxLength === "number" && minLength > maxLength && length === "free")
    complain(`minLength: expected at most maxLength, ${maxLength}, got ${minLength}. Lower one or raise the other.`);
  return settings;
}

/** What an option must be, if this value is not it. */
type Rule = (value: unknown) => string | undefined;

const inRange =
  ({ minimum, maximum, whole }: NumberRange): Rule =>
  (value) =>
    typeof value === "number" && value >= minimum && value <= maximum && (!whole || Number.isInteger(value))
      ? undefined
      : `a ${whole ? "whole " : ""}number from ${minimum} to ${maximum}`;
const oneOf =
  (names: readonly unknown[]): Rule =>
  (value) =>
    names.includes(value) ? undefined : `one of ${names.map(String).join(", ")}`;
const either =
  (first: Rule, second: Rule): Rule =>
  (value) => {
    const [one, other] = [first(value), second(value)];
    return one && other && `${one} or ${other}`;
  };
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const lengthRule = (range: NumberRange) =>
  either(inRange(range), (value) => {
    const isRule =
      isRecord(value) &&
      Object.keys(value).sort().join() === "plus,timesSource" &&
      !inRange(timesSourceRange)(value["timesSource"]) &&
      !inRange(plusRange)(value["plus"]);
    return isRule ? undefined : "{ timesSource, plus } in their ranges";
  });
const text: Rule = (value) => (typeof value === "string" ? undefined : "a text");
const texts: Rule = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === "string") ? undefined : "a list of texts";
const dictionary: Rule = (value) =>
  isRecord(value) && Object.values(value).every((item) => typeof item === "string")
    ? undefined
    : "a map from source tokens to texts";

const rules: Record<keyof SearchSettings, Rule> = {
  beamSize: inRange(decodeRanges.beamSize),
  nbest: inRange(optionRanges.nbest),
  stopping: oneOf(STOPPING),
  lengthPenalty: either(inRange(decodeRanges.lengthPenalty), oneOf(["average"])),
  coveragePenalty: inRange(decodeRanges.coveragePenalty),
  maxLength: lengthRule(decodeRanges.maxLength),
  minLength: lengthRule(decodeRanges.minLength),
  length: oneOf(LENGTH),
  noRepeatNgram: inRange(decodeRanges.noRepeatNgram),
  repetitionPenalty: inRange(decodeRanges.repetitionPenalty),
  sample: oneOf([true, false]),
  temperature: inRange(decodeRanges.temperature),
  topK: inRange(decodeRanges.topK),
  topP: inRange(decodeRanges.topP),
  seed: inRange(optionRanges.seed),
  prefix: either(text, texts),
  required: texts,
  banned: texts,
  replaceUnknown: either(oneOf([true, false]), dictionary),
  attention: oneOf([true, false]),
  splitSentences: either(oneOf([true, false]), inRange(optionRanges.splitSentences)),
};

function show(value: unknown): string {
  if (typeof value === "number") return String(value);
  const shown = JSON.stringify(value) ?? String(value);
  return shown.length > 60 ? `${shown.slice(0, 59)}…` : shown;
}

/** The tokens a rule means for a source of `sourceLength` tokens. */
export function lengthFor(rule: LengthRule, sourceLength: number): number {
  return typeof rule === "number" ? rule : Math.ceil(rule.timesSource * sourceLength) + rule.plus;
}

/** The fewest and most tokens of an output for a source of `sourceLength` tokens; the most wins where they cross. */
export function lengthLimits(
  { minLength, maxLength, length }: Pick<DecodeSettings, "minLength" | "maxLength" | "length">,
  sourceLength: number,
): { minLength: number; maxLength: number } {
  if (length === "source") return { minLength: sourceLength, maxLength: sourceLength };
  const most = lengthFor(maxLength, sourceLength);
  return { minLength: Math.min(most, lengthFor(minLength, sourceLength)), maxLength: most };
}
