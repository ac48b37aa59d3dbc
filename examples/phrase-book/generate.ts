/** The phrase book: Chinese sentences, the English for each, and which word says which. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Draw } from "../made-data/draw.js";
import { actions, loves } from "./grammar/actions.js";
import { calendar } from "./grammar/calendar.js";
import { clauses } from "./grammar/clauses.js";
import { clock } from "./grammar/clock.js";
import type { Entry } from "./grammar/entry.js";
import { favorites } from "./grammar/favorites.js";
import { health } from "./grammar/health.js";
import { directions, journeys, welcomes } from "./grammar/journeys.js";
import { locations } from "./grammar/locations.js";
import { manner, questions } from "./grammar/manner.js";
import { identities, qualitiesOfPeople } from "./grammar/persons.js";
import { possessions } from "./grammar/possessions.js";
import { pursuits, qualitiesOfThings } from "./grammar/qualities.js";
import { gifts, shopping } from "./grammar/shopping.js";
import { greetings, requests } from "./grammar/talk.js";
import { weather } from "./grammar/weather.js";
import { writeOut } from "./phrase.js";
import { checksums } from "./published.js";
import { countWords, type PhraseBook, type PhrasePair, splitByCombination, wordsOf } from "./split.js";

export type { Link } from "./phrase.js";
export type { PhraseBook, PhrasePair, PhraseSplit } from "./split.js";

const SEED = 2026;

/** The sentences to be translated at the end of the quick start: never trained on, in no tense or form. */
export const showcase = ["我爱学习", "欢迎来北京", "现在几点了"] as const;

type Family = (draw: Draw) => Iterable<Entry>;

/** Families whose sentences combine content freely; the set phrases of the others are learned as they are. */
const combining: Record<string, Family> = {
  actions,
  loves,
  qualitiesOfThings,
  qualitiesOfPeople,
  identities,
  possessions,
  locations,
  welcomes,
  journeys,
  directions,
  shopping,
  gifts,
  favorites,
  clauses,
};
const settled: Record<string, Family> = {
  pursuits,
  clock,
  calendar,
  weather,
  health,
  greetings,
  requests,
  manner,
  questions,
};

/** A word met less often teaches nothing, so the sentences that have one are left out. */
const FEWEST = 6;

function dropRareWords(pairs: Map<string, PhrasePair>): void {
  const counts = countWords(pairs.values());
  for (let dropped = true; dropped; ) {
    dropped = false;
    for (const pair of pairs.values()) {
      const words = wordsOf(pair);
      if ([...words].every((word) => counts.get(word)! >= FEWEST)) continue;
      pairs.delete(pair.source);
      for (const word of words) counts.set(word, counts.get(word)! - 1);
      dropped = true;
    }
  }
}

/** The three parts, the same at every call. */
export function generatePhraseBook(): PhraseBook {
  const pairs = new Map<string, PhrasePair>();
  const candidates = new Set<string>();
  for (const [name, family] of Object.entries({ ...combining, ...settled })) {
    for (const { phrase, pattern, combination } of family(new Draw(SEED, "phrase-book", name))) {
      const pair = { ...writeOut(phrase), pattern, combination };
      const known = pairs.get(pair.source);
      if (known && known.target !== pair.target) {
        throw new Error(
          `phrase book: expected one English for ${pair.source}, got "${known.target}" (${known.pattern}) and ` +
            `"${pair.target}" (${pattern}). Let the Chinese of the two patterns differ.`,
        );
      }
      if (known) continue;
      pairs.set(pair.source, pair);
      if (name in combining) candidates.add(pair.source);
    }
  }
  dropRareWords(pairs);
  const isCandidate = ({ source }: PhrasePair) => candidates.has(source);
  return splitByCombination([...pairs.values()], isCandidate, showcase, new Draw(SEED, "phrase-book", "split"));
}

/** What is written, by file name: the pairs as `source TAB target`, and each pair's links as a line of JSON. */
export function phraseBookFiles(book: PhraseBook): Map<string, string> {
  const files = new Map<string, string>();
  for (const [split, pairs] of Object.entries(book) as [string, PhrasePair[]][]) {
    files.set(`${split}.tsv`, pairs.map(({ source, target }) => `${source}\t${target}\n`).join(""));
    files.set(`${split}.alignments.jsonl`, pairs.map(({ links }) => `${JSON.stringify(links)}\n`).join(""));
  }
  return files;
}

export function checksumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Writes the files into `folder`, which is made if need be, once their checksums are the published ones. */
export async function writePhraseBook(folder: string): Promise<void> {
  const files = phraseBookFiles(generatePhraseBook());
  for (const [name, text] of files) {
    const checksum = checksumOf(text);
    if (checksum !== checksums[name]) {
      throw new Error(
        `phrase book ${name}: expected SHA-256 ${checksums[name]}, got ${checksum}. ` +
          "If the grammar was changed on purpose, put the new checksums into examples/phrase-book/published.ts.",
      );
    }
  }
  await mkdir(folder, { recursive: true });
  for (const [name, text] of files) await writeFile(join(folder, name), text);
}
