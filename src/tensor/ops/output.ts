import { ShapeError } from "../../errors.js";
import type { Pointer } from "../../kernels/kernels.js";
import { addGradient, record } from "../autograd.js";
import { Scope } from "../scope.js";
import { checkIds, describeShape, empty, type Tensor } from "../tensor.js";
import { multiplyPacked, packColumns, packedWeight, packRows } from "./linear.js";

/** Tokens whose logits exist at one time. */
const BLOCK_ROWS = 128;

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
 * `features` [rows, size], `weight` [vocabulary, size], `bias` [vocabulary], `targets` [rows]. Runs in blocks of 128
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
  const losses = scope.allocate(rows);
  const gradients = projectInBlocks(features, weight, bias, wanted, (logits, first, count) => {
    const skip = first * memory.bytesPerElement;
    const scale = wanted ? 1 / normalizer : 0;
    kernels.crossEntropy(losses + skip, logits, targets.pointer + skip, smoothing, scale, count, vocabulary);
  });

  const loss = empty([1]);
  kernels.sum(loss.pointer, losses, rows);
  memory.floats(loss.pointer, 1)[0]! /= normalizer;
  record([features, weight, bias], [loss], () => passOn(gradients, memory.floats(loss.gradient, 1)[0]!));
  return loss;
}

/** Gradients computed in the forward pass, with the tensors they are of. */
export type KnownGradients = readonly (readonly [input: Tensor, gradient: Pointer])[];

/** Adds gradients known since the forward pass, times the slope that came back. */
export function passOn(gradients: KnownGradients, slope: number): void {
  for (const [input, gradient] of gradients) {
    if (slope !== 1) input.backend.kernels.addScaled(gradient, gradient, slope - 1, input.size);
    addGradient(input, gradient);
  }
}

/**
 * Calls `lossOf` with W x + b of every block of rows, [count, vocabulary]; where gradients are wanted it leaves there the
 * gradient of these logits, and theirs of features, weight and bias are returned.
 */
export function projectInBlocks(
  features: Tensor,
  weight: Tensor,
  bias: Tensor,
  wanted: boolean,
  lossOf: (logits: Pointer, first: number, count: number) => void,
): KnownGradients {
  const [rows, size] = features.shape as [number, number];
  const vocabulary = weight.shape[0]!;
  const { kernels, memory } = features.backend;
  const scope = Scope.current;
  const all = { first: 0, count: size };
  const dfeatures = wanted ? scope.allocate(rows * size) : 0;
  const dweight = wanted ? scope.allocate(weight.size) : 0;
  const dbias = wanted ? scope.allocate(vocabulary) : 0;
  // Where nothing is learnt the weight may stay packed from call to call; in training it is needed here alone.
  const kept = wanted ? 0 : packedWeight(weight, all);
  scope.temporarily(() => {
    const packed = kept || scope.allocate(kernels.packedLength(vocabulary, size));
    if (!kept) packRows(packed, weight, all);
    const logits = scope.allocate(Math.min(rows, BLOCK_ROWS) * vocabulary);
    const packedFeatures = wanted ? scope.allocate(kernels.packedLength(size, Math.min(rows, BLOCK_ROWS))) : 0;
    const transposed = wanted ? scope.allocate(kernels.packedLength(size, vocabulary)) : 0;
    if (wanted) packColumns(transposed, weight, all, { first: 0, count: vocabulary });
    for (let first = 0; first < rows; first += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, rows - first);
      const x = features.pointer + first * size * memory.bytesPerElement;
      const skip = first * memory.bytesPerElement;
      const from = { x, ldx: size, bias: bias.pointer, rows: count, count: size };
      multiplyPacked(weight, packed, { y: logits, ldy: vocabulary, ...from });
      lossOf(logits, first, count);
      if (!wanted) continue;
      kernels.product(dfeatures + skip * size, size, logits, vocabulary, transposed, 0, count, size, vocabulary, 0);
      kernels.packTransposed(packedFeatures, x, size, size, count);
      const gradients = [dweight, size, dbias] as const;
      const accumulate = first > 0 ? 1 : 0;
      kernels.outerProduct(...gradients, logits, vocabulary, packedFeatures, count, vocabulary, size, accumulate);
    }
  });
  return [
    [features, dfeatures],
    [weight, dweight],
    [bias, dbias],
  ];
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
