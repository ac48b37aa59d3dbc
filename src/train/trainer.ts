import { type Example, makeBatch, planBatches } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import { modelOf } from "../decode/any-model.js";
import { measure } from "../decode/measure.js";
import { lengthLimits } from "../decode/options.js";
import { DataError, ModelFileError, TandemError } from "../errors.js";
import { perplexity } from "../evaluate/index.js";
import type { EpochHistory } from "../models/model.js";
import type { AnyModel } from "../models/model-file.js";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../models/safetensors.js";
import { hashText } from "../random.js";
import { backward, ints, Scope } from "../tensor/index.js";
import { Adam, clippingScale } from "./adam.js";
import { learningRateAt } from "./schedule.js";

/** A development sentence, as it should be and as the model writes it now; a language model goes on from its first half. */
export interface Sample {
  source: string;
  reference: string;
  output: string;
}

/** After some steps (about ten times a second). */
export interface StepProgress {
  kind: "step";
  /** From 1. */
  epoch: number;
  epochs: number;
  step: number;
  totalSteps: number;
  /** Mean loss per target token (or label) since the epoch began, in nats. */
  loss: number;
  learningRate: number;
  /** Source and target tokens a second, padding not counted, in this epoch. */
  tokensPerSecond: number;
  secondsLeft: number;
}

/** What is measured on dev, in per cent and points: of translation what the recipe's metric asks for, else what costs nothing. */
type DevMeasures = Pick<EpochHistory, "exact" | "bleu" | "accuracy" | "f1">;

/** After every epoch. */
export interface EpochProgress extends DevMeasures {
  kind: "epoch";
  epoch: number;
  epochs: number;
  step: number;
  trainLoss: number;
  /** Absent without dev data; nats per token, or per label. */
  devLoss?: number;
  devPerplexity?: number;
  /** The same dev sentences after every epoch. */
  samples: Sample[];
  /** Whether this is the best epoch so far: the one the finished model will be. */
  best: boolean;
  seconds: number;
}

/** What `onProgress` is told; `kind` says which of the two. */
export type TrainingProgress = StepProgress | EpochProgress;

/** What it returns is awaited: after an epoch, the place to save. */
export type ProgressListener = (progress: TrainingProgress) => void | Promise<void>;

/** Where training stands; with the parameters and moments, all that a checkpoint holds. */
interface Position {
  epoch: number;
  /** Batches of this epoch that have been consumed. */
  batch: number;
  step: number;
  lossSum: number;
  lossTokens: number;
  bestScore: number | null;
  bestEpoch: number;
}

export type TrainingOutcome = "finished" | "stopped early" | "aborted";

const PROGRESS_MILLISECONDS = 100;
/** Times a loss in nats: far less than one sentence of any dev set is worth in percent. */
const TIE_BREAK = 1e-6;

/** What is measured on dev besides the loss. */
function devMetrics({ task, train }: AnyModel["recipe"]) {
  switch (task) {
    case "translate":
      // Writing every dev sentence takes a while.
      return train.metric === "loss" ? [] : (["exact", "bleu"] as const);
    case "classify":
      return ["accuracy", "f1"] as const;
    case "tag":
      return ["accuracy", "exact", "f1"] as const;
    case "language-model":
      return [];
  }
}

/**
 * Trains a model in place: Adam under teacher forcing, dev loss and samples after every epoch, the best epoch kept.
 * Every number it draws depends on (seed, epoch or step, example), so a trainer restored from a checkpoint goes on as if
 * it had never stopped.
 */
export class Trainer {
  /** As they are cut in the epoch under way. */
  #examples: Example[];
  readonly #pairs: readonly Pair[];
  /** Tells whether a checkpoint is of the same pairs. */
  readonly #fingerprint: string;
  readonly #adam: Adam;
  readonly #scope: Scope;
  readonly #stepsPerEpoch: number;
  readonly #epochs: number;
  /** What ends training: `train.epochs` or `train.steps`; the other is infinite. */
  readonly #limit: { epochs: number; steps: number };
  /** What the schedule and the time left count on: epochs may differ by a batch. */
  readonly #totalSteps: number;
  #position: Position = { epoch: 1, batch: 0, step: 0, lossSum: 0, lossTokens: 0, bestScore: null, bestEpoch: 0 };
  #best: Map<string, StoredTensor> | undefined;

