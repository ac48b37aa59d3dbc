import { RandomStream } from "../random.js";
import { largest, type Numbers } from "./step-decoder.js";

export interface SamplingOptions {
  /** Log-probabilities are divided by it. */
  temperature: number;
  /** Draw from this many most probable tokens (Fan et al. 2018, arXiv:1805.04833); 0 is all. */
  topK: number;
  /** Draw from the fewest tokens that together have this probability (Holtzman et al. 2020, arXiv:1904.09751); 1 is all. */
  topP: number;
  seed: number;
}

/** Tokens looked at before a whole row is searched for `topP`, and as many as are then put in order. */
const FIRST_LOOK = 64;
/** Into which the numbers of a row are counted out. */
const BINS = 256;

/** What is drawn depends on the seed, the sentence, the number of the sample and the position, never on neighbours. */
export class Sampler {
  readonly #streams = new Map<number, RandomStream>();

  constructor(readonly options: SamplingOptions) {}

  /** An id of a row of log-probabilities [vocabulary], or undefined where all are forbidden. */
  draw(row: Numbers, sample: number, position: number, sentence: number): number | undefined {
    let stream = this.#streams.get(sample);
    if (stream === undefined) {
      stream = new RandomStream(this.options.seed, "sampling", "", sample);
      this.#streams.set(sample, stream);
    }
    return drawFrom(row, this.options, stream.uniform(position, sentence));
  }
}

/** The token under `uniform` in [0, 1) when the probabilities p^(1/temperature) of the tokens in question are laid end to end. */
export function drawFrom(row: Numbers, options: Omit<SamplingOptions, "seed">, uniform: number): number | undefined {
  const { temperature, topK, topP } = options;
  let top = Number.NEGATIVE_INFINITY;
  for (const value of row) top = Math.max(top, value);
  if (top === Number.NEGATIVE_INFINITY) return undefined;
  const weigh = (value: number) => Math.exp((value - top) / temperature);
  let ids: Int32Array | undefined;
  if (topK > 0 && topK < row.length) ids = mostProbable(row, topK);
  if (topP < 1) ids = nucleus(row, ids, weigh, topP);
  const count = ids ? ids.length : row.length;
  const idAt = (i: number) => (ids ? ids[i]! : i);
  let total = 0;
  for (let i = 0; i < count; i++) total += weigh(row[idAt(i)]!);
  let left = uniform * total;
  let last: number | undefined;
  for (let i = 0; i < count; i++) {
    const weight = weigh(row[idAt(i)]!);
    if (weight === 0) continue;
    last = idAt(i);
    left -= weight;
    if (left < 0) break;
  }
  return last;
}

/** The shortest beginning of the tokens, most probable first, that holds `share` of the weight of all in question. */
function nucleus(
  row: Numbers,
  among: Int32Array | undefined,
  weigh: (value: number) => number,
  share: number,
): Int32Array {
  let whole = 0;
  if (among) for (let i = 0; i < among.length; i++) whole += weigh(row[among[i]!]!);
  else for (const value of row) whole += weigh(value);
  const wanted = share * whole;
  const beginning = (values: ArrayLike<number>): number | undefined => {
    let total = 0;
    for (let i = 0; i < values.length; i++) if ((total += weigh(values[i]!)) >= wanted) return i + 1;
    return undefined;
  };
  const first = among ?? mostProbable(row, Math.min(FIRST_LOOK, row.length));
  const count = beginning(Array.from(first, (id) => row[id]!));
  if (count !== undefined) return first.slice(0, count);
  if (among) return among;
  return mostProbableDownTo(row, lastOfNucleus(row, weigh, wanted));
}

/** The least number of the tokens that are taken, and how many of those that have it. */
interface Last {
  least: number;
  equals: number;
}

/**
 * Where the most probable tokens of a row first weigh `wanted` together. Numbers are counted out into bins; the one in
 * which that happens is looked at again, until few or equals are left: a flat row of 100,000 tokens is read a few times
 * and never sorted.
 */
function lastOfNucleus(row: Numbers, weigh: (value: number) => number, wanted: number): Last {
  let inside = Float64Array.from(row).filter((value) => value > Number.NEGATIVE_INFINITY);
  let above = 0;
  const weights = new Float64Array(BINS);
  for (;;) {
    let [highest, lowest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const value of inside) {
      highest = Math.max(highest, value);
      lowest = Math.min(lowest, value);
    }
    if (inside.length <= FIRST_LOOK || highest === lowest)
      return lastOfFew(inside.sort().reverse(), weigh, wanted - above);
    const perBin = BINS / (highest - lowest);
    const binOf = (value: number) => Math.min(BINS - 1, Math.floor((highest - value) * perBin));
    weights.fill(0);
    for (const value of inside) weights[binOf(value)]! += weigh(value);
    // Rounding may leave the whole below what is wanted of it: then the last bin that holds anything.
    const lastBin = binOf(lowest);
    let bin = 0;
    while (bin < lastBin && above + weights[bin]! < wanted) above += weights[bin++]!;
    inside = inside.filter((value) => binOf(value) === bin);
  }
}

/** The same of numbers that stand in order, largest first. */
function lastOfFew(values: Float64Array, weigh: (value: number) => number, wanted: number): Last {
  let total = 0;
  let last = 0;
  while (last < values.length - 1 && (total += weigh(values[last]!)) < wanted) last++;
  const least = values[last]!;
  return { least, equals: last + 1 - values.indexOf(least) };
}

/** In the order of their ids; of equals those with the smaller ids. */
function mostProbableDownTo(row: Numbers, { least, equals }: Last): Int32Array {
  const ids: number[] = [];
  let left = equals;
  for (let id = 0; id < row.length; id++) if (row[id]! > least || (row[id] === least && left-- > 0)) ids.push(id);
  return Int32Array.from(ids);
}

function mostProbable(row: Numbers, count: number): Int32Array {
  const ids = new Int32Array(count);
  largest(row, new Float64Array(count), ids);
  return ids;
}
