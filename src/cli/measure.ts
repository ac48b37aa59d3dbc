import type { Pair } from "../data/pairs.js";
import type { TranslationModel } from "../decode/translation-model.js";
import { bleu, bleuTokenizerFor, exactMatch, perplexity, tokenAccuracy } from "../evaluate/index.js";
import type { Metric } from "./options.js";

/** A number for each metric asked for: per cent, BLEU from 0 to 100, perplexity. */
export async function measure(
  model: TranslationModel,
  pairs: readonly Pair[],
  metrics: readonly Metric[],
): Promise<Partial<Record<Metric, number>> & { count: number }> {
  const references = pairs.map((pair) => pair.target);
  const translates = metrics.some((metric) => metric !== "ppl");
  const outputs = translates ? await model.translate(pairs.map((pair) => pair.source)) : [];
  const texts = outputs.map((output) => output.text);
  const { tokenizer } = model.core.target;
  const numbers: Record<Metric, () => number> = {
    exact: () => exactMatch(texts, references),
    accuracy: () =>
      tokenAccuracy(
        outputs.map((output) => output.tokens),
        references.map((reference) => tokenizer.encode(reference)),
      ),
    ppl: () => {
      const { total, tokens } = model.score(pairs);
      return perplexity(total, tokens);
    },
    bleu: () => {
      const kind = bleuTokenizerFor(tokenizer.options.language, references);
      return bleu(
        texts,
        references.map((reference) => [reference]),
        { tokenizer: kind },
      ).score;
    },
  };
  const measured = Object.fromEntries(metrics.map((metric) => [metric, numbers[metric]()]));
  return { ...measured, count: pairs.length };
}
