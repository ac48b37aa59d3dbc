import { DataError } from "../errors.js";

/** exp(−Σ log p(token) / tokens): among how many equally likely tokens the model is torn at each step. */
export function perplexity(totalNegativeLogLikelihood: number, tokenCount: number): number {
  if (!(tokenCount > 0)) throw new DataError(`ppl: expected at least one token, got ${tokenCount}.`);
  return Math.exp(totalNegativeLogLikelihood / tokenCount);
}
