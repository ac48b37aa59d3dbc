import { ShapeError } from "../../errors.js";
import type { Pointer } from "../../kernels/kernels.js";
import { deferWeightGradient, gradientOf, record } from "../autograd.js";
import { Scope } from "../scope.js";
import { describeShape, empty, type Tensor } from "../tensor.js";

/** Columns of a weight that meet the input: a decoder's weight reads [embedding; fed] in two products. */
export interface ColumnRange {
  first: number;
  count: number;
}

/** W[:, range] packed for y = x Wᵀ, once per lifetime of the scope. */
export function packedWeight(weight: Tensor, range: ColumnRange): Pointer {
  return Scope.current.cached(weight, `rows ${range.first} ${range.count}`, (scope) => packRows(weight, range, scope));
}

/** W[:, range] packed for dx = dy W, once per lifetime of the scope. */
export function packedTransposedWeight(weight: Tensor, range: ColumnRange): Pointer {
  const key = `columns ${range.first} ${range.count}`;
  return Scope.current.cached(weight, key, (scope) => packColumns(weight, range, scope));
}

/** W[:, range] packed for y = x Wᵀ, into memory of `scope`. */
export function packRows(weight: Tensor, range: ColumnRange, scope: Scope): Pointer {
  const [outputs, width] = weight.shape as [number, number];
  const { kernels, memory } = weight.backend;
  weight.bringUpToDate?.();
  const packed = scope.allocate(kernels.packedLength(outputs, range.count));
  kernels.pack(packed, weight.pointer + range.first * memory.bytesPerElement, width, outputs, range.count);
  return packed;
}

/** W[:, range] packed for dx = dy W, into memory of `scope`. */
export function packColumns(weight: Tensor, range: ColumnRange, scope: Scope): Pointer {
  const [outputs, width] = weight.shape as [number, number];
  const { kernels, memory } = weight.backend;
  weight.bringUpToDate?.();
  const packed = scope.allocate(kernels.packedLength(range.count, outputs));
  const from = weight.pointer + range.first * memory.bytesPerElement;
  kernels.packTransposed(packed, from, width, range.count, outputs);
  return packed;
}

/**
 * y[…, N] = x[…, K] W[N, first … first + K]ᵀ + b[N].
 *
 * Without a range x meets all columns of W. The weight's gradient is gathered over all uses of the weight.
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor, range?: ColumnRange): Tensor {
  const inner = x.shape.at(-1)!;
  const [outputs, width] = weight.shape as [number, number];
  const columns = range ?? { first: 0, count: width };
  if (inner !== columns.count || columns.first + columns.count > width)
    throw new ShapeError(`linear: inner sizes must match, got ${describeShape(x)} · ${describeShape(weight)}ᵀ.`);
  if (bias && bias.size !== outputs)
    throw new ShapeError(
      `linear: expected a bias of ${outputs} for ${describeShape(weight)}, got ${describeShape(bias)}.`,
    );
  const { kernels } = x.backend;
  const rows = x.size / inner;
  const y = empty([...x.shape.slice(0, -1), outputs]);
  const packed = packedWeight(weight, columns);
  kernels.product(y.pointer, outputs, x.pointer, inner, packed, bias?.pointer ?? 0, rows, outputs, inner, 0);
  record(bias ? [x, weight, bias] : [x, weight], [y], () => {
    const dx = gradientOf(x);
    if (dx) {
      const transposed = packedTransposedWeight(weight, columns);
      kernels.product(dx, inner, y.gradient, outputs, transposed, 0, rows, inner, outputs, 1);
    }
    deferWeightGradient(weight, bias, columns.first, columns.count, { x: x.pointer, dy: y.gradient, rows });
  });
  return y;
}
