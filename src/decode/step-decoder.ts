import type { BestTokens } from "../tensor/index.js";

/**
 * All that a search knows of a decoder. A row is one unfinished output; `start` gives one row for each sentence, and
 * `select` reorders, repeats and leaves out rows. Models, ensembles and the toys of tests are decoders by their shape.
 */
export interface StepDecoder<Input, State> {
  /** Ids are 0 … vocabularySize − 1 from `start` on; which of them pad, start and end a sentence `text/vocabulary` says. */
  readonly vocabularySize: number;
  start(input: Input): State;
  /** previousIds [rows]. The state is used up; the numbers of the result last until the next step. */
  step(previousIds: Int32Array, state: State): DecoderOutput<State>;
  /**
   * Of rows that `likeliest` served: log p of the one token of each that was written, and of the most probable one.
   * features [rows, size].
   */
  score?(features: Numbers, written: Int32Array): BestTokens;
  /** The rows with these numbers, in this order, of the state that the last step gave. */
  select(state: State, rows: Int32Array): State;
}

export interface DecoderOutput<State> {
  /**
   * log p(token | source, what was written), [rows, vocabulary]. The search lowers some of them in place. Where there is an
   * `outlook` they may be computed only when they are read.
   */
  readonly logProbabilities: Numbers;
  /** Where each row looked, [rows, sourceTime]; absent without attention. */
  readonly attention?: Numbers | undefined;
  /** Where each of several heads looked, whose mean `attention` is: [rows, heads, sourceTime]. */
  readonly heads?: Numbers | undefined;
  readonly state: State;
  /** The `count` largest of each row as they stand now; without it the search looks for itself. */
  best?(count: number): Best;
  /**
   * All that a search reads where it changes no number: the `count` most probable tokens of each row, and log p of one
   * token of each that it has to write (negative: none).
   */
  outlook?(count: number, wanted: Int32Array): BestTokens;
  /**
   * The most probable token of each row but for those refused, without any probability, where that is much sooner found:
   * absent where it is not, undefined where it turns out not to be. What `score` later needs comes with it, [rows, size].
   */
  likeliest?(refused: (row: number) => readonly number[]): { ids: Int32Array; features: Numbers } | undefined;
}

/** `select`, spared where every row stays where it is. */
export function selectChanged<State>(
  decoder: StepDecoder<never, State>,
  state: State,
  rows: readonly number[],
  rowCount: number,
): State {
  const isSame = rows.length === rowCount && rows.every((row, i) => row === i);
  return isSame || rows.length === 0 ? state : decoder.select(state, Int32Array.from(rows));
}

export type Numbers = Float32Array | Float64Array;

/** [rows, count], the largest first, equals by id. */
export interface Best {
  values: Numbers;
  ids: Int32Array;
}

/** The `count` most probable tokens of each row. */
export function bestOf<State>(output: DecoderOutput<State>, rows: number, count: number): Best {
  if (output.best) return output.best(count);
  const { logProbabilities } = output;
  const vocabulary = logProbabilities.length / rows;
  const best: Best = { values: new Float64Array(rows * count), ids: new Int32Array(rows * count) };
  for (let row = 0; row < rows; row++) {
    const values = logProbabilities.subarray(row * vocabulary, (row + 1) * vocabulary);
    largest(values, best.values.subarray(row * count, (row + 1) * count), best.ids.subarray(row * count));
  }
  return best;
}

/** Fills `values` and `ids` with the largest numbers of a row and their places, the largest first, equals by place. */
export function largest(row: Numbers, values: Numbers, ids: Int32Array): void {
  const count = values.length;
  let found = 0;
  for (let id = 0; id < row.length; id++) {
    const value = row[id]!;
    if (found === count && value <= values[count - 1]!) continue;
    let at = found < count ? found++ : count - 1;
    for (; at > 0 && values[at - 1]! < value; at--) {
      values[at] = values[at - 1]!;
      ids[at] = ids[at - 1]!;
    }
    values[at] = value;
    ids[at] = id;
  }
}
