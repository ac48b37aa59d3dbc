import { exactMetric } from "./accuracy.js";
import { bleuMetric } from "./bleu.js";
import { type BleuTokenizer, bleuTokenizerFor } from "./bleu-tokenizers.js";
import { chrfMetric } from "./chrf.js";
import { errorRateMetric } from "./error-rates.js";
import type { Metric } from "./metric.js";

/** What models are measured by: the metrics of texts, and `accuracy`, `f1` and `ppl`, which ask the model. docs/metrics.md explains each. */
export const METRICS = ["exact", "accuracy", "f1", "ppl", "bleu", "chrf", "chrf++", "wer", "per", "cer"] as const;
/** A name of `METRICS`. */
export type MetricName = (typeof METRICS)[number];

/** The metrics that need nothing but texts, by the names users write. */
export const TEXT_METRICS = ["exact", "bleu", "chrf", "chrf++", "wer", "per", "cer"] as const;
/** A name of `TEXT_METRICS`. */
export type TextMetric = (typeof TEXT_METRICS)[number];

/** How a metric of words finds the words. */
export interface Tokenization {
  /** As the user asked for it; by default what the language and the references call for. */
  tokenizer?: BleuTokenizer;
  /** Language of the references, or `auto`. */
  language: string;
}

/** The metric of a name, its words cut as the language asks. */
export function textMetric(name: TextMetric, references: readonly string[], tokenization: Tokenization): Metric {
  const tokenizer = tokenization.tokenizer ?? bleuTokenizerFor(tokenization.language, references);
  switch (name) {
    case "exact":
      return exactMetric;
    case "bleu":
      return bleuMetric({ tokenizer });
    case "chrf":
      return chrfMetric();
    case "chrf++":
      return chrfMetric({ wordOrder: 2 });
    case "cer":
      return errorRateMetric("cer");
    case "wer":
    case "per": {
      // Where words have spaces between them, error rates take those, punctuation and all.
      const spaced = tokenization.tokenizer === undefined && tokenizer === "13a";
      return errorRateMetric(name, { tokenizer: spaced ? "none" : tokenizer });
    }
  }
}
