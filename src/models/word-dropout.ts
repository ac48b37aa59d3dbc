import type { DropoutContext } from "../nn/index.js";
import { RandomStream } from "../random.js";
import { END, UNKNOWN } from "../text/vocabulary.js";

/**
 * Whole words dropped in training (Bowman et al. 2016, section 3.1): each token is read as `<unk>` with probability `rate`,
 * so that a model learns to do without any one word, and what to make of words it does not know. Which ones depends on
 * the seed, the step, the example and the place. ids [batch, time].
 */
export function dropWords(
  ids: Int32Array,
  side: "source" | "target",
  rate: number,
  training: DropoutContext | undefined,
): Int32Array {
  if (training === undefined || rate === 0) return ids;
  const stream = new RandomStream(training.seed, "word dropout", side, training.step);
  const { backend, pointer, size } = training.examples;
  const examples = backend.memory.ints(pointer, size);
  const time = ids.length / size;
  return ids.map((id, i) =>
    id > END && stream.uniform(i % time, examples[Math.floor(i / time)]!) < rate ? UNKNOWN : id,
  );
}