  constructor(
    readonly model: AnyModel,
    train: readonly Pair[],
    readonly dev: readonly Pair[],
  ) {
    const { recipe, backend, parameters } = model;
    if (model.weights === "int8")
      throw new TandemError(
        "train: expected a model of float32 weights, got int8 ones. Train the model it was made from and quantize that.",
      );
    if (recipe.model.attention.guided > 0 && train.every((pair) => pair.alignment === undefined))
      throw new DataError(
        "train: expected alignments for model.attention.guided, got pairs without any. Give each pair an alignment such as 0-0 1-2, or data.alignments a file of them.",
      );
    this.#pairs = train;
    this.#examples = train.map((pair, index) => model.example(pair, index, "train", 1));
    // What is wrong with dev is said before the first epoch, not after it.
    for (const [index, pair] of dev.entries()) model.example(pair, index, "dev");
    this.#fingerprint = `${fingerprint(train)} ${fingerprint(dev)}`;
    this.#adam = new Adam(backend, parameters);
    this.#scope = new Scope(backend, { gradients: true });
    this.#stepsPerEpoch = this.#plan(1).length;
    const { epochs, steps } = recipe.train;
    this.#limit = { epochs: epochs ?? Number.POSITIVE_INFINITY, steps: steps ?? Number.POSITIVE_INFINITY };
    this.#totalSteps = steps ?? this.#stepsPerEpoch * epochs!;
    this.#epochs = epochs ?? Math.ceil(steps! / this.#stepsPerEpoch);
    const longest = (side: "source" | "target") =>
      this.#examples.reduce((most, example) => Math.max(most, example[side].length), 0);
    const longestRead =
      model.task === "language-model" ? { longestLine: longest("target") } : { longestSource: longest("source") };
    const { pretrained } = model.history;
    model.history = { pairs: train.length, steps: 0, ...longestRead, ...(pretrained && { pretrained }), epochs: [] };
  }

  get step(): number {
    return this.#position.step;
  }

  /** Trains until the recipe's end, early stopping, or `signal`; the best epoch's parameters are in the model then. */
  async run(onProgress: ProgressListener, signal?: AbortSignal): Promise<TrainingOutcome> {
    const { patience } = this.model.recipe.train;
    let outcome: TrainingOutcome = "finished";
    while (this.#position.epoch <= this.#limit.epochs && this.#position.step < this.#limit.steps) {
      // Looked at before an epoch, so that a run restored at its early end ends there too.
      if (patience > 0 && this.#position.epoch - 1 - this.#position.bestEpoch >= patience) {
        outcome = "stopped early";
        break;
      }
      if (await this.#trainEpoch(onProgress, signal)) return "aborted";
      await onProgress(await this.#finishEpoch());
    }
    for (const [name, { shape, data }] of this.#best ?? []) this.model.parameters.load(name, shape, data);
    return outcome;
  }

  /** The rest of an epoch; true if `signal` ended it. */
  async #trainEpoch(onProgress: ProgressListener, signal?: AbortSignal): Promise<boolean> {
    const position = this.#position;
    this.#cutAnew(position.epoch);
    const plan = this.#plan(position.epoch);
    const started = performance.now();
    let [tokens, shown, firstStep] = [0, started, position.step];
    while (position.batch < plan.length && position.step < this.#limit.steps) {
      tokens += this.#trainStep(plan[position.batch]!);
      const now = performance.now();
      if (now - shown < PROGRESS_MILLISECONDS && position.batch < plan.length) continue;
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
      });
      // A turn of the event loop: signals arrive, pages stay alive.
      await new Promise((resolve) => setTimeout(resolve));
      if (signal?.aborted) return true;
    }
    return false;
  }

