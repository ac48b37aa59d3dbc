import { toLower } from "./casing.js";
import type { WordProposer } from "./segmenter.js";
import { fitTokenizer, type Tokenizer, type TokenizerData, tokenizerFromJSON } from "./tokenizer.js";

/**
 * The tokeniser with what more text has of words it does not know, by `isKnown`: Chinese and Japanese words, and how new
 * words are capitalised. What it knows already, and its habits of spacing, stay as they are.
 */
export function extendTokenizer(
  tokenizer: Tokenizer,
  lines: Iterable<string>,
  isKnown: (token: string) => boolean,
  propose?: WordProposer,
): Tokenizer {
  const { kind, lowercase, language } = tokenizer.options;
  if (kind !== "words" && !(kind === "whitespace" && lowercase)) return tokenizer;
  const data = tokenizer.toJSON();
  const learnt = fitTokenizer(lines, tokenizer.options, propose).toJSON();
  const extended: TokenizerData = { ...data };
  if (learnt.wordCounts) {
    const known = data.wordCounts ?? {};
    const isNew = ([word]: [string, number]) => !Object.hasOwn(known, word);
    extended.wordCounts = { ...known, ...Object.fromEntries(Object.entries(learnt.wordCounts).filter(isNew)) };
  }
  if (learnt.casing && data.casing) {
    const isNew = (words: string) => words.split(" ").some((word) => !isKnown(toLower(word, language)));
    const words = new Set([...data.casing.words, ...learnt.casing.words.filter(isNew)]);
    extended.casing = { ...data.casing, words: [...words] };
  }
  return tokenizerFromJSON(extended);
}
