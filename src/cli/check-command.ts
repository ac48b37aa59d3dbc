import { availableParallelism } from "node:os";
import { type CheckResult, checkData } from "../check/check.js";
import { percent, SIDES, thingsOf } from "../check/finding.js";
import type { FilterReport } from "../data/filters.js";
import { readUnpacked } from "../data/node-files.js";
import { type BackendName, createBackend } from "../kernels/backend.js";
import { provideVectorFiles } from "../train/pretrained.js";
import { runTrial, type Trial } from "../train/trial.js";
import { truncateToWidth, wrapToWidth } from "../view/display-width.js";
import { counted, formatCount, formatTime } from "../view/format-numbers.js";
import { wantsColor } from "./color.js";
import { exitCodes } from "./failure.js";
import { filterLines, findingParagraph } from "./findings.js";
import { formatBytes } from "./format-bytes.js";
import type { NamedRecipe } from "./named-recipe.js";
import { RunData } from "./run-data.js";
import { lookedAt, prepareRun, readRecipe, readTrainingInput } from "./training-input.js";

export interface CheckCommandOptions {
  set?: string[];
  backend?: BackendName;
  threads?: number;
  /** Commander's name for `--no-trial`. */
  trial?: boolean;
  json?: boolean;
}

const WIDTH = 80;
const LABEL_WIDTH = 20;
const TRIAL_MILLISECONDS = 3000;
const FLOAT_BYTES = 4;
/** Weights, gradients and Adam's two moments; a checkpoint has weights, moments and the best epoch's weights. */
const COPIES = { training: 4, checkpoint: 4 };

/** What training will need. */
interface Estimate extends Trial {
  parameters: number;
  /** Weights, gradients and the optimiser's state. */
  parameterBytes: number;
  /** While one is written, on top of the peak. */
  checkpointBytes: number;
  /** The most this process ever held, data and the largest batch included. */
  peakBytes: number;
}

/** Looks at data and recipe before hours are spent; returns 1 if something makes training worthless. */
export async function checkCommand(path: string, options: CheckCommandOptions): Promise<number> {
  provideVectorFiles(readUnpacked);
  const runData = RunData.forNothing();
  try {
    return await checkWith(runData, path, options);
  } finally {
    runData.discard();
  }
}

async function checkWith(runData: RunData, path: string, options: CheckCommandOptions): Promise<number> {
  const { set = [], trial = true, json = false } = options;
  const recipe = await runData.spool(await readRecipe(path, set, runData));
  const data = await readTrainingInput(recipe);
  const looked = { train: lookedAt(data.train), trainSize: data.train.size, dev: data.dev, test: data.test };
  const backend = await createBackend(options.backend, { threads: options.threads });
  const model = await prepareRun(backend, recipe, data.train);
  for (const part of ["dev", "test"] as const)
    for (const [index, pair] of data[part].entries()) model.example(pair, index, part);
  const result = checkData(model, looked);
  const parameters = model.parameters.count;
  const estimate: Estimate | undefined = trial
    ? {
        ...(await runTrial(model, looked.train, TRIAL_MILLISECONDS, data.train.size)),
        parameters,
        parameterBytes: COPIES.training * FLOAT_BYTES * parameters,
        checkpointBytes: COPIES.checkpoint * FLOAT_BYTES * parameters,
        peakBytes: process.resourceUsage().maxRSS * 1024,
      }
    : undefined;
  const isSerious = result.findings.some(({ level }) => level === "error");
  const { filtered } = data;
  if (json) console.log(JSON.stringify({ name: recipe.name, ...result, filtered, ...(estimate && { estimate }) }));
  else
    console.log(
      describe(
        recipe,
        result,
        filtered,
        estimate,
        `${model.backend.name}, ${options.threads ?? availableParallelism()} threads`,
      ),
    );
  return isSerious ? exitCodes.failed : exitCodes.done;
}

function describe(
  recipe: NamedRecipe,
  { findings, statistics }: CheckResult,
  filtered: FilterReport,
  estimate: Estimate | undefined,
  place: string,
): string {
  const { pairs, lengths, unknown, labels } = statistics;
  const lines = [
    `${recipe.name}, task ${recipe.task}: ${pairs.train} ${thingsOf(recipe.task)} to train on, ${pairs.dev} for dev, ${pairs.test} for test`,
  ];
  lines.push(...filterLines(filtered, thingsOf(recipe.task)));
  for (const side of SIDES) {
    const length = lengths[side];
    if (!length) continue;
    const shares = unknown[side];
    const known = shares
      ? `; unknown tokens: ${percent(shares.train)} of train${pairs.dev > 0 ? `, ${percent(shares.dev)} of dev` : ""}${pairs.test > 0 ? `, ${percent(shares.test)} of test` : ""}`
      : "";
    lines.push(`${side}: ${length.median} characters (median), at most ${length.longest}${known}`);
  }
  if (labels) {
    const listed = labels.map(([label, count]) => `${truncateToWidth(label, LABEL_WIDTH)} ${count}`);
    lines.push(truncateToWidth(`labels: ${listed.join(", ")}`, WIDTH));
  }
  if (estimate) lines.push(...estimateLines(estimate, place));
  const counts = (["error", "warning", "note"] as const)
    .map((level) => [level, findings.filter((finding) => finding.level === level).length] as const)
    .filter(([, count]) => count > 0)
    .map(([level, count]) => counted(count, level));
  const verdict = counts.length === 0 ? "Nothing odd was found." : `Found: ${counts.join(", ")}.`;
  const color = wantsColor(process.stdout);
  return [
    lines.flatMap((line) => wrapToWidth(line, WIDTH)).join("\n"),
    ...findings.map((finding) => findingParagraph(finding, color)),
    verdict,
  ].join("\n\n");
}

function estimateLines(estimate: Estimate, place: string): string[] {
  const { steps, stepsPerEpoch, secondsPerEpoch, seconds, largestBatch, parameters } = estimate;
  const { rows, sourceTime, targetTime } = largestBatch;
  return [
    `time: about ${formatTime(seconds)}, an epoch of ${counted(stepsPerEpoch, "step")} ${formatTime(secondsPerEpoch)}, dev evaluations not counted (measured in a trial of ${counted(steps, "step")}: ${place})`,
    `memory: about ${formatBytes(estimate.peakBytes + estimate.checkpointBytes)}: at the peak of the trial ${formatBytes(estimate.peakBytes)} with its largest batch of ${rows} × (${sourceTime} + ${targetTime}) tokens, and a checkpoint of ${formatBytes(estimate.checkpointBytes)}; ${formatCount(parameters)} parameters with gradients and optimiser take ${formatBytes(estimate.parameterBytes)} of it`,
  ];
}
