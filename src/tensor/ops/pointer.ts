import { ShapeError } from "../../errors.js";
import { record } from "../autograd.js";
import { Scope } from "../scope.js";
import { describeShape, empty, type Tensor, tensor } from "../tensor.js";
import { logSoftmax, passOn, projectInBlocks } from "./output.js";

// The mixture of a vocabulary and a pointer (See et al. 2017, arXiv:1704.04368, eqs. 8 and 9), for one token written:
//
//   P(y) = p_gen P_vocabulary(y) + (1 − p_gen) Σ_{s: copied_s = y} weight_s,   p_gen = σ(generation)
//
// Ids below the vocabulary's size are its own; those above are words that only this source has. What belongs to one token
// are a few numbers, computed in plain loops; logits go through kernels.

/** Keeps the logarithm of a weight that vanished finite. */
const LEAST_MASS = 1e-38;

/** One token to be written a row. */
export interface PointerCrossEntropy {
  /** [rows, size] */
  features: Tensor;
  /** [vocabulary, size] */
  weight: Tensor;
  /** [vocabulary] */
  bias: Tensor;
  /** The logit of p_gen, [rows, 1]. */
  generation: Tensor;
  /** [rows, sourceTime] */
  weights: Tensor;
  /** What is to be written, [rows]; an id from the vocabulary's size on must be among those copied. */
  targets: Int32Array;
  /** What pointing at each source token writes: one [sourceTime] for each row. */
  copied: readonly Int32Array[];
}

/**
 * The mean over the rows of −log P(target), projection and softmax included. Logits exist in blocks of rows, as in
 * `crossEntropy`, whose gradient counts here as much as the vocabulary has to do with the token:
 *
 *   q = p_gen P_vocabulary(y) / P(y),   ∂ logits = q (P_vocabulary − onehot(y)),   ∂ generation = p_gen − q,
 *   ∂ weight_s = −(1 − p_gen) / P(y) where copied_s = y
 */
export function pointerCrossEntropy(options: PointerCrossEntropy): Tensor {
  const { features, weight, bias, generation, weights, targets, copied } = options;
  const [rows, sourceTime] = weights.shape as [number, number];
  const vocabulary = weight.shape[0]!;
  if (features.shape[0] !== rows || generation.size !== rows || targets.length !== rows || copied.length !== rows)
    throw new ShapeError(
      `pointerCrossEntropy: expected as many rows everywhere, got ${describeShape(features)}, ${describeShape(generation)}, ${describeShape(weights)}, ${targets.length} targets and ${copied.length} sources.`,
    );
  const { kernels, memory } = features.backend;
  const scope = Scope.current;
  const inputs = [features, weight, bias, generation, weights];
  const wanted = scope.gradients && inputs.some((input) => input.needsGradient);
  // What the vocabulary cannot write has the loss and gradient of any id, and counts 0.
  const own = scope.allocate(rows);
  memory.ints(own, rows).set(targets.map((id) => (id < vocabulary ? id : 0)));
  const losses = scope.allocate(rows);
  const dgeneration = wanted ? scope.allocate(rows) : 0;
  const dweights = wanted ? scope.allocate(rows * sourceTime) : 0;
  if (wanted) kernels.fill(dweights, 0, rows * sourceTime);

  let total = 0;
  const projected = projectInBlocks(features, weight, bias, wanted, (logits, first, count) => {
    const skip = first * memory.bytesPerElement;
    kernels.crossEntropy(losses + skip, logits, own + skip, 0, wanted ? 1 / rows : 0, count, vocabulary);
    const written = memory.floats(losses, rows);
    const gates = memory.floats(generation.pointer, rows);
    const given = memory.floats(weights.pointer, rows * sourceTime);
    /** The share q of each row. */
    const shares = new Float64Array(count);
    const dgates = wanted ? memory.floats(dgeneration, rows) : undefined;
    const dgiven = wanted ? memory.floats(dweights, rows * sourceTime) : undefined;
    for (let row = first; row < first + count; row++) {
      const target = targets[row]!;
      const ids = copied[row]!;
      let mass = 0;
      for (let s = 0; s < sourceTime; s++) if (ids[s] === target) mass += given[row * sourceTime + s]!;
      const canWrite = target < vocabulary;
      if (!canWrite) mass = Math.max(mass, LEAST_MASS);
      const gate = gates[row]!;
      const logWritten = canWrite ? logSigmoid(gate) - written[row]! : Number.NEGATIVE_INFINITY;
      const logCopied = logSigmoid(-gate) + Math.log(mass);
      const logTotal = logAddExp(logWritten, logCopied);
      total -= logTotal;
      const share = Math.exp(logWritten - logTotal);
      shares[row - first] = share;
      if (!dgates || !dgiven) continue;
      dgates[row] = (Math.exp(logSigmoid(gate)) - share) / rows;
      const slope = -Math.exp(logSigmoid(-gate) - logTotal) / rows;
      for (let s = 0; s < sourceTime; s++) if (ids[s] === target) dgiven[row * sourceTime + s] = slope;
    }
    if (!wanted) return;
    for (const [i, share] of shares.entries()) {
      const row = logits + i * vocabulary * memory.bytesPerElement;
      kernels.addScaled(row, row, share - 1, vocabulary);
    }
  });

  const loss = tensor([total / rows], [1]);
  record(inputs, [loss], () => {
    const gradients = [...projected, [generation, dgeneration] as const, [weights, dweights] as const];
    passOn(gradients, memory.floats(loss.gradient, 1)[0]!);
  });
  return loss;
}

