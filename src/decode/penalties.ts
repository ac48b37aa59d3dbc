import { chain, type Written } from "./hypothesis.js";

export interface PenaltyOptions {
  /** α of the length penalty, or the mean over the tokens. */
  lengthPenalty: number | "average";
  /** β of the coverage penalty. */
  coveragePenalty: number;
}

/**
 * What an output's log-probability is divided by (Wu et al. 2016, arXiv:1609.08144, equation 14):
 *
 *   lp(Y) = ((5 + |Y|) / 6)^α,   or |Y| for the average;   |Y| counts `</s>`
 */
export function lengthNormalizer(length: number, penalty: PenaltyOptions["lengthPenalty"]): number {
  return penalty === "average" ? length : ((5 + length) / 6) ** penalty;
}

/**
 * What is added for source tokens that were looked at too little (there, equation 14):
 *
 *   cp(X; Y) = β Σ_i log min(Σ_j attention_ji, 1)
 */
export function coverage(last: Written, weight: number): number {
  if (weight === 0) return 0;
  const received = new Float64Array(last.attention!.length);
  for (const { attention } of chain(last)) for (const [i, value] of attention!.entries()) received[i]! += value;
  return weight * received.reduce((total, value) => total + Math.log(Math.min(value, 1)), 0);
}

/** By what finished outputs are ordered: total / lp(Y) + cp(X; Y). */
export function rankingOf(end: Written, total: number, options: PenaltyOptions): number {
  return total / lengthNormalizer(end.length, options.lengthPenalty) + coverage(end, options.coveragePenalty);
}

/**
 * The best ranking an unfinished output can still reach: log-probabilities only fall, a longer output only divides by
 * more, and coverage is at most 0.
 */
export function bestRanking(total: number, maxLength: number, { lengthPenalty }: PenaltyOptions): number {
  return total / lengthNormalizer(maxLength + 1, lengthPenalty);
}
