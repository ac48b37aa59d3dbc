import type { Batch } from "../data/batches.js";
import type { Classifier } from "../models/classifier.js";
import type { Tagger } from "../models/tagger.js";
import { logSoftmax } from "../tensor/index.js";
import type { Numbers } from "./step-decoder.js";

/** log p of every label, [labels asked for × label count], and what the encoder made of the batch. */
export function labelLogProbabilities({ network }: Classifier | Tagger, batch: Batch) {
  const encoded = network.encode(batch);
  const features = network.features(encoded, batch);
  return { encoded, features, values: logSoftmax(network.logits(features)).toArray() as Numbers };
}

/** The place of the largest number, of equals the first. */
export function largestPlace(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
