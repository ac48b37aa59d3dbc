import { type Batch, makeBatch } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import { RecipeError, TandemError } from "../errors.js";
import type { KernelClock } from "../kernels/kernel-clock.js";
import type { AnyModel } from "../models/model-file.js";
import { writeSafetensors } from "../models/safetensors.js";
import { backward, ints, Scope } from "../tensor/index.js";
import { BestEpoch } from "./best-epoch.js";
import { restoreCheckpoint, type StatefulPart, type TrainingParts, writeCheckpoint } from "./checkpoint.js";
import { clippingScale } from "./clipping.js";
import { createOptimizer } from "./create-optimizer.js";
import { evaluateOnDev } from "./dev-evaluation.js";
import { GradientSum, type PartShare, sharesOf } from "./gradient-sum.js";
import { MovingAverage } from "./moving-average.js";
import type { Optimizer } from "./optimizer.js";
import { Plateau } from "./plateau.js";
import type { EpochProgress, EvaluationProgress, ProgressListener } from "./progress.js";
import { learningRateAt } from "./schedule.js";
import { ScheduledSampling, samplingProbability } from "./scheduled-sampling.js";
import { addSteps, noSteps, type StepSums } from "./step-sums.js";
import { fingerprint, PairsInMemory, type TrainingData } from "./training-data.js";

/** Where training stands. */
interface Position {
  epoch: number;
  /** Batches of this epoch that have been consumed. */
  batch: number;
  step: number;
  /** How often dev has been measured. */
  evaluations: number;
  lossSum: number;
  lossTokens: number;
  /** Of both sides of this epoch's batches: all of them, and those that are padding. */
  cells: number;
  padding: number;
}

export type TrainingOutcome = "finished" | "stopped early" | "aborted";

