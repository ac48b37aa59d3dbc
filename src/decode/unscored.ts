import type { Written } from "./hypothesis.js";
import type { Numbers, StepDecoder } from "./step-decoder.js";

/** Tokens of one output that were written before their probability was known, linked from the last to the first. */
export interface Unscored {
  readonly previous: Unscored | undefined;
  readonly written: Written;
  /** What the output layer read, [size]. */
  readonly features: Numbers;
}

/** Finds out all the probabilities at once; returns whether the last token was the most probable one. */
export function scoreAll(last: Unscored, score: Required<StepDecoder<never, unknown>>["score"]): boolean {
  const tokens: Unscored[] = [];
  for (let token: Unscored | undefined = last; token; token = token.previous) tokens.push(token);
  const size = last.features.length;
  const features =
    last.features instanceof Float64Array
      ? new Float64Array(tokens.length * size)
      : new Float32Array(tokens.length * size);
  for (const [row, token] of tokens.entries()) features.set(token.features, row * size);
  const { values, wanted } = score(
    features,
    Int32Array.from(tokens, ({ written }) => written.id),
  );
  for (const [row, { written }] of tokens.entries()) written.logProbability = wanted[row]!;
  return wanted[0]! >= values[0]!;
}
