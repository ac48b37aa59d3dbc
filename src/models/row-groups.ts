import { reshape, selectRowsOf, swapAxes, type Tensor } from "../tensor/index.js";

/**
 * Rows of unfinished outputs by the sentence they are of. What belongs to a sentence (its keys, values and code) is held
 * once; the rows of one sentence meet it together, as the queries of one product.
 */
export class RowGroups {
  /** The most rows of a sentence. */
  readonly #width: number;
  /** [sentences, width]: the row in each place; places that stay free show row 0. */
  readonly #rowAt: Int32Array;
  /** [rows]: the place of each row in [sentences, width]. */
  readonly #placeOf: Int32Array;
  /** Rows already lie as [sentences, width]: nothing has to be moved. */
  readonly #inPlace: boolean;

  constructor(
    /** [rows] */
    readonly sentenceOf: Int32Array,
    readonly sentenceCount: number,
  ) {
    const counts = new Int32Array(sentenceCount);
    const ranks = sentenceOf.map((sentence) => counts[sentence]!++);
    this.#width = counts.reduce((most, count) => Math.max(most, count), 1);
    this.#placeOf = sentenceOf.map((sentence, row) => sentence * this.#width + ranks[row]!);
    this.#rowAt = new Int32Array(sentenceCount * this.#width);
    for (const [row, place] of this.#placeOf.entries()) this.#rowAt[place] = row;
    const isFull = this.#rowAt.length === sentenceOf.length;
    this.#inPlace = isFull && this.#placeOf.every((place, row) => place === row);
  }

  /** x[sentences, size] → [rows, size]: what a sentence has, for each of its rows. */
  spread(x: Tensor): Tensor {
    return this.#inPlace && this.#width === 1 ? x : selectRowsOf(x, this.sentenceOf);
  }

  /** x[rows, 1, size] → [sentences, width, size] */
  gather(x: Tensor): Tensor {
    const shape = [this.sentenceCount, this.#width, x.shape[2]!];
    return reshape(this.#inPlace ? x : selectRowsOf(x, this.#rowAt), shape);
  }

  /** x[sentences, width, size] → [rows, 1, size] */
  scatter(x: Tensor): Tensor {
    const size = x.shape[2]!;
    const places = reshape(x, [this.sentenceCount * this.#width, 1, size]);
    return this.#inPlace ? places : selectRowsOf(places, this.#placeOf);
  }

  /** x[sentences, heads, width, size] → [rows, heads, 1, size] */
  scatterHeads(x: Tensor): Tensor {
    const [sentences, heads, width, size] = x.shape as [number, number, number, number];
    const rows = this.scatter(reshape(swapAxes(x), [sentences, width, heads * size]));
    return reshape(rows, [rows.shape[0]!, heads, 1, size]);
  }
}
