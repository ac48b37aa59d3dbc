import type { GenerateOptions } from "../decode/generation.js";
import type { TranslateOptions } from "../decode/options.js";
import type { ReasonKind } from "../decode/reasons.js";
import { RecipeError } from "../errors.js";
import type { BackendName } from "../kernels/backend.js";
import type { Task } from "../models/model.js";
import type { AttentionFile } from "./options.js";

/** What is written for a line. */
export type PredictFormat = "text" | "tsv" | "jsonl";

/** As commander gives them: what is not said on the command line is absent. */
export interface PredictCommandOptions {
  beam?: number;
  nbest?: number;
  lengthPenalty?: number | "average";
  coveragePenalty?: number;
  sample?: boolean;
  temperature?: number;
  topK?: number;
  topP?: number;
  seed?: number;
  minLength?: TranslateOptions["minLength"];
  maxLength?: TranslateOptions["maxLength"];
  blockNgram?: number;
  repetitionPenalty?: number;
  prefix?: string;
  require?: string[];
  ban?: string[];
  replaceUnknown?: string | true;
  weights?: boolean;
  split: boolean;
  reason?: ReasonKind;
  count?: number;
  history?: number;
  format: PredictFormat;
  attention?: AttentionFile;
  backend?: BackendName;
  threads?: number;
}

/** Options of one task or two, by how they are written. */
const SEARCHING: readonly Task[] = ["translate", "language-model"];
const TASKS_OF_OPTION: Partial<Record<keyof PredictCommandOptions, [flag: string, tasks: readonly Task[]]>> = {
  beam: ["--beam", SEARCHING],
  nbest: ["--nbest", SEARCHING],
  lengthPenalty: ["--length-penalty", SEARCHING],
  coveragePenalty: ["--coverage-penalty", ["translate"]],
  sample: ["--sample", SEARCHING],
  temperature: ["--temperature", SEARCHING],
  topK: ["--top-k", SEARCHING],
  topP: ["--top-p", SEARCHING],
  seed: ["--seed", SEARCHING],
  minLength: ["--min-length", SEARCHING],
  maxLength: ["--max-length", SEARCHING],
  blockNgram: ["--block-ngram", SEARCHING],
  repetitionPenalty: ["--repetition-penalty", SEARCHING],
  prefix: ["--prefix", ["translate"]],
  require: ["--require", SEARCHING],
  ban: ["--ban", SEARCHING],
  replaceUnknown: ["--replace-unknown", ["translate"]],
  weights: ["--weights", ["translate"]],
  attention: ["--attention", ["translate"]],
  reason: ["--reason", ["classify"]],
  count: ["--count", ["language-model"]],
  history: ["--history", ["translate"]],
};

/** Refuses an option that means nothing to a model of this task. */
export function refuseOptionsOfOtherTasks(task: Task, options: PredictCommandOptions): void {
  for (const [name, [flag, tasks]] of Object.entries(TASKS_OF_OPTION)) {
    if (options[name as keyof PredictCommandOptions] === undefined || tasks.includes(task)) continue;
    const advice =
      flag === "--prefix" && task === "language-model" ? "Give the beginnings as lines" : "Leave the option out";
    throw new RecipeError(
      `${flag}: expected a model of task ${tasks.join(" or ")}, got one of task ${task}. ${advice}.`,
    );
  }
}

/** What the search of a translation and that of a line have alike. */
export function searchOptions(options: PredictCommandOptions): GenerateOptions {
  const { beam, require: required, ban, blockNgram } = options;
  const passed = ["nbest", "lengthPenalty", "sample", "temperature", "topK", "topP", "seed"] as const;
  const shared = [...passed, "minLength", "maxLength", "repetitionPenalty"] as const;
  const given: GenerateOptions = Object.fromEntries(
    shared.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
  if (beam !== undefined) given.beamSize = beam;
  if (blockNgram !== undefined) given.noRepeatNgram = blockNgram;
  if (required) given.required = required;
  if (ban) given.banned = ban;
  return given;
}

/** A value that has to stay within its line and its column. */
export const cell = (text: string) => text.replace(/[\t\r\n]+/g, " ");

/** An empty line has nothing to read: its place stays empty. */
export const isEmpty = (line: string) => line.trim() === "";
