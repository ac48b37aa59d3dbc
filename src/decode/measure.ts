import { asExamples, type Pair, type PairInput } from "../data/pairs.js";
import { DataError, RecipeError } from "../errors.js";
import {
  type BleuTokenizer,
  type ClassificationReport,
  classificationReport,
  corpusScore,
  METRICS,
  type MetricName,
  perplexity,
  TASK_METRICS,
  type TextMetric,
  textMetric,
  tokenAccuracy,
} from "../evaluate/index.js";
import type { AnyModel } from "../models/model-file.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { nearest } from "../recipe/nearest.js";
import { classifyLines } from "./classification.js";
import { Driver } from "./drive.js";
import { type Likelihood, likelihoods } from "./score.js";
import { tagLines } from "./tagging.js";
import { Translator } from "./translator.js";

/** What is measured, and how. */
export interface EvaluateOptions<Name extends MetricName = MetricName> {
  /** Some of those of the model's task; all of them unless given. */
  metrics?: readonly Name[] | undefined;
  /** How `bleu`, `wer` and `per` cut words; as the target's language asks unless given. */
  tokenizer?: BleuTokenizer | undefined;
  /** Stops the work; the promise then rejects with AbortedError. */
  signal?: AbortSignal | undefined;
}

/** What came out of measuring. */
export interface Measured<Name extends MetricName = MetricName> {
  /** A number for each metric asked for: per cent, BLEU and chrF from 0 to 100, perplexity. */
  numbers: Record<Name, number>;
  /** What those numbers depend on that have such settings. */
  signatures: Partial<Record<Name, string>>;
  /** Of labels and tags: each one's precision and recall, and which was taken for which. */
  report?: ClassificationReport;
}

/** Measures a model on examples it has not seen. */
export async function measure<Name extends MetricName = MetricName>(
  model: AnyModel,
  inputs: readonly (string | PairInput)[],
  options: EvaluateOptions<Name> = {},
): Promise<Measured<Name>> {
  const metrics: readonly MetricName[] = options.metrics ?? TASK_METRICS[model.task];
  for (const metric of metrics) refuseUnknown(metric, model.task);
  const thing = model.task === "language-model" ? "line" : "pair";
  if (inputs.length === 0) throw new DataError(`evaluate: expected at least one ${thing}, got none. Give ${thing}s.`);
  const pairs = asExamples(inputs, model.task);
  const others = metrics.filter((metric) => metric !== "ppl");
  const measured = others.length > 0 ? await measureOutputs(model, pairs, others, options) : emptyMeasures();
  if (metrics.includes("ppl")) {
    const driver = new Driver(options.signal, () => `evaluate: stopped while scoring ${pairs.length} ${thing}s`);
    const { total, tokens }: Likelihood = await driver.run(likelihoods(model, pairs));
    measured.numbers.ppl = perplexity(total, tokens);
  }
  // In the order asked for.
  const numbers = Object.fromEntries(metrics.map((metric) => [metric, measured.numbers[metric]!]));
  return { ...measured, numbers: numbers as Record<Name, number> } as Measured<Name>;
}

interface Measures extends Omit<Measured, "numbers"> {
  numbers: Partial<Record<MetricName, number>>;
}

const emptyMeasures = (): Measures => ({ numbers: {}, signatures: {} });

/** What compares the model's outputs with what they should be. */
function measureOutputs(
  model: AnyModel,
  pairs: readonly Pair[],
  metrics: readonly MetricName[],
  options: EvaluateOptions<MetricName>,
): Measures | Promise<Measures> {
  switch (model.task) {
    case "translate":
      return measureTranslations(model, pairs, metrics, options);
    case "classify":
    case "tag":
      return measureLabels(model, pairs, options);
    case "language-model":
      return emptyMeasures();
  }
}

async function measureTranslations(
  model: Seq2Seq,
  pairs: readonly Pair[],
  metrics: readonly MetricName[],
  { tokenizer: asked, signal }: EvaluateOptions<MetricName>,
): Promise<Measures> {
  const references = pairs.map((pair) => pair.target);
  const sources = pairs.map((pair) => pair.source);
  const outputs = await new Translator([model]).translate(sources, { attention: false, ...(signal && { signal }) });
  const { tokenizer } = model.target;
  const { language } = tokenizer.options;
  const tokenization = { language, ...(asked && { tokenizer: asked }) };
  const { numbers, signatures } = emptyMeasures();
  for (const metric of metrics) {
    if (metric === "accuracy") {
      const expected = references.map((reference) => tokenizer.encode(reference));
      const written = outputs.map((output) => output.tokens);
      numbers.accuracy = tokenAccuracy(written, expected);
    } else {
      const texts = outputs.map((output) => output.text);
      const lists = references.map((reference) => [reference]);
      const scorer = textMetric(metric as TextMetric, references, tokenization);
      const { score, signature } = corpusScore(scorer, texts, lists);
      numbers[metric] = score;
      if (metric !== "exact") signatures[metric] = signature;
    }
  }
  return { numbers, signatures };
}

/** Every label as one of a classification; of tags `exact` is the share of lines without a wrong one. */
async function measureLabels(
  model: Extract<AnyModel, { labels: unknown }>,
  pairs: readonly Pair[],
  { signal }: EvaluateOptions<MetricName>,
): Promise<Measures> {
  // What is wrong with the data is said before the work.
  const expected = pairs.map((pair, index) =>
    Array.from(model.example(pair, index).target, (id) => model.labels.nameOf(id)),
  );
  const sources = pairs.map((pair) => pair.source);
  const predicted =
    model.task === "classify"
      ? (await classifyLines(model, sources, { reason: false, signal })).map(({ label }) => [label])
      : (await tagLines(model, sources, { signal })).map(({ tokens }) => tokens.map(({ tag }) => tag));
  const report = classificationReport(predicted.flat(), expected.flat());
  const right = predicted.filter((labels, line) => labels.every((label, i) => label === expected[line]![i])).length;
  const numbers = { accuracy: report.accuracy, f1: report.macroF1, exact: (100 * right) / pairs.length };
  return { numbers, signatures: {}, report };
}

function refuseUnknown(name: string, task: AnyModel["task"]): void {
  const names: readonly string[] = TASK_METRICS[task];
  if (names.includes(name)) return;
  if ((METRICS as readonly string[]).includes(name))
    throw new RecipeError(`evaluate: ${name} is no metric of task ${task}; there are ${names.join(", ")}.`);
  const meant = nearest(name, names);
  const proposal = meant ? `did you mean ${meant}?` : `there are ${names.join(", ")}.`;
  throw new RecipeError(`evaluate: ${JSON.stringify(name)} is no metric; ${proposal}`);
}
