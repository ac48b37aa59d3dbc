// Attention by itself, made of the library's own operations: what the view Attention shows.
import {
  attentionContext,
  attentionScores,
  type Backend,
  backward,
  maskedSoftmax,
  multiply,
  RandomStream,
  Scope,
  sum,
  tensor,
} from "tandem-seq2seq";
import { entropy, norm } from "./vectors.js";

/** A query and the keys it is compared with. */
export interface Meeting {
  /** [size] */
  query: ArrayLike<number>;
  /** [keys, size] */
  keys: readonly ArrayLike<number>[];
}

/** What becomes of one query. */
export interface Attending {
  /** q · k_j, [keys] */
  products: number[];
  /** q · k_j, divided by √d if so asked, [keys] */
  scores: number[];
  /** softmax(scores), [keys] */
  weights: number[];
  /** Σ_j weights_j values_j, [size of a value] */
  context: number[];
}

/** How the softmax of one query's scores answers small changes. */
export interface Sensitivity {
  scores: number[];
  weights: number[];
  /** ∂ weights_i / ∂ scores_j, [keys, keys] */
  jacobian: number[][];
}

/** Of many numbers the 10th, 50th and 90th of each 100. */
export interface Spread {
  low: number;
  middle: number;
  high: number;
}

/** Many meetings at one size d, cut to their first d numbers. */
export interface Saturation {
  size: number;
  /** H(w) / ln(keys): 1 where all keys weigh the same, 0 where one has all. */
  evenness: Spread;
  largest: Spread;
  /** Frobenius norm of ∂ weights / ∂ scores. */
  slope: Spread;
}

const scaleOf = (size: number, scaled: boolean) => (scaled ? 1 / Math.sqrt(size) : 1);

const rowsOf = (values: ArrayLike<number>, width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, row) =>
    Array.from({ length: width }, (_, column) => values[row * width + column]!),
  );

function within<Result>(backend: Backend, work: () => Result): Result {
  const scope = new Scope(backend, { gradients: true });
  try {
    return scope.run(work);
  } finally {
    scope.dispose();
  }
}

/** softmax(q Kᵀ / √d) V of one query, and every number on the way. `values` [keys, size of a value]. */
export function attend(
  backend: Backend,
  { query, keys }: Meeting,
  values: readonly ArrayLike<number>[],
  scaled: boolean,
): Attending {
  return within(backend, () => {
    const size = query.length;
    const q = tensor(query, [1, 1, size]);
    const k = tensor(
      keys.flatMap((key) => Array.from(key)),
      [1, keys.length, size],
    );
    const v = tensor(
      values.flatMap((value) => Array.from(value)),
      [1, values.length, values[0]!.length],
    );
    const scores = attentionScores(q, k, scaleOf(size, scaled));
    const weights = maskedSoftmax(scores);
    return {
      products: [...attentionScores(q, k, 1).toArray()],
      scores: [...scores.toArray()],
      weights: [...weights.toArray()],
      context: [...attentionContext(weights, v).toArray()],
    };
  });
}

/** Each meeting's scores, weights and Jacobian, of the first `size` numbers of its vectors. */
export function sensitivities(
  backend: Backend,
  meetings: readonly Meeting[],
  size: number,
  scaled: boolean,
): Sensitivity[] {
  const [count, width] = [meetings.length, Math.max(...meetings.map(({ keys }) => keys.length))];
  const real = meetings.map(({ keys }) => keys.length);
  const [queries, keys, mask] = [
    new Float32Array(count * size),
    new Float32Array(count * width * size),
    new Float32Array(count * width),
  ];
  for (const [m, meeting] of meetings.entries()) {
    for (let i = 0; i < size; i++) queries[m * size + i] = meeting.query[i]!;
    for (const [j, key] of meeting.keys.entries()) {
      mask[m * width + j] = 1;
      for (let i = 0; i < size; i++) keys[(m * width + j) * size + i] = key[i]!;
    }
  }
  return within(backend, () => {
    const scores = attentionScores(
      tensor(queries, [count, 1, size]),
      tensor(keys, [count, width, size]),
      scaleOf(size, scaled),
    ).toArray();
    // A row of the same scores for each weight that is differentiated: one backward gives the whole Jacobian.
    const [copies, ones] = [new Float32Array(count * width * width), new Float32Array(count * width * width)];
    for (let m = 0; m < count; m++)
      for (let i = 0; i < width; i++) {
        const row = (m * width + i) * width;
        for (let j = 0; j < width; j++) copies[row + j] = scores[m * width + j]!;
        ones[row + i] = 1;
      }
    const shape = [count, width, width];
    const leaf = tensor(copies, shape);
    leaf.needsGradient = true;
    const weights = maskedSoftmax(leaf, tensor(mask, [count, width]));
    backward(sum(multiply(weights, tensor(ones, shape))));
    const [allWeights, slopes] = [weights.toArray(), rowsOf(leaf.gradientArray()!, width)];
    return real.map((length, m) => ({
      scores: Array.from(scores.subarray(m * width, m * width + length)),
      weights: Array.from(allWeights.subarray(m * width * width, m * width * width + length)),
      jacobian: slopes.slice(m * width, m * width + length).map((row) => row.slice(0, length)),
    }));
  });
}

const placeIn = (sorted: readonly number[], share: number) => sorted[Math.round(share * (sorted.length - 1))]!;

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { low: placeIn(sorted, 0.1), middle: placeIn(sorted, 0.5), high: placeIn(sorted, 0.9) };
}

/** What becomes of the weights and of their gradient as vectors grow: meetings cut to each of `sizes`. */
export const saturation = (
  backend: Backend,
  meetings: readonly Meeting[],
  sizes: readonly number[],
  scaled: boolean,
): Saturation[] =>
  sizes.map((size) => {
    const all = sensitivities(backend, meetings, size, scaled);
    return {
      size,
      evenness: spread(all.map(({ weights }) => entropy(weights) / Math.log(weights.length))),
      largest: spread(all.map(({ weights }) => Math.max(...weights))),
      slope: spread(all.map(({ jacobian }) => norm(jacobian.flat()))),
    };
  });

/** Queries and keys whose numbers are drawn from N(0, 1), by Box and Muller. The same seed draws the same. */
export function normalMeetings(seed: number, count: number, keyCount: number, size: number): Meeting[] {
  const stream = new RandomStream(seed, "meetings");
  return Array.from({ length: count }, (_, example) => {
    const uniform = stream.sequence(example);
    const vector = () => {
      const values = new Float32Array(size);
      for (let i = 0; i < size; i += 2) {
        const [length, angle] = [Math.sqrt(-2 * Math.log(1 - uniform())), 2 * Math.PI * uniform()];
        values[i] = length * Math.cos(angle);
        if (i + 1 < size) values[i + 1] = length * Math.sin(angle);
      }
      return values;
    };
    return { query: vector(), keys: Array.from({ length: keyCount }, vector) };
  });
}

/** 1, 2, 4 … and the whole size. */
export function sizesUpTo(size: number): number[] {
  const sizes: number[] = [];
  for (let each = 1; each < size; each *= 2) sizes.push(each);
  return [...sizes, size];
}
