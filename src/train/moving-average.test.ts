import { describe, expect, it } from "vitest";
import { BACKENDS, wasm } from "../../test/support/backends.js";
import { expectExactResume } from "../../test/support/exact-resume.js";
import { type GoldenTensor, readGolden } from "../../test/support/golden.js";
import { expectClose } from "../../test/support/numbers.js";
import { modelOf } from "../decode/any-model.js";
import type { Backend } from "../kernels/kernels.js";
import { modelOfFile } from "../models/model-file.js";
import { Parameters } from "../nn/index.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import { Scope } from "../tensor/index.js";
import { MovingAverage } from "./moving-average.js";
import { prepareModel } from "./prepare.js";
import { Trainer } from "./trainer.js";

// Made by test/oracles/make_optimizers_golden.py with PyTorch 2.13.0; see the file's header.
const { average: golden } = readGolden<{
  average: {
    decay: number;
    parameters: Record<string, GoldenTensor>;
    steps: { parameters: Record<string, GoldenTensor>; averages: Record<string, GoldenTensor> }[];
  };
}>("optimizers");

it.each(BACKENDS)("%s follows PyTorch's AveragedModel, lent, and taken over at every step", async (...one) => {
  const [, backend, tolerance]: [string, Backend, number] = one;
  const scope = new Scope(backend);
  const parameters = new Parameters(scope, 1);
  for (const [name, { shape, data }] of Object.entries(golden.parameters))
    parameters.constant(name, shape, 0).set(data);
  let average = new MovingAverage(parameters, golden.decay);
  for (const step of golden.steps) {
    for (const [name, { data }] of Object.entries(step.parameters)) parameters.get(name).set(data);
    average.update();
    await average.lend(async () => {
      for (const [name, { data }] of Object.entries(step.averages))
        expectClose(parameters.get(name).toArray(), data, tolerance, name);
    });
    for (const [name, { data }] of Object.entries(step.parameters))
      expectClose(parameters.get(name).toArray(), data, tolerance, name);
    if (backend.memory.bytesPerElement === 8) continue;
    const state = average.state();
    average.dispose();
    average = new MovingAverage(parameters, golden.decay);
    average.restore(state);
  }
  average.dispose();
  scope.dispose();
});

describe("training with train.ema", () => {
  const pairs = Array.from({ length: 30 }, (_, i) => ({
    source: `${i} ${i % 7} ${i % 3}`,
    target: `${i % 3} ${i % 7}`,
  }));
  const dev = pairs.slice(0, 5);
  const create = async (train: RecipeInput["train"] = {}, byRows = true) => {
    const sizes = { embeddingSize: 7, encoder: { hiddenSize: 5 }, decoder: { hiddenSize: 11 } };
    const recipe = completeRecipe({
      model: sizes,
      train: { epochs: 4, batchSize: 4, learningRate: 0.01, ema: 0.9, ...train },
    });
    const model = await prepareModel(wasm, recipe, pairs);
    if (!byRows) for (const [, tensor] of model.parameters) tensor.readByRows = false;
    return { model, trainer: Trainer.onPairs(model, pairs, dev) };
  };

  it("goes on from a checkpoint to the same bits", async () => {
    await expectExactResume(() => create());
  });

  it("trains the same weights as without, and saves the average that dev was measured with", async () => {
    const [plain, averaged] = [await create({ ema: 0 }), await create()];
    const devLossOf = async (bytes: Uint8Array) => {
      const core = modelOfFile(wasm, bytes, "best");
      const { total, tokens } = (await modelOf(core)).score(dev);
      core.dispose();
      return total / tokens;
    };
    const inTraining: ReadonlyMap<string, unknown>[] = [];
    const losses: number[] = [];
    let best: Uint8Array | undefined;
    await plain.trainer.run((event) => void (event.kind === "epoch" && inTraining.push(plain.model.tensors())));
    await averaged.trainer.run(async (event) => {
      if (event.kind !== "epoch") return;
      expect(averaged.model.tensors()).toEqual(inTraining[event.epoch - 1]);
      losses.push(event.devLoss!);
      if (event.best) best = averaged.trainer.measuredModel();
      expect(await devLossOf(averaged.trainer.measuredModel())).toBe(event.devLoss);
    });
    expect(await devLossOf(averaged.model.toBytes())).toBe(Math.min(...losses));
    expect(modelOfFile(wasm, best!, "best").tensors()).toEqual(averaged.model.tensors());
    expect(plain.model.tensors()).not.toEqual(averaged.model.tensors());
  });

  it("averages rows that no batch has read as it averages dense tables, bit for bit", async () => {
    const [byRows, dense] = [await create(), await create({}, false)];
    for (const { trainer } of [byRows, dense]) await trainer.run(() => {});
    expect(byRows.model.toBytes()).toEqual(dense.model.toBytes());
  });
});
