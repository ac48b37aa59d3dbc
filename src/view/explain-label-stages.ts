/** The stages after the encoder where there is no decoder, and those of a line that a decoder alone reads. */
import type { ClassificationTrace, TaggingTrace } from "../decode/label-trace.js";
import type { LineTrace } from "../decode/line-trace.js";
import { type Stage, SUMMARIES } from "./explain-stages.js";

/** Labels that are listed of many. */
export const LISTED_LABELS = 20;

/** How the label of a line is found. */
export function classificationStages({ vocabularySizes }: ClassificationTrace) {
  return {
    read: { name: "Label 1", title: "The label is read from c alone" },
    labels: {
      name: "Label 2",
      title: `A softmax over the ${vocabularySizes.target} labels`,
      formula: "p = softmax(W c + b)",
    },
    reasons: {
      attention: { name: "Reason", title: "The share of each token in c", formula: SUMMARIES["attention"]! },
      gradient: {
        name: "Reason",
        title: "How much each token's embedding moves the label",
        formula: "share_t ∝ |∂ log p(label) / ∂x_t ⊙ x_t|",
      },
    },
  } as const satisfies Record<string, Stage | Record<string, Stage>>;
}

/** How the tags of a line are found. */
export function taggingStages({ vocabularySizes }: TaggingTrace) {
  return {
    labels: {
      name: "Tags",
      title: `A softmax over the ${vocabularySizes.target} tags at each token's own state`,
      formula: "p_t = softmax(W h_t + b)",
    },
  } as const satisfies Record<string, Stage>;
}

/** How a language model reads a line. */
export function lineStages({ tokens }: LineTrace) {
  return {
    read: { name: "Decoder 1", title: `The line is read from left to right, ${tokens.length} tokens with </s>` },
    candidates: {
      name: "Decoder 2",
      title: "Each token after those before it: probability, place, best ones",
      formula: "p(y_t | y_1 … y_{t−1}) = softmax(W s_t + b);  perplexity = exp(mean of −log p)",
    },
  } as const satisfies Record<string, Stage>;
}
