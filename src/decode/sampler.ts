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

/** Tokens looked at before a whole row is sorted for `topP`. */
const FIRST_LOOK = 64;

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
  const values = Float64Array.from(row).sort().reverse();
  return mostProbableAbove(row, values, beginning(values) ?? values.length);
}

/** The first `count` of a row whose numbers stand in `values`, largest first; equals by id. */
function mostProbableAbove(row: Numbers, values: Float64Array, count: number): Int32Array {
  const least = values[count - 1]!;
  let equals = count - values.indexOf(least);
  const ids: number[] = [];
  for (let id = 0; id < row.length; id++) if (row[id]! > least || (row[id] === least && equals-- > 0)) ids.push(id);
  return Int32Array.from(ids);
}

function mostProbable(row: Numbers, count: number): Int32Array {
  const ids = new Int32Array(count);
  largest(row, new Float64Array(count), ids);
  return ids;
}
