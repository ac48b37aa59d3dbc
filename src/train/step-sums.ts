/** What some training steps came to, as sums: divided by what they count, they are means. */
export interface StepSums {
  steps: number;
  /** Nats of all that was to be predicted, and how much that was: target tokens or labels. */
  loss: number;
  predicted: number;
  /** Norms of the gradients, before clipping. */
  gradientNorm: number;
  /** Source and target tokens, padding not counted. */
  tokens: number;
  /** From the end of the step before to that of the last one. */
  seconds: number;
}

/** Sums of no steps. */
export function noSteps(): StepSums {
  return { steps: 0, loss: 0, predicted: 0, gradientNorm: 0, tokens: 0, seconds: 0 };
}

/** Adds `more` to `sums`. */
export function addSteps(sums: StepSums, more: StepSums): void {
  for (const name of Object.keys(sums) as (keyof StepSums)[]) sums[name] += more[name];
}
