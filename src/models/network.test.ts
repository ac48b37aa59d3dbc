import { describe, expect, it } from "vitest";
import { expectGolden, type GoldenTensor, goldenBatch, readGolden } from "../../test/support/golden.js";
import type { Batch } from "../data/batches.js";
import { createReferenceBackend } from "../kernels/reference/reference.js";
import { createWasmBackend } from "../kernels/wasm/wasm.js";
import { Parameters } from "../nn/index.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import { backward, ints, Scope } from "../tensor/index.js";
import { Adam } from "../train/adam.js";
import { clippingScale } from "../train/clipping.js";
import { Seq2SeqNetwork } from "./network.js";

// Made by test/oracles/make_golden.py with PyTorch 2.13.0; the script, seed and command stand in the file's header.
interface Case {
  name: string;
  sourceVocabSize: number;
  targetVocabSize: number;
  model: RecipeInput["model"];
  batch: Record<"source" | "sourceMask" | "targetIn" | "targetOut" | "targetMask", GoldenTensor> & {
    guide?: GoldenTensor;
  };
  parameters: Record<string, GoldenTensor>;
  encoderOutputs: GoldenTensor;
  c: GoldenTensor;
  logits: GoldenTensor;
  attention: GoldenTensor | null;
  loss: number;
  gradients: Record<string, GoldenTensor>;
  smoothed?: { labelSmoothing: number; loss: number; gradients: Record<string, GoldenTensor> };
  training?: { learningRate: number; epsilon: number; clipNorm: number; losses: number[] };
}
const golden = { cases: ["models", "family"].flatMap((name) => readGolden<{ cases: Case[] }>(name).cases) };

const batchOf = ({ batch }: Case): Batch => ({
  ...goldenBatch(batch),
  ...(batch.guide && { guide: Float32Array.from(batch.guide.data) }),
});

const backends = [
  { name: "reference", create: async () => createReferenceBackend(), tolerance: 1e-7 },
  { name: "wasm", create: async () => createWasmBackend({ threads: 1 }), tolerance: 2e-5 },
];

describe.each(backends)("Seq2SeqNetwork on $name against PyTorch", ({ create, tolerance }) => {
  const build = async (wanted: Case) => {
    const backend = await create();
    const recipe = completeRecipe({ model: wanted.model!, train: { dropout: 0 } });
    const parameters = new Parameters(new Scope(backend), 1);
    const network = new Seq2SeqNetwork(parameters, recipe, wanted.sourceVocabSize, wanted.targetVocabSize);
    expect([...parameters].map(([name]) => name).sort()).toEqual(Object.keys(wanted.parameters).sort());
    for (const [name, { shape, data }] of Object.entries(wanted.parameters)) parameters.load(name, shape, data);
    return { backend, parameters, network, scope: new Scope(backend, { gradients: true }) };
  };

  it.each(golden.cases)("$name: states, logits, attention", async (wanted) => {
    const { network, scope } = await build(wanted);
    scope.run(() => {
      const batch = batchOf(wanted);
      const encoded = network.encode(batch);
      expectGolden(encoded.outputs.toArray(), wanted.encoderOutputs, tolerance, "encoder outputs");
      expectGolden(encoded.code.toArray(), wanted.c, tolerance, "c");
      const vocabulary = wanted.targetVocabSize;
      let compared = 0;
      let state = network.decoder.start(encoded);
      for (let t = 0; t < batch.targetTime; t++) {
        const previous = Int32Array.from({ length: batch.size }, (_, b) => batch.targetIn[b * batch.targetTime + t]!);
        const step = network.decoder.step(previous, state);
        state = step.state;
        const logits = network.decoder.logits(step.features).toArray();
        for (let b = 0; b < batch.size; b++) {
          if (batch.targetMask[b * batch.targetTime + t] === 0) continue;
          const at = (b * batch.targetTime + t) * vocabulary;
          const row = { shape: [vocabulary], data: wanted.logits.data.slice(at, at + vocabulary) };
          expectGolden(
            logits.slice(b * vocabulary, (b + 1) * vocabulary),
            row,
            tolerance,
            `logits of row ${b} at ${t}`,
          );
          if (wanted.attention) {
            const from = (b * batch.targetTime + t) * batch.sourceTime;
            const weights = { shape: [], data: wanted.attention.data.slice(from, from + batch.sourceTime) };
            const got = step.attended!.weights.toArray().slice(b * batch.sourceTime, (b + 1) * batch.sourceTime);
            expectGolden(got, weights, tolerance, `attention of row ${b} at ${t}`);
          }
          compared++;
        }
      }
      expect(compared).toBe(batch.targetTokens);
    });
  });

  it.each(golden.cases)("$name: loss and every gradient", async (wanted) => {
    const { parameters, network, scope } = await build(wanted);
    scope.run(() => {
      const loss = network.loss(batchOf(wanted), { attentionLosses: true });
      expect(loss.item()).toBeCloseTo(wanted.loss, tolerance < 1e-6 ? 8 : 5);
      backward(loss);
      for (const [name, parameter] of parameters)
        expectGolden(parameter.gradientArray(), wanted.gradients[name]!, tolerance, `gradient of ${name}`);
    });
  });

  it.each(golden.cases.filter((wanted) => wanted.smoothed))("$name: label smoothing", async (wanted) => {
    const { parameters, network, scope } = await build(wanted);
    const { labelSmoothing, loss: expected, gradients } = wanted.smoothed!;
    scope.run(() => {
      const loss = network.loss(batchOf(wanted), { smoothing: labelSmoothing });
      expect(loss.item()).toBeCloseTo(expected, tolerance < 1e-6 ? 8 : 5);
      backward(loss);
      for (const [name, parameter] of parameters)
        expectGolden(parameter.gradientArray(), gradients[name]!, tolerance, `gradient of ${name}`);
    });
  });

  it.each(golden.cases.filter((wanted) => wanted.training))("$name: ten training steps", async (wanted) => {
    const { backend, parameters, network, scope } = await build(wanted);
    const { learningRate, epsilon, clipNorm, losses } = wanted.training!;
    const adam = new Adam(backend, parameters, { epsilon });
    const seen = losses.map(() => {
      scope.reset();
      return scope.run(() => {
        parameters.clearGradients();
        const loss = network.loss(batchOf(wanted));
        backward(loss);
        adam.step(learningRate, clippingScale(parameters, clipNorm).scale);
        return loss.item();
      });
    });
    expectGolden(seen, { shape: [10], data: losses }, tolerance < 1e-6 ? 1e-7 : 1e-4, "losses");
  });
});

