import type { CheckResult } from "../check/check.js";
import type { FilterReport } from "../data/filters.js";
import type { KernelTimes } from "../kernels/kernel-clock.js";
import type { DevProgress, StepProgress } from "../train/progress.js";
import { addSteps, noSteps, type StepSums } from "../train/step-sums.js";

/** What computed a run. */
export interface Environment {
  /** Versions of this package and of Node.js. */
  tandem: string;
  node: string;
  /** Such as `linux x64`. */
  platform: string;
  processor: string;
  cores: number;
  backend: string;
  instructionSet?: string;
  threads: number;
}

/** How a side of the text was cut, and the share of its tokens that have an id. */
export interface SideEntry {
  tokenizer: string;
  vocabularySize: number;
  coverage: number;
  devCoverage: number;
  wordProposer?: string;
}

/** The first line of a run's log, and of each time that it went on. */
export interface StartEntry {
  kind: "start" | "resume";
  /** Of a run that goes on: the steps done before. */
  step?: number;
  /** ISO 8601. */
  at?: string;
  name: string;
  pairs: { train: number; dev: number; test: number };
  /** What `data.filters` took, where they took anything. */
  filtered?: FilterReport;
  source?: SideEntry;
  target?: SideEntry;
  labels?: number;
  parameters: number;
  backend: string;
  seed: number;
  pretrained?: { source?: { covered: number; words: number }; target?: { covered: number; words: number } };
  check?: CheckResult;
  environment?: Environment;
}

/** Some steps, about a thousand times a run: means over those since the entry before. */
export interface StepEntry {
  kind: "step";
  epoch: number;
  step: number;
  /** How many steps these are. */
  steps: number;
  /** Nats for each target token or label. */
  loss: number;
  /** Of the last of them. */
  learningRate: number;
  /** Before clipping. */
  gradientNorm: number;
  /** Source and target tokens, padding not counted. */
  tokensPerSecond: number;
  secondsPerStep: number;
  /** Since training began or went on. */
  seconds: number;
}

/** Where the time of the steps went that were timed. */
export interface KernelsEntry extends KernelTimes {
  kind: "kernels";
  step: number;
}

/** The last line, where a run came to an end; of an interrupted one more follow. */
export interface EndEntry {
  kind: "end";
  outcome: "finished" | "stopped early" | "aborted";
  step: number;
  seconds: number;
  test?: Record<string, number>;
}

type Entry = StartEntry | StepEntry | DevProgress | KernelsEntry | EndEntry;

/** A run's log as one run, however often it was interrupted. */
export interface RunLog {
  /** The last of the entries that begin a run or let it go on. */
  start: StartEntry | undefined;
  /** How often it went on. */
  resumed: number;
  /** Their seconds count on from one session to the next. */
  steps: StepEntry[];
  /** Every measurement of dev: at the ends of epochs, and within them. */
  epochs: DevProgress[];
  kernels: KernelTimes;
  /** Absent while a run goes on, and of one that was killed. */
  end: EndEntry | undefined;
  /** Of all sessions, in training and evaluation. */
  seconds: number;
}

/** A line of a log: what it says, undefined where it is no entry, and the byte after it. */
interface LogLine {
  entry: Entry | undefined;
  end: number;
}

/** The lines of log.jsonl, without a last one that was torn when its process was killed. */
export function* logLines(file: Uint8Array): Generator<LogLine, void, undefined> {
  const decoder = new TextDecoder();
  let start = 0;
  for (let line = file.indexOf(NEWLINE); line >= 0; line = file.indexOf(NEWLINE, start)) {
    const end = line + 1;
    yield { entry: parseEntry(decoder.decode(file.subarray(start, end))), end };
    start = end;
  }
}

const NEWLINE = 0x0a;

function parseEntry(line: string): Entry | undefined {
  try {
    const entry = JSON.parse(line);
    return typeof entry?.kind === "string" ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Reads log.jsonl, in which nothing stands twice: a run that goes on cuts off what it will write again (`lengthUpTo`). */
export function readRunLog(file: Uint8Array): RunLog {
  const log: RunLog = {
    start: undefined,
    resumed: 0,
    steps: [],
    epochs: [],
    kernels: { steps: 0, milliseconds: 0, kernels: {} },
    end: undefined,
    seconds: 0,
  };
  let earlier = 0;
  for (const { entry } of logLines(file))
    switch (entry?.kind) {
      case "start":
      case "resume":
        log.start = entry;
        log.end = undefined;
        earlier = log.seconds;
        if (entry.kind === "resume") log.resumed++;
        break;
      case "step":
        log.seconds = earlier + entry.seconds;
        log.steps.push({ ...entry, seconds: log.seconds });
        break;
      case "epoch":
      case "evaluation":
        log.epochs.push(entry);
        break;
      case "kernels":
        addKernels(log.kernels, entry);
        break;
      case "end":
        log.end = entry;
        log.seconds = earlier + entry.seconds;
        break;
    }
  return log;
}

/** Where a run goes on: after `step` steps, in `epoch`. */
export interface LogPosition {
  step: number;
  epoch: number;
}

/**
 * The bytes of a log up to the first entry that a run which goes on from `position` will write again. Lines that are no
 * entries are let stand; a torn last one is not.
 */
export function lengthUpTo(position: LogPosition, file: Uint8Array): number {
  let length = 0;
  for (const { entry, end } of logLines(file)) {
    if (entry && comesAgain(entry, position)) break;
    length = end;
  }
  return length;
}

function comesAgain(entry: Entry, at: LogPosition): boolean {
  if (entry.kind === "epoch") return entry.epoch >= at.epoch;
  return (entry.step ?? 0) > at.step || (entry.kind === "end" && entry.outcome !== "aborted");
}

function addKernels(sum: KernelTimes, { steps, milliseconds, kernels }: KernelTimes): void {
  sum.steps += steps;
  sum.milliseconds += milliseconds;
  for (const [name, time] of Object.entries(kernels)) {
    const total = (sum.kernels[name] ??= { milliseconds: 0, calls: 0 });
    total.milliseconds += time.milliseconds;
    total.calls += time.calls;
  }
}

/** The best of the epochs so far. */
export function bestEpoch({ epochs }: RunLog): DevProgress | undefined {
  return epochs.findLast(({ best }) => best);
}

/** How many epochs came to their end; what was measured within one is none. */
export function endedEpochs({ epochs }: RunLog): number {
  return epochs.filter(({ kind }) => kind === "epoch").length;
}

/** How many entries of steps a run's log has at most, but for those that end an epoch. */
const STEP_ENTRIES = 1000;

/** Joins what a trainer tells of its steps to entries of a log. */
export class StepEntries {
  #sums: StepSums = noSteps();

  /** The entry that is due after this event, `seconds` after training began. */
  add(event: StepProgress, seconds: number): StepEntry | undefined {
    const sums = this.#sums;
    addSteps(sums, event.recent);
    if (sums.steps < event.totalSteps / STEP_ENTRIES && event.step < event.totalSteps) return undefined;
    this.#sums = noSteps();
    return {
      kind: "step",
      epoch: event.epoch,
      step: event.step,
      steps: sums.steps,
      loss: sums.loss / sums.predicted,
      learningRate: event.learningRate,
      gradientNorm: sums.gradientNorm / sums.steps,
      tokensPerSecond: sums.tokens / sums.seconds,
      secondsPerStep: sums.seconds / sums.steps,
      seconds,
    };
  }
}
