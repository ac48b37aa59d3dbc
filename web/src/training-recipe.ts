import type { Recipe, RecipeInput } from "tandem-seq2seq";
import type { LearnedTask } from "./protocol.js";

export const ATTENTIONS = ["scaled-dot", "dot", "general", "additive", "none"] as const;
export const SUMMARIES = ["attention", "last", "mean", "max"] as const;

/** What is chosen in the view. */
export interface TrainingSettings {
  attention: (typeof ATTENTIONS)[number];
  /** How a classifier makes one code of all states. */
  summary: (typeof SUMMARIES)[number];
  hidden: number;
  epochs: number;
  rate: number;
  /** Of a model that goes on: whether it learns words and labels that it has not. */
  extend: boolean;
}

/** Pairs that are held out, if a quarter is more. */
const HELD_OUT = 50;
/** Of fewer none is held out: each is needed. */
const FEWEST_TO_HOLD_OUT = 20;
/** Words that may be added to each side of a model. */
const ROOM = 10_000;

const training = ({ epochs, rate }: TrainingSettings, pairCount: number) => ({
  train: { epochs, learningRate: rate, batchSize: 16, dropout: 0, seed: 1 },
  data: { holdOut: pairCount < FEWEST_TO_HOLD_OUT ? 0 : Math.min(0.25, HELD_OUT / pairCount) },
});

/** The recipe of a new model. */
export function newRecipe(
  task: LearnedTask,
  tokenizer: "chars" | "words",
  settings: TrainingSettings,
  pairCount: number,
): Omit<RecipeInput, "task"> {
  const { attention, summary, hidden } = settings;
  const encoder = { hiddenSize: hidden, bidirectional: true };
  if (task === "classify")
    return {
      source: { tokenizer },
      model: { embeddingSize: hidden, encoder: { ...encoder, summary } },
      ...training(settings, pairCount),
    };
  return {
    source: { tokenizer },
    target: { tokenizer },
    model: {
      embeddingSize: hidden,
      encoder,
      // As wide as the encoder's states, so that queries meet them as they are.
      decoder: { hiddenSize: 2 * hidden, ...(attention === "none" && { context: "every-step" as const }) },
      attention: { kind: attention },
    },
    ...training(settings, pairCount),
  };
}

const isClosed = ({ tokenizer }: Recipe["source"]) => tokenizer === "bpe" || tokenizer === "bytes";

/** Whether there can be words or labels that a model has not: pieces write any text. */
export const canExtend = ({ task, source, target }: Recipe): boolean =>
  task === "classify" || !isClosed(source) || !isClosed(target);

/** The recipe of a model that goes on from another: what it is, the other says. */
export function continuedRecipe(
  base: Recipe,
  settings: TrainingSettings,
  pairCount: number,
): Omit<RecipeInput, "task"> {
  const { train, data } = training(settings, pairCount);
  if (!(settings.extend && canExtend(base))) return { train, data };
  const room = (side: Recipe["source"]) => (isClosed(side) ? {} : { vocabSize: side.vocabSize + ROOM });
  return {
    source: room(base.source),
    ...(base.task === "translate" && { target: room(base.target) }),
    train: { ...train, extendVocabulary: true },
    data,
  };
}
