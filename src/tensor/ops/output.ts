import { ShapeError } from "../../errors.js";
import { addGradient, record } from "../autograd.js";
import { Scope } from "../scope.js";
import { checkIds, describeShape, empty, type Tensor } from "../tensor.js";
import { multiplyPacked, packColumns, packedWeight, packRows } from "./linear.js";

/** Tokens whose logits exist at one time. */
const BLOCK_ROWS = 256;

/** What changes the loss besides logits and targets. */
export interface CrossEntropyOptions {
  /** Label smoothing (Szegedy et al. 2016): this share of the target is spread over the whole vocabulary. */
  smoothing?: number;
  /** What the sum of the losses is divided by; the number of rows unless given. */
  normalizer?: number;
}

/**
 * Output projection, softmax and loss in one: Σ −log softmax(W x + b)[target] / normalizer.
 *
 * `features` [rows, size], `weight` [vocabulary, size], `bias` [vocabulary], `targets` [rows]. Runs in blocks of 256
 * tokens and computes the gradients on the way, so that [rows, vocabulary] is never held.
 */
export function crossEntropy(
  features: Tensor,
  weight: Tensor,
  bias: Tensor,
  targets: Tensor,
  options: CrossEntropyOptions = {},
): Tensor {
  const [rows, size] = features.shape as [number, number];
  const vocabulary = weight.shape[0]!;
  if (weight.shape[1] !== size || targets.size !== rows)
    throw new ShapeError(
      `crossEntropy: sizes must match, got ${describeShape(features)} · ${describeShape(weight)}ᵀ and ${describeShape(targets)} targets.`,
    );
  if (bias.size !== vocabulary)
    throw new ShapeError(
      `crossEntropy: expected a bias of ${vocabulary} for ${describeShape(weight)}, got ${describeShape(bias)}.`,
    );
  checkIds("crossEntropy", targets, vocabulary);
  const { kernels, memory } = features.backend;
  const scope = Scope.current;
  const { smoothing = 0, normalizer = rows } = options;
  const wanted = scope.gradients && [features, weight, bias].some((input) => input.needsGradient);
  const all = { first: 0, count: size };
  const losses = scope.allocate(rows);
  const dfeatures = wanted ? scope.allocate(rows * size) : 0;
  const dweight = wanted ? scope.allocate(weight.size) : 0;
  const dbias = wanted ? scope.allocate(vocabulary) : 0;
  // Where nothing is learnt the weight may stay packed from call to call; in training it is needed here alone.
  const kept = wanted ? 0 : packedWeight(weight, all);
  scope.temporarily(() => {
    const packed = kept || packRows(weight, all, scope);
    const logits = scope.allocate(Math.min(rows, BLOCK_ROWS) * vocabulary);
    const packedFeatures = wanted ? scope.allocate(kernels.packedLength(size, Math.min(rows, BLOCK_ROWS))) : 0;
    const transposed = wanted ? packColumns(weight, all, scope) : 0;
    for (let first = 0; first < rows; first += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, rows - first);
      const x = features.pointer + first * size * memory.bytesPerElement;
      const skip = first * memory.bytesPerElement;
      const product = { y: logits, ldy: vocabulary, x, ldx: size, bias: bias.pointer, rows: count, count: size };
      multiplyPacked(weight, packed, product);
      const scale = wanted ? 1 / normalizer : 0;
      kernels.crossEntropy(losses + skip, logits, targets.pointer + skip, smoothing, scale, count, vocabulary);
      if (!wanted) continue;
      kernels.product(dfeatures + skip * size, size, logits, vocabulary, transposed, 0, count, size, vocabulary, 0);
      kernels.packTransposed(packedFeatures, x, size, size, count);
      const gradients = [dweight, size, dbias] as const;
      const accumulate = first > 0 ? 1 : 0;
      kernels.outerProduct(...gradients, logits, vocabulary, packedFeatures, count, vocabulary, size, accumulate);
    }
  });

  const loss = empty([1]);
  kernels.sum(loss.pointer, losses, rows);
  memory.floats(loss.pointer, 1)[0]! /= normalizer;
  record([features, weight, bias], [loss], () => {
    const slope = memory.floats(loss.gradient, 1)[0]!;
    for (const [input, gradient] of [
      [features, dfeatures],
      [weight, dweight],
      [bias, dbias],
    ] as const) {
      if (slope !== 1) kernels.addScaled(gradient, gradient, slope - 1, input.size);
      addGradient(input, gradient);
    }
  });
  return loss;
}

/** log softmax over the last axis; carries no gradient. */
export function logSoftmax(logits: Tensor): Tensor {
  const y = empty(logits.shape);
  const columns = logits.shape.at(-1)!;
  logits.backend.kernels.logSoftmax(y.pointer, logits.pointer, logits.size / columns, columns);
  return y;
}

/** The `count` largest of each row of x[rows, columns], largest first, equals by index: `values`, `indices` [rows, count]. */
export function topK(x: Tensor, count: number): { values: Float32Array | Float64Array; indices: Int32Array } {
  const [rows, columns] = x.shape as [number, number];
  if (count > columns) throw new ShapeError(`topK: expected at most ${columns} for ${describeShape(x)}, got ${count}.`);
  const scope = Scope.current;
  const values = scope.allocate(rows * count);
  const indices = scope.allocate(rows * count);
  const { kernels, memory } = x.backend;
  kernels.topK(values, indices, x.pointer, rows, columns, count);
  return {
    values: memory.floats(values, rows * count).slice(),
    indices: Int32Array.from(memory.ints(indices, rows * count)),
  };
}
