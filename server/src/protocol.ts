// What the server's thread and the threads that hold the models say to each other.
import type { BackendName, ClassifyOptions, GenerateOptions, TaskName, TranslateOptions } from "tandem-seq2seq";

/** A model file to be served, and the name that requests call it by. */
export interface ModelFile {
  name: string;
  path: string;
}

/** What is known of a model that is served. */
export interface ModelFacts {
  name: string;
  task: TaskName;
  /** BCP 47 tags, or "auto"; a language model reads nothing, and labels have no language. */
  languages: { source?: string; target?: string };
  /** What it attends by; `none` where it does not. */
  attention?: string;
  parameters: number;
  /** Of a classifier its labels, of a tagger its tags. */
  labels?: string[];
}

/** What each call takes besides its texts. */
export interface CallOptions {
  translate: Omit<TranslateOptions, "prefix" | "signal">;
  classify: Omit<ClassifyOptions, "signal">;
  tag: object;
  generate: Omit<GenerateOptions, "signal"> & { count?: number };
  encode: object;
  trace: { beamSize?: number };
  stream: Omit<TranslateOptions, "prefix" | "signal" | "splitSentences">;
}

/** What a model is asked to do. */
export type Call = { [Name in keyof CallOptions]: { name: Name; options: CallOptions[Name] } }[keyof CallOptions];

/** The part of a job that belongs to one request. */
export interface Item {
  texts: readonly string[];
  /** What the outputs begin with, one for each text. */
  prefixes?: readonly string[];
}

/** Requests that are answered together: the same call with the same options of the same model. */
export interface Job {
  model: string;
  call: Call;
  items: readonly Item[];
}

/** What became of an item: its results as JSON, without the brackets of their list, or why there are none. */
export type Outcome = { json: string } | { code: "invalid_request" | "internal" | "aborted"; message: string };

/** What a worker is started with. */
export interface WorkerData {
  models: readonly ModelFile[];
  backend?: BackendName;
  threads?: number;
}

export type ToWorker = { kind: "run"; id: number; job: Job } | { kind: "abort"; id: number };

export type FromWorker =
  | { kind: "ready"; models: ModelFacts[] }
  | { kind: "refused"; message: string }
  | { kind: "event"; id: number; json: string }
  | { kind: "done"; id: number; outcomes: Outcome[] };
