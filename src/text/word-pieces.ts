import type { BytePairEncoding, MergeDropout } from "./bpe.js";
import { runsOf, wordsOf } from "./marked-words.js";

/** Words whose pieces are remembered; then the memory starts anew. */
const REMEMBERED_WORDS = 100_000;
/** Longer ones come once: addresses, sentences without spaces. */
const REMEMBERED_LENGTH = 32;

/** Cuts lines into the pieces of byte-pair encoding and remembers those of words it has met. */
export class WordPieces {
  readonly #encoding: BytePairEncoding;
  readonly #remembered = new Map<string, readonly string[]>();

  constructor(encoding: BytePairEncoding) {
    this.#encoding = encoding;
  }

  /** The pieces of a line. With dropout a word may have others every time. */
  encode(line: string, dropout?: MergeDropout): string[] {
    const pieces: string[] = [];
    for (const word of wordsOf(line))
      for (const piece of dropout ? this.#split(word, dropout) : this.#recall(word)) pieces.push(piece);
    return pieces;
  }

  #recall(word: string): readonly string[] {
    const known = this.#remembered.get(word);
    if (known) return known;
    const pieces = this.#split(word);
    if (word.length <= REMEMBERED_LENGTH) {
      if (this.#remembered.size === REMEMBERED_WORDS) this.#remembered.clear();
      this.#remembered.set(word, pieces);
    }
    return pieces;
  }

  #split(word: string, dropout?: MergeDropout): string[] {
    const runs = runsOf(word);
    return runs.length === 1
      ? this.#encoding.split(runs[0]!, dropout)
      : runs.flatMap((run) => this.#encoding.split(run, dropout));
  }
}
