import { DataError } from "../errors.js";
import { corpusScore, type Metric } from "./metric.js";

/** Per cent of the hypotheses that are one of their references, character by character. */
export const exactMetric: Metric = {
  name: "exact",
  better: "higher",
  statisticsSize: 2,
  /** [right, 1] */
  statistics: (hypothesis, references) => [references.includes(hypothesis) ? 1 : 0, 1],
  score: (sums) => ({ score: (100 * sums[0]!) / sums[1]! }),
  settings: "case:mixed",
};

/** Per cent of the hypotheses that are their reference, character by character. */
export function exactMatch(hypotheses: readonly string[], references: readonly string[]): number {
  const lists = references.map((reference) => [reference]);
  return corpusScore(exactMetric, hypotheses, lists).score;
}

/**
 * Per cent of all reference tokens at whose position the hypothesis has the same token. Positions are counted from the
 * sentence's start; tokens beyond the reference's end do not count, a missing token is a wrong one.
 */
export function tokenAccuracy(
  hypotheses: readonly (readonly string[])[],
  references: readonly (readonly string[])[],
): number {
  if (hypotheses.length !== references.length || hypotheses.length === 0)
    throw new DataError(
      `accuracy: expected one reference for each of at least one hypothesis, got ${hypotheses.length} hypotheses and ${references.length} references. Give both line by line.`,
    );
  let right = 0;
  let total = 0;
  for (const [index, reference] of references.entries()) {
    const hypothesis = hypotheses[index]!;
    right += reference.filter((token, position) => token === hypothesis[position]).length;
    total += reference.length;
  }
  if (total === 0) throw new DataError("accuracy: expected tokens in the references, got none. Check the references.");
  return (100 * right) / total;
}
