import type { DecoderOutput, StepDecoder } from "../../src/decode/step-decoder.js";
import { hashText, philox } from "../../src/random.js";

/** A row remembers all it has read: what comes next is a function of it, drawn like noise. */
export interface ToyRow {
  sentence: string;
  read: readonly number[];
}

/** Number `element` of a reproducible noise in [0, 1) that depends on a text. */
function noise(text: string, element: number): number {
  const words = new Uint32Array(4);
  philox(words, element, 0, 0, 0, hashText(text), 17);
  return words[0]! / 2 ** 32;
}

/**
 * A decoder without a model. The distribution after every prefix of every sentence is random but fixed; peaked like a
 * trained model's, with attention over `sourceTime` places. Scales above 1 make it more certain.
 */
export function toyDecoder(
  vocabularySize: number,
  sourceTime: number,
  scale = 2,
): StepDecoder<readonly string[], ToyRow[]> & { rowsSeen: number[] } {
  const rowsSeen: number[] = [];
  return {
    vocabularySize,
    rowsSeen,
    start: (sentences) => sentences.map((sentence) => ({ sentence, read: [] })),
    step(previousIds, rows): DecoderOutput<ToyRow[]> {
      rowsSeen.push(rows.length);
      const state = rows.map((row, i) => ({ ...row, read: [...row.read, previousIds[i]!] }));
      return {
        logProbabilities: Float64Array.from(state.flatMap((row) => distribution(row, vocabularySize, scale))),
        attention: Float64Array.from(state.flatMap((row) => lookedAt(row, sourceTime))),
        state,
      };
    },
    select: (rows, numbers) => Array.from(numbers, (number) => rows[number]!),
  };
}

/** log p of every token after `row`. */
export function distribution(row: ToyRow, vocabularySize: number, scale = 2): number[] {
  const key = `${row.sentence}|${row.read.join()}`;
  const logits = Array.from({ length: vocabularySize }, (_, id) => scale * Math.log(noise(key, id) + 1e-3));
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return logits.map((logit) => logit - total);
}

/** Weights over the source, summing to 1. */
export function lookedAt(row: ToyRow, sourceTime: number): number[] {
  const key = `looked ${row.sentence}|${row.read.join()}`;
  const raw = Array.from({ length: sourceTime }, (_, i) => noise(key, i) ** 3 + 1e-6);
  const total = raw.reduce((sum, value) => sum + value);
  return raw.map((value) => value / total);
}