it.each(["attentional", "none"] as const)(
  "dropout between a decoder's layers draws another mask at every time, feeding %s",
  (inputFeeding) => {
    const backend = createReferenceBackend();
    const recipe = completeRecipe({
      model: {
        embeddingSize: 2,
        encoder: { hiddenSize: 3 },
        decoder: { hiddenSize: 64, layers: 2, dropout: 0.5, context: "initial", bridge: "zero", inputFeeding },
        attention: { kind: "scaled-dot" },
      },
      train: { dropout: 0 },
    });
    const parameters = new Parameters(new Scope(backend), 1);
    const network = new Seq2SeqNetwork(parameters, recipe, 5, 5);
    // The upper layer passes on what it reads, and the lower one is the same at every time: only the mask can differ.
    for (const [name, parameter] of parameters)
      if (name.startsWith("decoder.recurrent")) parameter.set(new Float64Array(parameter.size));
    parameters
      .get("decoder.recurrent.bias_ih_l0")
      .set(Float64Array.from({ length: 192 }, (_, i) => (i < 128 ? -9 : 1)));
    const identity = new Float64Array(192 * 64);
    for (let i = 0; i < 64; i++) identity[(128 + i) * 64 + i] = 1;
    parameters.get("decoder.recurrent.weight_ih_l1").set(identity);
    parameters
      .get("decoder.recurrent.bias_ih_l1")
      .set(Float64Array.from({ length: 192 }, (_, i) => (i >= 64 && i < 128 ? -40 : 0)));
    // Features are tanh of the upper state.
    const weight = parameters.get("decoder.attentional.weight");
    const pass = new Float64Array(weight.size);
    for (let i = 0; i < 64; i++) pass[i * weight.shape[1]! + weight.shape[1]! - 64 + i] = 1;
    weight.set(pass);
    new Scope(backend).run(() => {
      const batch = { size: 1, sourceTime: 1, source: Int32Array.of(3), sourceMask: Float32Array.of(1) };
      const training = { seed: 1, step: 1, examples: ints([0], [1]) };
      const { features } = network.decoder.follow(network.encode(batch), ints([2, 2], [1, 2]), training);
      const values = Array.from(features.toArray());
      const kept = [values.slice(0, 64), values.slice(64)].map((time) => time.map((value) => value !== 0));
      expect(kept[0]).toContain(true);
      expect(kept[0]).toContain(false);
      expect(kept[1]).not.toEqual(kept[0]);
    });
  },
);

it("one table for both sides wants one vocabulary", () => {
  const recipe = completeRecipe({ model: { embeddingSize: 8, decoder: { hiddenSize: 8 }, tieEmbeddings: "all" } });
  const build = () => new Seq2SeqNetwork(new Parameters(new Scope(createReferenceBackend()), 1), recipe, 5, 7);
  expect(build).toThrow("tieEmbeddings all: expected one vocabulary for both sides, got sizes 5 and 7.");
});

it("a table that is the output's weight too is moved by Adam as any other weight", () => {
  const backend = createReferenceBackend();
  const recipe = completeRecipe({
    model: { embeddingSize: 8, encoder: { hiddenSize: 3 }, decoder: { hiddenSize: 8 }, tieEmbeddings: "target" },
    train: { dropout: 0 },
  });
  const parameters = new Parameters(new Scope(backend), 1);
  const network = new Seq2SeqNetwork(parameters, recipe, 6, 7);
  expect(parameters.has("decoder.output.weight")).toBe(false);
  const adam = new Adam(backend, parameters);
  const scope = new Scope(backend, { gradients: true });
  const batch: Batch = {
    size: 1,
    sourceTime: 2,
    targetTime: 2,
    source: Int32Array.of(4, 3),
    sourceMask: Float32Array.of(1, 1),
    targetIn: Int32Array.of(2, 5),
    targetOut: Int32Array.of(5, 3),
    targetMask: Float32Array.of(1, 1),
    examples: Int32Array.of(0),
    sourceTokens: 2,
    targetTokens: 2,
  };
  const losses = Array.from({ length: 60 }, () => {
    scope.reset();
    parameters.clearGradients();
    return scope.run(() => {
      const loss = network.loss(batch);
      backward(loss);
      adam.step(0.02, 1);
      return loss.item();
    });
  });
  expect(losses[0]).toBeGreaterThan(1);
  expect(losses.at(-1)).toBeLessThan(0.1);
});
