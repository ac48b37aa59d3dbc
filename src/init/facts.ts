import { evenly } from "../data/evenly.js";
import type { Pair } from "../data/pairs.js";
import { type AverageLengths, averageLengths, type Recipe } from "../recipe/index.js";
import { type ScriptCounts, scriptShare, scriptsOf, sumOf } from "../text/scripts.js";

type Task = Recipe["task"];

/** What the data is like, as far as its texts show. */
export interface DataFacts {
  pairs: number;
  lengths: AverageLengths;
  /** Language tags; auto where the letters do not tell. */
  languages: { source: string; target: string };
  /** Share of the running words of each side that occur once: about as many of new text are unknown (Good 1953). */
  onlyOnce: { source: number; target: number };
  /** How many different words. */
  words: { source: number; target: number };
}

/** Pairs that are looked at, evenly chosen. */
const LOOKED_AT = 20_000;

/** Looks at pairs; of a language model's lines the sources are empty. */
export function lookAt(pairs: readonly Pair[]): DataFacts {
  const some = evenly(pairs, LOOKED_AT);
  const side = (name: "source" | "target") => some.map((pair) => pair[name]);
  const [sources, targets] = [side("source"), side("target")];
  const [read, written] = [countWords(sources), countWords(targets)];
  return {
    pairs: pairs.length,
    lengths: averageLengths(some.map(({ source, target }) => [source, target] as const)),
    languages: { source: guessLanguage(sources), target: guessLanguage(targets) },
    onlyOnce: { source: read.onlyOnce, target: written.onlyOnce },
    words: { source: read.different, target: written.different },
  };
}

/** Scripts that one language alone, or nearly, is written in. */
const LANGUAGES: Readonly<Record<string, string>> = {
  ...{ Hani: "zh", Hang: "ko", Grek: "el", Thai: "th", Hebr: "he", Geor: "ka", Armn: "hy", Taml: "ta", Telu: "te" },
  ...{ Khmr: "km", Laoo: "lo", Mymr: "my", Beng: "bn", Gujr: "gu", Knda: "kn", Mlym: "ml", Sinh: "si" },
};
const KANA = ["Hira", "Kana"];
/** Words that stand in nearly every sentence of a language, and hardly in another's. */
const FREQUENT_WORDS: Readonly<Record<string, readonly string[]>> = {
  en: ["the", "and", "of", "to", "is", "you", "it", "that", "was", "he", "are", "this"],
  de: ["der", "die", "und", "das", "ist", "ein", "nicht", "ich", "eine", "den", "mit", "auf"],
  fr: ["le", "les", "et", "des", "est", "une", "un", "je", "pas", "dans", "il", "vous"],
  es: ["el", "los", "y", "que", "una", "las", "es", "por", "con", "un", "del", "no"],
};
const LEAST_SCRIPT_SHARE = 0.6;
const LEAST_WORD_SHARE = 0.08;

/** The language of lines by their letters, of Latin ones by their most frequent words; auto where that does not tell. */
export function guessLanguage(lines: readonly string[]): string {
  const counts: ScriptCounts = new Map();
  for (const line of lines) scriptsOf(line, counts);
  const letters = sumOf(counts);
  if (letters === 0) return "auto";
  if (scriptShare(counts, KANA) >= 0.1 && scriptShare(counts, [...KANA, "Hani"]) >= LEAST_SCRIPT_SHARE) return "ja";
  const [script, count] = [...counts].sort(([, a], [, b]) => b - a)[0]!;
  if (count / letters < LEAST_SCRIPT_SHARE) return "auto";
  return script === "Latn" ? guessByWords(lines) : (LANGUAGES[script] ?? "auto");
}

function guessByWords(lines: readonly string[]): string {
  const seen = new Map<string, number>();
  let words = 0;
  for (const line of lines)
    for (const [word] of line.toLowerCase().matchAll(/\p{L}+/gu)) {
      words++;
      seen.set(word, (seen.get(word) ?? 0) + 1);
    }
  const shares = Object.entries(FREQUENT_WORDS).map(([language, list]): [string, number] => {
    return [language, list.reduce((sum, word) => sum + (seen.get(word) ?? 0), 0) / Math.max(words, 1)];
  });
  const [[language, most], [, second]] = shares.sort(([, a], [, b]) => b - a) as [[string, number], [string, number]];
  return most >= LEAST_WORD_SHARE && most >= 2 * second ? language : "auto";
}

function countWords(lines: readonly string[]): { onlyOnce: number; different: number } {
  const counts = new Map<string, number>();
  let words = 0;
  for (const line of lines)
    for (const [word] of line.matchAll(/\S+/gu)) {
      words++;
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  const once = [...counts.values()].filter((count) => count === 1).length;
  return { onlyOnce: words === 0 ? 0 : once / words, different: counts.size };
}

const MOST_LABELS = 50;
const LEAST_PER_LABEL = 10;
const LONGEST_LABEL = 40;
const MOST_TAGS = 100;

/** What could be learnt of pairs, and why one thinks so. */
export function guessTask(pairs: readonly Pair[]): { task: Task; reason: string } {
  const some = evenly(pairs, LOOKED_AT);
  const tokens = (text: string) => text.split(/\s+/u).filter((token) => token !== "");
  const counts = some.map(({ source, target }) => [tokens(source).length, tokens(target)] as const);
  const tags = new Set(counts.flatMap(([, target]) => target));
  const isAligned = counts.every(([count, target]) => count === target.length);
  const longer = counts.filter(([count]) => count > 1).length;
  if (isAligned && longer > some.length / 2 && tags.size <= MOST_TAGS)
    return { task: "tag", reason: `each target has one of ${tags.size} tags for each token of its source` };
  const targets = new Set(some.map(({ target }) => target));
  const isShort = [...targets].every((target) => target.length <= LONGEST_LABEL);
  if (targets.size <= MOST_LABELS && some.length >= LEAST_PER_LABEL * targets.size && isShort)
    return { task: "classify", reason: `there are ${targets.size} different targets` };
  return { task: "translate", reason: "each line has another one beside it" };
}
