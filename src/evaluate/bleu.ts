import { DataError } from "../errors.js";
import { type BleuTokenizer, bleuTokens } from "./bleu-tokenizers.js";

/** How an n-gram order without a match counts (Chen and Cherry 2014, methods 3, 1 and 2). */
export type BleuSmoothing = "exp" | "floor" | "add-k" | "none";

export interface BleuOptions {
  /** Default: `13a`, for text with spaces between its words. `zh` for Chinese, `char` for Japanese. */
  readonly tokenizer?: BleuTokenizer;
  /** Default: `exp`. */
  readonly smoothing?: BleuSmoothing;
  /** What `floor` sets (default 0.1) or `add-k` adds (default 1). */
  readonly smoothingValue?: number;
}

export interface BleuScore {
  /** 0 to 100. */
  readonly score: number;
  /** Modified n-gram precisions after smoothing, 0 to 100, for n = 1 to 4. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  /** Tokens of all hypotheses. */
  readonly hypothesisLength: number;
  /** Tokens of the references that are closest in length. */
  readonly referenceLength: number;
  /** What the number depends on, in sacreBLEU's notation. */
  readonly signature: string;
}

const maxOrder = 4;
const orders = Array.from({ length: maxOrder }, (_, index) => index + 1);

/** Changes whenever the same texts would get another number. */
const version = "tandem-1";

/** Counts over the whole corpus; `matches` and `totals` by n-gram order. */
interface CorpusCounts {
  readonly matches: number[];
  readonly totals: number[];
  hypothesisLength: number;
  referenceLength: number;
}

/**
 * Corpus BLEU (Papineni et al. 2002), the same numbers as sacreBLEU's (Post 2018, arXiv:1804.08771).
 *
 *   BLEU = BP · exp(Σ_n log p_n / 4),   BP = exp(min(0, 1 − r/c)),   p_n = 100 · matches_n / totals_n
 *
 * with c the length of the hypotheses, r that of the references. `references[i]` are the references of `hypotheses[i]`.
 */
export function bleu(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: BleuOptions = {},
): BleuScore {
  const { tokenizer = "13a", smoothing = "exp" } = options;
  const smoothingValue = options.smoothingValue ?? (smoothing === "floor" ? 0.1 : 1);
  checkSizes(hypotheses, references);
  const counts = count(hypotheses, references, tokenizer);
  const { hypothesisLength, referenceLength } = counts;
  const precisions = smoothedPrecisions(counts, smoothing, smoothingValue);
  const brevityPenalty = hypothesisLength < referenceLength ? Math.exp(1 - referenceLength / hypothesisLength) : 1;
  const logSum = precisions.reduce((sum, precision) => sum + Math.log(precision), 0);
  return {
    score: brevityPenalty * Math.exp(logSum / maxOrder),
    precisions,
    brevityPenalty,
    hypothesisLength,
    referenceLength,
    signature: signatureOf(references, tokenizer, smoothing, smoothingValue),
  };
}

function checkSizes(hypotheses: readonly string[], references: readonly (readonly string[])[]): void {
  if (hypotheses.length !== references.length || hypotheses.length === 0) {
    const got = `${hypotheses.length} hypotheses and references of ${references.length}`;
    throw new DataError(`bleu: expected references for each of at least one hypothesis, got ${got}.`);
  }
  const bare = references.findIndex((ofOne) => ofOne.length === 0);
  if (bare >= 0) throw new DataError(`bleu: expected at least one reference for each hypothesis, got none at ${bare}.`);
}

function count(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  tokenizer: BleuTokenizer,
): CorpusCounts {
  const counts = { matches: orders.map(() => 0), totals: orders.map(() => 0), hypothesisLength: 0, referenceLength: 0 };
  for (const [index, hypothesis] of hypotheses.entries()) {
    const tokens = bleuTokens(hypothesis, tokenizer);
    const referenceTokens = references[index]!.map((reference) => bleuTokens(reference, tokenizer));
    counts.hypothesisLength += tokens.length;
    counts.referenceLength += closestLength(tokens.length, referenceTokens);
    for (const order of orders) {
      const available = referenceTokens.map((reference) => countNgrams(reference, order));
      for (const [ngram, times] of countNgrams(tokens, order)) {
        const mostInOneReference = Math.max(...available.map((ngrams) => ngrams.get(ngram) ?? 0));
        counts.totals[order - 1]! += times;
        counts.matches[order - 1]! += Math.min(times, mostInOneReference);
      }
    }
  }
  return counts;
}

/** Of two references equally far away, the shorter one. */
function closestLength(length: number, references: readonly (readonly string[])[]): number {
  const lengths = references.map((reference) => reference.length);
  return lengths.reduce((best, candidate) => {
    const gain = Math.abs(best - length) - Math.abs(candidate - length);
    return gain > 0 || (gain === 0 && candidate < best) ? candidate : best;
  });
}

/** Tokens hold no white space, so a blank joins them unambiguously. */
function countNgrams(tokens: readonly string[], order: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= tokens.length; start++) {
    const ngram = tokens.slice(start, start + order).join(" ");
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

function smoothedPrecisions({ matches, totals }: CorpusCounts, smoothing: BleuSmoothing, value: number): number[] {
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

function signatureOf(
  references: readonly (readonly string[])[],
  tokenizer: BleuTokenizer,
  smoothing: BleuSmoothing,
  smoothingValue: number,
): string {
  const counts = new Set(references.map((ofOne) => ofOne.length));
  const referenceCount = counts.size === 1 ? [...counts][0] : "var";
  const takesValue = smoothing === "floor" || smoothing === "add-k";
  const smooth = takesValue ? `${smoothing}[${smoothingValue.toFixed(2)}]` : smoothing;
  return `nrefs:${referenceCount}|case:mixed|eff:no|tok:${tokenizer}|smooth:${smooth}|version:${version}`;
}
