import { DataError } from "../errors.js";

/** Per cent of the hypotheses that are their reference, character by character. */
export function exactMatch(hypotheses: readonly string[], references: readonly string[]): number {
  checkCounts("exact", hypotheses.length, references.length);
  const right = hypotheses.filter((hypothesis, index) => hypothesis === references[index]).length;
  return (100 * right) / hypotheses.length;
}

/**
 * Per cent of all reference tokens at whose position the hypothesis has the same token. Positions are counted from the
 * sentence's start; tokens beyond the reference's end do not count, a missing token is a wrong one.
 */
export function tokenAccuracy(
  hypotheses: readonly (readonly string[])[],
  references: readonly (readonly string[])[],
): number {
  checkCounts("accuracy", hypotheses.length, references.length);
  let right = 0;
  let total = 0;
  for (const [index, reference] of references.entries()) {
    const hypothesis = hypotheses[index]!;
    right += reference.filter((token, position) => token === hypothesis[position]).length;
    total += reference.length;
  }
  if (total === 0) throw new DataError("accuracy: expected tokens in the references, got none.");
  return (100 * right) / total;
}

function checkCounts(metric: string, hypothesisCount: number, referenceCount: number): void {
  if (hypothesisCount !== referenceCount || hypothesisCount === 0) {
    const got = `${hypothesisCount} hypotheses and ${referenceCount} references`;
    throw new DataError(`${metric}: expected one reference for each of at least one hypothesis, got ${got}.`);
  }
}
