import type { BestTokens } from "../tensor/index.js";
import { END, PAD, START } from "../text/vocabulary.js";
import { type Branch, lengthOf, type Sentence } from "./next-token.js";
import type { Processor } from "./processors.js";
import type { DecoderOutput } from "./step-decoder.js";

/** Never written where a sentence goes on: these are asked for beyond the tokens wanted, for they may be among the best. */
const NEVER_NEXT = [PAD, START, END];

/** Whether a search changes no number before it chooses, and never has to choose among a few given tokens. */
export const isPlain = (sentences: readonly Sentence[], processors: readonly Processor[]): boolean =>
  processors.length === 0 && sentences.every(({ requirement }) => requirement.total === 0);

/**
 * What may come next of each row, read without the whole rows of numbers: for a search that `isPlain` on a decoder that has
 * an outlook. The rules are those of `prepareRow`.
 */
export class RowOutlooks {
  /** The one token that may come next of a row; −1 where several may. */
  readonly #forced: Int32Array;
  /** Whether `</s>` may come next. */
  readonly #mayEnd: boolean[];
  readonly #columns: number;
  readonly #found: BestTokens;

  /** `count`: the tokens that are wanted of a row. */
  constructor(
    outlook: Required<DecoderOutput<unknown>>["outlook"],
    branches: readonly Branch[],
    sentenceOf: (row: number) => Sentence,
    count: number,
    vocabularySize: number,
  ) {
    this.#forced = new Int32Array(branches.length).fill(-1);
    this.#mayEnd = branches.map((branch, row) => {
      const { prefix, minLength, maxLength } = sentenceOf(row);
      const length = lengthOf(branch);
      if (length < prefix.length) this.#forced[row] = prefix[length]!;
      else if (length === maxLength) this.#forced[row] = END;
      return length >= minLength;
    });
    this.#columns = Math.min(count + NEVER_NEXT.length, vocabularySize);
    this.#found = outlook(this.#columns, this.#forced);
  }

  /** Whether more than one given token may come. */
  isOpen(row: number): boolean {
    return this.#forced[row]! < 0;
  }

  /** Whether `</s>` is the most probable of all tokens. */
  endIsBest(row: number): boolean {
    const { ids, values, wanted } = this.#found;
    const first = row * this.#columns;
    return this.isOpen(row) ? ids[first] === END : this.#forced[row] === END && wanted[row]! >= values[first]!;
  }

  /** Gives `take` the tokens that may come next, the most probable first, until it wants no more. */
  visit(row: number, take: (id: number, logProbability: number) => boolean): void {
    const { ids, values, wanted } = this.#found;
    if (!this.isOpen(row)) {
      take(this.#forced[row]!, wanted[row]!);
      return;
    }
    for (let place = row * this.#columns; place < (row + 1) * this.#columns; place++) {
      const id = ids[place]!;
      const logProbability = values[place]!;
      const isRefused = id === PAD || id === START || (id === END && !this.#mayEnd[row]);
      if (!isRefused && logProbability > Number.NEGATIVE_INFINITY && !take(id, logProbability)) return;
    }
  }
}
