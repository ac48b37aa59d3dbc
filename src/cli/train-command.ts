import { resolve } from "node:path";
import { type CheckResult, checkData } from "../check/check.js";
import type { FilterReport } from "../data/filters.js";
import { readUnpacked } from "../data/node-files.js";
import { measure } from "../decode/measure.js";
import type { MetricName } from "../evaluate/index.js";
import { type BackendName, createBackend } from "../kernels/backend.js";
import { KernelClock } from "../kernels/kernel-clock.js";
import type { TextSide } from "../models/model.js";
import type { AnyModel } from "../models/model-file.js";
import { writeFileWhole } from "../node-files.js";
import { STANDARD_INPUT } from "../recipe/index.js";
import { type EndEntry, StepEntries } from "../report/run-log.js";
import { wordProposer } from "../text/proposers.js";
import { collapseWarning } from "../train/collapse.js";
import { StreamedPairs } from "../train/node-streamed-pairs.js";
import { provideVectorFiles } from "../train/pretrained.js";
import type { TrainingProgress } from "../train/progress.js";
import { Trainer } from "../train/trainer.js";
import { PairsInMemory } from "../train/training-data.js";
import { TextInMemory } from "../train/training-text.js";
import { formatCount, formatPerplexity, formatTime } from "../view/format-numbers.js";
import { wantsColor } from "./color.js";
import { environmentOf } from "./environment.js";
import { exitCodes } from "./failure.js";
import { filterLines, findingLine } from "./findings.js";
import { KeptModels } from "./kept-models.js";
import type { NamedRecipe } from "./named-recipe.js";
import { progressReporter } from "./progress.js";
import { RunData } from "./run-data.js";
import { RunFolder, refuseTaken } from "./run-folder.js";
import { RunReport } from "./run-report.js";
import { TensorboardFile } from "./tensorboard-file.js";
import {
  lookedAt,
  prepareRun,
  readRecipe,
  readTrainingInput,
  STANDARD_INPUT_NAME,
  type TrainingInput,
} from "./training-input.js";
import { verifyResume } from "./verify-resume.js";

export interface TrainCommandOptions {
  out?: string;
  set?: string[];
  /** A model to go on from. */
  from?: string;
  resume?: boolean;
  seed?: number;
  backend?: BackendName;
  threads?: number;
  /** Writes event files for TensorBoard beside the log. */
  tensorboard?: boolean;
  json?: boolean;
  /** Steps, or true for the usual number: proves that resume is exact instead of training. */
  verifyResume?: number | boolean;
}

/** Enough for rows of a vocabulary to be left alone and to be read again. */
const VERIFIED_STEPS = 20;

/** Trains into a run folder; returns the exit code. */
export async function trainCommand(recipeFile: string, options: TrainCommandOptions): Promise<number> {
  const { out, set = [], from, resume = false, seed } = options;
  if (out !== undefined && !resume) refuseTaken(out);
  provideVectorFiles(readUnpacked);
  const seeded = seed === undefined ? [] : [`train.seed=${seed}`];
  // A path of the command line is from where one stands, not from where the recipe lies.
  const continued = from === undefined ? [] : [`train.from=${JSON.stringify(resolve(from))}`];
  // Of what came from standard input the folder is asked for before there is a recipe, which else may name it.
  const isKept = resume && recipeFile === STANDARD_INPUT;
  const given = isKept ? RunData.of(await RunFolder.find(out, STANDARD_INPUT_NAME)) : RunData.beside(out);
  try {
    const recipe = await readRecipe(recipeFile, [...set, ...seeded, ...continued], given);
    const runData = resume ? RunData.of(await RunFolder.find(out, recipe.name)) : given;
    return await trainWith(runData, recipe, recipeFile, options);
  } finally {
    given.discard();
  }
}

async function trainWith(
  runData: RunData,
  recipe: NamedRecipe,
  recipeFile: string,
  options: TrainCommandOptions,
): Promise<number> {
  const { out, resume = false, json = false, verifyResume: verified } = options;
  const report = (line: string) => void (json || process.stderr.write(`${line}\n`));
  if (resume) await runData.refuseChanged(recipe);
  const data = await readTrainingInput(await runData.spool(recipe), runData.open);
  const backend = await createBackend(options.backend, { threads: options.threads });
  const { train } = data;
  const dataFor = async (model: AnyModel) =>
    train instanceof TextInMemory
      ? new PairsInMemory(model, train.pairs)
      : StreamedPairs.prepare(model, train, await runData.examplesFile());
  if (verified) {
    const fresh = async () => {
      const model = await prepareRun(backend, recipe, train);
      return { model, trainer: new Trainer(model, await dataFor(model), data.dev) };
    };
    return verifyResume(fresh, { steps: verified === true ? VERIFIED_STEPS : verified, json });
  }
  const clock = new KernelClock(backend);
  const model = await prepareRun(clock.backend, recipe, train);
  // What is wrong with the test data is said now, not when all is done.
  for (const [index, pair] of data.test.entries()) model.example(pair, index, "test");
  const examples = await dataFor(model);
  const trainer = new Trainer(model, examples, data.dev);
  trainer.kernelClock = clock;
  const check = checkData(model, { train: lookedAt(train), trainSize: train.size, dev: data.dev, test: data.test });

  const folder = resume ? await RunFolder.reopen(out, recipe.name) : await RunFolder.create(out, recipe);
  try {
    if (resume) await restore(trainer, folder, report);
    else await runData.moveTo(folder.path, recipe);
    if (examples instanceof StreamedPairs) examples.movedTo(await runData.examplesFile());
    return await trainInto(folder, { recipeFile, options, recipe, data, model, trainer, clock, check, report });
  } finally {
    await folder.close();
  }
}

