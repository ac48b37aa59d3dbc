import type { WordProposer } from "./segmenter.js";

/** What is used of `@node-rs/jieba`, which is optional and may be absent at run time and at compile time. */
interface JiebaModule {
  Jieba: { withDict(dict: Uint8Array): { cut(text: string, useHiddenMarkovModel: boolean): string[] } };
}

/**
 * jieba's words, or nothing where the package is not installed or cannot be loaded. Its hidden Markov model guesses words
 * the dictionary lacks, traditional ones above all; the wrong guesses (湯姆告·訴瑪麗去) are rare ones, which the segmenter drops.
 */
export function jiebaProposer(): Promise<WordProposer | undefined> {
  loading ??= loadJieba();
  return loading;
}

/** Its dictionary takes a moment and some memory: once is enough. */
let loading: Promise<WordProposer | undefined> | undefined;

async function loadJieba(): Promise<WordProposer | undefined> {
  // Names kept out of the import expressions, so that bundlers for the browser do not look for the package; nor do they warn of names unknown.
  const packageName = "@node-rs/jieba";
  const dictionaryName = `${packageName}/dict.js`;
  try {
    const { Jieba }: JiebaModule = await import(/* webpackIgnore: true */ /* @vite-ignore */ packageName);
    const { dict }: { dict: Uint8Array } = await import(/* webpackIgnore: true */ /* @vite-ignore */ dictionaryName);
    const jieba = Jieba.withDict(dict);
    return (text) => jieba.cut(text, true);
  } catch {
    return undefined;
  }
}
