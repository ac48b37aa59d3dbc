import { ShapeError } from "../../errors.js";
import { Scope } from "../scope.js";
import { describeShape, type Tensor } from "../tensor.js";
import { multiplyPacked, packedWeight } from "./linear.js";

/** Logits that exist at one time: half a megabyte, which stays in the second-level cache. */
const MOST_LOGITS = 131_072;
/** How `bestLogits` cuts a row. */
const STRETCH = 512;
/** So many rows read a panel of the weight before the next comes: half of a beam search's. */
const MOST_ROWS = 160;

/** The most probable tokens of each row, and one token of each that was asked for. */
export interface BestTokens {
  /** log p, [rows, count], the largest first, equals by id. */
  values: Float32Array | Float64Array;
  /** [rows, count] */
  ids: Int32Array;
  /** log p of the token that was asked for, [rows]. */
  wanted: Float32Array | Float64Array;
}

/**
 * Of log softmax(W x + b) what a search reads: the `count` largest of each row, and the number of one token `wanted[row]`
 * (negative: of none). Runs in blocks of columns, so that [rows, vocabulary] is never held; carries no gradient.
 *
 * `features` [rows, size], `weight` [vocabulary, size], `bias` [vocabulary].
 */
export function bestTokens(
  features: Tensor,
  weight: Tensor,
  bias: Tensor,
  count: number,
  wanted: Int32Array,
): BestTokens {
  const [rows, size] = features.shape as [number, number];
  const vocabulary = weight.shape[0]!;
  if (weight.shape[1] !== size || bias.size !== vocabulary || wanted.length !== rows)
    throw new ShapeError(
      `bestTokens: sizes must match, got ${describeShape(features)} · ${describeShape(weight)}ᵀ + ${describeShape(bias)} and ${wanted.length} wanted.`,
    );
  if (count > Math.min(vocabulary, STRETCH))
    throw new ShapeError(`bestTokens: expected a count of at most ${Math.min(vocabulary, STRETCH)}, got ${count}.`);
  const scope = Scope.current;
  const { kernels, memory } = features.backend;
  const bytes = memory.bytesPerElement;
  const packed = packedWeight(weight, { first: 0, count: size });
  return scope.temporarily(() => {
    const [values, ids, statistics] = [rows * count, rows * count, rows * 3].map((length) =>
      scope.allocate(length),
    ) as [number, number, number];
    const most = Math.min(rows, MOST_ROWS);
    const width = Math.min(vocabulary, STRETCH * Math.floor(MOST_LOGITS / STRETCH / most));
    const logits = scope.allocate(most * width);
    const asked = bytes === 8 ? new Float64Array(rows) : new Float32Array(rows);
    for (let first = 0; first < vocabulary; first += width) {
      const columns = Math.min(width, vocabulary - first);
      const outputs = { first, count: columns };
      for (let row = 0; row < rows; row += most) {
        const height = Math.min(most, rows - row);
        const x = features.pointer + row * size * bytes;
        const from = { x, ldx: size, bias: bias.pointer + first * bytes, rows: height, count: size };
        multiplyPacked(weight, packed, { y: logits, ldy: columns, ...from, outputs });
        const state = [values + row * count * bytes, ids + row * count * bytes, statistics + row * 3 * bytes] as const;
        kernels.bestLogits(...state, logits, first, height, columns, count);
        const block = memory.floats(logits, height * columns);
        for (let i = row; i < row + height; i++) {
          const at = wanted[i]! - first;
          if (at >= 0 && at < columns) asked[i] = block[(i - row) * columns + at]!;
        }
      }
    }
    const best = memory.floats(values, rows * count).slice();
    const totals = memory.floats(statistics, rows * 3);
    for (let row = 0; row < rows; row++) {
      const total = totals[row * 3 + 2]!;
      for (let place = row * count; place < (row + 1) * count; place++) best[place]! -= total;
      asked[row]! -= total;
    }
    return { values: best, ids: Int32Array.from(memory.ints(ids, rows * count)), wanted: asked };
  });
}
