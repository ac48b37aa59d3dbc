import { describe, expect, it } from "vitest";
import { reference, wasm } from "../../test/support/backends.js";
import { expectGolden, type GoldenTensor, readGolden } from "../../test/support/golden.js";
import type { Batch } from "../data/batches.js";
import { classifyBatch } from "../decode/classification.js";
import type { Backend } from "../kernels/kernels.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import { backward, Scope } from "../tensor/index.js";
import { Labels } from "../text/labels.js";
import { fitTokenizer } from "../text/tokenizer.js";
import { Vocabulary } from "../text/vocabulary.js";
import { Adam } from "../train/adam.js";
import { clippingScale } from "../train/clipping.js";
import { Classifier } from "./classifier.js";
import { DecoderOnly } from "./decoder-only.js";
import type { AnyModel } from "./model-file.js";
import { Tagger } from "./tagger.js";

// Made by test/oracles/make_tasks_golden.py with PyTorch 2.13.0; the script, seed and command stand in the file's header.
type BatchName = "source" | "sourceMask" | "labels" | "targetIn" | "targetOut" | "targetMask";
interface Case {
  name: string;
  task: "classify" | "tag" | "language-model";
  sourceVocabSize: number;
  targetVocabSize: number;
  labelCount: number;
  model: RecipeInput["model"];
  batch: Partial<Record<BatchName, GoldenTensor>>;
  parameters: Record<string, GoldenTensor>;
  encoderOutputs?: GoldenTensor;
  c?: GoldenTensor;
  logits: GoldenTensor;
  loss: number;
  gradients: Record<string, GoldenTensor>;
  reason?: GoldenTensor;
  training: { learningRate: number; epsilon: number; clipNorm: number; losses: number[] };
}
const { cases } = readGolden<{ cases: Case[] }>("tasks");
const readingCases = cases.filter(({ task }) => task !== "language-model");

const PAD = 0;
const END = 3;

/** The batch as `makeBatch` lays it out: labels are targets, and `</s>` follows the last of a row. */
function batchOf({ task, batch }: Case): Batch {
  const { source, sourceMask, targetIn, targetOut, targetMask, labels } = batch;
  if (task === "language-model") {
    const [size, targetTime] = targetIn!.shape as [number, number];
    return {
      ...{ size, targetTime, sourceTime: 1, source: new Int32Array(size).fill(END) },
      sourceMask: new Float32Array(size).fill(1),
      targetIn: Int32Array.from(targetIn!.data),
      targetOut: Int32Array.from(targetOut!.data),
      targetMask: Float32Array.from(targetMask!.data),
      examples: Int32Array.from({ length: size }, (_, i) => i),
      sourceTokens: size,
      targetTokens: targetMask!.data.reduce((a, b) => a + b),
    };
  }
  const [size, sourceTime] = source!.shape as [number, number];
  const targetTime = task === "classify" ? 2 : sourceTime;
  const out = new Int32Array(size * targetTime).fill(PAD);
  const mask = new Float32Array(size * targetTime);
  let label = 0;
  for (let row = 0; row < size; row++) {
    const real = sourceMask!.data.slice(row * sourceTime, (row + 1) * sourceTime).reduce((a, b) => a + b);
    const count = task === "classify" ? 1 : real - 1;
    for (let i = 0; i < count; i++) out[row * targetTime + i] = labels!.data[label++]!;
    out[row * targetTime + count] = END;
    mask.fill(1, row * targetTime, row * targetTime + count + 1);
  }
  return {
    ...{ size, sourceTime, targetTime, targetIn: out, targetOut: out, targetMask: mask },
    source: Int32Array.from(source!.data),
    sourceMask: Float32Array.from(sourceMask!.data),
    examples: Int32Array.from({ length: size }, (_, i) => i),
    sourceTokens: sourceMask!.data.reduce((a, b) => a + b),
    targetTokens: mask.reduce((a, b) => a + b),
  };
}

/** A model of the case with the golden parameters, its vocabularies made up. */
function build(backend: Backend, wanted: Case): AnyModel {
  const recipe = completeRecipe({ task: wanted.task, model: wanted.model!, train: { dropout: 0 } });
  const side = (size: number) => ({
    tokenizer: fitTokenizer([], { kind: "whitespace", language: "auto", lowercase: false, normalization: "NFC" }),
    vocabulary: Vocabulary.build([Array.from({ length: size - 4 }, (_, i) => `w${i}`)], {
      maxSize: size,
      minFrequency: 1,
    }),
  });
  const labels = Labels.build(Array.from({ length: wanted.labelCount }, (_, i) => `l${i}`));
  const source = side(wanted.sourceVocabSize);
  const model = {
    classify: () => new Classifier(backend, { recipe, source, labels }),
    tag: () => new Tagger(backend, { recipe, source, labels, tagTokenizer: source.tokenizer }),
    "language-model": () => new DecoderOnly(backend, { recipe, target: side(wanted.targetVocabSize) }),
  }[wanted.task]();
  const names = [...model.parameters].map(([name]) => name);
  const aliases = Object.keys(wanted.parameters).filter((name) => !names.includes(name));
  expect([...names, ...aliases].sort()).toEqual(Object.keys(wanted.parameters).sort());
  for (const name of names) model.parameters.load(name, wanted.parameters[name]!.shape, wanted.parameters[name]!.data);
  return model;
}

