import { DataError } from "../errors.js";

/** What every metric gives. */
export interface Score {
  readonly score: number;
}

/**
 * A metric over a corpus: what is counted in each sentence adds up, and the score follows from the sums. So a corpus in
 * parts, a sentence alone and a thousand resamples of a corpus (bootstrap.ts) all cost one count of each sentence.
 */
export interface Metric<S extends Score = Score> {
  /** What messages call it. */
  readonly name: string;
  readonly better: "higher" | "lower";
  /** How many numbers are counted in a sentence. */
  readonly statisticsSize: number;
  /** What one sentence adds to the sums. */
  statistics(hypothesis: string, references: readonly string[]): ArrayLike<number>;
  /** The score that follows from the sums. */
  score(sums: ArrayLike<number>): S;
  /** What the score depends on besides the texts, without the number of references and the version. */
  readonly settings: string;
}

/** In every signature; changes whenever the same texts would get another number. */
const VERSION = "tandem-1";

/** `references[i]` are the references of `hypotheses[i]`, at least one each. */
export function corpusScore<S extends Score>(
  metric: Metric<S>,
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
): S & { readonly signature: string } {
  const statistics = corpusStatistics(metric, hypotheses, references);
  const sums = new Float64Array(metric.statisticsSize);
  for (const [index, value] of statistics.entries()) sums[index % metric.statisticsSize]! += value;
  return { ...metric.score(sums), signature: signatureOf(metric, references) };
}

/** The score of one sentence. BLEU wants `effectiveOrder` then: see `sentenceBleu`. */
export function sentenceScore<S extends Score>(metric: Metric<S>, hypothesis: string, references: readonly string[]) {
  return corpusScore(metric, [hypothesis], [references]);
}

/** What is counted in every sentence: [sentences, statisticsSize]. */
export function corpusStatistics(
  metric: Metric,
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
): Float64Array {
  checkSizes(metric.name, hypotheses, references);
  const statistics = new Float64Array(hypotheses.length * metric.statisticsSize);
  for (const [index, hypothesis] of hypotheses.entries())
    statistics.set(metric.statistics(hypothesis, references[index]!), index * metric.statisticsSize);
  return statistics;
}

/** What a score depends on, in sacreBLEU's notation: `nrefs:1|case:mixed|…|version:tandem-1`. */
export function signatureOf(metric: Metric, references: readonly (readonly string[])[]): string {
  const counts = new Set(references.map((ofOne) => ofOne.length));
  return `nrefs:${counts.size === 1 ? [...counts][0] : "var"}|${metric.settings}|version:${VERSION}`;
}

function checkSizes(name: string, hypotheses: readonly string[], references: readonly (readonly string[])[]): void {
  if (hypotheses.length !== references.length || hypotheses.length === 0) {
    const got = `${hypotheses.length} hypotheses and references of ${references.length}`;
    throw new DataError(
      `${name}: expected references for each of at least one hypothesis, got ${got}. Give both line by line.`,
    );
  }
  const bare = references.findIndex((ofOne) => ofOne.length === 0);
  if (bare >= 0)
    throw new DataError(
      `${name}: expected at least one reference for each hypothesis, got none at ${bare}. Add one, or leave the hypothesis out.`,
    );
}
