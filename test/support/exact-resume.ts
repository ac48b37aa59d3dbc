import { expect } from "vitest";
import type { TrainingProgress } from "../../src/train/progress.js";
import type { Trainer } from "../../src/train/trainer.js";

/** A fresh model with its trainer, each time of the same recipe and data. */
type Create<Run> = () => Promise<Run>;

/**
 * Trains whole; then stops after two epochs, goes on from the checkpoint in a fresh trainer, and expects the same file.
 * `watch` sees the whole run before it begins.
 */
export async function expectExactResume<
  Run extends { model: { toBytes(): Uint8Array }; trainer: Pick<Trainer, "run" | "restore" | "checkpoint" | "step"> },
>(create: Create<Run>, watch: (whole: Run) => void = () => {}): Promise<void> {
  const whole = await create();
  watch(whole);
  await whole.trainer.run(() => {});
  const controller = new AbortController();
  const stopped = await create();
  const stopAt = (progress: TrainingProgress) => {
    if (progress.kind === "epoch" && progress.epoch === 2) controller.abort();
  };
  expect(await stopped.trainer.run(stopAt, controller.signal)).toBe("aborted");
  const resumed = await create();
  resumed.trainer.restore(stopped.trainer.checkpoint(), "last.safetensors");
  expect(resumed.trainer.step).toBeGreaterThan(0);
  expect(resumed.trainer.step).toBeLessThan(whole.trainer.step);
  await resumed.trainer.run(() => {});
  expect(resumed.model.toBytes()).toEqual(whole.model.toBytes());
}
