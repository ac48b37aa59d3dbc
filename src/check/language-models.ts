import type { Pair } from "../data/pairs.js";
import { SIDES, type Side } from "./finding.js";

/** Added to every count, so that a trigram never seen has a probability. */
const SMOOTHING = 0.5;

/** Letters in threes, with the line's ends: what tells languages apart (Cavnar & Trenkle 1994). */
function trigrams(line: string): string[] {
  const letters = Array.from(` ${line.toLowerCase()} `);
  return letters.slice(2).map((letter, i) => letters[i]! + letters[i + 1]! + letter);
}

/** How one column's lines are written. */
class TrigramModel {
  readonly #counts = new Map<string, number>();
  #total = 0;

  get size(): number {
    return this.#counts.size;
  }

  add(line: string): void {
    const found = trigrams(line);
    for (const trigram of found) this.#counts.set(trigram, (this.#counts.get(trigram) ?? 0) + 1);
    this.#total += found.length;
  }

  /** log p(trigram), over `kinds` different ones; `own` occurrences are those of the line itself and say nothing of it. */
  logProbability(trigram: string, kinds: number, own: number): number {
    const count = Math.max(0, (this.#counts.get(trigram) ?? 0) - own);
    return Math.log((count + SMOOTHING) / (this.#total - own + SMOOTHING * kinds));
  }
}

/** By how much a line looks like the other column's: log-odds in nats, of the whole line and for each trigram. */
export interface Odds {
  total: number;
  mean: number;
}

/**
 * Naive Bayes over trigrams of letters: which of two columns a line was probably taken from. Learnt from the very pairs it
 * judges; the line in question is left out of what it is compared with.
 */
export class ColumnModels {
  readonly #models: Record<Side, TrigramModel> = { source: new TrigramModel(), target: new TrigramModel() };

  constructor(pairs: readonly Pair[]) {
    for (const pair of pairs) for (const side of SIDES) this.#models[side].add(pair[side]);
  }

  /** Log-odds that the line of this side is one of the other column; `isKnown` if the models were learnt from it. */
  oddsOfOther(pair: Pair, side: Side, isKnown: boolean): Odds {
    const own = this.#models[side];
    const other = this.#models[side === "source" ? "target" : "source"];
    const kinds = own.size + other.size;
    const found = trigrams(pair[side]);
    const total = found.reduce(
      (sum, trigram) =>
        sum + other.logProbability(trigram, kinds, 0) - own.logProbability(trigram, kinds, isKnown ? 1 : 0),
      0,
    );
    return { total, mean: total / Math.max(1, found.length) };
  }
}
