import { ShapeError } from "../../errors.js";
import { gradientOf, record } from "../autograd.js";
import { describeShape, type Tensor, tensor } from "../tensor.js";

// Losses on attention weights [batch, targetTime, sourceTime]: a few numbers for each token written, so plain loops do.

/**
 * Coverage loss (See et al. 2017, eq. 12): scale · Σ_t Σ_s min(weights_ts, covered_ts), where covered_ts = Σ_{t' < t} weights_t's
 * is what s was given before, over the target times where mask[batch, targetTime] is 1.
 */
export function coverageLoss(weights: Tensor, mask: Tensor, scale: number): Tensor {
  const [batch, times, length] = sizesOf("coverageLoss", weights, mask.size);
  const { memory } = weights.backend;
  const real = mask.toArray();
  /** Calls `visit` at every real target time of every source token, in order. */
  const eachPlace = (visit: (row: number, at: number, column: number, isFirst: boolean) => void) => {
    for (let row = 0; row < batch * times; row++)
      if (real[row] !== 0) for (let s = 0; s < length; s++) visit(row, row * length + s, s, row % times === 0);
  };
  const given = memory.floats(weights.pointer, weights.size);
  const covered = new Float64Array(length);
  /** Whether the weight was the smaller one, by place. */
  const isNew = new Uint8Array(weights.size);
  let total = 0;
  eachPlace((_, at, s, isFirst) => {
    if (isFirst) covered[s] = 0;
    isNew[at] = given[at]! < covered[s]! ? 1 : 0;
    total += Math.min(given[at]!, covered[s]!);
    covered[s]! += given[at]!;
  });
  const loss = tensor([scale * total], [1]);
  record([weights], [loss], () => {
    const slope = scale * memory.floats(loss.gradient, 1)[0]!;
    const gradient = memory.floats(gradientOf(weights), weights.size);
    for (let b = 0; b < batch; b++)
      for (let s = 0; s < length; s++) {
        // How many later times took this weight as part of the smaller one.
        let later = 0;
        for (let t = times - 1; t >= 0; t--) {
          const row = b * times + t;
          if (real[row] === 0) continue;
          const at = row * length + s;
          gradient[at]! += slope * (isNew[at]! + later);
          if (!isNew[at]) later++;
        }
      }
  });
  return loss;
}

/** Keeps the logarithm of no attention at all finite. */
const LEAST_MASS = 1e-8;

/**
 * Guided attention: scale · the mean of −log Σ_s guide_ts weights_ts over the target times t that have an aligned source
 * token. `guide` [batch, targetTime, sourceTime] is 1 where they are aligned. 0 if nothing is.
 */
export function alignmentLoss(weights: Tensor, guide: ArrayLike<number>, scale: number): Tensor {
  const [batch, times, length] = sizesOf("alignmentLoss", weights, guide.length / weights.shape.at(-1)!);
  const { memory } = weights.backend;
  const given = memory.floats(weights.pointer, weights.size);
  const aligned = Array.from({ length: batch * times }, (_, row) => {
    const places: number[] = [];
    for (let at = row * length; at < (row + 1) * length; at++) if (guide[at] !== 0) places.push(at);
    return places;
  }).filter((places) => places.length > 0);
  const masses = aligned.map((places) => places.reduce((mass, at) => mass + given[at]!, LEAST_MASS));
  const share = scale / Math.max(aligned.length, 1);
  const loss = tensor([masses.reduce((total, mass) => total - share * Math.log(mass), 0)], [1]);
  record([weights], [loss], () => {
    const slope = share * memory.floats(loss.gradient, 1)[0]!;
    const gradient = memory.floats(gradientOf(weights), weights.size);
    for (const [i, places] of aligned.entries()) for (const at of places) gradient[at]! -= slope / masses[i]!;
  });
  return loss;
}

function sizesOf(operation: string, weights: Tensor, rows: number): [number, number, number] {
  const [batch, times, length] = weights.shape as [number, number, number];
  if (rows !== batch * times)
    throw new ShapeError(
      `${operation}: expected ${batch * times} target times for ${describeShape(weights)}, got ${rows}.`,
    );
  return [batch, times, length];
}
