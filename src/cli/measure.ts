import type { Pair } from "../data/pairs.js";
import type { TranslationModel } from "../decode/translation-model.js";
import { type BleuTokenizer, corpusScore, perplexity, tokenAccuracy } from "../evaluate/index.js";
import type { Metric } from "./options.js";
import { textMetric } from "./text-metrics.js";

export interface Measured {
  /** A number for each metric asked for: per cent, BLEU and chrF from 0 to 100, perplexity. */
  numbers: Partial<Record<Metric, number>>;
  /** What those numbers depend on that have such settings. */
  signatures: Partial<Record<Metric, string>>;
}

export async function measure(
  model: TranslationModel,
  pairs: readonly Pair[],
  metrics: readonly Metric[],
  bleuTokenizer?: BleuTokenizer,
): Promise<Measured> {
  const references = pairs.map((pair) => pair.target);
  const translates = metrics.some((metric) => metric !== "ppl");
  const outputs = translates ? await model.translate(pairs.map((pair) => pair.source)) : [];
  const { tokenizer } = model.core.target;
  const { language } = tokenizer.options;
  const tokenization = { language, ...(bleuTokenizer && { tokenizer: bleuTokenizer }) };
  const measured: Measured = { numbers: {}, signatures: {} };
  for (const metric of metrics) {
    if (metric === "ppl") {
      const { total, tokens } = model.score(pairs);
      measured.numbers.ppl = perplexity(total, tokens);
    } else if (metric === "accuracy") {
      const expected = references.map((reference) => tokenizer.encode(reference));
      const written = outputs.map((output) => output.tokens);
      measured.numbers.accuracy = tokenAccuracy(written, expected);
    } else {
      const texts = outputs.map((output) => output.text);
      const lists = references.map((reference) => [reference]);
      const { score, signature } = corpusScore(textMetric(metric, references, tokenization), texts, lists);
      measured.numbers[metric] = score;
      if (metric !== "exact") measured.signatures[metric] = signature;
    }
  }
  return measured;
}
