import { type BleuTokenizer, bleuTokens } from "./bleu-tokenizers.js";
import { corpusScore, type Metric, type Score, sentenceScore } from "./metric.js";
import { NgramMatcher } from "./n-gram-matcher.js";
import { numberWords } from "./tokens.js";

/** How an n-gram order without a match counts (Chen and Cherry 2014, methods 3, 1 and 2). */
export type BleuSmoothing = "exp" | "floor" | "add-k" | "none";

/** How BLEU counts; the defaults are those of sacreBLEU. */
export interface BleuOptions {
  /** Default: `13a`, for text with spaces between its words. `zh` for Chinese, `char` for Japanese. */
  readonly tokenizer?: BleuTokenizer;
  /** Default: `exp`. */
  readonly smoothing?: BleuSmoothing;
  /** What `floor` sets (default 0.1) or `add-k` adds (default 1). */
  readonly smoothingValue?: number;
  /** Compare without regard to case. Default: false. */
  readonly lowercase?: boolean;
  /** Average over the orders for which the hypotheses are long enough, for single sentences. Default: false. */
  readonly effectiveOrder?: boolean;
}

/** BLEU and what it is made of. */
export interface BleuScore extends Score {
  /** 0 to 100. */
  readonly score: number;
  /** Modified n-gram precisions after smoothing, 0 to 100, for n = 1 to 4. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  /** Tokens of all hypotheses. */
  readonly hypothesisLength: number;
  /** Tokens of the references that are closest in length. */
  readonly referenceLength: number;
}

const maxOrder = 4;
const orders = Array.from({ length: maxOrder }, (_, index) => index + 1);
// The statistics of a sentence: hypothesis length, reference length, matches by order, totals by order.
const MATCHES = 2;
const TOTALS = MATCHES + maxOrder;

/**
 * BLEU (Papineni et al. 2002), the same numbers as sacreBLEU's (Post 2018, arXiv:1804.08771).
 *
 *   BLEU = BP · exp(Σ_n log p_n / 4),   BP = exp(min(0, 1 − r/c)),   p_n = 100 · matches_n / totals_n
 *
 * with c the length of the hypotheses, r that of the references.
 */
export function bleuMetric(options: BleuOptions = {}): Metric<BleuScore> {
  const { tokenizer = "13a", smoothing = "exp", lowercase = false, effectiveOrder = false } = options;
  const smoothingValue = options.smoothingValue ?? (smoothing === "floor" ? 0.1 : 1);
  const matcher = new NgramMatcher(maxOrder);

  function statistics(hypothesis: string, references: readonly string[]): number[] {
    const words = [hypothesis, ...references].map((line) =>
      bleuTokens(lowercase ? line.toLowerCase() : line, tokenizer),
    );
    const [tokens, ...referenceTokens] = numberWords(words) as [Int32Array, ...Int32Array[]];
    const counts = new Array<number>(TOTALS + maxOrder).fill(0);
    counts[0] = tokens.length;
    counts[1] = closestLength(tokens.length, referenceTokens);
    matcher.setHypothesis(tokens);
    for (const reference of referenceTokens) matcher.addReference(reference, counts, MATCHES);
    for (const order of orders) counts[TOTALS + order - 1] = Math.max(0, tokens.length - order + 1);
    return counts;
  }

  function score(sums: ArrayLike<number>): BleuScore {
    const hypothesisLength = sums[0]!;
    const referenceLength = sums[1]!;
    const matches = orders.map((order) => sums[MATCHES + order - 1]!);
    const totals = orders.map((order) => sums[TOTALS + order - 1]!);
    const precisions = smoothedPrecisions(matches, totals, smoothing, smoothingValue);
    const brevityPenalty = hypothesisLength < referenceLength ? Math.exp(1 - referenceLength / hypothesisLength) : 1;
    // With add-k every order has a total but the first, so all of them count.
    const reached = smoothing === "add-k" ? maxOrder : totals.filter((total) => total > 0).length;
    const counted = effectiveOrder ? precisions.slice(0, Math.max(1, reached)) : precisions;
    const logSum = counted.reduce((sum, precision) => sum + Math.log(precision), 0);
    return {
      score: brevityPenalty * Math.exp(logSum / counted.length),
      precisions,
      brevityPenalty,
      hypothesisLength,
      referenceLength,
    };
  }

  const takesValue = smoothing === "floor" || smoothing === "add-k";
  const smooth = takesValue ? `${smoothing}[${smoothingValue.toFixed(2)}]` : smoothing;
  const settings = `case:${lowercase ? "lc" : "mixed"}|eff:${effectiveOrder ? "yes" : "no"}|tok:${tokenizer}|smooth:${smooth}`;
  return { name: "bleu", better: "higher", statisticsSize: TOTALS + maxOrder, statistics, score, settings };
}

/** Corpus BLEU. `references[i]` are the references of `hypotheses[i]`. */
export function bleu(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: BleuOptions = {},
): BleuScore & { readonly signature: string } {
  return corpusScore(bleuMetric(options), hypotheses, references);
}

/** BLEU of one sentence, by default over the orders that it is long enough for. */
export function sentenceBleu(hypothesis: string, references: readonly string[], options: BleuOptions = {}) {
  return sentenceScore(bleuMetric({ effectiveOrder: true, ...options }), hypothesis, references);
}

/** Of two references equally far away, the shorter one. */
function closestLength(length: number, references: readonly Int32Array[]): number {
  const lengths = references.map((reference) => reference.length);
  return lengths.reduce((best, candidate) => {
    const gain = Math.abs(best - length) - Math.abs(candidate - length);
    return gain > 0 || (gain === 0 && candidate < best) ? candidate : best;
  });
}

function smoothedPrecisions(
  matches: readonly number[],
  totals: readonly number[],
  smoothing: BleuSmoothing,
  value: number,
): number[] {
  const precisions = orders.map(() => 0);
  // Smoothing is for missing orders; where not one token is right there is nothing to smooth.
  if (matches.every((matched) => matched === 0)) return precisions;
  let halving = 1;
  for (const [index, matched] of matches.entries()) {
    const added = smoothing === "add-k" && index > 0 ? value : 0;
    const total = totals[index]! + added;
    if (total === 0) break;
    let counted = matched + added;
    if (counted === 0 && smoothing === "exp") counted = 1 / (halving *= 2);
    if (counted === 0 && smoothing === "floor") counted = value;
    precisions[index] = (100 * counted) / total;
  }
  return precisions;
}
