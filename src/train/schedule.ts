import type { Recipe } from "../recipe/index.js";

/**
 * The learning rate of step 1 … totalSteps: rises linearly over the warm-up, then stays, or falls to zero along half a
 * cosine (Loshchilov & Hutter 2017, eq. 5, without restarts), where it stays after the last step.
 */
export function learningRateAt(step: number, totalSteps: number, train: Recipe["train"]): number {
  const { learningRate, schedule, warmupSteps } = train;
  if (step <= warmupSteps) return (learningRate * step) / warmupSteps;
  if (schedule === "constant") return learningRate;
  const progress = Math.min(1, (step - warmupSteps - 1) / Math.max(1, totalSteps - warmupSteps));
  return (learningRate * (1 + Math.cos(Math.PI * progress))) / 2;
}
