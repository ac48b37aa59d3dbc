import { asPair, type PairInput } from "../data/pairs.js";
import { DataError, RecipeError } from "../errors.js";
import {
  type BleuTokenizer,
  corpusScore,
  METRICS,
  type MetricName,
  perplexity,
  type TextMetric,
  textMetric,
  tokenAccuracy,
} from "../evaluate/index.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { nearest } from "../recipe/nearest.js";
import { Driver } from "./drive.js";
import { type Likelihood, likelihoods } from "./score.js";
import { Translator } from "./translator.js";

/** What is measured, and how. */
export interface EvaluateOptions<Name extends MetricName = MetricName> {
  /** Some of `METRICS`; all of them unless given. */
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
}

/** Measures a model on pairs it has not seen. */
export async function measure<Name extends MetricName = MetricName>(
  model: Seq2Seq,
  inputs: readonly PairInput[],
  { metrics = METRICS as readonly string[] as readonly Name[], tokenizer: asked, signal }: EvaluateOptions<Name> = {},
): Promise<Measured<Name>> {
  for (const metric of metrics) refuseUnknown(metric);
  if (inputs.length === 0) throw new DataError("evaluate: expected at least one pair, got none. Give pairs.");
  const pairs = inputs.map(asPair);
  const references = pairs.map((pair) => pair.target);
  const translates = metrics.some((metric) => metric !== "ppl");
  const sources = pairs.map((pair) => pair.source);
  const outputs = translates
    ? await new Translator([model]).translate(sources, { attention: false, ...(signal && { signal }) })
    : [];
  const { tokenizer } = model.target;
  const { language } = tokenizer.options;
  const tokenization = { language, ...(asked && { tokenizer: asked }) };
  const numbers: Partial<Record<MetricName, number>> = {};
  const signatures: Partial<Record<MetricName, string>> = {};
  for (const metric of metrics as readonly MetricName[]) {
    if (metric === "ppl") {
      const driver = new Driver(signal, () => `evaluate: stopped while scoring ${pairs.length} pairs`);
      const { total, tokens }: Likelihood = await driver.run(likelihoods(model, pairs));
      numbers.ppl = perplexity(total, tokens);
    } else if (metric === "accuracy") {
      const expected = references.map((reference) => tokenizer.encode(reference));
      const written = outputs.map((output) => output.tokens);
      numbers.accuracy = tokenAccuracy(written, expected);
    } else {
      const texts = outputs.map((output) => output.text);
      const lists = references.map((reference) => [reference]);
      const scorer = textMetric(metric satisfies TextMetric, references, tokenization);
      const { score, signature } = corpusScore(scorer, texts, lists);
      numbers[metric] = score;
      if (metric !== "exact") signatures[metric] = signature;
    }
  }
  return { numbers: numbers as Record<Name, number>, signatures: signatures as Partial<Record<Name, string>> };
}

function refuseUnknown(name: string): void {
  if ((METRICS as readonly string[]).includes(name)) return;
  const meant = nearest(name, METRICS);
  const proposal = meant ? `did you mean ${meant}?` : `there are ${METRICS.join(", ")}.`;
  throw new RecipeError(`evaluate: ${JSON.stringify(name)} is no metric; ${proposal}`);
}
