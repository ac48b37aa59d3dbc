import type { Sample } from "./progress.js";

/**
 * What to say when a model answers everything alike: one output for several different sources whose references differ.
 * Undefined where it does not.
 */
export function collapseWarning(samples: readonly Sample[]): string | undefined {
  const kinds = (part: keyof Sample) => new Set(samples.map((sample) => sample[part])).size;
  if (kinds("source") < 2 || kinds("reference") < 2 || kinds("output") > 1) return undefined;
  return `warning: all ${samples.length} dev samples get the same output, ${JSON.stringify(samples[0]!.output)}. In the first epochs that is usual; later it means a learning rate too high or too low, unknown words (tandem check), or swapped or misaligned columns.`;
}
