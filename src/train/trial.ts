import { type Example, makeBatch } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import type { AnyModel } from "../models/model-file.js";
import { Trainer } from "./trainer.js";
import { type Epoch, PairsInMemory, type TrainingData } from "./training-data.js";

/** What a few steps say about all of them. */
export interface Trial {
  /** Steps that were done, the first one on the largest batch. */
  steps: number;
  /** Steps of an epoch. */
  stepsPerEpoch: number;
  /** Of an epoch and of all training, evaluations not counted; early stopping may end it sooner. */
  secondsPerEpoch: number;
  seconds: number;
  largestBatch: { rows: number; sourceTime: number; targetTime: number };
}

/** The batches of an epoch, the largest one first, each with the time when it was asked for. */
class TrialData implements TrainingData {
  readonly fingerprint: string;
  readonly size: number;
  readonly longest: TrainingData["longest"];
  readonly batchesPerEpoch: number;
  readonly largest: readonly Example[];
  /** Cells of the batches asked for, and of all. */
  readonly asked: { cells: number; at: number }[] = [];
  readonly cells: number;
  readonly #batches: (readonly Example[])[];

  constructor(data: PairsInMemory) {
    const { fingerprint, size, longest, batchesPerEpoch } = data;
    [this.fingerprint, this.size, this.longest, this.batchesPerEpoch] = [fingerprint, size, longest, batchesPerEpoch];
    const { length, batch } = data.epoch(1);
    const batches = Array.from({ length }, (_, index) => batch(index) as readonly Example[]);
    this.cells = batches.reduce((sum, examples) => sum + cellsOf(examples), 0);
    this.largest = batches.reduce((most, examples) => (cellsOf(examples) > cellsOf(most) ? examples : most));
    this.#batches = [this.largest, ...batches.filter((examples) => examples !== this.largest)];
  }

  epoch(): Epoch {
    return {
      length: this.#batches.length,
      batch: (index) => {
        this.asked.push({ cells: cellsOf(this.#batches[index]!), at: performance.now() });
        return this.#batches[index]!;
      },
    };
  }
}

function cellsOf(examples: readonly Example[]): number {
  const { size, sourceTime, targetTime } = makeBatch(examples);
  return size * (sourceTime + targetTime);
}

/**
 * Trains a model, which is of no use afterwards, for about so many milliseconds on batches of the data, beginning with the
 * largest: what that took in time says what all of it takes, cell by cell, and what it took in memory is the most that any
 * step takes. Of `size` pairs, `pairs` may be a sample.
 */
export async function runTrial(
  model: AnyModel,
  pairs: readonly Pair[],
  milliseconds: number,
  size = pairs.length,
): Promise<Trial> {
  const data = new TrialData(new PairsInMemory(model, pairs));
  const trainer = new Trainer(model, data, pairs.slice(0, 1));
  const { epochs, steps, accumulate } = model.recipe.train;
  const controller = new AbortController();
  const began = performance.now();
  let ended = began;
  try {
    await trainer.run(() => {
      ended = performance.now();
      const { length } = data.asked;
      if (length === data.batchesPerEpoch || (ended - began > milliseconds && length > accumulate)) controller.abort();
    }, controller.signal);
    // The first step also makes room; where there is only one, it has to do.
    const counted = data.asked.length > accumulate ? data.asked.slice(accumulate) : data.asked;
    const cells = counted.reduce((sum, step) => sum + step.cells, 0);
    const share = size / pairs.length;
    const stepsPerEpoch = Math.ceil((data.batchesPerEpoch * share) / accumulate);
    const secondsPerEpoch = ((ended - counted[0]!.at) / 1000) * (data.cells / cells) * share;
    const { size: rows, sourceTime, targetTime } = makeBatch(data.largest);
    return {
      steps: Math.ceil(data.asked.length / accumulate),
      stepsPerEpoch,
      secondsPerEpoch,
      seconds: secondsPerEpoch * (epochs ?? steps! / stepsPerEpoch),
      largestBatch: { rows, sourceTime, targetTime },
    };
  } finally {
    trainer.dispose();
  }
}
