import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EpochProgress } from "../train/progress.js";
import { KeptModels, keptModelFiles } from "./kept-models.js";

let run = "";
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), "tandem-kept-"));
});
afterEach(() => rmSync(run, { recursive: true, force: true }));

const epochOf = (step: number, score: number): EpochProgress => ({
  kind: "epoch",
  epoch: step / 10,
  epochs: 9,
  step,
  trainLoss: 1,
  samples: [],
  score,
  best: false,
  seconds: 1,
});
const bytesOf = (step: number) => new TextEncoder().encode(`model of step ${step}`);

/** Offers models of steps 10, 20, … with these scores. */
async function offer(kept: KeptModels, scores: readonly number[], first = 10): Promise<void> {
  for (const [i, score] of scores.entries()) {
    const step = first + 10 * i;
    await kept.offer(epochOf(step, score), () => bytesOf(step));
  }
}
const held = () => readdirSync(join(run, "best")).map((name) => [name, readFileSync(join(run, "best", name), "utf8")]);

test("the best ones are kept, the better first, of equal ones the earlier", async () => {
  await offer(new KeptModels(run, 3), [5, 3, 4, 3, 9, 2]);
  expect(await keptModelFiles(run)).toEqual([60, 20, 40].map((step) => join(run, "best", `step-${step}.safetensors`)));
  for (const step of [60, 20, 40])
    expect(readFileSync(join(run, "best", `step-${step}.safetensors`), "utf8")).toBe(`model of step ${step}`);
  expect(readdirSync(join(run, "best"))).toHaveLength(4);
});

test("a model that is not among them is not even written out", async () => {
  const kept = new KeptModels(run, 2);
  await offer(kept, [1, 2]);
  await kept.offer(epochOf(30, 3), () => {
    throw new Error("written");
  });
});

test("a run that goes on from an earlier step ends with what one that was never stopped has", async () => {
  const scores = [5, 3, 4, 1, 2];
  await offer(new KeptModels(run, 2), scores);
  const whole = held();
  rmSync(join(run, "best"), { recursive: true });
  // Steps 40 and 50 were done, but the checkpoint is of step 30, and what they gave is lost.
  await offer(new KeptModels(run, 2), [5, 3, 4, 0.1, 0.2]);
  await offer(new KeptModels(run, 3), [4], 30);
  expect(await keptModelFiles(run)).toHaveLength(1);
  rmSync(join(run, "best"), { recursive: true });
  await offer(new KeptModels(run, 2), scores.slice(0, 4));
  await offer(new KeptModels(run, 2), scores.slice(3), 40);
  expect(held()).toEqual(whole);
});

test("none are kept where none are asked for", async () => {
  await offer(new KeptModels(run, 0), [1, 2]);
  expect(readdirSync(run)).toEqual([]);
  await expect(keptModelFiles(run)).rejects.toThrow("expected models kept in");
});
