import { type Example, makeBatch } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import { RecipeError, TandemError } from "../errors.js";
import type { KernelClock } from "../kernels/kernel-clock.js";
import type { AnyModel } from "../models/model-file.js";
import { backward, ints, Scope } from "../tensor/index.js";
import { BestEpoch } from "./best-epoch.js";
import { restoreCheckpoint, type StatefulPart, type TrainingParts, writeCheckpoint } from "./checkpoint.js";
import { clippingScale } from "./clipping.js";
import { createOptimizer } from "./create-optimizer.js";
import { evaluateOnDev } from "./dev-evaluation.js";
import type { Optimizer } from "./optimizer.js";
import { Plateau } from "./plateau.js";
import type { EpochProgress, ProgressListener } from "./progress.js";
import { learningRateAt } from "./schedule.js";
import { addSteps, noSteps, type StepSums } from "./step-sums.js";
import { fingerprint, PairsInMemory, type TrainingData } from "./training-data.js";

/** Where training stands. */
interface Position {
  epoch: number;
  /** Batches of this epoch that have been consumed. */
  batch: number;
  step: number;
  lossSum: number;
  lossTokens: number;
}

export type TrainingOutcome = "finished" | "stopped early" | "aborted";

/** Lines of a batch that a message names. */
const NAMED_LINES = 5;

const PROGRESS_MILLISECONDS = 100;

/** With a clock of kernels one step of so many is timed, from this one on: the first steps make room. */
const CLOCKED = { every: 50, from: 10 };

/**
 * Trains a model in place: the recipe's optimiser under teacher forcing, dev loss and samples after every epoch, the best epoch kept.
 * Every number it draws depends on (seed, epoch or step, example), so a trainer restored from a checkpoint goes on as if
 * it had never stopped.
 */
export class Trainer {
  /** Times the kernels of some steps, where the model computes with the clock's backend. */
  kernelClock: KernelClock | undefined;
  readonly #optimizer: Optimizer;
  readonly #plateau: Plateau;
  readonly #best: BestEpoch;
  readonly #parts: TrainingParts;
  /** Of all data: a checkpoint of other data is refused. */
  readonly #fingerprint: string;
  readonly #scope: Scope;
  readonly #epochs: number;
  /** What ends training: `train.epochs` or `train.steps`; the other is infinite. */
  readonly #limit: { epochs: number; steps: number };
  /** What the schedule and the time left count on: epochs may differ by a batch. */
  readonly #totalSteps: number;
  readonly #position: Position = { epoch: 1, batch: 0, step: 0, lossSum: 0, lossTokens: 0 };

