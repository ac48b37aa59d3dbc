/** A word and a sentence about it: 竹椅 → 竹椅是用竹子做的椅子。 */
import type { Pair } from "tandem-seq2seq";
import { Draw } from "../made-data/draw.js";
import { type MadeData, type Published, type Split, writeMadeData } from "../made-data/files.js";
import type { CompoundWord } from "./family.js";
import { words } from "./grammar.js";
import { published } from "./published.js";

const SEED = 2026;
const heldOutCounts = { test: 150, dev: 50 } as const;

/** How many words of the training part have a part of a held-out word, or need what it needs to know of a part. */
export const FEWEST_IN_TRAINING = 3;

/** The words to be said something about at the end: never trained on. */
export const showcase = ["竹椅", "草莓蛋糕", "法国人"] as const;

/** The three parts, the same at every call: a word is in one part with all its sentences. */
export function generateWordToSentence(): MadeData {
  const draw = new Draw(SEED, "word-to-sentence", "split");
  const counts = new Map<string, number>();
  for (const { facts } of words) for (const fact of facts) counts.set(fact, (counts.get(fact) ?? 0) + 1);
  const splits = new Map<string, Split>();
  const hold = (split: Split, { word, facts }: CompoundWord) => {
    splits.set(word, split);
    for (const fact of facts) counts.set(fact, counts.get(fact)! - 1);
  };
  for (const shown of showcase) hold("test", words.find(({ word }) => word === shown)!);
  const candidates = draw.shuffled(words.filter(({ word }) => !splits.has(word)));
  for (const split of ["test", "dev"] as const) {
    let missing = heldOutCounts[split] - [...splits.values()].filter((each) => each === split).length;
    while (missing > 0) {
      const word = candidates.pop()!;
      if ([...word.facts].some((fact) => counts.get(fact)! <= FEWEST_IN_TRAINING)) continue;
      hold(split, word);
      missing--;
    }
  }
  const pairs = words.flatMap(({ word, sentences }) =>
    sentences.map((sentence) => ({ source: word, target: sentence })),
  );
  const data: Record<Split, Pair[]> = { train: [], dev: [], test: [] };
  for (const pair of draw.shuffled(pairs)) data[splits.get(pair.source) ?? "train"].push(pair);
  return data;
}

export function writeWordToSentence(folder: string): Promise<Published> {
  return writeMadeData("word-to-sentence", generateWordToSentence(), published, folder);
}
