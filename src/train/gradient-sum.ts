import type { Batch } from "../data/batches.js";
import type { Pointer } from "../kernels/kernels.js";
import type { Parameters } from "../nn/index.js";
import { Scope, type Tensor } from "../tensor/index.js";

/** What has been added up for one parameter; zero everywhere between two steps. */
interface Sum {
  pointer: Pointer;
  /** Of a table of which only some rows got a gradient: these, in the order of their first appearance. */
  rows: Set<number>;
  /** Whether a gradient of all elements has been added. */
  isWhole: boolean;
}

/**
 * The gradient of a batch that is computed in parts: Σ_p share_p · g_p, which for shares that are the parts' shares of the
 * batch's target tokens is the gradient of the mean over all of them. Tables that are read by rows keep gradients of rows.
 */
export class GradientSum {
  readonly #scope: Scope;
  readonly #sums = new Map<Tensor, Sum>();

  constructor(readonly parameters: Parameters) {
    this.#scope = new Scope(parameters.scope.backend);
  }

  /** Adds the parameters' gradients times `share`. To be called in the scope of the part. */
  add(share: number): void {
    for (const [, tensor] of this.parameters) {
      const { gradient, rowGradient, size } = tensor;
      if (gradient === 0 && rowGradient === undefined) continue;
      const { kernels, memory } = tensor.backend;
      const sum = this.#sumOf(tensor);
      if (rowGradient === undefined) {
        kernels.addScaled(sum.pointer, gradient, share, size);
        sum.isWhole = true;
        continue;
      }
      const { rows, count, values } = rowGradient;
      const width = tensor.shape.at(-1)!;
      const scaled = Scope.current.allocate(count * width);
      kernels.fill(scaled, 0, count * width);
      kernels.addScaled(scaled, values, share, count * width);
      kernels.scatterAdd(sum.pointer, scaled, rows, count, width);
      for (const row of memory.ints(rows, count)) sum.rows.add(row);
    }
  }

  /** Makes the sums the parameters' gradients, until `clear`. To be called in the scope of the step. */
  apply(): void {
    for (const [tensor, { pointer, rows, isWhole }] of this.#sums) {
      tensor.gradient = isWhole ? pointer : 0;
      tensor.rowGradient = undefined;
      if (isWhole || rows.size === 0) continue;
      const { kernels, memory } = tensor.backend;
      const width = tensor.shape.at(-1)!;
      const [numbers, values] = [Scope.current.allocate(rows.size), Scope.current.allocate(rows.size * width)];
      memory.ints(numbers, rows.size).set([...rows]);
      kernels.gather(values, pointer, numbers, rows.size, width);
      tensor.rowGradient = { rows: numbers, count: rows.size, values };
    }
  }

  /** Begins anew. */
  clear(): void {
    for (const [tensor, sum] of this.#sums) {
      const { kernels, memory } = tensor.backend;
      if (sum.isWhole) kernels.fill(sum.pointer, 0, tensor.size);
      else {
        const width = tensor.shape.at(-1)!;
        for (const row of sum.rows) kernels.fill(sum.pointer + row * width * memory.bytesPerElement, 0, width);
      }
      sum.rows.clear();
      sum.isWhole = false;
    }
  }

  #sumOf(tensor: Tensor): Sum {
    let sum = this.#sums.get(tensor);
    if (sum === undefined) {
      sum = { pointer: this.#scope.allocate(tensor.size), rows: new Set(), isWhole: false };
      tensor.backend.kernels.fill(sum.pointer, 0, tensor.size);
      this.#sums.set(tensor, sum);
    }
    return sum;
  }

  dispose(): void {
    this.#scope.dispose();
  }
}

/** What each part of a batch counts in it. */
export interface PartShare {
  /** Of its loss, a mean over target tokens or labels. */
  loss: number;
  /** Of the loss of guidance within that, which is a mean over the target tokens that have an alignment. */
  guidance: number;
}

/** The shares of the parts of one batch; `counts` are what the loss of each is a mean over. */
export function sharesOf(parts: readonly Batch[], counts: readonly number[]): PartShare[] {
  const aligned = parts.map(alignedTokens);
  const [all, allAligned] = [total(counts), total(aligned)];
  return parts.map((_, i) => {
    const loss = counts[i]! / all;
    return { loss, guidance: allAligned === 0 ? 1 : aligned[i]! / allAligned / loss };
  });
}

const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

/** Target tokens that are aligned with anything. */
function alignedTokens({ guide, size, targetTime, sourceTime }: Batch): number {
  if (guide === undefined) return 0;
  let count = 0;
  for (let row = 0; row < size * targetTime; row++)
    if (guide.subarray(row * sourceTime, (row + 1) * sourceTime).some((aligned) => aligned !== 0)) count++;
  return count;
}
