import { END, PAD, START } from "../text/vocabulary.js";
import { type Branch, lengthOf, type Sentence } from "./next-token.js";
import type { Processor } from "./processors.js";
import type { DecoderOutput } from "./step-decoder.js";

type Outlook = Required<DecoderOutput<unknown>>["outlook"];

/** What may come next of one row. */
export interface RowOutlook {
  /** Most probable first; one alone where no other may come. */
  tokens: { id: number; value: number; logProbability: number }[];
  /** Whether more than one given token may come. */
  isOpen: boolean;
  /** Whether `</s>` is the most probable of all tokens. */
  endIsBest: boolean;
}

/** Where no number is changed a token counts as the model has it. */
const tokenOf = (id: number, logProbability: number) => ({ id, value: logProbability, logProbability });

/** Never written where a sentence goes on: these are asked for beyond the tokens wanted, for they may be among the best. */
const NEVER_NEXT = [PAD, START, END];

/** Whether a search changes no number before it chooses, and never has to choose among a few given tokens. */
export const isPlain = (sentences: readonly Sentence[], processors: readonly Processor[]): boolean =>
  processors.length === 0 && sentences.every(({ requirement }) => requirement.total === 0);

/**
 * Of each row the `count` tokens that may come next, read without the whole rows of numbers: for a search that
 * `isPlain` on a decoder that has an outlook. The rules are those of `prepareRow`.
 */
export function outlookOf(
  outlook: Outlook,
  branches: readonly Branch[],
  sentenceOf: (row: number) => Sentence,
  count: number,
  vocabularySize: number,
): RowOutlook[] {
  const forced = Int32Array.from(branches, (branch, row) => {
    const { prefix, maxLength } = sentenceOf(row);
    const length = lengthOf(branch);
    return length < prefix.length ? prefix[length]! : length === maxLength ? END : -1;
  });
  const columns = Math.min(count + NEVER_NEXT.length, vocabularySize);
  const { ids, values, wanted } = outlook(columns, forced);
  return branches.map((branch, row) => {
    const first = row * columns;
    const id = forced[row]!;
    if (id >= 0) {
      const logProbability = wanted[row]!;
      const endIsBest = id === END && logProbability >= values[first]!;
      return { tokens: [tokenOf(id, logProbability)], isOpen: false, endIsBest };
    }
    const isTooShort = lengthOf(branch) < sentenceOf(row).minLength;
    const tokens: RowOutlook["tokens"] = [];
    for (let place = first; place < first + columns && tokens.length < count; place++) {
      const id = ids[place]!;
      const logProbability = values[place]!;
      const isRefused = id === PAD || id === START || (id === END && isTooShort);
      if (!isRefused && logProbability > Number.NEGATIVE_INFINITY) tokens.push(tokenOf(id, logProbability));
    }
    return { tokens, isOpen: true, endIsBest: ids[first] === END };
  });
}
