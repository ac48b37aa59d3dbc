// Models of 8-bit weights: what they compute is what a float32 model of the same weights computes, wherever they compute.
import { describe, expect, it } from "vitest";
import { BACKENDS, wasm } from "../../test/support/backends.js";
import { expectClose } from "../../test/support/numbers.js";
import { letters, untrainedModel } from "../../test/support/untrained-model.js";
import { TandemError } from "../errors.js";
import type { Backend } from "../kernels/kernels.js";
import { modelOfFile } from "../models/model-file.js";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../models/safetensors.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import type { RecipeInput } from "../recipe/index.js";
import { backward, linear, Scope, sum, tensor } from "../tensor/index.js";
import { Trainer } from "../train/trainer.js";
import { TranslationModel } from "./translation-model.js";

/** Every kind of layer that reads a matrix. */
const KINDS: [name: string, model: RecipeInput["model"]][] = [
  ["gru, scaled-dot", {}],
  [
    "lstm, two layers, general, tied target",
    { tieEmbeddings: "target", decoder: { cell: "lstm", layers: 2, hiddenSize: 7 }, attention: { kind: "general" } },
  ],
  [
    "rnn, layer-normalised, additive with coverage, before",
    {
      encoder: { cell: "rnn", layerNorm: true, summary: "attention" },
      decoder: { attend: "before", layerNorm: true },
      attention: { kind: "additive", coverage: true },
    },
  ],
  ["heads", { decoder: { hiddenSize: 12 }, attention: { kind: "multi-head", heads: 3 } }],
  ["no attention, code at every step", { decoder: { context: "every-step" }, attention: { kind: "none" } }],
];
const lines = ["a b c .", "d", "k j i h g f e d c b a .", "", "b b b"];
const bytesOf = async (model: RecipeInput["model"]) => {
  const core = await untrainedModel(wasm, model);
  const bytes = core.toBytes();
  core.dispose();
  return bytes;
};
const open = (backend: Backend, bytes: Uint8Array) =>
  new TranslationModel(modelOfFile(backend, bytes, "test") as Seq2Seq);

/** The same weights as float32. */
function unpacked(backend: Backend, original: Uint8Array, int8: Seq2Seq): TranslationModel {
  const model = open(backend, original);
  for (const [name, { shape, data }] of int8.tensors()) model.core.parameters.load(name, shape, data);
  return model;
}

describe.each(KINDS)("int8 weights: %s", (_, kind) => {
  it.each(BACKENDS)("compute what they stand for on %s", async (_, backend) => {
    const original = await bytesOf(kind);
    const int8 = open(backend, open(backend, original).toBytes({ weights: "int8" }));
    const float32 = unpacked(backend, original, int8.core);
    expect([int8.core.weights, float32.core.weights]).toEqual(["int8", "float32"]);

    const [codes, wantedCodes] = [await int8.encode(lines), await float32.encode(lines)];
    for (const [i, code] of codes.entries()) expectClose(code, wantedCodes[i]!, 1e-5, `code of line ${i}`);
    const pairs = lines.map((source, i) => ({ source, target: `${letters[i]} .` }));
    expectClose([int8.score(pairs).total], [float32.score(pairs).total], 1e-5, "likelihood");
    for (const options of [{ beamSize: 1 }, { beamSize: 3 }]) {
      const [found, wanted] = [await int8.translate(lines, options), await float32.translate(lines, options)];
      for (const [i, { text, score }] of found.entries()) {
        expect(text).toBe(wanted[i]!.text);
        expectClose([score], [wanted[i]!.score], 1e-4, `score of line ${i}`);
        const [alone] = await int8.translate([lines[i]!], options);
        expect(alone).toEqual(found[i]);
      }
    }
    const traced = int8.trace(lines[0]!);
    expect(traced.output).toBe((await int8.translate([lines[0]!], { beamSize: 1 }))[0]!.text);
    let streamed = "";
    for await (const { text } of int8.stream(lines[0]!, { beamSize: 1 })) streamed = text;
    expect(streamed).toBe(traced.output);
  });

  it("stay as they are from file to file, and float32 ones do too", async () => {
    const original = await bytesOf(kind);
    const model = open(wasm, original);
    const bytes = model.toBytes({ weights: "int8" });
    expect(open(wasm, bytes).toBytes()).toEqual(bytes);
    expect(open(wasm, bytes).toBytes({ weights: "int8" })).toEqual(bytes);
    expect(model.toBytes()).toEqual(original);
    const { metadata, tensors } = readSafetensors(bytes, "int8");
    expect([metadata.get("formatVersion"), metadata.get("weights")]).toEqual(["2", "int8"]);
    const before = readSafetensors(original, "float32").metadata;
    expect([before.get("formatVersion"), before.has("weights")]).toEqual(["1", false]);
    for (const [name, { shape, data }] of tensors)
      expect([name, data instanceof Int8Array]).toEqual([name, shape.length === 2 && shape.every((size) => size > 1)]);
  });
});

describe("int8 weights", () => {
  it("are not trained", async () => {
    const core = modelOfFile(wasm, open(wasm, await bytesOf({})).toBytes({ weights: "int8" }), "test");
    expect(() => Trainer.onPairs(core, [{ source: "a", target: "b" }], [])).toThrow(
      "train: expected a model of float32 weights, got int8 ones. Train the model it was made from and quantize that.",
    );
    const weight = core.parameters.get("decoder.recurrent.weight_hh_l0");
    expect(() => weight.set(weight.toArray())).toThrow(TandemError);
    const scope = new Scope(wasm, { gradients: true });
    scope.run(() => {
      const x = tensor(new Float32Array(11), [1, 11]);
      x.needsGradient = true;
      backward(sum(linear(x, weight)));
      // Their input has the gradient of the numbers they stand for: of Σ W x the sums of the columns.
      const columns = Array.from({ length: 11 }, (_, column) =>
        Array.from(weight.toArray()).reduce((total, value, i) => (i % 11 === column ? total + value : total), 0),
      );
      expectClose(x.gradientArray()!, columns, 1e-5, "gradient of x");
      expect(weight.gradientArray()).toBeUndefined();
    });
    scope.dispose();
  });

  it("whose scales or shape are not the recipe's are refused with the parameter's name", async () => {
    const { metadata, tensors } = readSafetensors(open(wasm, await bytesOf({})).toBytes({ weights: "int8" }), "test");
    const name = "encoder.embedding.weight";
    const openWith = (changed: string, tensor: StoredTensor) =>
      open(wasm, writeSafetensors({ metadata, tensors: new Map([...tensors, [changed, tensor]]) }));
    const { data } = tensors.get(`${name}.scale`)!;
    expect(() => openWith(`${name}.scale`, { shape: [data.length - 1], data: data.subarray(1) })).toThrow(
      `model test: expected ${data.length} scales of ${name}, got ${data.length - 1}. The file is damaged.`,
    );
    const short = { shape: [data.length, 1], data: new Int8Array(data.length) };
    expect(() => openWith(name, short)).toThrow(
      `parameter ${name}: expected [${data.length}, 7], got [${data.length}, 1].`,
    );
  });
});