/**
 * log P over the vocabulary and `extraCount` words more, [rows, vocabulary + extraCount], from logits [rows, vocabulary];
 * carries no gradient. `generation` has one number a row, `weights` [rows, …, sourceTime]; `copied` is what pointing at
 * each source token of a row writes, without padding. A word that a row does not have is impossible.
 */
export function pointerLogSoftmax(
  logits: Tensor,
  generation: Tensor,
  weights: Tensor,
  copied: readonly Int32Array[],
  extraCount: number,
): Tensor {
  const [rows, vocabulary] = logits.shape as [number, number];
  const { kernels, memory } = logits.backend;
  const width = vocabulary + extraCount;
  const columns = weights.size / rows;
  const own = logSoftmax(logits);
  const y = empty([rows, width]);
  kernels.copyRows(y.pointer, width, own.pointer, vocabulary, rows, vocabulary, 0);
  const all = memory.floats(y.pointer, y.size);
  const gates = memory.floats(generation.pointer, rows);
  const given = memory.floats(weights.pointer, weights.size);
  for (let row = 0; row < rows; row++) {
    const values = all.subarray(row * width, (row + 1) * width);
    const logWrite = logSigmoid(gates[row]!);
    const logCopy = logSigmoid(-gates[row]!);
    for (let id = 0; id < vocabulary; id++) values[id]! += logWrite;
    values.fill(Number.NEGATIVE_INFINITY, vocabulary);
    const masses = new Map<number, number>();
    for (const [s, id] of copied[row]!.entries()) {
      const weight = given[row * columns + s]!;
      if (weight > 0) masses.set(id, (masses.get(id) ?? 0) + weight);
    }
    for (const [id, mass] of masses) values[id] = logAddExp(values[id]!, logCopy + Math.log(mass));
  }
  return y;
}

/** log σ(x) */
const logSigmoid = (x: number): number => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));

/** log(eᵃ + eᵇ); −∞ is a probability of 0. */
function logAddExp(a: number, b: number): number {
  const top = Math.max(a, b);
  return top === Number.NEGATIVE_INFINITY ? top : top + Math.log1p(Math.exp(Math.min(a, b) - top));
}