  constructor(
    readonly model: AnyModel,
    readonly data: TrainingData,
    readonly dev: readonly Pair[],
  ) {
    const { recipe, backend, parameters } = model;
    if (model.weights === "int8")
      throw new TandemError(
        "train: expected a model of float32 weights, got int8 ones. Train the model it was made from and quantize that.",
      );
    if (recipe.train.schedule === "plateau" && dev.length === 0)
      throw new RecipeError(
        "train.schedule: expected dev pairs that plateau can watch, got none. Give data.dev or data.holdOut, or choose another schedule.",
      );
    // What is wrong with dev is said before the first epoch, not after it.
    for (const [index, pair] of dev.entries()) model.example(pair, index, "dev");
    this.#fingerprint = `${data.fingerprint} ${fingerprint(dev)}`;
    this.#optimizer = createOptimizer(backend, parameters, recipe.train);
    this.#plateau = new Plateau(recipe.train);
    this.#best = new BestEpoch(model);
    this.#parts = {
      position: this.#positionPart(),
      optimizer: this.#optimizer,
      plateau: this.#plateau,
      best: this.#best,
    };
    this.#scope = new Scope(backend, { gradients: true });
    const { epochs, steps } = recipe.train;
    this.#limit = { epochs: epochs ?? Number.POSITIVE_INFINITY, steps: steps ?? Number.POSITIVE_INFINITY };
    this.#totalSteps = steps ?? data.batchesPerEpoch * epochs!;
    this.#epochs = epochs ?? Math.ceil(steps! / data.batchesPerEpoch);
    const { source, target } = data.longest;
    const longestRead = model.task === "language-model" ? { longestLine: target } : { longestSource: source };
    const { pretrained } = model.history;
    model.history = { pairs: data.size, steps: 0, ...longestRead, ...(pretrained && { pretrained }), epochs: [] };
  }

  /** A trainer on pairs that are all in memory. */
  static onPairs(model: AnyModel, train: readonly Pair[], dev: readonly Pair[]): Trainer {
    return new Trainer(model, new PairsInMemory(model, train), dev);
  }

  get step(): number {
    return this.#position.step;
  }

  /** Trains until the recipe's end, early stopping, or `signal`; the best epoch's parameters are in the model then. */
  async run(onProgress: ProgressListener, signal?: AbortSignal): Promise<TrainingOutcome> {
    const { patience } = this.model.recipe.train;
    const position = this.#position;
    let outcome: TrainingOutcome = "finished";
    while (position.epoch <= this.#limit.epochs && position.step < this.#limit.steps) {
      // Looked at before an epoch, so that a run restored at its early end ends there too.
      if (patience > 0 && position.epoch - 1 - this.#best.epoch >= patience) {
        outcome = "stopped early";
        break;
      }
      if (await this.#trainEpoch(onProgress, signal)) return "aborted";
      await onProgress(await this.#finishEpoch());
    }
    this.#best.load();
    return outcome;
  }

  /** The rest of an epoch; true if `signal` ended it. */
  async #trainEpoch(onProgress: ProgressListener, signal?: AbortSignal): Promise<boolean> {
    const position = this.#position;
    const epoch = await this.data.epoch(position.epoch);
    const started = performance.now();
    const firstStep = position.step;
    let [tokens, shown, ended, recent] = [0, started, started, noSteps()];
    while (position.batch < epoch.length && position.step < this.#limit.steps) {
      const examples = await epoch.batch(position.batch);
      const step = this.#isClocked()
        ? this.kernelClock!.time(() => this.#trainStep(examples))
        : this.#trainStep(examples);
      const now = performance.now();
      addSteps(recent, { ...step, seconds: (now - ended) / 1000 });
      tokens += step.tokens;
      ended = now;
      const isLast = position.batch === epoch.length || position.step === this.#limit.steps;
      if (now - shown < PROGRESS_MILLISECONDS && !isLast) continue;
      shown = now;
      const seconds = (now - started) / 1000;
      await onProgress({
        kind: "step",
        epoch: position.epoch,
        epochs: this.#epochs,
        step: position.step,
        totalSteps: this.#totalSteps,
        loss: position.lossSum / position.lossTokens,
        learningRate: this.#learningRate(),
        tokensPerSecond: tokens / seconds,
        secondsLeft: (seconds / (position.step - firstStep)) * Math.max(0, this.#totalSteps - position.step),
        recent,
      });
      recent = noSteps();
      // A turn of the event loop: signals arrive, pages stay alive.
      await new Promise((resolve) => setTimeout(resolve));
      if (signal?.aborted) return true;
      ended = performance.now();
    }
    return false;
  }

  #isClocked(): boolean {
    return this.kernelClock !== undefined && (this.#position.step + 1) % CLOCKED.every === CLOCKED.from;
  }

  #learningRate(): number {
    return this.#plateau.reduce(learningRateAt(this.#position.step, this.#totalSteps, this.model.recipe.train));
  }

  /** One optimiser step; what it came to, but its time. */
  #trainStep(examples: readonly Example[]): Omit<StepSums, "seconds"> {
    const { model } = this;
    const { seed, clipNorm, labelSmoothing } = model.recipe.train;
    const batch = makeBatch(examples);
    const position = this.#position;
    position.step++;
    position.batch++;
    this.#scope.reset();
    model.parameters.clearGradients();
    const predicted = model.lossCount(batch);
    const sums = { steps: 1, loss: 0, predicted, gradientNorm: 0 };
    this.#scope.run(() => {
      const examples = ints(batch.examples, [batch.size]);
      const training = { seed, step: position.step, examples };
      const loss = model.loss(batch, { training, smoothing: labelSmoothing, attentionLosses: true });
      const value = loss.item();
      if (!Number.isFinite(value)) throw this.#notFinite("loss", value, batch.examples);
      sums.loss = value * predicted;
      position.lossSum += sums.loss;
      position.lossTokens += predicted;
      backward(loss);
      const { norm, scale } = clippingScale(model.parameters, clipNorm);
      // Looked at before the parameters move: a checkpoint never holds what it led to.
      if (!Number.isFinite(norm)) throw this.#notFinite("gradient", norm, batch.examples);
      sums.gradientNorm = norm;
      this.#optimizer.step(this.#learningRate(), scale);
    });
    model.parameters.clearGradients();
    model.history.steps = position.step;
    const read = model.task === "language-model" ? 0 : batch.sourceMask.reduce((total, real) => total + real, 0);
    return { ...sums, tokens: predicted + read };
  }

  /** What went out of bounds in the step under way, and the lines of its batch. */
  #notFinite(what: string, value: number, examples: Int32Array): TandemError {
    const { step, epoch } = this.#position;
    const places = Array.from(
      examples.subarray(0, NAMED_LINES),
      (index) => this.data.placeOf?.(index) ?? `${index + 1}`,
    );
    const more = examples.length > NAMED_LINES ? ` and ${examples.length - NAMED_LINES} more` : "";
    return new TandemError(
      `training: expected a finite ${what}, got ${value} in step ${step} of epoch ${epoch}, of ${places.join(", ")}${more}. Lower train.learningRate or train.clipNorm, and look at these lines; the last checkpoint is as it was before.`,
    );
  }

  async #finishEpoch(): Promise<EpochProgress> {
    // No step is under way: its memory serves the evaluation meanwhile.
    this.#scope.clear();
    const started = performance.now();
    const position = this.#position;
    const { epoch, step } = position;
    const trainLoss = position.lossSum / position.lossTokens;
    const { measured, score = -epoch, samples } = await evaluateOnDev(this.model, this.dev);
    const { devPerplexity: _, ...kept } = measured;
    this.model.history.epochs.push({ epoch, trainLoss, ...kept });
    const best = this.#best.offer(epoch, score);
    if (this.model.recipe.train.schedule === "plateau") this.#plateau.offer(score);
    Object.assign(position, { epoch: epoch + 1, batch: 0, lossSum: 0, lossTokens: 0 });
    const seconds = (performance.now() - started) / 1000;
    return { kind: "epoch", epoch, epochs: this.#epochs, step, trainLoss, ...measured, samples, best, seconds };
  }

  #positionPart(): StatefulPart {
    return {
      state: () => ({ numbers: { ...this.#position }, tensors: new Map() }),
      restore: ({ numbers }) => Object.assign(this.#position, numbers),
    };
  }

  /** Everything needed to go on: the model's file with moments, best parameters and position added. */
  checkpoint(): Uint8Array<ArrayBuffer> {
    return writeCheckpoint(this.model, this.#parts, this.#fingerprint);
  }

  /** Goes on from a checkpoint of the same recipe and data. `file` is its name, for messages. */
  restore(bytes: Uint8Array, file: string): void {
    restoreCheckpoint(bytes, { model: this.model, parts: this.#parts, fingerprint: this.#fingerprint, file });
  }

  /** Gives back the memory of training; the model stays. */
  dispose(): void {
    this.#optimizer.dispose();
    this.#scope.dispose();
  }
}
