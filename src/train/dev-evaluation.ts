import type { Pair } from "../data/pairs.js";
import { modelOf, type TandemModel } from "../decode/any-model.js";
import { measure } from "../decode/measure.js";
import { lengthLimits } from "../decode/options.js";
import { TandemError } from "../errors.js";
import { perplexity } from "../evaluate/index.js";
import type { AnyModel } from "../models/model-file.js";
import type { DevMeasures, EpochProgress, Sample } from "./progress.js";

/** Times a loss in nats: far less than one sentence of any dev set is worth in percent. */
const TIE_BREAK = 1e-6;

/** Samples whose attention is kept, each of so many weights at most: a log has them of every epoch. */
const MAPPED_SAMPLES = 2;
const MAPPED_CELLS = 1000;

/** What an epoch is judged by. */
export interface DevEvaluation {
  /** Empty without dev data. */
  measured: Pick<EpochProgress, "devLoss" | "devPerplexity"> & DevMeasures;
  /** The lower the better, by the recipe's metric; undefined without dev data. */
  score: number | undefined;
  samples: Sample[];
}

/** Measures the model on dev as its recipe asks, and lets it write the first few of dev. */
export async function evaluateOnDev(model: AnyModel, dev: readonly Pair[]): Promise<DevEvaluation> {
  const { train } = model.recipe;
  const user = await modelOf(model);
  const measured: DevEvaluation["measured"] = {};
  let score: number | undefined;
  if (dev.length > 0) {
    const { total, tokens } = user.score(dev);
    measured.devLoss = total / tokens;
    if (!Number.isFinite(measured.devLoss))
      throw new TandemError(
        `training: expected a finite loss on dev, got ${measured.devLoss} after step ${model.history.steps}. Lower train.learningRate or train.clipNorm; the last checkpoint is as it was before.`,
      );
    measured.devPerplexity = perplexity(total, tokens);
    score = measured.devLoss;
    const metrics = devMetrics(model.recipe);
    if (metrics.length > 0) Object.assign(measured, (await measure(model, dev, { metrics })).numbers);
    const { metric } = train;
    // Of equal epochs, the one with the lower loss. Perplexity goes with the loss.
    if (metric !== "loss" && metric !== "ppl")
      score = (isError(metric) ? 1 : -1) * measured[metric]! + TIE_BREAK * Math.min(measured.devLoss, 100);
  }
  const shown = dev.slice(0, train.samples);
  const sources = shown.map((pair) => sampleSource(model, pair));
  const written = await writeSamples(user, sources);
  model.forgetPackedWeights();
  const samples = shown.map((pair, i) => ({ source: sources[i]!, reference: pair.target, ...written[i]! }));
  return { measured, score, samples };
}

/** What the model writes for the sources, and of the first few where it looked. */
async function writeSamples(
  user: TandemModel,
  sources: readonly string[],
): Promise<Pick<Sample, "output" | "attention">[]> {
  if (user.task !== "translate") return (await user.outputs(sources)).map((output) => ({ output }));
  return (await user.translate(sources)).map(({ text, attention }, i) => {
    const isKept = attention && i < MAPPED_SAMPLES && attention.rows.length * attention.columns.length <= MAPPED_CELLS;
    if (!isKept) return { output: text };
    const { rows, columns } = attention;
    const weights = attention.weights.map((row) => row.map((weight) => Math.round(1000 * weight) / 1000));
    return { output: text, attention: { rows, columns, weights } };
  });
}

const isError = (metric: keyof DevMeasures) => metric === "wer" || metric === "per" || metric === "cer";

/** What is measured on dev besides the loss. */
function devMetrics({ task, train: { metric } }: AnyModel["recipe"]): readonly (keyof DevMeasures)[] {
  switch (task) {
    case "translate":
      // Writing every dev sentence takes a while.
      return metric === "loss" || metric === "ppl" ? [] : [...new Set(["exact", "bleu", metric] as const)];
    case "classify":
      return ["accuracy", "f1"];
    case "tag":
      return ["accuracy", "exact", "f1"];
    case "language-model":
      return [];
  }
}

/** What the model is shown of a dev example: its source, or of a line the first half. */
function sampleSource(model: AnyModel, { source, target }: Pair): string {
  if (model.task !== "language-model") return source;
  const { tokenizer } = model.target;
  const tokens = tokenizer.encode(target);
  const { maxLength } = lengthLimits(model.recipe.decode, model.history.longestLine!);
  return tokenizer.decode(tokens.slice(0, Math.min(Math.ceil(tokens.length / 2), maxLength)));
}
