import { type CheckResult, checkData } from "../check/check.js";
import type { FilterReport } from "../data/filters.js";
import { readUnpacked } from "../data/node-files.js";
import { measure } from "../decode/measure.js";
import type { MetricName } from "../evaluate/index.js";
import { type BackendName, createBackend } from "../kernels/backend.js";
import type { TextSide } from "../models/model.js";
import type { AnyModel } from "../models/model-file.js";
import { writeFileWhole } from "../node-files.js";
import { STANDARD_INPUT } from "../recipe/index.js";
import { wordProposer } from "../text/proposers.js";
import { collapseWarning } from "../train/collapse.js";
import { StreamedPairs } from "../train/node-streamed-pairs.js";
import { prepareModel } from "../train/prepare.js";
import { provideVectorFiles } from "../train/pretrained.js";
import type { TrainingProgress } from "../train/progress.js";
import { Trainer } from "../train/trainer.js";
import { PairsInMemory } from "../train/training-data.js";
import { TextInMemory } from "../train/training-text.js";
import { wantsColor } from "./color.js";
import { exitCodes } from "./failure.js";
import { filterLines, findingLine } from "./findings.js";
import type { NamedRecipe } from "./named-recipe.js";
import { formatCount, formatPerplexity, formatTime, progressReporter } from "./progress.js";
import { RunData } from "./run-data.js";
import { RunFolder, refuseTaken } from "./run-folder.js";
import { lookedAt, readRecipe, readTokenizers, readTrainingInput, STANDARD_INPUT_NAME } from "./training-input.js";

export interface TrainCommandOptions {
  out?: string;
  set?: string[];
  resume?: boolean;
  seed?: number;
  backend?: BackendName;
  threads?: number;
  json?: boolean;
}

/** Trains into a run folder; returns the exit code. */
export async function trainCommand(recipeFile: string, options: TrainCommandOptions): Promise<number> {
  const { out, set = [], resume = false, seed } = options;
  if (out !== undefined && !resume) refuseTaken(out);
  provideVectorFiles(readUnpacked);
  const overrides = seed === undefined ? set : [...set, `train.seed=${seed}`];
  const runData = await runDataFor(recipeFile, out, resume);
  try {
    return await trainWith(runData, await readRecipe(recipeFile, overrides, runData), recipeFile, options);
  } finally {
    runData.discard();
  }
}

/** Where the data of the run lie: of a run that goes on in its folder. */
async function runDataFor(recipeFile: string, out: string | undefined, resume: boolean): Promise<RunData> {
  if (!resume) return RunData.beside(out);
  // Only of what came from standard input is the folder asked for before there is a recipe, which may name it.
  if (out === undefined && recipeFile !== STANDARD_INPUT) return RunData.forNothing();
  return RunData.of(out ?? (await RunFolder.reopen(out, STANDARD_INPUT_NAME)).path);
}

async function trainWith(
  given: RunData,
  recipe: NamedRecipe,
  recipeFile: string,
  options: TrainCommandOptions,
): Promise<number> {
  const { out, resume = false, json = false } = options;
  const report = (line: string) => json || process.stderr.write(`${line}\n`);
  const before = resume ? await RunFolder.reopen(out, recipe.name) : undefined;
  const runData = before ? RunData.of(before.path) : given;
  const read = await runData.spool(recipe);
  if (before) await runData.refuseChanged(recipe);
  const data = await readTrainingInput(read);
  const backend = await createBackend(options.backend, { threads: options.threads });
  const model = await prepareModel(backend, recipe, data.train, await readTokenizers(recipe));
  // What is wrong with the test data is said now, not when all is done.
  for (const [index, pair] of data.test.entries()) model.example(pair, index, "test");
  const training =
    data.train instanceof TextInMemory
      ? new PairsInMemory(model, data.train.pairs)
      : await StreamedPairs.prepare(model, data.train, await runData.examplesFile());
  const trainer = new Trainer(model, training, data.dev);
  const looked = { train: lookedAt(data.train), trainSize: data.train.size, dev: data.dev, test: data.test };
  const check = checkData(model, looked);

  const folder = before ?? (await RunFolder.create(out, recipe));
  if (before === undefined) await runData.moveTo(folder.path, recipe);
  if (resume) trainer.restore(await folder.readCheckpoint(), folder.checkpointFile);
  const emit = async (entry: object) => {
    await folder.log(entry);
    if (json) console.log(JSON.stringify(entry));
  };
  const start = await describeStart(model, recipe, check, data.filtered);
  await emit(resume ? { kind: "resume", step: trainer.step, ...start } : { kind: "start", ...start });
  for (const line of startLines(start, recipe, folder, resume, trainer.step)) report(line);

  const progress = progressReporter({ stream: process.stderr, color: wantsColor(process.stderr) });
  const onProgress = async (event: TrainingProgress) => {
    if (!json) progress(event);
    if (event.kind === "epoch") {
      if (event.best) await writeFileWhole(folder.modelFile, trainer.bestModel());
      await writeFileWhole(folder.checkpointFile, trainer.checkpoint());
      await emit(event);
      const warning = collapseWarning(event.samples);
      if (warning !== undefined) report(warning);
    } else if (json) console.log(JSON.stringify(event));
  };

  const began = performance.now();
  const interruption = listenForInterruption();
  let outcome: Awaited<ReturnType<Trainer["run"]>>;
  try {
    outcome = await trainer.run(onProgress, interruption.signal);
  } finally {
    progress.clear();
    interruption.stopListening();
  }
  const seconds = (performance.now() - began) / 1000;
  if (outcome === "aborted") {
    await writeFileWhole(folder.checkpointFile, trainer.checkpoint());
    await emit({ kind: "end", outcome, step: trainer.step, seconds });
    report(
      `Stopped after ${trainer.step} steps; all of it is saved. Go on with:\n  ${resumeCommand(recipeFile, folder, options)}`,
    );
    return exitCodes.interrupted;
  }
  await writeFileWhole(folder.modelFile, model.toBytes());
  const measured = data.test.length > 0 && (await measure(model, data.test, { metrics: TEST_METRICS[model.task] }));
  const test = measured && { ...measured.numbers, count: data.test.length };
  await emit({ kind: "end", outcome, step: trainer.step, seconds, ...(test && { test }) });
  if (measured) report(`test: ${testLine(measured.numbers)}`);
  const early = outcome === "stopped early" ? ", early: dev no longer got better" : "";
  report(`Done in ${formatTime(seconds)}${early}. Try it:\n  tandem predict ${quoted(folder.modelFile)}`);
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
  { set = [], seed, backend }: TrainCommandOptions,
): string {
  const overrides = set.flatMap((override) => ["--set", override]);
  const seeded = seed === undefined ? [] : ["--seed", String(seed)];
  const placed = backend === undefined ? [] : ["--backend", backend];
  const words = [recipeFile, "--out", folder.path, ...overrides, ...seeded, ...placed, "--resume"];
  return `tandem train ${words.map(quoted).join(" ")}`;
}

/** As a POSIX shell reads it back. */
const quoted = (word: string) => (/^[\w./=,:@%+-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
