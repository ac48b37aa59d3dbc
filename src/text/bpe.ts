/** Pieces of words and the merges that make them, in the order they were learnt: all that byte-pair encoding is. */
export interface BpeData {
  /** Single characters and what merges make of them, each once. */
  pieces: string[];
  /** Two pieces by their places in `pieces`; the first ones go first. */
  merges: [left: number, right: number][];
}

/** BPE-dropout (Provilkov et al. 2020): each merge that could be made next is left out with a probability. */
export interface MergeDropout {
  probability: number;
  /** The next uniform number in [0, 1). */
  random: () => number;
}

/** A character that is in no piece. */
const UNKNOWN_PIECE = -1;
/** The rank of two pieces that no merge makes one of. */
const NO_MERGE = 0x3fffffff;

/**
 * Byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909, algorithm 1, applied): a run of characters, then again and
 * again the merge learnt first of all that are possible, leftmost first.
 */
export class BytePairEncoding {
  readonly #pieces: readonly string[];
  readonly #places: ReadonlyMap<string, number>;
  /** For each left piece, which merge makes one of it and a right piece. */
  readonly #ranks: (Map<number, number> | undefined)[];
  /** For each merge, the piece it makes. */
  readonly #products: Int32Array;

  constructor({ pieces, merges }: BpeData) {
    this.#pieces = pieces;
    this.#places = new Map(pieces.map((piece, place) => [piece, place]));
    this.#ranks = new Array(pieces.length);
    this.#products = new Int32Array(merges.length);
    for (const [rank, [left, right]] of merges.entries()) {
      const ranks = (this.#ranks[left] ??= new Map());
      if (!ranks.has(right)) ranks.set(right, rank);
      this.#products[rank] = this.#places.get(pieces[left]! + pieces[right]!)!;
    }
  }

  /**
   * The pieces of a run; a character that is in none is its own. With dropout (arXiv:1910.13267, algorithm 1) each possible
   * merge is left out anew at every step, and the run is done when none was left in.
   */
  split(run: string, dropout?: MergeDropout): string[] {
    const texts = Array.from(run);
    const places = texts.map((letter) => this.#places.get(letter) ?? UNKNOWN_PIECE);
    // ranks[i]: the merge of the pieces i and i + 1.
    const ranks: number[] = [];
    for (let i = 1; i < places.length; i++) ranks.push(this.#rank(places[i - 1]!, places[i]!));
    for (;;) {
      let first = NO_MERGE;
      let at = -1;
      for (let i = 0; i < ranks.length; i++) {
        if (ranks[i]! >= first) continue;
        // Drawn for those alone that would come first: the choice is the same as if all were drawn for.
        if (dropout && dropout.random() < dropout.probability) continue;
        first = ranks[i]!;
        at = i;
      }
      if (at < 0) return texts;
      const product = this.#products[first]!;
      texts.splice(at, 2, this.#pieces[product]!);
      places.splice(at, 2, product);
      ranks.splice(at, 1);
      if (at > 0) ranks[at - 1] = this.#rank(places[at - 1]!, product);
      if (at < ranks.length) ranks[at] = this.#rank(product, places[at + 1]!);
    }
  }

  #rank(left: number, right: number): number {
    return this.#ranks[left]?.get(right) ?? NO_MERGE;
  }
}