  #learningRate(): number {
    return learningRateAt(this.#position.step, this.#totalSteps, this.model.recipe.train);
  }

  /** One optimiser step; returns the real tokens of its batch. */
  #trainStep(positions: Int32Array): number {
    const { model } = this;
    const { seed, clipNorm, labelSmoothing } = model.recipe.train;
    const batch = makeBatch(Array.from(positions, (position) => this.#examples[position]!));
    const position = this.#position;
    position.step++;
    position.batch++;
    this.#scope.reset();
    model.parameters.clearGradients();
    this.#scope.run(() => {
      const examples = ints(batch.examples, [batch.size]);
      const training = { seed, step: position.step, examples };
      const loss = model.loss(batch, { training, smoothing: labelSmoothing, attentionLosses: true });
      const value = loss.item();
      if (!Number.isFinite(value))
        throw new TandemError(
          `training: expected a finite loss, got ${value} in step ${position.step}. Lower train.learningRate or train.clipNorm.`,
        );
      position.lossSum += value * model.lossCount(batch);
      position.lossTokens += model.lossCount(batch);
      backward(loss);
      this.#adam.step(this.#learningRate(), clippingScale(model.parameters, clipNorm).scale);
    });
    model.parameters.clearGradients();
    model.history.steps = position.step;
    const read = model.task === "language-model" ? 0 : batch.sourceMask.reduce((total, real) => total + real, 0);
    return model.lossCount(batch) + read;
  }

  async #finishEpoch(): Promise<EpochProgress> {
    // No step is under way: its memory serves the evaluation meanwhile.
    this.#scope.clear();
    const started = performance.now();
    const { recipe } = this.model;
    const position = this.#position;
    const model = await modelOf(this.model);
    const trainLoss = position.lossSum / position.lossTokens;
    const measured: Pick<EpochProgress, "devLoss" | "devPerplexity"> & DevMeasures = {};
    let score = -position.epoch;
    if (this.dev.length > 0) {
      const { total, tokens } = model.score(this.dev);
      measured.devLoss = total / tokens;
      measured.devPerplexity = perplexity(total, tokens);
      score = measured.devLoss;
      const metrics = devMetrics(recipe);
      if (metrics.length > 0) Object.assign(measured, (await measure(this.model, this.dev, { metrics })).numbers);
      // Of equal epochs, the one with the lower loss.
      const { metric } = recipe.train;
      if (metric !== "loss") score = -measured[metric]! + TIE_BREAK * Math.min(measured.devLoss, 100);
    }
    const shown = this.dev.slice(0, recipe.train.samples);
    const sources = shown.map((pair) => this.#sampleSource(pair));
    const outputs = await model.outputs(sources);
    this.model.forgetPackedWeights();
    const samples = shown.map((pair, i) => ({ source: sources[i]!, reference: pair.target, output: outputs[i]! }));
    const { devPerplexity: _, ...kept } = measured;
    this.model.history.epochs.push({ epoch: position.epoch, trainLoss, ...kept });
    const best = position.bestScore === null || score < position.bestScore;
    if (best) {
      position.bestScore = score;
      position.bestEpoch = position.epoch;
      this.#best = this.model.tensors();
    }
    const { epoch, step } = position;
    Object.assign(position, { epoch: epoch + 1, batch: 0, lossSum: 0, lossTokens: 0 });
    const seconds = (performance.now() - started) / 1000;
    return { kind: "epoch", epoch, epochs: this.#epochs, step, trainLoss, ...measured, samples, best, seconds };
  }

  /** What the model is shown of a dev example: its source, or of a line the first half. */
  #sampleSource({ source, target }: Pair): string {
    if (this.model.task !== "language-model") return source;
    const { history, recipe } = this.model;
    const { tokenizer } = this.model.target;
    const tokens = tokenizer.encode(target);
    const { maxLength } = lengthLimits(recipe.decode, history.longestLine!);
    return tokenizer.decode(tokens.slice(0, Math.min(Math.ceil(tokens.length / 2), maxLength)));
  }

  /** With BPE-dropout every epoch has its own tokens; those of the first are cut when the trainer is made. */
  #cutAnew(epoch: number): void {
    const { source, target } = this.model.recipe;
    if (epoch > 1 && (source.bpeDropout > 0 || target.bpeDropout > 0))
      this.#examples = this.#pairs.map((pair, index) => this.model.example(pair, index, "train", epoch));
  }

  #plan(epoch: number): Int32Array[] {
    const { batchTokens, batchSize, seed } = this.model.recipe.train;
    const limit = batchTokens === undefined ? { batchSize: batchSize! } : { batchTokens };
    return planBatches(this.#examples, { ...limit, seed, epoch });
  }

  /** Everything needed to go on: the model's file with moments, best parameters and position added. */
  checkpoint(): Uint8Array<ArrayBuffer> {
    const metadata = this.model.metadata();
    metadata.set("data", this.#fingerprint);
    metadata.set("training", JSON.stringify({ ...this.#position, adamSteps: this.#adam.steps }));
    const tensors = this.model.tensors();
    const { memory } = this.model.backend;
    for (const [name, { first, second, size }] of this.#adam.moments)
      for (const [moment, pointer] of [
        ["moment1", first],
        ["moment2", second],
      ] as const)
        tensors.set(`adam.${moment}.${name}`, { shape: [size], data: Float32Array.from(memory.floats(pointer, size)) });
    for (const [name, tensor] of this.#best ?? []) tensors.set(`best.${name}`, tensor);
    return writeSafetensors({ metadata, tensors });
  }

  /** Goes on from a checkpoint of the same recipe and data. `name` is the file's, for messages. */
  restore(bytes: Uint8Array, name: string): void {
    const { metadata, tensors } = readSafetensors(bytes, name);
    const training = metadata.get("training");
    const mine = this.model.metadata().set("data", this.#fingerprint);
    if (training === undefined)
      throw new ModelFileError(
        `checkpoint ${name}: expected a checkpoint, got a file without the state of training. Give one from checkpoints/.`,
      );
    for (const key of ["recipe", "data", ...this.model.text().map(([name]) => name)])
      if (metadata.get(key) !== mine.get(key))
        throw new ModelFileError(
          `checkpoint ${name}: expected one of the same recipe and data, got ${key === "data" ? "other data" : `another ${key}`}. Start a new run without --resume.`,
        );
    const { adamSteps, ...position } = JSON.parse(training) as Position & { adamSteps: number };
    this.#position = position;
    this.model.history = JSON.parse(metadata.get("history")!);
    const { memory } = this.model.backend;
    for (const [parameter] of this.model.parameters) {
      const { shape, data } = tensors.get(parameter)!;
      this.model.parameters.load(parameter, shape, data);
      const { first, second, size } = this.#adam.moments.get(parameter)!;
      memory.floats(first, size).set(tensors.get(`adam.moment1.${parameter}`)!.data);
      memory.floats(second, size).set(tensors.get(`adam.moment2.${parameter}`)!.data);
    }
    this.#adam.resumeAfter(adamSteps);
    const best = [...tensors].filter(([key]) => key.startsWith("best."));
    this.#best = best.length === 0 ? undefined : new Map(best.map(([key, tensor]) => [key.slice(5), tensor]));
  }

  /** Gives back the memory of training; the model stays. */
  dispose(): void {
    this.#adam.dispose();
    this.#scope.dispose();
  }
}

/** A number that all texts and their order go into. */
function fingerprint(pairs: readonly Pair[]): string {
  let hash = 0;
  for (const { source, target, alignment = "" } of pairs)
    for (const text of alignment ? [source, target, alignment] : [source, target])
      hash = Math.imul(hash, 0x01000193) ^ hashText(text);
  return `${pairs.length}-${(hash >>> 0).toString(16)}`;
}
