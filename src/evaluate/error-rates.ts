import { type BleuTokenizer, bleuTokens } from "./bleu-tokenizers.js";
import { bagDistance, editDistance } from "./edit-distance.js";
import { corpusScore, type Metric, type Score } from "./metric.js";
import { codePoints, numberWords } from "./tokens.js";
import { trimEnd, trimStart } from "./white-space.js";

/** Word errors, character errors, word errors without regard to order. */
export type ErrorRateKind = "wer" | "cer" | "per";

/** What counts as a word, and as the same. */
export interface ErrorRateOptions {
  /** What WER and PER take for words, as in BLEU. Default: `none`, what stands between white space. CER has none. */
  readonly tokenizer?: BleuTokenizer;
  /** Compare without regard to case. Default: false. */
  readonly lowercase?: boolean;
}

/** An error rate and what it is a share of. */
export interface ErrorRateScore extends Score {
  /** Per cent of the references' length; above 100 where the hypotheses are much longer. */
  readonly score: number;
  readonly edits: number;
  /** Words or characters. */
  readonly referenceLength: number;
}

/**
 * Error rates over a corpus: all edits by the length of all references.
 *
 *   WER, CER = 100 · Σ editDistance(hypothesis, reference) / Σ |reference|
 *   PER      = 100 · Σ bagDistance(hypothesis, reference)  / Σ |reference|
 *
 * WER as speech recognition defines it, PER after Tillmann et al. 1997; of several references the nearest one counts
 * (Nießen et al. 2000), of equally near ones the longest. Characters are code points, white space within the line is
 * one of them each, white space at its ends is none. Where all references are empty, the length counts as 1.
 */
export function errorRateMetric(kind: ErrorRateKind, options: ErrorRateOptions = {}): Metric<ErrorRateScore> {
  const { tokenizer = "none", lowercase = false } = options;
  const distance = kind === "per" ? bagDistance : editDistance;
  const toUnits = (lines: readonly string[]) =>
    kind === "cer"
      ? lines.map((line) => codePoints(trimEnd(trimStart(line))))
      : numberWords(lines.map((line) => bleuTokens(line, tokenizer)));

  /** [edits, length of the reference] */
  function statistics(hypothesis: string, references: readonly string[]): number[] {
    const lines = [hypothesis, ...references].map((line) => (lowercase ? line.toLowerCase() : line));
    const [output, ...correct] = toUnits(lines) as [Int32Array, ...Int32Array[]];
    return correct
      .map((reference) => [distance(output, reference), reference.length] as const)
      .reduce((best, other) => {
        const nearer = other[0] < best[0] || (other[0] === best[0] && other[1] > best[1]);
        return nearer ? other : best;
      })
      .slice();
  }

  return {
    name: kind,
    better: "lower",
    statisticsSize: 2,
    statistics,
    score: (sums) => {
      const [edits, referenceLength] = [sums[0]!, sums[1]!];
      return { score: (100 * edits) / Math.max(1, referenceLength), edits, referenceLength };
    },
    settings: `case:${lowercase ? "lc" : "mixed"}|tok:${kind === "cer" ? "char" : tokenizer}`,
  };
}

/** WER, CER or PER of a corpus. `references[i]` are the references of `hypotheses[i]`. */
export function errorRate(
  kind: ErrorRateKind,
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: ErrorRateOptions = {},
): ErrorRateScore & { readonly signature: string } {
  return corpusScore(errorRateMetric(kind, options), hypotheses, references);
}
