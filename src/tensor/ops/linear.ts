import { ShapeError, TandemError } from "../../errors.js";
import type { Pointer } from "../../kernels/kernels.js";
import { deferWeightGradient, gradientOf, record } from "../autograd.js";
import { Scope } from "../scope.js";
import { allocateInt8s, describeShape, empty, type Tensor } from "../tensor.js";

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
  const length = kernels.packedLength(outputs, range.count);
  if (weight.scales) {
    const packed = allocateInt8s(scope, length);
    kernels.packInt8(packed, weight.pointer + range.first * memory.bytesPerInt8, width, outputs, range.count);
    return packed;
  }
  const packed = scope.allocate(length);
  kernels.pack(packed, weight.pointer + range.first * memory.bytesPerElement, width, outputs, range.count);
  return packed;
}

/** W[:, range] packed for dx = dy W, into memory of `scope`. */
export function packColumns(weight: Tensor, range: ColumnRange, scope: Scope): Pointer {
  const [outputs, width] = weight.shape as [number, number];
  const { kernels, memory } = weight.backend;
  if (weight.scales)
    throw new TandemError("backward: expected float32 weights, got int8 ones. Train the model they were made from.");
  weight.bringUpToDate?.();
  const packed = scope.allocate(kernels.packedLength(range.count, outputs));
  const from = weight.pointer + range.first * memory.bytesPerElement;
  kernels.packTransposed(packed, from, width, range.count, outputs);
  return packed;
}

/** y[rows, N] = x[rows, count] · packed + bias, with `count` columns of a weight packed by `packRows`; `ld…` lie between rows. */
export function multiplyPacked(
  weight: Tensor,
  packed: Pointer,
  { y, ldy, x, ldx, bias, rows, count }: PackedProduct,
): void {
  const { kernels } = weight.backend;
  const outputs = weight.shape[0]!;
  if (weight.scales) kernels.productInt8(y, ldy, x, ldx, packed, weight.scales.pointer, bias, rows, outputs, count);
  else kernels.product(y, ldy, x, ldx, packed, bias, rows, outputs, count, 0);
}

interface PackedProduct {
  y: Pointer;
  ldy: number;
  x: Pointer;
  ldx: number;
  bias: Pointer;
  rows: number;
  count: number;
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
  multiplyPacked(weight, packed, {
    y: y.pointer,
    ldy: outputs,
    x: x.pointer,
    ldx: inner,
    bias: bias?.pointer ?? 0,
    rows,
    count: inner,
  });
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
