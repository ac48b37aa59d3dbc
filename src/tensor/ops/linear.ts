import { ShapeError } from "../../errors.js";
import type { Pointer } from "../../kernels/kernels.js";
import { deferWeightGradient, gradientOf, record } from "../autograd.js";
import { Scope } from "../scope.js";
import { describeShape, empty, Tensor } from "../tensor.js";

/** Columns of a weight that meet the input, since a decoder's weight reads [embedding; fed] in two products; or rows. */
export interface ColumnRange {
  first: number;
  count: number;
}

const rowsKey = ({ first, count }: ColumnRange) => `rows ${first} ${count}`;

/** W[:, range] packed for y = x Wᵀ, once per lifetime of the scope. */
export function packedWeight(weight: Tensor, range: ColumnRange): Pointer {
  return Scope.current.cached(weight, rowsKey(range), (scope) => {
    const { packedLength } = weight.backend.kernels;
    const [outputs, { count }] = [weight.shape[0]!, range];
    // In its place it will stand packed for the way back.
    const length = Math.max(packedLength(outputs, count), scope.gradients ? packedLength(count, outputs) : 0);
    const packed = scope.allocate(length);
    packRows(packed, weight, range);
    return packed;
  });
}

/**
 * W[:, range] packed for dx = dy W, once per lifetime of the scope, where it stood packed for the way there; in as many
 * pieces as `blocks` gives numbers of rows, for a dy whose columns stand apart.
 */
export function packedTransposedWeight<Blocks extends readonly number[]>(
  weight: Tensor,
  range: ColumnRange,
  blocks: Blocks,
): { [Index in keyof Blocks]: Pointer } {
  const { kernels, memory } = weight.backend;
  const lengths = blocks.map((count) => kernels.packedLength(range.count, count));
  const key = `columns ${range.first} ${range.count} in ${blocks}`;
  let packed = Scope.current.cachedInstead(weight, key, rowsKey(range), (scope, place) => {
    const start = place ?? scope.allocate(lengths.reduce((total, length) => total + length, 0));
    let [first, to] = [0, start];
    for (const [i, count] of blocks.entries()) {
      packColumns(to, weight, range, { first, count });
      first += count;
      to += lengths[i]! * memory.bytesPerElement;
    }
    return start;
  });
  return lengths.map((length) => {
    const here = packed;
    packed += length * memory.bytesPerElement;
    return here;
  }) as { [Index in keyof Blocks]: Pointer };
}

/** packed ← W[:, range] for y = x Wᵀ. */
export function packRows(packed: Pointer, weight: Tensor, { first, count }: ColumnRange): void {
  const [outputs, width] = weight.shape as [number, number];
  const { kernels, memory } = weight.backend;
  weight.bringUpToDate?.();
  kernels.pack(packed, weight.pointer + first * memory.bytesPerElement, width, outputs, count);
}

/** packed ← W[rows, range] for dx = dy W[rows, range]. */
export function packColumns(packed: Pointer, weight: Tensor, range: ColumnRange, rows: ColumnRange): void {
  const width = weight.shape[1]!;
  const { kernels, memory } = weight.backend;
  weight.bringUpToDate?.();
  const from = weight.pointer + (rows.first * width + range.first) * memory.bytesPerElement;
  kernels.packTransposed(packed, from, width, range.count, rows.count);
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
  const y = empty([...x.shape.slice(0, -1), outputs]);
  product(y, x, weight, bias, columns, 0);
  return y;
}

/**
 * onto[…, N] + x[…, K] W[N, first … first + K]ᵀ, for a sum that grows part by part. The sum is written over `onto`, which must
 * not be read elsewhere.
 */
export function addLinear(onto: Tensor, x: Tensor, weight: Tensor, range: ColumnRange): Tensor {
  const [outputs, width] = weight.shape as [number, number];
  if (x.shape.at(-1) !== range.count || range.first + range.count > width)
    throw new ShapeError(`addLinear: inner sizes must match, got ${describeShape(x)} · ${describeShape(weight)}ᵀ.`);
  if (onto.shape.join() !== [...x.shape.slice(0, -1), outputs].join())
    throw new ShapeError(
      `addLinear: expected a sum [${[...x.shape.slice(0, -1), outputs].join(", ")}], got ${describeShape(onto)}.`,
    );
  const y = new Tensor(onto.backend, onto.shape, onto.pointer);
  if (onto.needsGradient) y.viewOf = onto;
  product(y, x, weight, undefined, range, 1, onto);
  return y;
}

/** y (+)= x W[:, columns]ᵀ + b, and the way back. `onto` is what stood in the place of y before. */
function product(
  y: Tensor,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  columns: ColumnRange,
  accumulate: 0 | 1,
  onto?: Tensor,
): void {
  const { kernels } = x.backend;
  const [inner, outputs] = [columns.count, weight.shape[0]!];
  const rows = x.size / inner;
  const packed = packedWeight(weight, columns);
  kernels.product(y.pointer, outputs, x.pointer, inner, packed, bias?.pointer ?? 0, rows, outputs, inner, accumulate);
  record([x, weight, ...(bias ? [bias] : []), ...(onto ? [onto] : [])], [y], () => {
    const dx = gradientOf(x);
    if (dx) {
      const [transposed] = packedTransposedWeight(weight, columns, [outputs] as const);
      kernels.product(dx, inner, y.gradient, outputs, transposed, 0, rows, inner, outputs, 1);
    }
    const dy = [{ pointer: y.gradient, stride: outputs, columns: outputs }];
    deferWeightGradient(weight, bias, columns, { x: x.pointer, dy, rows });
  });
}
