// What requests and answers are: they are checked by this, and the OpenAPI document is made of it.
import { type NumberRange, nearest, optionChoices, optionRanges, REASONS } from "tandem-seq2seq";
import { z } from "zod";
import { ApiError, ERROR_STATUS, type ErrorCode } from "./api-error.js";
import type { Settings } from "./settings.js";

/** Characters of a value or a name in a sentence. */
const MOST_SHOWN = 60;

/** A value as a sentence shows it: its beginning, and of lists and objects only what they are. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const shown = JSON.stringify(value) ?? String(value);
  return shown.length > MOST_SHOWN ? `${shown.slice(0, MOST_SHOWN - 1)}…` : shown;
}

const expected = (rule: string) => (issue: { input?: unknown }) => `expected ${rule}, got ${show(issue.input)}`;

function inRange({ minimum, maximum, whole }: NumberRange) {
  const error = expected(`a ${whole ? "whole " : ""}number from ${minimum} to ${maximum}`);
  const number = whole ? z.int({ error }) : z.number({ error });
  return number.min(minimum, { error }).max(maximum, { error });
}

const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, { error: expected(`one of ${names.join(", ")}`) });
const flag = () => z.boolean({ error: expected("true or false") });
const string = (most: number) => {
  const error = (issue: { input?: unknown }) =>
    typeof issue.input === "string"
      ? `expected at most ${most} characters, got ${issue.input.length}`
      : `expected a text, got ${show(issue.input)}`;
  return z.string({ error }).max(most, { error });
};

/** An object that has no other keys. */
function closed<Shape extends z.core.$ZodLooseShape>(what: string, shape: Shape) {
  const names = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return `expected ${what}, got ${show(issue.input)}`;
      const key = strayKey(issue);
      const meant = key.length > MOST_SHOWN ? undefined : nearest(key, names);
      return `is no key here; ${meant ? `did you mean "${meant}"?` : `there are ${names.join(", ")}.`}`;
    },
  });
}

const strayKey = (issue: object) => String((issue as { keys?: readonly string[] }).keys?.[0]);

/** One of several kinds of value. */
const either = <const Members extends readonly [z.ZodType, z.ZodType]>(rule: string, members: Members) =>
  z.union(members, { error: expected(rule) });

/** What is wrong, and where: of a union what is wrong by the member whose kind of value it is. */
function innermost(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string } {
  const { path, message } = issue;
  if (issue.code === "unrecognized_keys") return { path: [...path, strayKey(issue)], message };
  if (issue.code !== "invalid_union") return { path, message };
  const isNear = ({ code, path }: z.core.$ZodIssue) =>
    path.length > 0 || !["invalid_type", "invalid_value", "invalid_union"].includes(code);
  const near = issue.errors.find((issues) => issues.length > 0 && issues.every(isNear));
  if (near === undefined) return { path, message };
  const inner = innermost(near[0]!);
  return { path: [...path, ...inner.path], message: inner.message };
}

/** The sentence on a request that is not as it should be; `what` is what it asks for. */
export function refusalOf({ issues }: z.core.$ZodError, what: string): ApiError {
  const { path, message } = innermost(issues[0]!);
  const where = path.reduce<string>((before, part) => {
    if (typeof part === "number") return `${before}[${part}]`;
    const name = String(part);
    const shown = name.length > MOST_SHOWN ? `${name.slice(0, MOST_SHOWN - 1)}…` : name;
    return before === "" ? shown : `${before}.${shown}`;
  }, "");
  const isWhole = /[.?]$/.test(message);
  const sentence = [what, where].filter((part) => part !== "").join(": ");
  return new ApiError("invalid_request", isWhole ? `${sentence} ${message}` : `${sentence}: ${message}.`, {
    where: where === "" ? undefined : where,
  });
}

