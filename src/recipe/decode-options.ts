// The keys of a recipe's `decode`: their ranges and defaults. Apart from the schema, because `translate` takes them too
// and must not bring zod into the inference path.

/** Tokens: a number, or for each line timesSource × the tokens of its source + plus. */
export type LengthRule = number | { timesSource: number; plus: number };

export const STOPPING = ["full", "certain", "never"] as const;
export const LENGTH = ["free", "source"] as const;

/** How an output is searched for; every key has a default. */
export interface DecodeSettings {
  beamSize: number;
  stopping: (typeof STOPPING)[number];
  lengthPenalty: number | "average";
  coveragePenalty: number;
  maxLength: LengthRule;
  minLength: LengthRule;
  length: (typeof LENGTH)[number];
  noRepeatNgram: number;
  repetitionPenalty: number;
  sample: boolean;
  temperature: number;
  topK: number;
  topP: number;
}

/** The numbers that an option may be. */
export interface NumberRange {
  minimum: number;
  maximum: number;
  whole: boolean;
}

const whole = (minimum: number, maximum: number): NumberRange => ({ minimum, maximum, whole: true });
const real = (minimum: number, maximum: number): NumberRange => ({ minimum, maximum, whole: false });

export const decodeRanges = {
  beamSize: whole(1, 256),
  lengthPenalty: real(0, 10),
  coveragePenalty: real(0, 10),
  maxLength: whole(1, 100_000),
  minLength: whole(0, 100_000),
  noRepeatNgram: whole(0, 100),
  repetitionPenalty: real(1, 10),
  temperature: real(0.01, 10),
  topK: whole(0, 1_000_000),
  topP: real(0.001, 1),
} as const satisfies Partial<Record<keyof DecodeSettings, NumberRange>>;

/** Of a length relative to the source. */
export const timesSourceRange = real(0, 100);
export const plusRange = whole(0, 100_000);

export const decodeDefaults: DecodeSettings = {
  beamSize: 1,
  stopping: "full",
  lengthPenalty: 0.6,
  coveragePenalty: 0,
  maxLength: { timesSource: 2, plus: 10 },
  minLength: { timesSource: 0, plus: 0 },
  length: "free",
  noRepeatNgram: 0,
  repetitionPenalty: 1,
  sample: false,
  temperature: 1,
  topK: 0,
  topP: 1,
};
