import { TandemError } from "../errors.js";
import { END, PAD, START } from "../text/vocabulary.js";
import type { Requirement } from "./constraints.js";
import { idsOf, type Written } from "./hypothesis.js";
import type { Processor, Row } from "./processors.js";
import type { DecoderOutput, Numbers } from "./step-decoder.js";

/** What the search is told of one sentence; lengths are tokens of the output without `</s>`. */
export interface Sentence {
  /** Source tokens with `</s>`: the columns of attention. */
  sourceTime: number;
  minLength: number;
  maxLength: number;
  /** Ids the output begins with, whatever the model thinks of them. */
  prefix: readonly number[];
  /** The words it must contain. */
  requirement: Requirement;
  /** What sampling draws by, beside seed and position. */
  randomKey: number;
}

/** An unfinished output. */
export interface Branch {
  /** Its last token; nothing yet where undefined. */
  last: Written | undefined;
  requirement: Requirement;
}

export const firstBranch = ({ requirement }: Sentence): Branch => ({ last: undefined, requirement });

export const lengthOf = (branch: Branch): number => branch.last?.length ?? 0;

/** What the decoder reads next of each branch. */
export function previousIds(branches: readonly Branch[]): Int32Array {
  const ids = new Int32Array(branches.length);
  for (let row = 0; row < ids.length; row++) ids[row] = branches[row]!.last?.id ?? START;
  return ids;
}

/**
 * Lowers in `row` what may not come next; returns the only ids that may, where they are few: those of a prefix, the end
 * at the longest length, required words that else would find no room. Required words come before bans.
 */
export function prepareRow(
  row: Row,
  branch: Branch,
  { prefix, minLength, maxLength }: Sentence,
  processors: readonly Processor[],
): readonly number[] | undefined {
  const length = lengthOf(branch);
  if (length < prefix.length) return [prefix[length]!];
  if (length === maxLength) return [END];
  const { requirement } = branch;
  const forced = requirement.forced(maxLength - length);
  if (forced) return forced;
  if (processors.length > 0) {
    const written = idsOf(branch.last);
    for (const processor of processors) processor(row, written);
  }
  row.ban(PAD);
  row.ban(START);
  if (requirement.missing > 0) for (const id of requirement.next()) row.restore(id);
  if (length < minLength || requirement.missing > 0) row.ban(END);
  return undefined;
}

/** Whether `</s>` is the most probable of all tokens in the model's own numbers. */
export function endIsBest(row: Row): boolean {
  const end = row.get(END);
  return row.values.every((value, id) => value <= end || row.original(id, value) <= end);
}

/** Every token of every unfinished output was forbidden. */
export function deadEnd(length: number): TandemError {
  return new TandemError(
    `search: expected a token that may follow the first ${length}, got all of them forbidden. Ban fewer words, or lower minLength or noRepeatNgram.`,
  );
}

/** Attention weights kept for one output at most: 256 MiB. */
const MOST_WEIGHTS = 2 ** 26;

/** A copy of the weights of each row over its own source, made when its token number `length` is kept. */
export function attentionOf<State>(
  output: DecoderOutput<State>,
  rows: number,
): (row: number, sourceTime: number, length: number) => Pick<Written, "attention" | "heads"> {
  const copies = new Map<number, Pick<Written, "attention" | "heads">>();
  return (row, sourceTime, length) => {
    const { attention, heads } = output;
    if (attention === undefined) return { attention };
    if (length * sourceTime > MOST_WEIGHTS)
      throw new TandemError(
        `search: expected at most ${MOST_WEIGHTS} attention weights of an output, got ${length} × ${sourceTime}. Set attention: false, or lower maxLength.`,
      );
    let copy = copies.get(row);
    if (copy === undefined) {
      const columns = attention.length / rows;
      const copyOf = (weights: Numbers, from: number) => new Float32Array(weights.subarray(from, from + sourceTime));
      copy = { attention: copyOf(attention, row * columns) };
      if (heads) {
        const count = heads.length / attention.length;
        const all = Array.from({ length: count }, (_, head) => copyOf(heads, (row * count + head) * columns));
        copy = { ...copy, heads: all };
      }
      copies.set(row, copy);
    }
    return copy;
  };
}
