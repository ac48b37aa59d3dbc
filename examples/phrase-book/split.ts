/** Which sentences are held out: whole combinations of content, never a frame of something that is trained on. */

import type { Draw } from "../made-data/draw.js";
import { isPlace } from "./lexicon/places.js";
import type { AlignedSentence } from "./phrase.js";

export interface PhrasePair extends AlignedSentence {
  /** The template it was written from. */
  readonly pattern: string;
  /** subject|verb|object|place, or the content that stands for them: a combination is in one part only. */
  readonly combination: string;
}

export type PhraseSplit = "train" | "dev" | "test";
export type PhraseBook = Record<PhraseSplit, PhrasePair[]>;

/** Sentences in each held-out part: subject, verb, (object) and place; and the other patterns that combine content. */
const heldOutCounts = { test: { placed: 1000, other: 500 }, dev: { placed: 650, other: 350 } } as const;

/** How often a word of a held-out sentence is still in the training part. */
export const FEWEST_IN_TRAINING = 15;

/** Combinations with more sentences than this are patterns rather than content. */
const MOST_SENTENCES = 8;

type Kind = keyof (typeof heldOutCounts)["test"];

function kindOf({ combination }: PhrasePair): Kind {
  const [, , , where = ""] = combination.split("|");
  return isPlace(where) ? "placed" : "other";
}

/** The different words of both sides; the two scripts share none. */
export function wordsOf({ sourceWords, targetWords }: PhrasePair): Set<string> {
  return new Set([...sourceWords, ...targetWords]);
}

/** In how many sentences each word is. */
export function countWords(pairs: Iterable<PhrasePair>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const pair of pairs) for (const word of wordsOf(pair)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/**
 * `always` are sentences whose combination is tested whatever the draw. The rest of the held-out combinations are drawn
 * from `candidates`, as long as training keeps every word of theirs often enough.
 */
export function splitByCombination(
  pairs: readonly PhrasePair[],
  isCandidate: (pair: PhrasePair) => boolean,
  always: readonly string[],
  draw: Draw,
): PhraseBook {
  const counts = countWords(pairs);
  const groups = new Map<string, PhrasePair[]>();
  for (const pair of pairs) {
    const group = groups.get(pair.combination);
    if (group) group.push(pair);
    else groups.set(pair.combination, [pair]);
  }
  const splits = new Map<string, PhraseSplit>();

  const hold = (combination: string, split: PhraseSplit): void => {
    splits.set(combination, split);
    for (const pair of groups.get(combination)!) {
      for (const word of wordsOf(pair)) counts.set(word, counts.get(word)! - 1);
    }
  };
  const leavesEnough = (group: readonly PhrasePair[]): boolean =>
    group.every((pair) => [...wordsOf(pair)].every((word) => counts.get(word)! - group.length >= FEWEST_IN_TRAINING));

  for (const source of always) {
    const pair = pairs.find((each) => each.source === source);
    if (!pair) throw new Error(`phrase book: ${source} is not in the grammar. Add a pattern that writes it.`);
    hold(pair.combination, "test");
  }
  const candidates = [...groups].filter(
    ([combination, group]) => !splits.has(combination) && group.length <= MOST_SENTENCES && group.every(isCandidate),
  );
  for (const split of ["test", "dev"] as const) {
    for (const kind of ["placed", "other"] as const) {
      let missing: number = heldOutCounts[split][kind];
      const open = candidates.filter(([combination, group]) => !splits.has(combination) && kindOf(group[0]!) === kind);
      for (const [combination, group] of draw.sample(open, open.length)) {
        if (missing <= 0) break;
        if (group.length > missing || !leavesEnough(group)) continue;
        hold(combination, split);
        missing -= group.length;
      }
    }
  }
  const book: PhraseBook = { train: [], dev: [], test: [] };
  for (const pair of draw.sample(pairs, pairs.length)) book[splits.get(pair.combination) ?? "train"].push(pair);
  return book;
}
