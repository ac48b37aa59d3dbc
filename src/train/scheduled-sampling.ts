import type { Batch } from "../data/batches.js";
import { ModelDecoder, type Sources } from "../decode/model-decoder.js";
import { bestOf, type DecoderOutput } from "../decode/step-decoder.js";
import type { DecoderState } from "../models/decoder.js";
import type { DecoderOnly } from "../models/decoder-only.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { RandomStream } from "../random.js";
import type { Recipe } from "../recipe/index.js";
import { PAD, START } from "../text/vocabulary.js";

/**
 * The probability with which a decoder reads its own last token instead of the right one at step i (Bengio et al. 2015,
 * "Scheduled sampling", section 2.4, of whose ε_i it is the complement), at most `probability` = p:
 *
 *   constant          p
 *   linear            p i / steps
 *   exponential       1 − k^i,   k < 1
 *   inverse-sigmoid   1 − k / (k + exp(i / k)),   k ≥ 1
 */
export function samplingProbability(step: number, options: Recipe["train"]["scheduledSampling"]): number {
  const { probability, schedule, steps, k } = options;
  switch (schedule) {
    case "constant":
      return probability;
    case "linear":
      return Math.min(probability, (probability * step) / steps!);
    case "exponential":
      return Math.min(probability, 1 - k! ** step);
    case "inverse-sigmoid":
      return Math.min(probability, 1 - k! / (k! + Math.exp(step / k!)));
  }
}

/**
 * What a decoder reads in training when some of the right tokens are replaced by its own. A pass without gradient and without
 * dropout goes through the batch token by token and takes, where a coin says so, the most probable one; the training pass
 * then reads the mixture as it would read the right tokens. Coins depend on the seed, the step, the example and the place.
 */
export class ScheduledSampling {
  #decoder: ModelDecoder | undefined;

  constructor(readonly model: Seq2Seq | DecoderOnly) {}

  /** `targetIn` of the batch, [batch, targetTime], with tokens of the model's own; `probability`: of each. */
  mix(batch: Batch, step: number, probability: number): Int32Array {
    const { size, targetTime, targetIn, targetMask, examples } = batch;
    const stream = new RandomStream(this.model.recipe.train.seed, "scheduled sampling", "", step);
    const isOwn = (row: number, time: number) =>
      targetMask[row * targetTime + time] === 1 && stream.uniform(time, examples[row]!) < probability;
    const rowsAt = Array.from({ length: targetTime }, (_, time) =>
      time === 0 ? [] : Array.from({ length: size }, (_, row) => row).filter((row) => isOwn(row, time)),
    );
    const last = rowsAt.findLastIndex((rows) => rows.length > 0);
    if (last < 0) return targetIn;
    const mixed = targetIn.slice();
    // Has what was packed of the parameters before the last step forgotten.
    this.model.packedWeights();
    this.#decoder ??= new ModelDecoder(this.model);
    let state = this.#decoder.start(sourcesOf(this.model, batch));
    for (let time = 1; time <= last; time++) {
      const previous = Int32Array.from({ length: size }, (_, row) => mixed[row * targetTime + time - 1]!);
      const output = this.#decoder.step(previous, state);
      state = output.state;
      if (rowsAt[time]!.length === 0) continue;
      const best = mostProbable(output, size);
      const read = this.model.network.decoder.readIds(best);
      for (const row of rowsAt[time]!) mixed[row * targetTime + time] = read[row]!;
    }
    return mixed;
  }

  dispose(): void {
    this.#decoder?.dispose();
  }
}

/** The sources of a batch as a search reads them. */
function sourcesOf({ task }: Seq2Seq | DecoderOnly, batch: Batch): Sources {
  const { size, sourceTime, source, sourceMask, copy } = batch;
  return Array.from({ length: size }, (_, row) => {
    if (task === "language-model") return { ids: [] };
    const first = row * sourceTime;
    const length = sourceMask.subarray(first, first + sourceTime).lastIndexOf(1);
    // How many words a source adds is all that a decoder asks of them.
    const copies = copy && {
      ids: copy.source.slice(first, first + length + 1),
      extraTokens: Array.from({ length: copy.extraCount }, () => ""),
    };
    return { ids: Array.from(source.subarray(first, first + length)), copies };
  });
}

/** Nothing that a search writes: no output has it inside. */
const NEVER_WRITTEN = [PAD, START];

/** The most probable token of each row that can be written. */
function mostProbable(output: DecoderOutput<DecoderState>, rows: number): Int32Array {
  const count = NEVER_WRITTEN.length + 1;
  const { ids } = output.outlook?.(count, new Int32Array(rows).fill(-1)) ?? bestOf(output, rows, count);
  return Int32Array.from(
    { length: rows },
    (_, row) => ids.subarray(row * count, (row + 1) * count).find((id) => !NEVER_WRITTEN.includes(id))!,
  );
}