/** Requests as this server takes them. */
export function requestSchemas(settings: Settings) {
  const { lengthLimit, textsLimit, outputLimit, beamLimit, traceLimit } = settings;
  const text = string(lengthLimit);
  const listError = (issue: { input?: unknown }) =>
    Array.isArray(issue.input)
      ? `expected a list of 1 to ${textsLimit} texts, got one of ${issue.input.length}`
      : `expected a list of texts, got ${show(issue.input)}`;
  const textList = z
    .array(text, { error: listError })
    .min(1, { error: listError })
    .max(textsLimit, { error: listError });
  const phrases = z.array(string(lengthLimit), { error: expected("a list of texts") }).max(100, {
    error: (issue) => `expected at most 100 texts, got ${show(issue.input)}`,
  });
  const upTo = (range: NumberRange, maximum: number) => ({ ...range, maximum: Math.min(range.maximum, maximum) });
  const beamSize = inRange(upTo(optionRanges.beamSize, beamLimit));
  const tokens = (range: NumberRange) =>
    either(
      `a whole number from ${range.minimum} to ${Math.min(range.maximum, outputLimit)}, or { timesSource, plus }`,
      [
        inRange(upTo(range, outputLimit)),
        closed("{ timesSource, plus }", {
          timesSource: inRange(optionRanges.timesSource),
          plus: inRange(upTo(optionRanges.plus, outputLimit)),
        }),
      ],
    );
  const lengthPenaltyRange = optionRanges.lengthPenalty;

  const search = {
    beamSize: beamSize.describe("Unfinished outputs kept at every step; 1 is greedy"),
    nbest: inRange(upTo(optionRanges.nbest, beamLimit)).describe(
      "Outputs for each text: the best of the beam, or so many samples",
    ),
    stopping: oneOf(optionChoices.stopping).describe("When a beam ends"),
    lengthPenalty: either(`a number from ${lengthPenaltyRange.minimum} to ${lengthPenaltyRange.maximum} or "average"`, [
      inRange(lengthPenaltyRange),
      z.literal("average"),
    ]).describe("Of a beam: ((5 + length) / 6)^alpha, or the average"),
    maxLength: tokens(optionRanges.maxLength).describe("Most tokens of an output: a number, or relative to the source"),
    minLength: tokens(optionRanges.minLength).describe("Fewest tokens of an output"),
    noRepeatNgram: inRange(optionRanges.noRepeatNgram).describe("No sequence of this many tokens twice"),
    repetitionPenalty: inRange(optionRanges.repetitionPenalty).describe("Times which a token already written counts"),
    sample: flag().describe("Draws tokens at random instead of searching"),
    temperature: inRange(optionRanges.temperature).describe("Of sampling: below 1 likely tokens become likelier"),
    topK: inRange(optionRanges.topK).describe("Of sampling: from the most probable tokens alone; 0: from all"),
    topP: inRange(optionRanges.topP).describe("Of sampling: from the fewest tokens with this probability together"),
    seed: inRange(optionRanges.seed).describe("Of sampling: the same seed and text give the same output"),
    required: phrases.describe("Words and phrases that every output contains"),
    banned: phrases.describe("Words and phrases that no output contains"),
  };
  const translating = {
    ...search,
    coveragePenalty: inRange(optionRanges.coveragePenalty).describe("Of a beam: for source tokens hardly looked at"),
    length: oneOf(optionChoices.length).describe("source: as many tokens as the source has"),
    replaceUnknown: either("true, false or a map from source tokens to texts", [
      z.boolean(),
      z.record(z.string(), string(lengthLimit), { error: expected("a map from source tokens to texts") }),
    ]).describe("Writes for <unk> the source token most looked at, or what a dictionary has for it"),
    attention: flag().describe("The attention weights too; false unless given"),
    splitSentences: either(
      `true, false or a whole number from ${optionRanges.splitSentences.minimum} to ${optionRanges.splitSentences.maximum}`,
      [z.boolean(), inRange(optionRanges.splitSentences)],
    ).describe("Cuts texts longer than any in training into sentences; true unless given, never in a stream"),
  };
  const optional = <Shape extends Record<string, z.ZodType>>(what: string, shape: Shape) =>
    closed(
      what,
      Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, schema.optional()])) as {
        [Name in keyof Shape]: z.ZodOptional<Shape[Name]>;
      },
    ).default({} as never);

  const model = string(100).optional().describe("Which of the served models; needed where several have the task");
  const oneOrMany = (description: string) =>
    either(`a text or a list of 1 to ${textsLimit} texts`, [text, textList])
      .transform((value) => [value].flat() as string[])
      .describe(description);
  const stream = flag()
    .default(false)
    .describe("Tells of each token as it is written, as server-sent events; of one text");

  return {
    translate: closed("a JSON object", {
      model,
      text: oneOrMany("What is translated"),
      prefix: either("a text or a list of texts", [text, textList])
        .optional()
        .describe("What the outputs begin with: one text for all, or one for each"),
      options: optional("an object of options", translating),
      stream,
    }),
    classify: closed("a JSON object", {
      model,
      text: oneOrMany("What is given a label"),
      options: optional("an object of options", {
        reason: either(`one of ${REASONS.join(", ")}, or false`, [z.enum(REASONS), z.literal(false)]).describe(
          "The share of each token in the label; by attention where the model has it unless given",
        ),
      }),
    }),
    tag: closed("a JSON object", { model, text: oneOrMany("What is given tags") }),
    generate: closed("a JSON object", {
      model,
      prefix: oneOrMany("What the lines begin with").optional(),
      count: inRange({ minimum: 1, maximum: textsLimit, whole: true })
        .optional()
        .describe("So many lines from nothing; 1 unless a prefix is given"),
      options: optional("an object of options", search),
      stream,
    }),
    encode: closed("a JSON object", { model, text: oneOrMany("What is turned into vectors") }),
    trace: closed("a JSON object", {
      model,
      text: string(traceLimit).describe("What is read"),
      beamSize: inRange(upTo(optionRanges.beamSize, Math.min(beamLimit, 32)))
        .optional()
        .describe("Also the tree of a beam search of this size"),
    }),
  };
}

