import { splitSpaces, trimEnd, trimStart } from "./white-space.js";

/** The tokenizations of sacreBLEU (Post 2018, arXiv:1804.08771) that need no dictionary. */
export const BLEU_TOKENIZERS = ["13a", "intl", "zh", "char", "none"] as const;
/** A name of `BLEU_TOKENIZERS`. */
export type BleuTokenizer = (typeof BLEU_TOKENIZERS)[number];

/** The tokens over which BLEU counts its n-grams. */
export function bleuTokens(line: string, tokenizer: BleuTokenizer): string[] {
  return splitSpaces(separate[tokenizer](trimEnd(line)));
}

/** sacreBLEU's choice for a language; where that is "auto", what most of the references are written in. */
export function bleuTokenizerFor(language: string, references: readonly string[]): BleuTokenizer {
  if (language !== "auto") {
    if (/^(?:zh|cmn|yue|wuu)\b/iu.test(language)) return "zh";
    return /^ja\b/iu.test(language) ? "char" : "13a";
  }
  const mostHave = (letters: RegExp) => 2 * references.filter((line) => letters.test(line)).length > references.length;
  if (mostHave(/[\p{Script=Hiragana}\p{Script=Katakana}]/u)) return "char";
  return mostHave(/\p{Script=Han}/u) ? "zh" : "13a";
}

/** Puts white space wherever a token ends. */
const separate: Record<BleuTokenizer, (line: string) => string> = {
  "13a": separate13a,
  zh: separateChinese,
  intl: separateInternational,
  char: (line) => [...line].join(" "),
  none: (line) => line,
};

/** NIST's mteval-v13a, for Western languages: undo SGML's escapes, then split off punctuation. */
function separate13a(line: string): string {
  const joined = line.replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " ");
  const unescaped = joined
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
  return separatePunctuation(` ${unescaped} `);
}

function separatePunctuation(line: string): string {
  return (
    line
      // Every ASCII punctuation mark but ' , - and .
      .replace(/[!-&(-+/:-@[-`{-~]/gu, " $& ")
      // Full stop and comma stay inside numbers only, a hyphen is split from a number before it.
      .replace(/([^0-9])([.,])/gu, "$1 $2 ")
      .replace(/([.,])([^0-9])/gu, " $1 $2")
      .replace(/([0-9])(-)/gu, "$1 $2 ")
  );
}

/**
 * What sacreBLEU's `zh` takes for Chinese: ideographs, radicals, bopomofo, CJK and full-width forms. U+2001 to U+2A6D
 * is not Chinese; sacreBLEU means the ideographs from U+20000 to U+2A6D6 there, but its "\u20000" is U+2000 and a zero.
 */
const chinese =
  /[\u2001-\u2a6d\u2e80-\u2eff\u2f00-\u2fdf\u2ff0-\u303f\u3100-\u312f\u31a0-\u31bf\u31c0-\u31ef\u3200-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\ufe10-\ufe1f\ufe30-\ufe4f\uff00-\uffef]/gu;

function separateChinese(line: string): string {
  return separatePunctuation(trimStart(line).replace(chinese, " $& "));
}

/** NIST's mteval-v14 with its international option: punctuation except between digits, and every symbol. */
function separateInternational(line: string): string {
  return line
    .replace(/(\P{N})(\p{P})/gu, "$1 $2 ")
    .replace(/(\p{P})(\P{N})/gu, " $1 $2")
    .replace(/\p{S}/gu, " $& ");
}
