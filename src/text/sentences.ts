/** Where a text falls into sentences, by its signs alone: the same for every language and every runtime. */
import { isIdeographic } from "./scan.js";

/** Signs that end a sentence wherever they stand, with what closes around them. */
const WIDE_END = /[。！？｡]+[」』”’）〕】》]*/u;
/** Signs that end one before white space, with quotes and brackets that close; the ellipsis too. */
const SPACED_END = /(?:[.!?؟।]+|…+)["'”’»)\]]*(?=\s)/u;
const ENDS = new RegExp(`${WIDE_END.source}|${SPACED_END.source}`, "gu");

/** A full stop after these is theirs: titles and a few words of which more follows; an initial; a number such as "3. May". */
const ABBREVIATED =
  /(?:^|[\s("'“‘])(?:Mr|Mrs|Ms|Dr|Prof|St|Nr|vs|cf|e\.g|i\.e|z\. ?B|Mme|bzw|ca|(?!I\.)\p{Lu}|\p{Nd}{1,2})\.$/u;

/** The sentences of a line, without the white space between them; a line without an inner end is one. */
export function splitSentences(line: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const { 0: end, index } of line.matchAll(ENDS)) {
    const stop = index + end.length;
    const next = line.slice(stop).trimStart();
    const isInner = end.startsWith(".") && (/^\p{Ll}/u.test(next) || ABBREVIATED.test(line.slice(start, index + 1)));
    if (isInner || next === "") continue;
    sentences.push(line.slice(start, stop).trim());
    start = stop;
  }
  const rest = line.slice(start).trim();
  return rest === "" ? sentences : [...sentences, rest];
}

const wideAtStart = /^[\u3000-\u303F\uFF00-\uFFEF]/u;
const isUnspaced = (character: string) => isIdeographic(character) || wideAtStart.test(character);

/** Sentences as one text: with a space between them, but for Chinese and Japanese, which have none. */
export function joinSentences(sentences: readonly string[]): string {
  let text = "";
  for (const sentence of sentences.filter((sentence) => sentence !== "")) {
    const [last, first] = [[...text].at(-1), [...sentence][0]!];
    text += last === undefined || isUnspaced(last) || isUnspaced(first) ? sentence : ` ${sentence}`;
  }
  return text;
}
