import { describe, expect, it } from "vitest";
import { BACKENDS } from "../../test/support/backends.js";
import { type GoldenTensor, readGolden } from "../../test/support/golden.js";
import { expectClose } from "../../test/support/numbers.js";
import type { Backend } from "../kernels/kernels.js";
import { Parameters } from "../nn/index.js";
import { RandomStream } from "../random.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import { backward, ints, Scope, selectRows, sum, tanh } from "../tensor/index.js";
import { createOptimizer } from "./create-optimizer.js";
import { Plateau } from "./plateau.js";
import { learningRateAt } from "./schedule.js";

interface OptimizerCase {
  name: string;
  kind: "Adam" | "AdamW" | "SGD";
  weightDecay: number;
  betas?: [number, number];
  eps?: number;
  momentum?: number;
  nesterov?: boolean;
  rates: number[];
  parameters: Record<string, GoldenTensor>;
  steps: { gradients: Record<string, GoldenTensor>; parameters: Record<string, GoldenTensor> }[];
}
type Schedule = "constant" | "cosine" | "linear" | "inverse-sqrt";
interface PlateauCase {
  factor: number;
  patience: number;
  minimum: number;
  scores: number[];
  rates: number[];
}
// Made by test/oracles/make_optimizers_golden.py with PyTorch 2.13.0; see the file's header.
const golden = readGolden<{
  optimizers: OptimizerCase[];
  schedules: Record<Schedule, number[]> & { totalSteps: number; warmupSteps: number; learningRate: number };
  plateau: PlateauCase[];
}>("optimizers");

const trainOf = (train: RecipeInput["train"]) => completeRecipe({ train }).train;

function recipeOf({ kind, weightDecay, betas, eps, momentum, nesterov }: OptimizerCase) {
  if (kind === "SGD") return trainOf({ optimizer: "sgd", weightDecay, momentum: momentum!, nesterov: nesterov! });
  const adam = { beta1: betas![0], beta2: betas![1], epsilon: eps! };
  return trainOf(kind === "Adam" ? { optimizer: "adam", ...adam } : { optimizer: "adamw", weightDecay, ...adam });
}

describe.each(BACKENDS)("%s", (_, backend: Backend, tolerance) => {
  it.each(golden.optimizers.map((one) => [one.name, one] as const))("follows PyTorch: %s", (_, one) => {
    const scope = new Scope(backend);
    const parameters = new Parameters(scope, 1);
    for (const [name, { shape, data }] of Object.entries(one.parameters)) parameters.constant(name, shape, 0).set(data);
    const optimizer = createOptimizer(backend, parameters, recipeOf(one));
    const gradients = new Scope(backend);
    for (const [i, step] of one.steps.entries()) {
      gradients.reset();
      for (const [name, { data }] of Object.entries(step.gradients)) {
        const pointer = gradients.allocate(data.length);
        backend.memory.floats(pointer, data.length).set(data);
        parameters.get(name).gradient = pointer;
      }
      optimizer.step(one.rates[i]!, 1);
      for (const [name, { data }] of Object.entries(step.parameters))
        expectClose(parameters.get(name).toArray(), data, tolerance, `${name} after step ${i + 1}`);
    }
    optimizer.dispose();
    gradients.dispose();
    scope.dispose();
  });

  const [vocabulary, size] = [23, 5];
  /** Trains a table on a few of its rows at each step; `byRows`: steps of rows that were not read are put off. */
  function trainedTable(train: RecipeInput["train"], byRows: boolean, steps: number, checkpointAt = 0) {
    const parameters = new Parameters(new Scope(backend), 3);
    const table = parameters.normal("table", [vocabulary, size], 0.5);
    table.readByRows = byRows;
    let optimizer = createOptimizer(backend, parameters, trainOf(train));
    const scope = new Scope(backend, { gradients: true });
    for (let step = 1; step <= steps; step++) {
      scope.reset();
      parameters.clearGradients();
      scope.run(() => {
        const random = new RandomStream(1, "rows", "", step);
        // Rows 0 … 3 are never read.
        const ids = Array.from({ length: 6 }, (_, i) => 4 + (random.at(i) % (vocabulary - 4)));
        backward(sum(tanh(selectRows(table, ints(ids, [6])))));
        optimizer.step(0.01 + 0.001 * (step % 3), 0.5);
      });
      if (step !== checkpointAt) continue;
      const state = optimizer.state();
      optimizer.dispose();
      optimizer = createOptimizer(backend, parameters, trainOf(train));
      optimizer.restore(state);
    }
    optimizer.dispose();
    const bits = Array.from(table.toArray());
    scope.dispose();
    return bits;
  }

  it.each([
    ["adamw", { optimizer: "adamw", weightDecay: 0.1 }],
    ["sgd", { optimizer: "sgd" }],
    ["sgd with decay", { optimizer: "sgd", weightDecay: 0.1 }],
    ["momentum", { optimizer: "sgd", momentum: 0.9, weightDecay: 0.1 }],
    ["Nesterov", { optimizer: "sgd", momentum: 0.9, nesterov: true }],
  ] as const)("a table whose rows catch up when they are read is the dense table, bit for bit: %s", (_, train) => {
    const dense = trainedTable(train, false, 60);
    expect(trainedTable(train, true, 60)).toEqual(dense);
    // The reference keeps float64, checkpoints float32.
    if (backend.memory.bytesPerElement === 4) expect(trainedTable(train, true, 60, 31)).toEqual(dense);
    expect(trainedTable(train, true, 1100)).toEqual(trainedTable(train, false, 1100));
  });

  it("rows that were never read shrink by weight decay alone", () => {
    const start = new Parameters(new Scope(backend), 3).normal("table", [vocabulary, size], 0.5).toArray();
    const end = trainedTable({ optimizer: "adamw", weightDecay: 0.1 }, true, 3);
    const kept = [1, 2, 3].reduce((product, step) => product * (1 - 0.1 * (0.01 + 0.001 * (step % 3))), 1);
    for (let i = 0; i < 4 * size; i++) expect(end[i]).toBeCloseTo(start[i]! * kept, 6);
  });
});

describe("schedules", () => {
  const { totalSteps, warmupSteps, learningRate, ...rates } = golden.schedules;
  it.each(Object.entries(rates))("follow PyTorch: %s", (schedule, expected) => {
    const train = trainOf({ schedule: schedule as Schedule, learningRate, warmupSteps });
    const found = expected.map((_, i) => learningRateAt(i + 1, totalSteps, train));
    expectClose(found, expected, 1e-8, schedule);
  });

  it.each(golden.plateau)("plateau follows PyTorch: factor $factor, patience $patience", (one) => {
    const { factor, patience, minimum, scores, rates: expected } = one;
    const train = trainOf({ schedule: "plateau", learningRate: 0.1, plateau: { factor, patience, minimum } });
    let plateau = new Plateau(train);
    const found = scores.map((score) => {
      // Each time a new one that takes over.
      const next = new Plateau(train);
      next.restore(plateau.state());
      plateau = next;
      plateau.offer(score);
      return plateau.reduce(0.1);
    });
    expectClose(found, expected, 1e-8, "learning rates");
    expect(plateau.reduce(0.001)).toBe(Math.min(0.001, expected.at(-1)!));
  });
});
