import { corpusScore, type Metric, type Score, sentenceScore } from "./metric.js";
import { NgramMatcher } from "./n-gram-matcher.js";
import { codePoints, numberWords } from "./tokens.js";
import { splitSpaces, withoutSpaces } from "./white-space.js";

/** How chrF counts; the defaults are those of sacreBLEU. */
export interface ChrfOptions {
  /** Longest n-grams of characters. Default: 6. */
  readonly charOrder?: number;
  /** Longest n-grams of words: 0 is chrF (the default), 2 is chrF++. */
  readonly wordOrder?: number;
  /** How many times as much recall counts as precision. Default: 2. */
  readonly beta?: number;
  /** Compare without regard to case. Default: false. */
  readonly lowercase?: boolean;
  /** Whether white space is part of the n-grams of characters. Default: false. */
  readonly whitespace?: boolean;
  /**
   * Average the F-scores of all orders, a missing one with precision and recall 10⁻¹⁶, as Popović's own script does. By
   * default precision and recall are averaged over the orders that both texts are long enough for, as in sacreBLEU.
   */
  readonly epsSmoothing?: boolean;
}

const EPSILON = 1e-16;

/**
 * chrF (Popović 2015) and, with words, chrF++ (Popović 2017), the same numbers as sacreBLEU's.
 *
 *   chrF = 100 · (1 + β²) P R / (β² P + R)
 *
 * with P and R the means over all orders n of matches_n / n-grams of the hypothesis and of the reference. Of several
 * references, the one that gives the sentence the highest score counts.
 */
export function chrfMetric(options: ChrfOptions = {}): Metric {
  const { charOrder = 6, wordOrder = 0, beta = 2 } = options;
  const { lowercase = false, whitespace = false, epsSmoothing = false } = options;
  const charMatcher = new NgramMatcher(charOrder);
  const wordMatcher = new NgramMatcher(wordOrder);
  const orderCount = charOrder + wordOrder;
  const factor = beta ** 2;

  /** [n-grams of the hypothesis, of the reference, matches] for each order of characters, then of words. */
  function statistics(hypothesis: string, references: readonly string[]): number[] {
    const lines = [hypothesis, ...references].map((line) => (lowercase ? line.toLowerCase() : line));
    const chars = lines.map((line) => codePoints(whitespace ? line : withoutSpaces(line)));
    const words = wordOrder > 0 ? numberWords(lines.map(chrfWords)) : [];
    let best: number[] = [];
    let bestScore = -1;
    for (let index = 1; index < lines.length; index++) {
      const counts = countMatches(charMatcher, chars[0]!, chars[index]!);
      if (wordOrder > 0) counts.push(...countMatches(wordMatcher, words[0]!, words[index]!));
      const score = lines.length === 2 ? 0 : fScore(counts);
      if (score > bestScore) {
        bestScore = score;
        best = counts;
      }
    }
    return best;
  }

  function fScore(sums: ArrayLike<number>): number {
    let fSum = 0;
    let precisionSum = 0;
    let recallSum = 0;
    let effectiveOrder = 0;
    for (let order = 0; order < orderCount; order++) {
      const ofHypothesis = sums[3 * order]!;
      const ofReference = sums[3 * order + 1]!;
      const matched = sums[3 * order + 2]!;
      const precision = ofHypothesis > 0 ? matched / ofHypothesis : EPSILON;
      const recall = ofReference > 0 ? matched / ofReference : EPSILON;
      const denominator = factor * precision + recall;
      fSum += denominator > 0 ? ((1 + factor) * precision * recall) / denominator : EPSILON;
      if (ofHypothesis > 0 && ofReference > 0) {
        precisionSum += precision;
        recallSum += recall;
        effectiveOrder++;
      }
    }
    if (epsSmoothing) return (100 * fSum) / orderCount;
    if (precisionSum + recallSum === 0) return 0;
    const precision = precisionSum / effectiveOrder;
    const recall = recallSum / effectiveOrder;
    return (100 * ((1 + factor) * precision * recall)) / (factor * precision + recall);
  }

  return {
    name: `chrF${beta}${"+".repeat(wordOrder)}`,
    better: "higher",
    statisticsSize: 3 * orderCount,
    statistics,
    score: (sums) => ({ score: fScore(sums) }),
    settings: `case:${lowercase ? "lc" : "mixed"}|eff:${epsSmoothing ? "no" : "yes"}|nc:${charOrder}|nw:${wordOrder}|space:${whitespace ? "yes" : "no"}`,
  };
}

/** chrF of a corpus, chrF++ with `wordOrder: 2`. `references[i]` are the references of `hypotheses[i]`. */
export function chrf(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: ChrfOptions = {},
): Score & { readonly signature: string } {
  return corpusScore(chrfMetric(options), hypotheses, references);
}

/** chrF of one sentence. */
export function sentenceChrf(hypothesis: string, references: readonly string[], options: ChrfOptions = {}) {
  return sentenceScore(chrfMetric(options), hypothesis, references);
}

function countMatches(matcher: NgramMatcher, hypothesis: Int32Array, reference: Int32Array): number[] {
  const matches = new Array<number>(matcher.maxOrder).fill(0);
  matcher.setHypothesis(hypothesis);
  matcher.addReference(reference, matches);
  return matches.flatMap((matched, index) => {
    const ofReference = Math.max(0, reference.length - index);
    // n-grams longer than the reference are no mistake of the hypothesis.
    const ofHypothesis = ofReference > 0 ? Math.max(0, hypothesis.length - index) : 0;
    return [ofHypothesis, ofReference, matched];
  });
}

const punctuation = new Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");

/** Words, with one punctuation mark split off: the last character, or else the first. */
function chrfWords(line: string): string[] {
  return splitSpaces(line).flatMap((word) => {
    if (word.length === 1 || (word.length === 2 && word.codePointAt(0)! > 0xffff)) return [word];
    if (punctuation.has(word.at(-1)!)) return [word.slice(0, -1), word.slice(-1)];
    return punctuation.has(word[0]!) ? [word.slice(0, 1), word.slice(1)] : [word];
  });
}
