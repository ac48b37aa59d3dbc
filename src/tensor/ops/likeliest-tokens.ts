import { ShapeError } from "../../errors.js";
import { LARGEST_INT8 } from "../../kernels/int8-rows.js";
import type { Pointer } from "../../kernels/kernels.js";
import { Scope } from "../scope.js";
import { allocateInt8s, describeShape, type Tensor } from "../tensor.js";
import { multiplyPacked, PANEL, packedWeight } from "./linear.js";

/** More ids in question than this share of all panels, and the whole product is no dearer. */
const MOST_PANELS = 0.25;
/** How far a rounded number may be off, in its unit, where it was itself computed with a rounding. */
const HALF = 0.51;
/** Half a unit in the last place of a float32 number, relative. */
const ROUNDING = 2 ** -24;

/**
 * For each row the id of the largest of W x + b: the same one, equals by id included, that the float32 product has, for a
 * fraction of its reading.
 *
 * A copy of W with 8 bits, w = s q, is multiplied first, by x in whole numbers of a step t. Its numbers are off by at most
 * s/2 · ‖x‖₁ for what W lost, s · 127 · size · t/2 for what x lost, and by the roundings of the float32 sum of `size` terms, so
 * all but the few ids whose upper bound reaches the highest lower bound are out, and only theirs are multiplied in float32.
 * Whole numbers multiply twice as fast as floats, and where one row meets a weight that no cache holds, reading a quarter
 * of the bytes takes little more than a quarter of the time.
 *
 * `features` [rows, size], `weight` [vocabulary, size] of float32, `bias` [vocabulary]; `refused(row)` are ids that may not
 * be the answer. Undefined where too many ids stay in question, or where a number is not finite.
 */
export function likeliestTokens(
  features: Tensor,
  weight: Tensor,
  bias: Tensor,
  refused: (row: number) => readonly number[],
): Int32Array | undefined {
  const [rows, size] = features.shape as [number, number];
  const vocabulary = weight.shape[0]!;
  if (weight.shape[1] !== size || bias.size !== vocabulary || weight.scales)
    throw new ShapeError(
      `likeliestTokens: expected features [rows, size], a float32 weight [vocabulary, size] and a bias, got ${describeShape(features)}, ${describeShape(weight)} and ${describeShape(bias)}.`,
    );
  const scope = Scope.current;
  const { kernels, memory } = features.backend;
  const screen = screenOf(weight, bias);
  const packed = packedWeight(weight, { first: 0, count: size });
  if (!screen.allFinite) return undefined;
  // |w − s q| ≤ s/2 and |w| ≤ 127 s. Either sum rounds `size` times what is at most 127 s ‖x‖₁ + |b|, and |b| is at most that
  // and |value|. Four times the first order is more than all of it.
  const roundings = 4 * (size + 4) * ROUNDING;
  const most = Math.ceil((MOST_PANELS * vocabulary) / PANEL);
  return scope.temporarily(() => {
    const [screened, near, exact, pairs, sizes] = [
      scope.allocate(rows * vocabulary),
      scope.allocate(most + 1),
      scope.allocate(PANEL),
      scope.allocate(rows * size),
      scope.allocate(rows * 2),
    ];
    kernels.quantizePairs(pairs, sizes, features.pointer, size, rows, size);
    // Nothing below takes memory, which might move it.
    const norms = memory.floats(sizes, 2 * rows);
    if (!norms.every(Number.isFinite)) return undefined;
    const exactPanel = memory.floats(exact, PANEL);
    const candidates = memory.ints(near, most + 1);
    const read = [pairs, sizes, screen.packed, screen.scales, bias.pointer] as const;
    kernels.productPairs(screened, vocabulary, ...read, rows, vocabulary, size);
    const found = new Int32Array(rows);
    for (let row = 0; row < rows; row++) {
      const x = features.pointer + row * size * memory.bytesPerElement;
      const values = screened + row * vocabulary * memory.bytesPerElement;
      const off = norms[2 * row + 1]! * (0.5 + LARGEST_INT8 * roundings) + norms[2 * row]! * LARGEST_INT8 * size * HALF;
      const view = memory.floats(values, vocabulary);
      for (const id of refused(row)) view[id] = Number.NEGATIVE_INFINITY;
      kernels.nearLargest(near, values, screen.scales, off, roundings, vocabulary, most);
      const count = candidates[0]!;
      if (count === 0 || count > most) return undefined;
      let [panel, highest] = [-1, Number.NEGATIVE_INFINITY];
      // In ascending order: those of a panel follow one another, and of equals the first stays.
      for (let i = 1; i <= count; i++) {
        const id = candidates[i]!;
        if (Math.floor(id / PANEL) !== panel) {
          panel = Math.floor(id / PANEL);
          const outputs = { first: panel * PANEL, count: Math.min(PANEL, vocabulary - panel * PANEL) };
          const from = { x, ldx: size, bias: bias.pointer + outputs.first * memory.bytesPerElement, rows: 1 };
          multiplyPacked(weight, packed, { y: exact, ldy: PANEL, ...from, count: size, outputs });
        }
        const value = exactPanel[id - panel * PANEL]!;
        if (value > highest) {
          highest = value;
          found[row] = id;
        }
      }
    }
    return found;
  });
}

/** A copy of a weight with 8 bits. */
interface Screen {
  packed: Pointer;
  /** [vocabulary] */
  scales: Pointer;
  /** Whether all of the weight and of the bias is finite. */
  allFinite: boolean;
}

/** Made once in the lifetime of the scope's packed weights. */
function screenOf(weight: Tensor, bias: Tensor): Screen {
  const current = Scope.current;
  return current.cached(weight, "screen", (scope) => {
    const [rows, width] = weight.shape as [number, number];
    const { kernels, memory } = weight.backend;
    const scales = scope.allocate(rows);
    const packed = allocateInt8s(scope, kernels.packedLength(rows, width + (width % 2)));
    weight.bringUpToDate?.();
    current.temporarily(() => {
      const numbers = allocateInt8s(current, weight.size);
      kernels.quantize(numbers, scales, weight.pointer, rows, width);
      kernels.packPairs(packed, numbers, width, rows, width);
    });
    const allFinite =
      !memory.floats(scales, rows).includes(-1) && memory.floats(bias.pointer, rows).every(Number.isFinite);
    return { packed, scales, allFinite };
  });
}