/** One prefix for each text. */
export function prefixForEach(texts: readonly string[], prefix: string | readonly string[]): readonly string[] {
  if (typeof prefix === "string") return texts.map(() => prefix);
  if (prefix.length === texts.length) return prefix;
  throw new ApiError(
    "invalid_request",
    `translate: prefix: expected one text or one for each of ${texts.length} texts, got ${prefix.length}. Give as many as texts.`,
    { where: "prefix" },
  );
}

const score = z.number().describe("A log-probability, natural logarithm");
const matrix = z.array(z.array(z.number()));
const readTokens = z.strictObject({ tokens: z.array(z.string()), unknown: z.array(z.boolean()) });

const line = {
  text: z.string(),
  tokens: z.array(z.string()).describe("Without </s>"),
  score: score.describe("Sum of the log-probabilities of its tokens and </s>"),
  tokenScores: z.array(score),
  ranking: score.describe("What outputs are ordered by: the score under the penalties of a beam"),
  finished: z.boolean().describe("false: the longest length ended it, not the model"),
};
const output = z.strictObject({
  ...line,
  attention: z
    .strictObject({
      columns: z.array(z.string()).describe("The source tokens and </s>"),
      rows: z.array(z.string()).describe("The tokens written and </s>"),
      weights: matrix.describe("[rows, columns]; each row sums to 1"),
      heads: z.array(matrix).optional().describe("Of several heads, each one's own"),
    })
    .optional(),
});
const labelProbability = { label: z.string(), probability: z.number() };

/** What an output, a label and so on look like in an answer. */
export const resultSchemas = {
  translate: z.strictObject({
    ...output.shape,
    source: readTokens.describe("What was read; unknown says which tokens the model does not know"),
    alternatives: z.array(output).describe("The other outputs asked for by nbest, best first"),
    split: z.int().optional().describe("Into how many sentences a long text was cut"),
  }),
  classify: z.strictObject({
    ...labelProbability,
    probabilities: z.array(z.strictObject(labelProbability)).describe("Every label, the most probable first"),
    source: readTokens,
    reason: z
      .strictObject({ by: z.enum(REASONS), tokens: z.array(z.string()), weights: z.array(z.number()) })
      .optional()
      .describe("The share of each token in the label"),
  }),
  tag: z.strictObject({
    tokens: z.array(
      z.strictObject({ token: z.string(), tag: z.string(), probability: z.number(), unknown: z.boolean() }),
    ),
    text: z.string().describe("The tags as the targets of training write them"),
  }),
  generate: z.strictObject({
    ...line,
    prefix: z.string(),
    alternatives: z.array(z.strictObject(line)),
  }),
  encode: z.array(z.number()).describe("The code c of a text, [encoderSize]"),
};

/** An answer: the results of one model, one for each text. */
export const resultsOf = <Result extends z.ZodType>(result: Result) =>
  z.strictObject({ model: z.string(), results: z.array(result) });

/** The answer of a trace; what a trace holds is the library's `Trace` of the task. */
export const traceSchema = z.strictObject({ model: z.string(), trace: z.looseObject({ task: z.string().optional() }) });

/** An answer that is no result. */
export const errorSchema = z.strictObject({
  error: z.strictObject({
    code: z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]),
    message: z.string().describe("One sentence: what was expected, what came, what to do"),
    where: z.string().optional().describe("The part of the request that it is about"),
  }),
});

/** What is known of the served models. */
export const modelsSchema = z.strictObject({
  models: z.array(
    z.strictObject({
      name: z.string(),
      task: z.enum(["translate", "classify", "tag", "language-model"]),
      languages: z.strictObject({ source: z.string().optional(), target: z.string().optional() }),
      attention: z.string().optional(),
      parameters: z.int(),
      labels: z.array(z.string()).optional(),
      bytes: z.int(),
    }),
  ),
});

/** The page's list of models that it can load. */
export const modelListSchema = z.array(
  z.looseObject({
    name: z.string(),
    file: z.string().describe("Its address, relative to this list's"),
    task: z.string(),
    languages: z
      .looseObject({ source: z.string().optional(), target: z.string().optional() })
      .optional()
      .describe("BCP 47 tags"),
    bytes: z.int(),
    test: z.string().optional().describe("The address of its test data, lines `source TAB target`, if it brings any"),
  }),
);