/** Takes up the newest whole checkpoint; a run that was killed before its first begins again. */
async function restore(trainer: Trainer, folder: RunFolder, report: (line: string) => void): Promise<void> {
  const found = await folder.checkpoints.newest();
  if (found) {
    const { file, bytes, damaged } = found;
    for (const name of damaged)
      report(
        `warning: ${name} is damaged, its checksum does not fit. Set aside as ${name}.damaged; going on from ${file}`,
      );
    trainer.restore(bytes, file);
  } else await folder.refuseLostCheckpoints();
  await folder.cutLog(trainer);
}

/** All that a run is made of. */
interface Run {
  recipeFile: string;
  options: TrainCommandOptions;
  recipe: NamedRecipe;
  data: TrainingInput;
  model: AnyModel;
  trainer: Trainer;
  clock: KernelClock;
  check: CheckResult;
  report: (line: string) => void;
}

async function trainInto(folder: RunFolder, run: Run): Promise<number> {
  const { recipeFile, options, recipe, data, model, trainer, clock, check, report } = run;
  const { resume = false, json = false } = options;
  const emit = async (entry: object) => {
    await folder.log(entry);
    if (json) console.log(JSON.stringify(entry));
  };
  const start = await describeStart(model, recipe, check, data.filtered);
  await emit(resume ? { kind: "resume", step: trainer.step, ...start } : { kind: "start", ...start });
  for (const line of startLines(start, recipe, folder, resume, trainer.step)) report(line);

  const reports = new RunReport(folder);
  const events = options.tensorboard ? new TensorboardFile(folder.path) : undefined;
  const progress = progressReporter({ stream: process.stderr, color: wantsColor(process.stderr) });
  const kept = new KeptModels(folder.path, recipe.train.keepBest);
  const steps = new StepEntries();
  const secondsSince = (start: number) => (performance.now() - start) / 1000;
  const onProgress = async (event: TrainingProgress) => {
    if (!json) progress(event);
    if (event.kind === "step") {
      const entry = steps.add(event, secondsSince(began));
      if (entry) await folder.log(entry);
      if (entry) await events?.add(entry);
    }
    if (event.kind !== "step") {
      if (event.best) await writeFileWhole(folder.modelFile, trainer.measuredModel());
      await kept.offer(event, () => trainer.measuredModel());
      const kernels = clock.take();
      if (kernels.steps > 0) await folder.log({ kind: "kernels", step: event.step, ...kernels });
      await emit(event);
      await events?.add(event);
      await reports.renew();
      const warning = collapseWarning(event.samples);
      if (warning !== undefined) report(warning);
    } else if (json) console.log(JSON.stringify(event));
  };
  // After the log: one that tells of more than the checkpoint knows is cut when the run goes on.
  const save = () => folder.checkpoints.write(trainer.step, trainer.checkpoint());

  const began = performance.now();
  const interruption = listenForInterruption();
  let outcome: Awaited<ReturnType<Trainer["run"]>>;
  try {
    outcome = await trainer.run(onProgress, interruption.signal, { save });
  } finally {
    progress.clear();
    interruption.stopListening();
  }
  const seconds = secondsSince(began);
  if (outcome === "aborted") {
    await save();
    await emit({ kind: "end", outcome, step: trainer.step, seconds });
    await reports.write();
    report(
      `Stopped after ${trainer.step} steps; all of it is saved. Go on with:\n  ${resumeCommand(recipeFile, folder, options)}`,
    );
    return exitCodes.interrupted;
  }
  await writeFileWhole(folder.modelFile, model.toBytes());
  const measured = data.test.length > 0 && (await measure(model, data.test, { metrics: TEST_METRICS[model.task] }));
  const test = measured && { ...measured.numbers, count: data.test.length };
  const end: EndEntry = { kind: "end", outcome, step: trainer.step, seconds, ...(test && { test }) };
  await emit(end);
  await events?.add(end);
  await reports.write();
  if (measured) report(`test: ${testLine(measured.numbers)}`);
  const early = outcome === "stopped early" ? ", early: dev no longer got better" : "";
  report(
    `Done in ${formatTime(seconds)}${early}. Curves and samples: ${folder.reportFile}\nTry it:\n  tandem predict ${quoted(folder.modelFile)}`,
  );
  return exitCodes.done;
}