describe.each([
  { name: "reference", backend: reference, tolerance: 1e-7 },
  { name: "wasm", backend: wasm, tolerance: 2e-5 },
])("the tasks on $name against PyTorch", ({ backend, tolerance }) => {
  it.each(readingCases)("$name: states, c, logits, reason", (wanted) => {
    const model = build(backend, wanted) as Classifier | Tagger;
    const batch = batchOf(wanted);
    new Scope(backend).run(() => {
      const encoded = model.network.encode(batch);
      expectGolden(encoded.outputs.toArray(), wanted.encoderOutputs!, tolerance, "encoder outputs");
      if (wanted.task === "classify") expectGolden(encoded.code.toArray(), wanted.c!, tolerance, "c");
      const logits = model.network.logits(model.network.features(encoded, batch));
      expectGolden(logits.toArray(), wanted.logits, tolerance, "logits");
    });
    if (model.task !== "classify") return;
    const rows = Array.from({ length: batch.size }, (_, row) => {
      const ids = [...batch.source.subarray(row * batch.sourceTime, (row + 1) * batch.sourceTime)];
      return { tokens: ids.slice(0, ids.indexOf(END)).map(String), ids };
    });
    new Scope(backend, { gradients: true }).run(() => {
      for (const [row, { reason }] of classifyBatch(model, batch, rows, "gradient").entries()) {
        const expected = wanted.reason!.data.slice(row * batch.sourceTime, (row + 1) * batch.sourceTime);
        const data = expected.slice(0, reason!.weights.length);
        expectGolden(reason!.weights, { shape: [], data }, tolerance, `reason of row ${row}`);
      }
    });
  });

  it.each(cases)("$name: loss and every gradient", (wanted) => {
    const model = build(backend, wanted);
    const batch = batchOf(wanted);
    const rows = model.task === "classify" ? 3 : model.task === "tag" ? 15 : 24;
    expect(model.lossCount(batch)).toBe(rows);
    new Scope(backend, { gradients: true }).run(() => {
      const loss = model.loss(batch);
      expect(loss.item()).toBeCloseTo(wanted.loss, tolerance < 1e-6 ? 8 : 5);
      backward(loss);
      for (const [name, parameter] of model.parameters)
        expectGolden(parameter.gradientArray(), wanted.gradients[name]!, tolerance, `gradient of ${name}`);
    });
  });

  it.each(cases)("$name: ten training steps", (wanted) => {
    const model = build(backend, wanted);
    const { learningRate, epsilon, clipNorm, losses } = wanted.training;
    const adam = new Adam(backend, model.parameters, { epsilon });
    const scope = new Scope(backend, { gradients: true });
    const seen = losses.map(() => {
      scope.reset();
      return scope.run(() => {
        model.parameters.clearGradients();
        const loss = model.loss(batchOf(wanted));
        backward(loss);
        adam.step(learningRate, clippingScale(model.parameters, clipNorm).scale);
        return loss.item();
      });
    });
    expectGolden(seen, { shape: [10], data: losses }, tolerance < 1e-6 ? 1e-7 : 1e-4, "losses");
  });

  it.each(readingCases)("$name: a padded batch is its rows alone, to the bit", (wanted) => {
    const model = build(backend, wanted) as Classifier | Tagger;
    const batch = batchOf(wanted);
    const logitsOf = (part: Pick<Batch, "size" | "sourceTime" | "source" | "sourceMask">) =>
      new Scope(backend).run(() =>
        Array.from(model.network.logits(model.network.features(model.network.encode(part), part)).toArray()),
      );
    const alone = Array.from({ length: batch.size }, (_, row) => {
      const from = row * batch.sourceTime;
      const time = batch.sourceMask.subarray(from, from + batch.sourceTime).reduce((sum, real) => sum + real, 0);
      const source = batch.source.slice(from, from + time);
      return logitsOf({ size: 1, sourceTime: time, source, sourceMask: new Float32Array(time).fill(1) });
    });
    expect(alone.flat()).toEqual(logitsOf(batch));
  });

  it.each(cases.filter(({ task }) => task === "language-model"))("$name: steps are the scan", (wanted) => {
    const model = build(backend, wanted) as DecoderOnly;
    const batch = batchOf(wanted);
    const { decoder } = model.network;
    new Scope(backend).run(() => {
      let state = decoder.start(model.network.encode(batch));
      for (let t = 0; t < batch.targetTime; t++) {
        const previous = Int32Array.from({ length: batch.size }, (_, b) => batch.targetIn[b * batch.targetTime + t]!);
        const step = decoder.step(previous, state);
        state = step.state;
        const logits = decoder.logits(step.features).toArray();
        for (let b = 0; b < batch.size; b++) {
          if (batch.targetMask[b * batch.targetTime + t] === 0) continue;
          const size = wanted.targetVocabSize;
          const at = (b * batch.targetTime + t) * size;
          const data = wanted.logits.data.slice(at, at + size);
          expectGolden(logits.slice(b * size, (b + 1) * size), { shape: [], data }, tolerance, `logits ${b} at ${t}`);
        }
      }
    });
  });
});
