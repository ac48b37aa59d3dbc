import {
  type BleuTokenizer,
  bleuMetric,
  bleuTokenizerFor,
  chrfMetric,
  errorRateMetric,
  exactMetric,
  type Metric,
} from "../evaluate/index.js";

// The metrics that need nothing but texts, by the names users write.

export const TEXT_METRICS = ["exact", "bleu", "chrf", "chrf++", "wer", "per", "cer"] as const;
export type TextMetric = (typeof TEXT_METRICS)[number];

export interface Tokenization {
  /** As the user asked for it; by default what the language and the references call for. */
  tokenizer?: BleuTokenizer;
  /** Language of the references, or `auto`. */
  language: string;
}

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
