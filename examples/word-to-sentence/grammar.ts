/** Every compound word of the data, with all the sentences that are right for it. */

import { food } from "./families/food.js";
import { peopleAndPlaces } from "./families/people-and-places.js";
import { things } from "./families/things.js";
import type { CompoundWord } from "./family.js";

export const words: readonly CompoundWord[] = [...things, ...food, ...peopleAndPlaces];

const known = new Map<string, ReadonlySet<string>>();
for (const { word, sentences } of words) {
  if (known.has(word)) throw new Error(`word to sentence: expected ${word} once, got it twice. Leave one out.`);
  known.set(word, new Set(sentences));
}

/** Whether the grammar says this sentence of this word. */
export function accepts(word: string, sentence: string): boolean {
  return known.get(word)?.has(sentence) ?? false;
}
