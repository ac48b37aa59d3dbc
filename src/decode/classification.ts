import type { Batch } from "../data/batches.js";
import { RecipeError } from "../errors.js";
import type { Classifier } from "../models/classifier.js";
import type { Encoded } from "../models/encoder.js";
import type { Reading } from "../models/model.js";
import { backward, Scope, type Tensor } from "../tensor/index.js";
import { END, UNKNOWN } from "../text/vocabulary.js";
import { Driver } from "./drive.js";
import { labelLogProbabilities, largestPlace } from "./label-probabilities.js";
import { REASONS, type ReasonKind } from "./reasons.js";
import { inBatches } from "./source-batches.js";
import type { Numbers } from "./step-decoder.js";

/** A label and how probable it is. */
export interface LabelProbability {
  label: string;
  probability: number;
}

/** The label of a line. */
export interface Classification extends LabelProbability {
  /** Every label, the most probable first. */
  probabilities: LabelProbability[];
  /** What was read; `unknown` says which tokens the model does not know. */
  source: { tokens: string[]; unknown: boolean[] };
  /** Which tokens the label was read from; absent where it was not asked for, and the model does not have it anyway. */
  reason?: Reason;
}

/** The share of each token in a decision. */
export interface Reason {
  /** `attention`: the weights of the summary; `gradient`: |∂ log p(label) / ∂x_t ⊙ x_t| of each embedding x_t. */
  by: ReasonKind;
  /** The source tokens and `</s>`. */
  tokens: string[];
  /** One for each token; they sum to 1. */
  weights: number[];
}

/** What `classify` takes besides lines. */
export interface ClassifyOptions {
  /**
   * By what the reason is found: `attention` where `encoder.summary` is attention, `gradient` with any model (it costs a
   * way back). Unless given, attention where there is one; false: none.
   */
  reason?: ReasonKind | false | undefined;
  /** Stops the work; the promise then rejects with AbortedError. */
  signal?: AbortSignal | undefined;
}

/** The labels of lines, in their order. */
export async function classifyLines(
  model: Classifier,
  lines: readonly string[],
  { reason, signal }: ClassifyOptions = {},
): Promise<Classification[]> {
  const by = reasonKind(model, reason);
  const results: Classification[] = new Array(lines.length);
  let done = 0;
  const driver = new Driver(signal, () => `classify: stopped after ${done} of ${lines.length} lines`);
  driver.check();
  const read = lines.map((line) => model.encodeSource(line));
  // A way back needs its own weights; else those packed before serve.
  const scope = new Scope(model.backend, by === "gradient" ? { gradients: true } : { parent: model.packedWeights() });
  try {
    await inBatches(model, read, scope, driver, (batch, positions) => {
      const lines = Array.from(positions, (position) => read[position]!);
      for (const [row, result] of classifyBatch(model, batch, lines, by).entries()) results[positions[row]!] = result;
      done += positions.length;
    });
  } finally {
    // Their memory is gone.
    if (by === "gradient") model.parameters.clearGradients();
    scope.dispose();
  }
  return results;
}

/** The labels of a batch, in the scope that runs; for a reason by gradient it must keep gradients. */
export function classifyBatch(
  model: Classifier,
  batch: Batch,
  lines: readonly Reading[],
  by: ReasonKind | undefined,
): Classification[] {
  const { encoded, features, values } = labelLogProbabilities(model, batch);
  const labelCount = model.labels.size;
  const rows = lines.map((_, row) => values.subarray(row * labelCount, (row + 1) * labelCount));
  const weights = by && (by === "attention" ? encoded.shares!.toArray() : influences(model, encoded, features, rows));
  return lines.map((line, row) => {
    const result = classificationOf(model, line, rows[row]!);
    return by && weights ? { ...result, reason: reasonOf(by, line, model, weights, row, batch) } : result;
  });
}

function reasonKind(model: Classifier, asked: ClassifyOptions["reason"]): ReasonKind | undefined {
  const attends = model.recipe.model.encoder.summary === "attention";
  if (asked === undefined) return attends ? "attention" : undefined;
  if (asked === false) return undefined;
  if (!REASONS.includes(asked))
    throw new RecipeError(`classify: reason: expected one of ${REASONS.join(", ")} or false, got ${String(asked)}.`);
  if (asked === "attention" && !attends)
    throw new RecipeError(
      "classify: reason: expected a model with encoder.summary attention, got one without. Ask for gradient.",
    );
  return asked;
}

function classificationOf({ labels }: Classifier, { tokens, ids }: Reading, logProbabilities: Numbers): Classification {
  const probabilities = Array.from(
    logProbabilities,
    (value, id): LabelProbability => ({ label: labels.nameOf(id), probability: Math.exp(value) }),
  );
  // Stable: equals stay in the order of the labels.
  probabilities.sort((a, b) => b.probability - a.probability);
  return { ...probabilities[0]!, probabilities, source: { tokens, unknown: ids.map((id) => id === UNKNOWN) } };
}

/** Gradient times input (Shrikumar et al. 2016): |∂ log p(label) / ∂x_t ⊙ x_t|₂ of the embeddings x_t, [batch, time]. */
function influences(model: Classifier, encoded: Encoded, features: Tensor, rows: readonly Numbers[]): Float64Array {
  const best = rows.map(largestPlace);
  model.parameters.clearGradients();
  backward(model.network.crossEntropy(features, best, { normalizer: 1 }));
  const [slopes, inputs] = [encoded.embedded.gradientArray()!, encoded.embedded.toArray()];
  const size = encoded.embedded.shape[2]!;
  const squares = new Float64Array(inputs.length / size);
  for (let i = 0; i < inputs.length; i++) squares[Math.floor(i / size)]! += (slopes[i]! * inputs[i]!) ** 2;
  return squares.map(Math.sqrt);
}

function reasonOf(
  by: ReasonKind,
  { tokens }: Reading,
  model: Classifier,
  weights: ArrayLike<number>,
  row: number,
  { sourceTime }: Batch,
): Reason {
  const own = Array.from({ length: tokens.length + 1 }, (_, i) => weights[row * sourceTime + i]!);
  const total = own.reduce((sum, weight) => sum + weight, 0);
  return {
    by,
    tokens: [...tokens, model.source.vocabulary.tokenOf(END)],
    weights: own.map((weight) => (total > 0 ? weight / total : 1 / own.length)),
  };
}
