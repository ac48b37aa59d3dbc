import { describe, expect, it } from "vitest";
import { wasm } from "../../test/support/backends.js";
import { expectExactResume } from "../../test/support/exact-resume.js";
import { modelOf } from "../decode/any-model.js";
import { modelOfFile } from "../models/model-file.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import { prepareModel } from "./prepare.js";
import type { DevProgress } from "./progress.js";
import { Trainer } from "./trainer.js";
import { runTrial } from "./trial.js";

const pairs = Array.from({ length: 40 }, (_, i) => ({ source: `${i} ${i % 7} ${i % 3}`, target: `${i % 3} ${i % 7}` }));
const dev = pairs.slice(0, 5);

/** Ten steps to an epoch. */
const create = async (train: RecipeInput["train"]) => {
  const sizes = { embeddingSize: 7, encoder: { hiddenSize: 5 }, decoder: { hiddenSize: 11 } };
  const recipe = completeRecipe({ model: sizes, train: { epochs: 3, batchSize: 4, learningRate: 0.01, ...train } });
  const model = await prepareModel(wasm, recipe, pairs);
  return { model, trainer: Trainer.onPairs(model, pairs, dev) };
};

/** All measurements of a run, and how it ended. */
async function run({ trainer }: Awaited<ReturnType<typeof create>>) {
  const seen: DevProgress[] = [];
  const outcome = await trainer.run((event) => void (event.kind !== "step" && seen.push(event)));
  return { seen, outcome };
}

describe("train.evaluateEvery", () => {
  it("measures dev within epochs too, once at each place, and trains the same weights", async () => {
    const [plain, often] = [await create({}), await create({ evaluateEvery: 4 })];
    const [{ seen: epochs }, { seen }] = [await run(plain), await run(often)];
    expect(seen.map(({ kind, step }) => `${kind} ${step}`)).toEqual([
      ...["evaluation 4", "evaluation 8", "epoch 10", "evaluation 12", "evaluation 16", "epoch 20"],
      ...["evaluation 24", "evaluation 28", "epoch 30"],
    ]);
    const numbers = ({ epoch, step, trainLoss, devLoss }: DevProgress) => ({ epoch, step, trainLoss, devLoss });
    expect(seen.filter(({ kind }) => kind === "epoch").map(numbers)).toEqual(epochs.map(numbers));
    const { history } = often.model;
    expect(history.epochs.map(({ step }) => step)).toEqual([4, 8, undefined, 12, 16, undefined, 24, 28, undefined]);
    expect(history.epochs.map(({ devLoss }) => devLoss)).toEqual(seen.map(({ devLoss }) => devLoss));
  });

  it("may choose a model within an epoch, as it was measured", async () => {
    // A rate that soon is too high: the best model is an early one.
    const one = await create({ evaluateEvery: 3, optimizer: "sgd", learningRate: 1, clipNorm: 0, momentum: 0.95 });
    const { seen } = await run(one);
    const best = seen.reduce((least, event) => (event.devLoss! < least.devLoss! ? event : least));
    expect(best.kind).toBe("evaluation");
    expect(seen.findLast((event) => event.best)).toBe(best);
    const { total, tokens } = (await modelOf(modelOfFile(wasm, one.model.toBytes(), "best"))).score(dev);
    expect(total / tokens).toBe(best.devLoss);
  });

  it("counts for early stopping, at once, and for plateau", async () => {
    const stopped = await create({ evaluateEvery: 1, patience: 2, metric: "exact", epochs: 100, learningRate: 1e-9 });
    const { seen, outcome } = await run(stopped);
    expect(outcome).toBe("stopped early");
    expect(seen.length - 1 - seen.findLastIndex(({ best }) => best)).toBe(2);
    expect(stopped.trainer.step).toBe(seen.at(-1)!.step);
    // Restored where it ended early it ends there.
    const again = await create({ evaluateEvery: 1, patience: 2, metric: "exact", epochs: 100, learningRate: 1e-9 });
    const half = await create({ evaluateEvery: 1, patience: 2, metric: "exact", epochs: 100, learningRate: 1e-9 });
    let checkpoint = new Uint8Array();
    await half.trainer.run(() => {}, undefined, { save: async () => void (checkpoint = half.trainer.checkpoint()) });
    again.trainer.restore(checkpoint, "last.safetensors");
    expect((await run(again)).seen).toEqual([]);
    expect(again.model.toBytes()).toEqual(stopped.model.toBytes());
  });

  it.each<[string, RecipeInput["train"]]>([
    ["plain", {}],
    [
      "plateau and an average",
      { schedule: "plateau", plateau: { patience: 0 }, metric: "cer", ema: 0.9, accumulate: 2 },
    ],
  ])("goes on from a checkpoint to the same bits: %s", async (_, train) => {
    await expectExactResume(() => create({ epochs: 4, evaluateEvery: 3, ...train }));
  });

  it("needs dev pairs; a trial does without", async () => {
    const { model } = await create({ evaluateEvery: 3, schedule: "plateau" });
    expect(() => Trainer.onPairs(model, pairs, [])).toThrow("expected dev pairs");
    const { model: other } = await create({ evaluateEvery: 3 });
    expect(() => Trainer.onPairs(other, pairs, [])).toThrow(
      "train.evaluateEvery: expected dev pairs to measure, got none.",
    );
    expect((await runTrial(model, pairs, 1)).stepsPerEpoch).toBe(10);
  });
});
