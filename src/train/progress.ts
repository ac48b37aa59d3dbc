import type { EpochHistory } from "../models/model.js";
import type { StepSums } from "./step-sums.js";

/** A development sentence, as it should be and as the model writes it now; a language model goes on from its first half. */
export interface Sample {
  source: string;
  reference: string;
  output: string;
  /** Where it looked, of the first few samples of models with attention: [rows, columns] weights, to three digits. */
  attention?: { rows: string[]; columns: string[]; weights: number[][] };
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
  /** Of the steps since the event before: loss, gradient norm and speed of just these. */
  recent: StepSums;
}

/** What is measured on dev, in per cent and points: of translation what the recipe's metric asks for, else what costs nothing. */
export type DevMeasures = Omit<EpochHistory, "epoch" | "trainLoss" | "devLoss">;

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
  /** What epochs are ranked by, the lower the better: by the recipe's metric, or without dev data the last one first. */
  score: number;
  /** Whether this is the best epoch so far: the one the finished model will be. */
  best: boolean;
  seconds: number;
}

/** What `onProgress` is told; `kind` says which of the two. */
export type TrainingProgress = StepProgress | EpochProgress;

/** What it returns is awaited: after an epoch, the place to save. */
export type ProgressListener = (progress: TrainingProgress) => void | Promise<void>;