/** What a run does besides training. */
export interface RunOptions {
  /** Keeps a checkpoint: awaited after every epoch, and within one as often as `train.checkpointEvery` says. */
  save?: (() => Promise<void>) | undefined;
  /** The step after which the run ends as by its signal. */
  stopAt?: number;
}

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
  /** With `train.ema`: what is measured on dev and saved, instead of the parameters themselves. */
  readonly #average: MovingAverage | undefined;
  /** With `train.scheduledSampling`. */
  readonly #sampling: ScheduledSampling | undefined;
  /** Of a step of several batches. */
  readonly #gradients: GradientSum | undefined;
  /** Of all data: a checkpoint of other data is refused. */
  readonly #fingerprint: string;
  readonly #scope: Scope;
  readonly #epochs: number;
  /** What ends training: `train.epochs` or `train.steps`; the other is infinite. */
  readonly #limit: { epochs: number; steps: number };
  /** What the schedule and the time left count on: epochs may differ by a batch. */
  readonly #totalSteps: number;
  readonly #position: Position = {
    ...{ epoch: 1, batch: 0, step: 0, evaluations: 0 },
    ...{ lossSum: 0, lossTokens: 0, cells: 0, padding: 0 },
  };
  /** When the last checkpoint was kept. */
  #saved = { step: 0, time: 0 };

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
    if (recipe.train.evaluateEvery !== undefined && dev.length === 0)
      throw new RecipeError(
        "train.evaluateEvery: expected dev pairs to measure, got none. Give data.dev or data.holdOut, or leave it out.",
      );
    // What is wrong with dev is said before the first epoch, not after it.
    for (const [index, pair] of dev.entries()) model.example(pair, index, "dev");
    this.#fingerprint = `${data.fingerprint} ${fingerprint(dev)}`;
    this.#optimizer = createOptimizer(backend, parameters, recipe.train);
    this.#plateau = new Plateau(recipe.train);
    this.#best = new BestEpoch(model);
    if (recipe.train.ema > 0) this.#average = new MovingAverage(parameters, recipe.train.ema);
    this.#parts = {
      position: this.#positionPart(),
      optimizer: this.#optimizer,
      plateau: this.#plateau,
      best: this.#best,
      ...(this.#average && { average: this.#average }),
    };
    this.#scope = new Scope(backend, { gradients: true });
    const { epochs, steps, accumulate } = recipe.train;
    const writes = model.task === "translate" || model.task === "language-model";
    if (writes && recipe.train.scheduledSampling.probability > 0) this.#sampling = new ScheduledSampling(model);
    if (accumulate > 1) this.#gradients = new GradientSum(parameters);
    this.#limit = { epochs: epochs ?? Number.POSITIVE_INFINITY, steps: steps ?? Number.POSITIVE_INFINITY };
    const stepsPerEpoch = Math.ceil(data.batchesPerEpoch / accumulate);
    this.#totalSteps = steps ?? stepsPerEpoch * epochs!;
    this.#epochs = epochs ?? Math.ceil(steps! / stepsPerEpoch);
    const { pretrained, from, added } = model.history;
    // What a model could read it still can.
    const longestSource = Math.max(from?.longestSource ?? 0, data.longest.source);
    const longestLine = Math.max(from?.longestLine ?? 0, data.longest.target);
    const longestRead = model.task === "language-model" ? { longestLine } : { longestSource };
    const origin = { ...(pretrained && { pretrained }), ...(from && { from }), ...(added && { added }) };
    model.history = { pairs: data.size, steps: 0, ...longestRead, ...origin, epochs: [] };
  }

  /** A trainer on pairs that are all in memory. */
  static onPairs(model: AnyModel, train: readonly Pair[], dev: readonly Pair[]): Trainer {
    return new Trainer(model, new PairsInMemory(model, train), dev);
  }

  get step(): number {
    return this.#position.step;
  }

  /** The epoch under way, or the next one. */
  get epoch(): number {
    return this.#position.epoch;
  }

  /**
   * Trains until the recipe's end, early stopping, or `signal`; but after an abortion the best epoch's parameters are in the
   * model then.
   */
  async run(onProgress: ProgressListener, signal?: AbortSignal, options: RunOptions = {}): Promise<TrainingOutcome> {
    const position = this.#position;
    this.#noteSaved();
    let outcome: TrainingOutcome = "finished";
    while (position.epoch <= this.#limit.epochs && position.step < this.#limit.steps) {
      // Looked at before an epoch, so that a run restored at its early end ends there too.
      if (this.#isOutOfPatience()) {
        outcome = "stopped early";
        break;
      }
      if (await this.#trainEpoch(onProgress, signal, options)) return "aborted";
      // Within an epoch too, when dev was measured there.
      if (this.#isOutOfPatience()) continue;
      await onProgress(await this.#finishEpoch());
      await options.save?.();
      this.#noteSaved();
    }
    this.#best.load();
    return outcome;
  }

  /** The rest of an epoch; true if `signal` or `stopAt` ended it. */
  async #trainEpoch(
    onProgress: ProgressListener,
    signal: AbortSignal | undefined,
    { save, stopAt }: RunOptions,
  ): Promise<boolean> {
    const position = this.#position;
    const epoch = await this.data.epoch(position.epoch);
    let started = performance.now();
    const firstStep = position.step;
    const { evaluateEvery } = this.model.recipe.train;
    let [tokens, shown, ended, recent] = [0, started, started, noSteps()];
    while (position.batch < epoch.length && position.step < this.#limit.steps) {
      const batches: Batch[] = [];
      const last = Math.min(position.batch + this.model.recipe.train.accumulate, epoch.length);
      for (let next = position.batch; next < last; next++) batches.push(makeBatch(await epoch.batch(next)));
      const step = this.#isClocked()
        ? this.kernelClock!.time(() => this.#trainStep(batches))
        : this.#trainStep(batches);
      const isLast = position.batch === epoch.length || position.step === this.#limit.steps;
      const isEvaluated = !isLast && position.step % (evaluateEvery ?? Number.POSITIVE_INFINITY) === 0;
      if (isEvaluated) {
        const before = performance.now();
        await onProgress({ ...(await this.#evaluate({ step: position.step })), kind: "evaluation" });
        // Speed is that of steps.
        const paused = performance.now() - before;
        [started, ended] = [started + paused, ended + paused];
      }
      if (save && (isEvaluated || this.#isSaveDue())) {
        await save();
        this.#noteSaved();
      }
      if (position.step === stopAt) return true;
      if (isEvaluated && this.#isOutOfPatience()) return false;
      const now = performance.now();
      addSteps(recent, { ...step, seconds: (now - ended) / 1000 });
      tokens += step.tokens;
      ended = now;
      if (now - shown < PROGRESS_MILLISECONDS && !isLast && !signal?.aborted) continue;
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

  #noteSaved(): void {
    this.#saved = { step: this.#position.step, time: performance.now() };
  }

  #isSaveDue(): boolean {
    const { steps = Number.POSITIVE_INFINITY, minutes } = this.model.recipe.train.checkpointEvery;
    const { step, time } = this.#saved;
    return this.#position.step - step >= steps || performance.now() - time >= minutes * 60_000;
  }

  #isClocked(): boolean {
    return this.kernelClock !== undefined && (this.#position.step + 1) % CLOCKED.every === CLOCKED.from;
  }

  #learningRate(): number {
    return this.#plateau.reduce(learningRateAt(this.#position.step, this.#totalSteps, this.model.recipe.train));
  }

  /** One optimiser step on one or several batches; what it came to, but its time. */
  #trainStep(batches: readonly Batch[]): Omit<StepSums, "seconds"> {
    const { model } = this;
    const position = this.#position;
    position.step++;
    position.batch += batches.length;
    const { lossSum, lossTokens } = position;
    let gradientNorm = 0;
    const counts = batches.map((batch) => model.lossCount(batch));
    const shares = this.#gradients ? sharesOf(batches, counts) : [];
    for (const [i, batch] of batches.entries()) {
      this.#scope.reset();
      model.parameters.clearGradients();
      this.#scope.run(() => this.#computeGradient(batch, counts[i]!, shares[i]));
    }
    this.#scope.run(() => {
      this.#gradients?.apply();
      const { norm, scale } = clippingScale(model.parameters, model.recipe.train.clipNorm);
      // Looked at before the parameters move: a checkpoint never holds what it led to.
      if (!Number.isFinite(norm)) throw this.#notFinite("gradient", norm, batches);
      gradientNorm = norm;
      this.#optimizer.step(this.#learningRate(), scale);
      this.#average?.update();
    });
    this.#gradients?.clear();
    model.parameters.clearGradients();
    model.history.steps = position.step;
    const predicted = position.lossTokens - lossTokens;
    // A language model reads no source.
    const read = model.task === "language-model" ? 0 : batches.reduce((sum, { sourceTokens }) => sum + sourceTokens, 0);
    return { steps: 1, loss: position.lossSum - lossSum, predicted, gradientNorm, tokens: predicted + read };
  }

  /** Runs a batch forward and backward. `count`: what its loss is a mean over; `share`: of a part of the step's batches. */
  #computeGradient(batch: Batch, count: number, share?: PartShare): void {
    const { seed, labelSmoothing, scheduledSampling } = this.model.recipe.train;
    const position = this.#position;
    const { step } = position;
    const targetIn = this.#sampling?.mix(batch, step, samplingProbability(step, scheduledSampling)) ?? batch.targetIn;
    const training = { seed, step, examples: ints(batch.examples, [batch.size]) };
    const guidance = share && { guidanceScale: share.guidance };
    const options = { training, smoothing: labelSmoothing, attentionLosses: true, ...guidance };
    const loss = this.model.loss({ ...batch, targetIn }, options);
    const value = loss.item();
    if (!Number.isFinite(value)) throw this.#notFinite("loss", value, [batch]);
    position.lossSum += value * count;
    position.lossTokens += count;
    const cells = batch.sourceMask.length + batch.targetMask.length;
    position.cells += cells;
    position.padding += cells - batch.targetTokens - batch.sourceTokens;
    backward(loss);
    if (share) this.#gradients!.add(share.loss);
  }

  /** What went out of bounds in the step under way, and the lines of these batches of it. */
  #notFinite(what: string, value: number, batches: readonly Batch[]): TandemError {
    const { step, epoch } = this.#position;
    const examples = batches.flatMap((batch) => [...batch.examples]);
    const places = examples.slice(0, NAMED_LINES).map((index) => this.data.placeOf?.(index) ?? `${index + 1}`);
    const more = examples.length > NAMED_LINES ? ` and ${examples.length - NAMED_LINES} more` : "";
    return new TandemError(
      `training: expected a finite ${what}, got ${value} in step ${step} of epoch ${epoch}, of ${places.join(", ")}${more}. Lower train.learningRate or train.clipNorm, and look at these lines; the last checkpoint is as it was before.`,
    );
  }

  /** Whether early stopping ends training: that many measurements of dev have been no improvement. */
  #isOutOfPatience(): boolean {
    const { patience } = this.model.recipe.train;
    return patience > 0 && this.#position.evaluations - this.#best.evaluation >= patience;
  }

  async #finishEpoch(): Promise<EpochProgress> {
    const found = await this.#evaluate();
    const position = this.#position;
    Object.assign(position, { epoch: position.epoch + 1, batch: 0, lossSum: 0, lossTokens: 0, cells: 0, padding: 0 });
    return { ...found, kind: "epoch" };
  }

  /** Measures dev, which may choose the model and lower the learning rate. `within`: the step, if the epoch goes on. */
  async #evaluate(within: { step?: number } = {}): Promise<Omit<EvaluationProgress, "kind">> {
    // No step is under way: its memory serves the evaluation meanwhile.
    this.#scope.clear();
    const started = performance.now();
    const position = this.#position;
    const { epoch, step } = position;
    const evaluation = ++position.evaluations;
    const trainLoss = position.lossSum / position.lossTokens;
    const padding = position.padding / position.cells;
    const evaluate = async () => {
      const { measured, score = -epoch, samples } = await evaluateOnDev(this.model, this.dev);
      const { devPerplexity: _, ...kept } = measured;
      this.model.history.epochs.push({ epoch, ...within, trainLoss, ...kept });
      return { measured, score, samples, best: this.#best.offer(evaluation, score) };
    };
    const { measured, score, samples, best } = await (this.#average ? this.#average.lend(evaluate) : evaluate());
    if (this.model.recipe.train.schedule === "plateau") this.#plateau.offer(score);
    const seconds = (performance.now() - started) / 1000;
    const common = { epoch, epochs: this.#epochs, step, trainLoss, padding };
    return { ...common, ...measured, samples, score, best, seconds };
  }

  #positionPart(): StatefulPart {
    return {
      state: () => ({ numbers: { ...this.#position }, tensors: new Map() }),
      restore: ({ numbers }) => Object.assign(this.#position, numbers),
    };
  }

  /** The file of the model as dev measures it: with `train.ema` that of the average, which is not the one in training. */
  measuredModel(): Uint8Array<ArrayBuffer> {
    if (this.#average === undefined) return this.model.toBytes();
    return writeSafetensors({ metadata: this.model.metadata(), tensors: new Map(this.#average.state().tensors) });
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
    this.#gradients?.dispose();
    this.#average?.dispose();
    this.#sampling?.dispose();
    this.#scope.dispose();
  }
}
