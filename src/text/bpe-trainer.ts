import { DataError } from "../errors.js";
import type { BpeData } from "./bpe.js";
import { runsOf, wordsOf } from "./marked-words.js";
import { PairQueue } from "./pair-queue.js";
import { SPACE } from "./spacing.js";
import { compareCodePoints, SPECIALS } from "./vocabulary.js";

/** How large a vocabulary of pieces is to be. */
export interface BpeOptions {
  /** Its most tokens, the four special ones included. */
  vocabSize: number;
  /** A pair of pieces seen less often is not merged; one seen once never is. */
  minFrequency: number;
  /** The share of the text's characters, in (0, 1], that the most frequent ones make up and that have pieces. */
  characterCoverage: number;
}

/** A pair seen once says nothing of the next text. */
const LEAST_FREQUENCY = 2;
/** Not a symbol: a character without a piece, or a place whose symbol is part of the one before. */
const NONE = -1;

/**
 * Learns byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909, algorithm 1): from characters on, the most frequent
 * pair of neighbours becomes a piece until the vocabulary is full. Pairs are counted once; a merge then changes the counts of
 * its neighbours alone. Of equally frequent pairs the one of older pieces goes first, so the same text gives the same pieces.
 */
export function trainBpe(lines: Iterable<string>, options: BpeOptions): BpeData {
  const { vocabSize, minFrequency, characterCoverage } = options;
  const room = vocabSize - SPECIALS.length;
  if (!(room >= 1))
    throw new DataError(
      `bpe: expected room for the ${SPECIALS.length} special tokens and at least one more, got a size of ${vocabSize}. Raise vocabSize.`,
    );
  const runCounts = countRuns(lines);
  const pieces = chooseAlphabet(runCounts, characterCoverage, room);
  const places = new Map(pieces.map((piece, place) => [piece, place]));
  const words = new Words(runCounts, places);
  const merges: [number, number][] = [];
  while (pieces.length < room) {
    const most = words.pairs.take(Math.max(LEAST_FREQUENCY, minFrequency));
    if (most === undefined) break;
    const { left, right, positions } = most;
    const text = pieces[left]! + pieces[right]!;
    if (SPECIALS.includes(text)) continue;
    // "ab" + "c" may give what "a" + "bc" gave before.
    const product = places.get(text) ?? pieces.push(text) - 1;
    places.set(text, product);
    merges.push([left, right]);
    words.merge(left, right, product, positions);
  }
  return { pieces, merges };
}

/** The runs of all lines and how often each occurs. */
function countRuns(lines: Iterable<string>): Map<string, number> {
  const wordCounts = new Map<string, number>();
  for (const line of lines) for (const word of wordsOf(line)) wordCounts.set(word, (wordCounts.get(word) ?? 0) + 1);
  const runCounts = new Map<string, number>();
  for (const [word, count] of wordCounts)
    for (const run of runsOf(word)) runCounts.set(run, (runCounts.get(run) ?? 0) + count);
  return runCounts;
}

/** The mark, and the most frequent characters that make up `coverage` of all; in code point order. */
function chooseAlphabet(runCounts: ReadonlyMap<string, number>, coverage: number, room: number): string[] {
  const counts = new Map<string, number>();
  let total = 0;
  for (const [run, count] of runCounts)
    for (const character of run) {
      if (character === SPACE) continue;
      counts.set(character, (counts.get(character) ?? 0) + count);
      total += count;
    }
  const ordered = [...counts].sort(([a, countA], [b, countB]) => countB - countA || compareCodePoints(a, b));
  let covered = 0;
  const alphabet = [SPACE];
  for (const [character, count] of ordered) {
    if (covered >= coverage * total || alphabet.length === room) break;
    alphabet.push(character);
    covered += count;
  }
  return alphabet.sort(compareCodePoints);
}

/** All distinct words, one after another, as linked lists of symbols. */
class Words {
  readonly pairs = new PairQueue();
  /** Place of the piece that begins here. */
  readonly #symbols: Int32Array;
  /** Where the symbols before and after this one begin, inside its word. */
  readonly #previous: Int32Array;
  readonly #next: Int32Array;
  /** How often the word of this place occurs. */
  readonly #times: Float64Array;

  constructor(counts: ReadonlyMap<string, number>, places: ReadonlyMap<string, number>) {
    let size = 0;
    for (const word of counts.keys()) size += word.length;
    this.#symbols = new Int32Array(size).fill(NONE);
    this.#previous = new Int32Array(size).fill(NONE);
    this.#next = new Int32Array(size).fill(NONE);
    this.#times = new Float64Array(size);
    let at = 0;
    for (const [word, times] of counts) {
      const start = at;
      for (const letter of word) {
        const symbol = places.get(letter) ?? NONE;
        this.#symbols[at] = symbol;
        this.#times[at] = times;
        if (at > start) {
          this.#previous[at] = at - 1;
          this.#next[at - 1] = at;
          const before = this.#symbols[at - 1]!;
          if (before !== NONE && symbol !== NONE) this.pairs.add(before, symbol, at - 1, times);
        }
        at++;
      }
    }
  }

  /** Makes `product` of every `left` `right`. */
  merge(left: number, right: number, product: number, positions: number[]): void {
    // In aaa the first two go together; where two merges made the piece, positions may have come out of order.
    if (left === right) positions.sort((a, b) => a - b);
    const [symbols, previous, next] = [this.#symbols, this.#previous, this.#next];
    for (const at of positions) {
      const second = next[at]!;
      if (symbols[at] !== left || second === NONE || symbols[second] !== right) continue;
      const times = this.#times[at]!;
      const before = previous[at]!;
      const after = next[second]!;
      if (before !== NONE && symbols[before] !== NONE) {
        this.pairs.remove(symbols[before]!, left, times);
        this.pairs.add(symbols[before]!, product, before, times);
      }
      if (after !== NONE && symbols[after] !== NONE) {
        this.pairs.remove(right, symbols[after]!, times);
        this.pairs.add(product, symbols[after]!, at, times);
      }
      symbols[at] = product;
      symbols[second] = NONE;
      next[at] = after;
      if (after !== NONE) previous[after] = at;
    }
  }
}
