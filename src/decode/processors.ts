import type { Numbers } from "./step-decoder.js";

/** One row of log-probabilities whose numbers can be changed before the choice and are remembered as the model gave them. */
export class Row {
  // What was changed, few numbers as a rule.
  readonly #ids: number[] = [];
  readonly #originals: number[] = [];
  readonly #start: number;

  constructor(
    /** [rows, vocabulary], changed in place */
    readonly all: Numbers,
    number: number,
    readonly vocabularySize: number,
  ) {
    this.#start = number * vocabularySize;
  }

  /** The row alone, [vocabulary]. */
  get values(): Numbers {
    return this.all.subarray(this.#start, this.#start + this.vocabularySize);
  }

  get(id: number): number {
    return this.all[this.#start + id]!;
  }

  set(id: number, value: number): void {
    if (!this.#ids.includes(id)) {
      this.#ids.push(id);
      this.#originals.push(this.get(id));
    }
    this.all[this.#start + id] = value;
  }

  ban(id: number): void {
    this.set(id, Number.NEGATIVE_INFINITY);
  }

  restore(id: number): void {
    this.all[this.#start + id] = this.original(id, this.get(id));
  }

  /** The model's own log-probability of a token that now counts as `value`. */
  original(id: number, value: number): number {
    const changed = this.#ids.indexOf(id);
    return changed < 0 ? value : this.#originals[changed]!;
  }
}

/** Changes what may be written next, or how probable it counts, given the ids written so far. */
export type Processor = (row: Row, written: readonly number[]) => void;

export interface ProcessorOptions {
  noRepeatNgram: number;
  repetitionPenalty: number;
  /** Sequences of ids that must not be written. */
  banned: readonly (readonly number[])[];
}

/** The processors these options ask for: bans come last, so that nothing lifts them. */
export function processorsFor({ noRepeatNgram, repetitionPenalty, banned }: ProcessorOptions): Processor[] {
  const processors: Processor[] = [];
  if (repetitionPenalty !== 1) processors.push(penalizeRepetition(repetitionPenalty));
  if (noRepeatNgram > 0) processors.push(forbidRepeatedNgrams(noRepeatNgram));
  if (banned.length > 0) processors.push(forbid(banned));
  return processors;
}

/**
 * The log-probability of every token already written counts `penalty` times (after Keskar et al. 2019, arXiv:1909.05858,
 * section 4.1, with log-probabilities in place of logits).
 */
export function penalizeRepetition(penalty: number): Processor {
  return (row, written) => {
    for (const id of new Set(written)) row.set(id, row.get(id) * penalty);
  };
}

/** No `size` tokens in a row are written twice (Paulus et al. 2018, arXiv:1705.04304, section 2.5, there for trigrams). */
export function forbidRepeatedNgrams(size: number): Processor {
  return (row, written) => {
    const from = written.length - size + 1;
    if (from < 0) return;
    for (let start = 0; start < from; start++) {
      let same = 0;
      while (same < size - 1 && written[start + same] === written[from + same]) same++;
      if (same === size - 1) row.ban(written[start + size - 1]!);
    }
  };
}

/** The last token of a banned sequence is refused where the tokens before it have just been written. */
export function forbid(sequences: readonly (readonly number[])[]): Processor {
  return (row, written) => {
    for (const sequence of sequences) {
      const from = written.length - sequence.length + 1;
      if (from < 0) continue;
      let same = 0;
      while (same < sequence.length - 1 && written[from + same] === sequence[same]) same++;
      if (same === sequence.length - 1) row.ban(sequence.at(-1)!);
    }
  };
}
