import fc from "fast-check";
import { expect, test } from "vitest";
import { NgramMatcher } from "./n-gram-matcher.js";

const text = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 23 });
const maxOrder = 5;

/** How often each n-gram of one order stands in a text. */
function count(tokens: readonly number[], order: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + order <= tokens.length; i++) {
    const ngram = tokens.slice(i, i + order).join();
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

function naiveMatches(hypothesis: readonly number[], references: readonly (readonly number[])[], order: number) {
  let matches = 0;
  for (const [ngram, times] of count(hypothesis, order)) {
    const most = Math.max(0, ...references.map((reference) => count(reference, order).get(ngram) ?? 0));
    matches += Math.min(times, most);
  }
  return matches;
}

test("matches what counting every n-gram finds, however often it has been used", () => {
  const matcher = new NgramMatcher(maxOrder);
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 3 }), (hypothesis, references) => {
      const matches = [0, 0, 0, 0, 0];
      matcher.setHypothesis(Int32Array.from(hypothesis));
      for (const reference of references) matcher.addReference(Int32Array.from(reference), matches);
      expect(matches).toEqual([1, 2, 3, 4, 5].map((order) => naiveMatches(hypothesis, references, order)));
    }),
  );
});
