/** The data of the page's models: that of the examples, which is made and not stored. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateParallelLines } from "../../build/examples/parallel-lines/generate.js";
import { generatePhraseBook } from "../../build/examples/phrase-book/generate.js";
import { generateSentenceKinds } from "../../build/examples/sentence-kinds/generate.js";
import { generateSmallTalk } from "../../build/examples/small-talk/generate.js";
import { generateWordToSentence } from "../../build/examples/word-to-sentence/generate.js";
import { specs } from "./specs.js";

export const splits = ["train", "dev", "test"];
const generators = {
  "phrase-book": generatePhraseBook,
  "word-to-sentence": generateWordToSentence,
  "sentence-kinds": generateSentenceKinds,
  "parallel-lines": generateParallelLines,
  "small-talk": generateSmallTalk,
};

/** From English to Chinese where the phrase book has it the other way round; its links too. */
function turned({ source, target, links }) {
  return {
    source: target,
    target: source,
    links: links.map(([targetStart, targetEnd, sourceStart, sourceEnd, content]) => [
      sourceStart,
      sourceEnd,
      targetStart,
      targetEnd,
      content,
    ]),
  };
}

/** The pairs of each part; those of the phrase book with `links`, [target start, end, source start, end, content] in UTF-16 units. */
export function dataOf(name) {
  const { example, languages } = specs[name];
  const data = generators[example]();
  const isTurned = example === "phrase-book" && languages.source === "en";
  const plain = ({ source, target, links }) => ({ source, target, ...(links && { links }) });
  return Object.fromEntries(
    splits.map((split) => [split, data[split].map((pair) => plain(isTurned ? turned(pair) : pair))]),
  );
}

/** Writes train.tsv, dev.tsv and test.tsv into `folder`; returns the pairs of the test. */
export async function writeDataOf(name, folder) {
  const data = dataOf(name);
  await mkdir(folder, { recursive: true });
  for (const split of splits)
    await writeFile(
      join(folder, `${split}.tsv`),
      data[split].map(({ source, target }) => `${source}\t${target}\n`).join(""),
    );
  return data.test;
}
