import { jiebaProposer } from "./node-jieba.js";
import { splitIdeographs } from "./scan.js";
import type { WordProposer } from "./segmenter.js";

export interface NamedProposer {
  propose: WordProposer;
  /** "jieba", "Intl.Segmenter" or "letters", for the run log. */
  name: string;
}

/** Words as the runtime's `Intl.Segmenter` sees them; single letters where the runtime has none. */
export function intlProposer(language: string): NamedProposer {
  if (!("Segmenter" in Intl)) return { propose: splitIdeographs, name: "letters" };
  const segmenter = new Intl.Segmenter(language === "auto" ? "zh" : language, { granularity: "word" });
  return { propose: (text) => Array.from(segmenter.segment(text), ({ segment }) => segment), name: "Intl.Segmenter" };
}

/**
 * The best source of words for a language here: jieba for Chinese where it is installed, else `Intl.Segmenter`.
 * A model keeps what it learnt from them, so neither is needed to use it.
 */
export async function wordProposer(language: string): Promise<NamedProposer> {
  const intl = intlProposer(language);
  if (!/^(?:auto|zh|cmn|yue|wuu)\b/iu.test(language)) return intl;
  const jieba = await jiebaProposer();
  if (!jieba) return intl;
  const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
  return { propose: (text) => (kana.test(text) ? intl.propose(text) : jieba(text)), name: "jieba" };
}
