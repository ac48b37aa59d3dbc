/** One sentence of the grammar, and the draws that choose among sentences. */
import type { Someone } from "../lexicon/people.js";
import { compose, type Parts, type Person, type Phrase } from "../phrase.js";

export interface Entry {
  /** The name of the template. */
  readonly pattern: string;
  /** The content that is held out as a whole: subject|verb|object|place, or what stands for them in other patterns. */
  readonly combination: string;
  readonly phrase: Phrase;
}

/** A pattern's name and its two sides, in the notation of `compose`. */
export type Template = readonly [pattern: string, chinese: string, english: string];

export function entry(
  [pattern, chinese, english]: Template,
  combination: readonly string[],
  parts: Parts = {},
  person: Person = "third",
): Entry {
  return { pattern, combination: combination.join("|"), phrase: compose(chinese, english, parts, person) };
}

/** The Chinese of a phrase: what combinations are named by. */
export function chineseOf(phrase: Phrase): string {
  return phrase.chinese.map(({ text }) => text).join("");
}

/** A sentence about one thing, `{it}`, and what else its template names. */
export function about(template: Template, it: Phrase, parts: Readonly<Record<string, Phrase>> = {}): Entry {
  const combination = [template[0], chineseOf(it), ...Object.values(parts).map(chineseOf)];
  return entry(template, combination, { it, ...parts });
}

/** A sentence of somebody, `{who}`; the combination is who, the verb and what of the rest is to be `held` together. */
export function does(
  template: Template,
  someone: Someone,
  verb: string,
  parts: Parts = {},
  held: readonly Phrase[] = [],
): Entry {
  const combination = [chineseOf(someone.phrase), verb, ...held.map(chineseOf)];
  return entry(template, combination, { who: someone.phrase, ...parts }, someone.person);
}
