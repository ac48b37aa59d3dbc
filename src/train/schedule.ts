import type { Recipe } from "../recipe/index.js";

/**
 * The learning rate of step 1 … totalSteps: rises linearly over the warm-up of w steps, then goes on by the schedule.
 *
 *   cosine        half a cosine down to zero (Loshchilov & Hutter 2017, eq. 5, without restarts)
 *   linear        a line down to zero
 *   inverse-sqrt  √(w / step), or without a warm-up 1/√step (Vaswani et al. 2017, section 5.3)
 *
 * A cosine and a line stay at zero after the last step. What `plateau` takes away stands in `Plateau`.
 */
export function learningRateAt(step: number, totalSteps: number, train: Recipe["train"]): number {
  const { learningRate, schedule, warmupSteps } = train;
  if (step <= warmupSteps) return (learningRate * step) / warmupSteps;
  const progress = Math.min(1, (step - warmupSteps - 1) / Math.max(1, totalSteps - warmupSteps));
  switch (schedule) {
    case "constant":
    case "plateau":
      return learningRate;
    case "cosine":
      return (learningRate * (1 + Math.cos(Math.PI * progress))) / 2;
    case "linear":
      return learningRate * (1 - progress);
    case "inverse-sqrt":
      return learningRate * Math.sqrt(Math.max(1, warmupSteps) / step);
  }
}