const TEST_METRICS: Record<AnyModel["task"], readonly MetricName[]> = {
  translate: ["exact", "bleu", "ppl"],
  classify: ["accuracy", "f1", "ppl"],
  tag: ["accuracy", "exact", "f1", "ppl"],
  "language-model": ["ppl"],
};

/** `exact 96.0 %  bleu 93.1  ppl 1.05` */
function testLine(numbers: Partial<Record<MetricName, number>>): string {
  const shown = Object.entries(numbers).map(([name, value]) => {
    if (name === "ppl") return `ppl ${formatPerplexity(value)}`;
    return `${name} ${value.toFixed(1)}${name === "bleu" ? "" : " %"}`;
  });
  return shown.join("  ");
}

/** What the log begins with: all that one wants to know of a run before its first step. */
async function describeStart(model: AnyModel, recipe: NamedRecipe, check: CheckResult, filtered: FilterReport) {
  const { pairs, unknown } = check.statistics;
  const side = async (which: "source" | "target", { tokenizer, vocabulary }: TextSide) => {
    const { kind, language } = tokenizer.options;
    const proposer = kind === "words" ? { wordProposer: (await wordProposer(language)).name } : {};
    return {
      tokenizer: kind,
      vocabularySize: vocabulary.size,
      coverage: vocabulary.coverage!,
      devCoverage: 1 - unknown[which]!.dev,
      ...proposer,
    };
  };
  return {
    at: new Date().toISOString(),
    name: recipe.name,
    pairs,
    ...(filtered.taken.length > 0 && { filtered }),
    ...("source" in model && { source: await side("source", model.source) }),
    ...("target" in model && { target: await side("target", model.target) }),
    ...("labels" in model && { labels: model.labels.size }),
    parameters: model.parameters.count,
    backend: model.backend.name,
    seed: recipe.train.seed,
    ...(model.history.pretrained && { pretrained: model.history.pretrained }),
    environment: environmentOf(model.backend),
    ...(model.history.from && { from: { steps: model.history.from.steps, added: model.history.added ?? {} } }),
    check,
  };
}

function startLines(
  start: Awaited<ReturnType<typeof describeStart>>,
  recipe: NamedRecipe,
  folder: RunFolder,
  resume: boolean,
  step: number,
): string[] {
  const { name, pairs, source, target, labels, parameters, backend } = start;
  const things = source ? "pairs" : "lines";
  const sizes = target
    ? `${source ? `vocabularies ${source.vocabularySize} →` : "vocabulary"} ${target.vocabularySize}`
    : `vocabulary ${source!.vocabularySize} → ${labels} labels`;
  const lines = [
    `${name}: ${pairs.train} ${things}, ${pairs.dev} for dev · ${sizes} · ${formatCount(parameters)} parameters · ${backend}`,
    resume ? `going on in ${folder.path} after ${step} steps` : `into ${folder.path}`,
  ];
  if (start.filtered) lines.push(...filterLines(start.filtered, things));
  for (const [which, { covered, words }] of Object.entries(start.pretrained ?? {}))
    lines.push(
      `pretrained: ${covered} of ${words} ${which} words have a vector${recipe.model.pretrained.freeze ? ", frozen" : ""}`,
    );
  if (start.from) {
    const grown = Object.entries(start.from.added).map(
      ([what, count]) => `, ${count} new ${what}${what === "labels" ? "" : " words"}`,
    );
    lines.push(`going on from ${recipe.train.from}, trained for ${start.from.steps} steps${grown.join("")}`);
  }
  const { alignments, columns } = recipe.data;
  if ((alignments ?? columns.alignment) !== undefined && recipe.model.attention.guided === 0)
    lines.push("note: alignments are given and nothing follows them. Set model.attention.guided, say to 0.5.");
  for (const finding of start.check.findings) if (finding.level !== "note") lines.push(findingLine(finding));
  return lines;
}

/** The first Ctrl-C (or SIGTERM) asks for an orderly end; a second one finds no listener and kills at once. */
function listenForInterruption() {
  const controller = new AbortController();
  const stopListening = () => {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  };
  const interrupt = () => {
    stopListening();
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return { signal: controller.signal, stopListening };
}

/** The command that goes on with this run: the same recipe and overrides, for a checkpoint fits no others. */
function resumeCommand(
  recipeFile: string,
  folder: RunFolder,
  { set = [], from, seed, backend, tensorboard }: TrainCommandOptions,
): string {
  const overrides = set.flatMap((override) => ["--set", override]);
  const continued = from === undefined ? [] : ["--from", from];
  const seeded = seed === undefined ? [] : ["--seed", String(seed)];
  const placed = backend === undefined ? [] : ["--backend", backend];
  const drawn = tensorboard ? ["--tensorboard"] : [];
  const options = [...overrides, ...continued, ...seeded, ...placed, ...drawn];
  const words = [recipeFile, "--out", folder.path, ...options, "--resume"];
  return `tandem train ${words.map(quoted).join(" ")}`;
}

/** As a POSIX shell reads it back. */
const quoted = (word: string) => (/^[\w./=,:@%+-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
