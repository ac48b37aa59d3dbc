import { isIdeographic, splitIdeographs } from "./scan.js";

/** Splits a text without spaces into words; only asked while a model learns its own words, never while it is used. */
export type WordProposer = (text: string) => string[];

/** Words longer than this, in UTF-16 units, are never learnt: they are names or whole phrases seen once. */
const MAX_WORD_LENGTH = 12;
/** What a letter never seen as a word of its own costs above the rarest word, in bits. */
const UNKNOWN_BITS = 4;
const FRACTION_BITS = 16;

/**
 * log₂ of a positive integer in units of 2⁻¹⁶, rounded down, by repeated squaring: additions and products of IEEE
 * doubles are the same everywhere, `Math.log2` is not.
 */
export function fixedLog2(value: number): number {
  let mantissa = value;
  let result = 0;
  while (mantissa >= 2) {
    mantissa /= 2;
    result++;
  }
  for (let bit = 0; bit < FRACTION_BITS; bit++) {
    mantissa *= mantissa;
    result *= 2;
    if (mantissa >= 2) {
      mantissa /= 2;
      result++;
    }
  }
  return result;
}

/** A node of the word trie: the letters that may follow, and the cost if the path so far is a word. */
interface TrieNode {
  next: Map<string, TrieNode>;
  cost: number | undefined;
}

/**
 * The most probable split of a run of ideographs under a unigram model over the counts it holds:
 *
 *   words* = argmin Σ cost(word),   cost(word) = log₂ total − log₂ count(word)
 *
 * found by dynamic programming (Viterbi) over prefixes. A letter that is no word costs log₂ total + 4 bits. Costs are
 * integers, so equal ones are equal in every runtime; of equal splits the one with fewer words wins, then the one
 * whose last word is longer, then the word before it, and so on.
 */
export class Segmenter {
  readonly #root: TrieNode = { next: new Map(), cost: undefined };
  readonly #unknownCost: number;

  constructor(readonly counts: ReadonlyMap<string, number>) {
    let total = 1;
    for (const count of counts.values()) total += count;
    const totalCost = fixedLog2(total);
    this.#unknownCost = totalCost + UNKNOWN_BITS * 2 ** FRACTION_BITS;
    for (const [word, count] of counts) {
      let node = this.#root;
      for (const letter of splitIdeographs(word)) {
        let next = node.next.get(letter);
        if (!next) {
          next = { next: new Map(), cost: undefined };
          node.next.set(letter, next);
        }
        node = next;
      }
      node.cost = totalCost - fixedLog2(count);
    }
  }

  /** The counts, most frequent words first. */
  toJSON(): Record<string, number> {
    return Object.fromEntries([...this.counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1)));
  }

  split(run: string): string[] {
    const letters = splitIdeographs(run);
    const length = letters.length;
    // Entry e holds the best split of the first e letters: its cost, its number of words, where its last word begins.
    const cost = new Float64Array(length + 1).fill(Number.POSITIVE_INFINITY);
    const wordCount = new Int32Array(length + 1);
    const lastStart = new Int32Array(length + 1);
    cost[0] = 0;
    for (let start = 0; start < length; start++) {
      const reach = (end: number, wordCost: number) => {
        const candidate = cost[start]! + wordCost;
        const words = wordCount[start]! + 1;
        // Starts are tried in rising order: on a full tie the first one kept has the longer last word.
        if (candidate > cost[end]! || (candidate === cost[end] && words >= wordCount[end]!)) return;
        cost[end] = candidate;
        wordCount[end] = words;
        lastStart[end] = start;
      };
      let node = this.#root.next.get(letters[start]!);
      reach(start + 1, node?.cost ?? this.#unknownCost);
      for (let end = start + 1; node && end < length; end++) {
        node = node.next.get(letters[end]!);
        if (node?.cost !== undefined) reach(end + 1, node.cost);
      }
    }
    const words: string[] = [];
    for (let end = length; end > 0; end = lastStart[end]!) words.push(letters.slice(lastStart[end], end).join(""));
    return words.reverse();
  }
}

/** From this many distinct runs on, a word seen once is split: its letters, seen elsewhere, teach a model more. */
const LARGE_TEXT = 1000;

/**
 * Learns word counts from runs of ideographs: the proposer's words are counted, the runs are split again by those
 * counts, and words that split never uses are dropped. `runs` counts each distinct run.
 */
export function fitSegmenter(runs: ReadonlyMap<string, number>, propose: WordProposer): Segmenter {
  const proposals = Array.from(runs, ([run, times]) => ({ words: proposedWords(run, propose), times }));
  const proposed = countWords(proposals);
  const leastCount = runs.size < LARGE_TEXT ? 1 : 2;
  for (const proposal of proposals) {
    proposal.words = proposal.words.flatMap((word) =>
      proposed.get(word)! < leastCount ? splitIdeographs(word) : [word],
    );
  }
  const counts = countWords(proposals);
  const segmenter = new Segmenter(counts);
  const used = countWords(Array.from(runs, ([run, times]) => ({ words: segmenter.split(run), times })));
  return new Segmenter(new Map([...counts].filter(([word]) => used.has(word))));
}

/** How often each word occurs in splits that occur so many `times`. */
function countWords(splits: Iterable<{ words: readonly string[]; times: number }>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { words, times } of splits) {
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + times);
  }
  return counts;
}

/** The proposer's words, long ones by letters; letters alone where its words do not spell the run or cut off a mark. */
function proposedWords(run: string, propose: WordProposer): string[] {
  const words = propose(run);
  if (words.join("") !== run || words.some((word) => !isIdeographic(word))) return splitIdeographs(run);
  return words.flatMap((word) => (word.length > MAX_WORD_LENGTH ? splitIdeographs(word) : [word]));
}
