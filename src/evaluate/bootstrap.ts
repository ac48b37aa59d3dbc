import { DataError } from "../errors.js";
import { RandomStream } from "../random.js";
import { corpusStatistics, type Metric, signatureOf } from "./metric.js";

/** How corpora are drawn. */
export interface BootstrapOptions {
  /** How many corpora are drawn. Default: 1000. */
  readonly samples?: number;
  /** Default: 12345, as in sacreBLEU, whose random numbers are others. */
  readonly seed?: number;
}

/** A number, its mean over the resampled corpora, and where 95 % of them lie. */
export interface Estimate {
  readonly score: number;
  readonly mean: number;
  readonly interval: readonly [low: number, high: number];
}

/** Two systems on the same resampled corpora. */
export interface PairedBootstrap {
  readonly a: Estimate;
  readonly b: Estimate;
  /** Score of b − score of a. */
  readonly difference: Estimate;
  /** How probable so large a difference would be if the systems were equally good; above 0.05 it may well be chance. */
  readonly pValue: number;
  /** Per cent of the resampled corpora on which b is better: Koehn's measure. */
  readonly bWins: number;
  /** What the scores depend on; the rest depends on `samples` and `seed` as well. */
  readonly signature: string;
  readonly samples: number;
  readonly seed: number;
}

/**
 * Whether one system is better than another, or just luckier with these sentences: paired bootstrap resampling (Koehn
 * 2004). Corpora of as many sentences are drawn with replacement, the same ones for both systems. With d the difference
 * on the corpus and d_s on resample s, the p-value is two-sided and centred as in sacreBLEU's `--paired-bs` (and Moses'
 * script before it):
 *
 *   p = (1 + #{ s : |d_s| − mean |d_s| > |d| }) / (1 + samples)
 *
 * and 1 where no resample tells the systems apart, for which sacreBLEU would say 1 / (1 + samples).
 */
export function pairedBootstrap(
  metric: Metric,
  a: readonly string[],
  b: readonly string[],
  references: readonly (readonly string[])[],
  options: BootstrapOptions = {},
): PairedBootstrap {
  const { samples = 1000, seed = 12345 } = options;
  if (!Number.isSafeInteger(samples) || samples < 1)
    throw new DataError(`bootstrap: expected at least one sample, got ${samples}. Leave it out for 1000.`);
  const ofA = corpusStatistics(metric, a, references);
  const ofB = corpusStatistics(metric, b, references);
  const scoreOf = (statistics: Float64Array, times: Int32Array) =>
    metric.score(weightedSums(statistics, times, metric.statisticsSize)).score;

  const stream = new RandomStream(seed, "bootstrap");
  const words = new Uint32Array(references.length);
  const times = new Int32Array(references.length);
  const resampledA = new Float64Array(samples);
  const resampledB = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    stream.fill(words, sample);
    times.fill(0);
    for (const word of words) times[Math.floor((word / 2 ** 32) * times.length)]!++;
    resampledA[sample] = scoreOf(ofA, times);
    resampledB[sample] = scoreOf(ofB, times);
  }
  times.fill(1);
  return {
    ...comparison(
      { score: scoreOf(ofA, times), samples: resampledA },
      { score: scoreOf(ofB, times), samples: resampledB },
      metric.better,
    ),
    signature: signatureOf(metric, references),
    samples,
    seed,
  };
}

/** One system's score on the corpus and on each resample. */
export interface Resampled {
  readonly score: number;
  readonly samples: Float64Array;
}

/** What follows from the scores, whichever way the corpora were drawn. */
export function comparison(
  a: Resampled,
  b: Resampled,
  better: Metric["better"],
): Omit<PairedBootstrap, "signature" | "samples" | "seed"> {
  const difference = { score: b.score - a.score, samples: b.samples.map((score, i) => score - a.samples[i]!) };
  const meanSize = mean(difference.samples.map(Math.abs));
  const beyond = difference.samples.filter((d) => Math.abs(d) - meanSize > Math.abs(difference.score)).length;
  const wins = difference.samples.filter((d) => (better === "higher" ? d > 0 : d < 0)).length;
  const count = difference.samples.length;
  return {
    a: estimate(a),
    b: estimate(b),
    difference: estimate(difference),
    pValue: meanSize === 0 ? 1 : (1 + beyond) / (1 + count),
    bWins: (100 * wins) / count,
  };
}

/** Each sentence's statistics as often as it was drawn; reading them in order is what makes this quick. */
function weightedSums(statistics: Float64Array, times: Int32Array, size: number): Float64Array {
  const sums = new Float64Array(size);
  for (let sentence = 0; sentence < times.length; sentence++) {
    const weight = times[sentence]!;
    if (weight === 0) continue;
    for (let i = 0; i < size; i++) sums[i]! += weight * statistics[sentence * size + i]!;
  }
  return sums;
}

/** The interval leaves out a fortieth of the resamples at either end. */
function estimate({ score, samples }: Resampled): Estimate {
  const sorted = samples.toSorted();
  const outside = Math.floor(sorted.length / 40);
  return { score, mean: mean(samples), interval: [sorted[outside]!, sorted[sorted.length - outside - 1]!] };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
