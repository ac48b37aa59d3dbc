import { ints, Scope, selectRows, Tensor } from "../tensor/index.js";

/** Numbers that are kept at most, unless told otherwise: 16 MiB in float32, 2730 tokens of a GRU of 512. */
const MOST_NUMBERS = 2 ** 22;

/** Which tokens stand in which rows of the table, for as long as the weights stay packed. */
interface Kept {
  /** [tokens, size] */
  table: Tensor;
  /** By id; −1 where a token is not there. */
  rowOf: Int32Array;
  count: number;
}

/**
 * What each token adds to the gates of a step, W_ih[:, E] embed(y) + b. A search meets the same few hundred tokens again and
 * again: each is computed when it first comes and kept with the packed weights. Its bits are those of a product at every step.
 */
export class TokenGates {
  readonly #capacity: number;

  /** `compute`: ids int [rows] → [rows, size] */
  constructor(
    readonly size: number,
    readonly vocabularySize: number,
    readonly compute: (ids: Tensor) => Tensor,
    mostNumbers = MOST_NUMBERS,
  ) {
    this.#capacity = Math.min(vocabularySize, Math.floor(mostNumbers / size));
  }

  /** ids [rows] → [rows, size], which may be written over. */
  of(ids: Int32Array): Tensor {
    const kept = Scope.current.cached(this, "kept", (scope): Kept => {
      const table = new Tensor(scope.backend, [this.#capacity, this.size], scope.allocate(this.#capacity * this.size));
      return { table, rowOf: new Int32Array(this.vocabularySize).fill(-1), count: 0 };
    });
    let missing = missingOf(ids, kept);
    if (kept.count + missing.length > this.#capacity) {
      kept.rowOf.fill(-1);
      kept.count = 0;
      missing = missingOf(ids, kept);
      if (missing.length > this.#capacity) return this.compute(ints(ids, [ids.length]));
    }
    if (missing.length > 0) {
      const { kernels, memory } = kept.table.backend;
      const { pointer } = this.compute(ints(missing, [missing.length]));
      const end = kept.table.pointer + kept.count * this.size * memory.bytesPerElement;
      kernels.copyRows(end, this.size, pointer, this.size, missing.length, this.size, 0);
      for (const id of missing) kept.rowOf[id] = kept.count++;
    }
    const rows = ids.map((id) => kept.rowOf[id]!);
    return selectRows(kept.table, ints(rows, [rows.length]));
  }
}

function missingOf(ids: Int32Array, { rowOf }: Kept): number[] {
  const missing = new Set<number>();
  for (const id of ids) if (rowOf[id]! < 0) missing.add(id);
  return [...missing];
}
