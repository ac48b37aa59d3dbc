// What the page asks the Worker and what it is answered: everything that computes is in the Worker.
import type {
  BeamTrace,
  ClassificationTrace,
  Recipe,
  RecipeInput,
  StreamedText,
  TaskName,
  Trace,
  TraceOptions,
  TrainingProgress,
  TranslateOptions,
  Translation,
} from "tandem-seq2seq";
import type { Attending, Meeting, Saturation, Sensitivity } from "./mechanism.js";

/** What the page knows of an open model. */
export interface ModelSummary {
  /** What calls name it by. */
  key: string;
  task: TaskName;
  recipe: Recipe;
  /** Bytes of its file. */
  bytes: number;
  /** Those of 8 bits are not trained further. */
  weights: "float32" | "int8";
}

/** The tasks that are learned in the page. */
export const LEARNED_TASKS = ["translate", "classify"] as const;
export type LearnedTask = (typeof LEARNED_TASKS)[number];

export interface TrainedModel {
  summary: ModelSummary;
  bytes: Uint8Array<ArrayBuffer>;
  /** Words and labels that the model it goes on from had not. */
  added: number;
  /** Stopped before its last epoch. */
  isStopped: boolean;
}

/** Where the bytes of a model come from. */
export type ModelPlace = { url: string } | { bytes: Uint8Array<ArrayBuffer> };

/** Options as they can be sent: what stops a call is sent apart. */
type Sent<Options> = Omit<Options, "signal" | "onProgress">;

export interface TrainingReport {
  progress: TrainingProgress;
  /** After an epoch: what the model makes of the watched line by then. */
  watched?: Trace | ClassificationTrace;
}

/** Another token at a place, and how the output goes on from it. */
export interface Continuation {
  token: string;
  probability: number;
  text: string;
}

/** Queries and keys: of random numbers, or those with which a model attended while it wrote the outputs of these lines. */
export type MeetingSource = { seed: number } | { model: string; lines: string[] };

/** The calls: what is given, what comes on the way, what is answered. */
export interface Calls {
  open: { input: { key: string; place: ModelPlace }; answer: ModelSummary };
  translate: { input: { model: string; lines: string[]; options?: Sent<TranslateOptions> }; answer: Translation[] };
  stream: {
    input: { model: string; line: string; options?: Sent<TranslateOptions> };
    part: StreamedText;
    answer: undefined;
  };
  /** What else could stand after these tokens, each with the output that begins so. */
  alternatives: { input: { model: string; line: string; prefix: string[] }; answer: Continuation[] };
  trace: { input: { model: string; line: string; options?: TraceOptions }; answer: Trace };
  traceClass: { input: { model: string; line: string }; answer: ClassificationTrace };
  beam: { input: { model: string; line: string; beamSize: number }; answer: BeamTrace };
  encode: { input: { model: string; lines: string[] }; answer: Float32Array[] };
  attend: { input: { meeting: Meeting; values: number[][]; scaled: boolean }; answer: Attending };
  saturation: {
    input: { source: MeetingSource };
    /** Without the division by √d and with it, by the size d. */
    answer: { count: number; plain: Saturation[]; scaled: Saturation[] };
  };
  /** One meeting of a source, cut to its first `size` numbers. */
  meet: { input: { source: MeetingSource; number: number; size: number; scaled: boolean }; answer: Sensitivity };
  train: {
    input: {
      pairs: [string, string][];
      task: LearnedTask;
      recipe: Omit<RecipeInput, "task">;
      watch: string;
      /** The open model that training goes on from. */
      from?: string | undefined;
      /** What the trained model is called by. */
      key: string;
    };
    part: TrainingReport;
    /** Of a run that was stopped after its first epoch: the best epoch so far. */
    answer: TrainedModel;
  };
  pause: { input: { on: boolean }; answer: undefined };
}

export type CallName = keyof Calls;
export type Input<Name extends CallName> = Calls[Name]["input"];
export type Answer<Name extends CallName> = Calls[Name]["answer"];
export type Part<Name extends CallName> = Calls[Name] extends { part: infer Of } ? Of : never;

/** From the page: a call, or that one is not wanted any more. */
export type Request =
  | { [Name in CallName]: { id: number; call: Name; input: Input<Name> } }[CallName]
  | { id: number; stop: true };

/** From the Worker; the last word about a call is an answer or an error. */
export type Response =
  | { id: number; part: unknown }
  | { id: number; answer: unknown }
  | { id: number; error: string; isStop: boolean };
