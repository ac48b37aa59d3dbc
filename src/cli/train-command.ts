import { measure } from "../decode/measure.js";
import { type BackendName, createBackend } from "../kernels/backend.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { writeFileWhole } from "../node-files.js";
import { wordProposer } from "../text/proposers.js";
import { prepareModel } from "../train/prepare.js";
import { Trainer, type TrainingProgress } from "../train/trainer.js";
import { wantsColor } from "./color.js";
import { exitCodes } from "./failure.js";
import { formatCount, formatPerplexity, formatTime, progressReporter } from "./progress.js";
import { RunFolder, refuseTaken } from "./run-folder.js";
import { type NamedRecipe, readRecipe, readTokenizers, readTrainingData, type TrainingData } from "./training-input.js";

export interface TrainCommandOptions {
  out?: string;
  set?: string[];
  resume?: boolean;
  seed?: number;
  backend?: BackendName;
  threads?: number;
  json?: boolean;
}

/** Below this share of known tokens the vocabulary, or the choice of columns, is probably not what was meant. */
const USUAL_COVERAGE = 0.9;

/** Trains into a run folder; returns the exit code. */
export async function trainCommand(recipeFile: string, options: TrainCommandOptions): Promise<number> {
  const { out, set = [], resume = false, seed, json = false } = options;
  const report = (line: string) => json || process.stderr.write(`${line}\n`);
  if (out !== undefined && !resume) refuseTaken(out);
  const recipe = await readRecipe(recipeFile, seed === undefined ? set : [...set, `train.seed=${seed}`]);
  const data = await readTrainingData(recipe);
  const backend = await createBackend(options.backend, { threads: options.threads });
  const model = await prepareModel(backend, recipe, data.train, await readTokenizers(recipe));
  const trainer = new Trainer(model, data.train, data.dev);

  const folder = resume ? await RunFolder.reopen(out, recipe.name) : await RunFolder.create(out, recipe);
  if (resume) trainer.restore(await folder.readCheckpoint(), folder.checkpointFile);
  const emit = async (entry: object) => {
    await folder.log(entry);
    if (json) console.log(JSON.stringify(entry));
  };
  const start = await describeStart(model, recipe, data);
  await emit(resume ? { kind: "resume", step: trainer.step, ...start } : { kind: "start", ...start });
  for (const line of startLines(start, folder, resume, trainer.step)) report(line);

  const progress = progressReporter({ stream: process.stderr, color: wantsColor(process.stderr) });
  const onProgress = async (event: TrainingProgress) => {
    if (!json) progress(event);
    if (event.kind === "epoch") {
      if (event.best) await writeFileWhole(folder.modelFile, model.toBytes());
      await writeFileWhole(folder.checkpointFile, trainer.checkpoint());
      await emit(event);
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
  const measured = data.test.length > 0 && (await measure(model, data.test, { metrics: TEST_METRICS }));
  const test = measured && { ...measured.numbers, count: data.test.length };
  await emit({ kind: "end", outcome, step: trainer.step, seconds, ...(test && { test }) });
  if (test)
    report(
      `test: exact ${test.exact!.toFixed(1)} %  bleu ${test.bleu!.toFixed(1)}  ppl ${formatPerplexity(test.ppl!)}`,
    );
  const early = outcome === "stopped early" ? ", early: dev no longer got better" : "";
  report(`Done in ${formatTime(seconds)}${early}. Try it:\n  tandem predict ${quoted(folder.modelFile)}`);
  return exitCodes.done;
}

const TEST_METRICS = ["exact", "bleu", "ppl"] as const;

/** What the log begins with: all that one wants to know of a run before its first step. */
async function describeStart(model: Seq2Seq, recipe: NamedRecipe, data: TrainingData) {
  const side = async (which: "source" | "target") => {
    const { tokenizer, vocabulary } = model[which];
    const { kind, language } = tokenizer.options;
    const devCoverage = vocabulary.coverageOf(data.dev.map((pair) => tokenizer.encode(pair[which])));
    const proposer = kind === "words" ? { wordProposer: (await wordProposer(language)).name } : {};
    return {
      tokenizer: kind,
      vocabularySize: vocabulary.size,
      coverage: vocabulary.coverage!,
      devCoverage,
      ...proposer,
    };
  };
  const [source, target] = [await side("source"), await side("target")];
  let parameters = 0;
  for (const [, tensor] of model.parameters) parameters += tensor.size;
  const pairs = { train: data.train.length, dev: data.dev.length, test: data.test.length };
  return { name: recipe.name, pairs, source, target, parameters, backend: model.backend.name, seed: recipe.train.seed };
}

function startLines(
  start: Awaited<ReturnType<typeof describeStart>>,
  folder: RunFolder,
  resume: boolean,
  step: number,
): string[] {
  const { name, pairs, source, target, parameters, backend } = start;
  const sizes = `vocabularies ${source.vocabularySize} → ${target.vocabularySize}`;
  const lines = [
    `${name}: ${pairs.train} pairs, ${pairs.dev} for dev · ${sizes} · ${formatCount(parameters)} parameters · ${backend}`,
    resume ? `going on in ${folder.path} after ${step} steps` : `into ${folder.path}`,
  ];
  for (const [which, side] of Object.entries({ source, target }))
    for (const [part, share] of [["training", side.coverage] as const, ["dev", side.devCoverage] as const])
      if (share < USUAL_COVERAGE)
        lines.push(
          `note: the ${which} vocabulary covers ${(100 * share).toFixed(0)} % of the ${part} tokens; the rest is <unk>. Look at the columns, raise ${which}.vocabSize, or take ${which}.tokenizer=bpe or chars.`,
        );
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
