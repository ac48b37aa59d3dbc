import { ShapeError } from "../../errors.js";
import type { Pointer } from "../../kernels/kernels.js";
import { deferWeightGradient, gradientOf, record } from "../autograd.js";
import { Scope } from "../scope.js";
import { allocateInt8s, describeShape, empty, Tensor } from "../tensor.js";

/** Columns of a weight that meet the input, since a decoder's weight reads [embedding; fed] in two products; or rows. */
export interface ColumnRange {
  first: number;
  count: number;
}

/** Outputs of a packed weight that may begin a product of their own: multiples of the widest panel of any engine. */
export const PANEL = 32;

/** A number, for at every step of a decoder a text would have to be made. */
const rowsKey = ({ first, count }: ColumnRange) => first * 2 ** 26 + count;

/** W[:, range] packed for y = x Wᵀ, once per lifetime of the scope. */
export function packedWeight(weight: Tensor, range: ColumnRange): Pointer {
  return Scope.current.cached(weight, rowsKey(range), (scope) => {
    const { packedLength } = weight.backend.kernels;
    const [outputs, { count }] = [weight.shape[0]!, range];
    const length = packedLength(outputs, count);
    // In the place of float32 numbers the weight will stand packed for the way back.
    const packed = weight.scales
      ? allocateInt8s(scope, length)
      : scope.allocate(Math.max(length, scope.gradients ? packedLength(count, outputs) : 0));
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
    const start =
      (weight.scales ? undefined : place) ?? scope.allocate(lengths.reduce((total, length) => total + length, 0));
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
  const from = weight.pointer + first * (weight.scales ? memory.bytesPerInt8 : memory.bytesPerElement);
  if (weight.scales) kernels.packInt8(packed, from, width, outputs, count);
  else kernels.pack(packed, from, width, outputs, count);
}

/** packed ← W[rows, range] for dx = dy W[rows, range]. */
export function packColumns(packed: Pointer, weight: Tensor, range: ColumnRange, rows: ColumnRange): void {
  const width = weight.shape[1]!;
  const { kernels, memory } = weight.backend;
  weight.bringUpToDate?.();
  const scope = Scope.current;
  scope.temporarily(() => {
    let numbers = weight.pointer;
    // The way back of a weight of 8 bits is that of the numbers it stands for: there the input alone wants a gradient.
    if (weight.scales) memory.floats((numbers = scope.allocate(weight.size)), weight.size).set(weight.toArray());
    const from = numbers + (rows.first * width + range.first) * memory.bytesPerElement;
    kernels.packTransposed(packed, from, width, range.count, rows.count);
  });
}

/** y[rows, N] (+)= x[rows, count] · packed + bias, with `count` columns of a weight packed by `packRows`; `ld…` lie between rows. */
export function multiplyPacked(
  weight: Tensor,
  packed: Pointer,
  { y, ldy, x, ldx, bias, rows, count, outputs, accumulate = 0 }: PackedProduct,
): void {
  const { kernels, memory } = weight.backend;
  const columns = outputs ? outputs.count : weight.shape[0]!;
  const skipped = outputs ? outputs.first : 0;
  // Packed panel after panel of outputs: those from `skipped` on begin there.
  const panels = packed + skipped * count * (weight.scales ? memory.bytesPerInt8 : memory.bytesPerElement);
  if (weight.scales === undefined) kernels.product(y, ldy, x, ldx, panels, bias, rows, columns, count, accumulate);
  else {
    const scales = weight.scales.pointer + skipped * memory.bytesPerElement;
    const scope = Scope.current;
    scope.temporarily(() => {
      // The kernel writes its sums; what they are added to stands elsewhere.
      const [to, ldto] = accumulate ? [scope.allocate(rows * columns), columns] : [y, ldy];
      kernels.productInt8(to, ldto, x, ldx, panels, scales, bias, rows, columns, count);
      if (accumulate) kernels.copyRows(y, ldy, to, ldto, rows, columns, 1);
    });
  }
}

interface PackedProduct {
  y: Pointer;
  ldy: number;
  x: Pointer;
  ldx: number;
  bias: Pointer;
  rows: number;
  count: number;
  /** Those alone, from a multiple of what a panel holds on; all unless given. */
  outputs?: ColumnRange;
  accumulate?: 0 | 1;
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
  multiplyPacked(weight, packed, {
    y: y.pointer,
    ldy: outputs,
    x: x.pointer,
    ldx: inner,
    bias: bias ? bias.pointer : 0,
    rows,
    count: inner,
    accumulate,
  });
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
