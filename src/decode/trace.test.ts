import { describe, expect, it } from "vitest";
import { wasm } from "../../test/support/backends.js";
import { letters, untrainedModel } from "../../test/support/untrained-model.js";
import { createBackend } from "../kernels/backend.js";
import { sentenceCodes } from "./sentence-codes.js";
import { traceLine } from "./trace.js";
import { TranslationModel } from "./translation-model.js";

const line = (length: number) => Array.from({ length }, (_, i) => letters[(i * i + 3) % 11]).join(" ");

describe("trace", () => {
  it.each([
    ["attention over GRU states", {}],
    ["two LSTM layers", { decoder: { cell: "lstm", layers: 2, inputFeeding: "context" } }],
    ["no attention", { attention: { kind: "none" }, encoder: { cell: "rnn", bidirectional: false, layers: 2 } }],
  ] as const)("is the prediction: %s", async (_, sizes) => {
    const model = await untrainedModel(wasm, sizes);
    const trace = traceLine(model, line(7));
    const [translation] = await new TranslationModel(model).translate([line(7)], { beamSize: 1 });
    expect(trace.output).toBe(translation!.text);
    expect(trace.steps.map((step) => Math.log(step.probability))).toEqual(
      translation!.tokenScores.map((score) => expect.closeTo(score, 5)),
    );
    expect(trace.steps.map((step) => step.weights)).toEqual(
      translation!.attention?.weights ?? trace.steps.map(() => undefined),
    );
    const { decoder } = model.recipe.model;
    for (const { layers, state } of [
      { layers: trace.initialState, state: trace.initialState.at(-1)!.hidden },
      ...trace.steps,
    ]) {
      expect(layers).toHaveLength(decoder.layers);
      expect(layers.at(-1)!.hidden).toBe(state);
      for (const layer of layers) expect(layer.cell?.length).toBe(decoder.cell === "lstm" ? 11 : undefined);
    }
    expect(trace.steps[0]!.embedding).toHaveLength(7);
  });

  it("shows how c grows: the cosine of each prefix's code with it", async () => {
    const model = await untrainedModel(wasm);
    const { source, code } = traceLine(model, "a b c");
    const [prefix] = await sentenceCodes(model, ["a b"]);
    const product = (x: ArrayLike<number>, y: ArrayLike<number>) =>
      Array.from(x).reduce((sum, value, i) => sum + value * y[i]!, 0);
    const cosine = product(prefix!, code) / Math.sqrt(product(prefix!, prefix!) * product(code, code));
    expect(source[1]!.prefixCode).toEqual([...prefix!]);
    expect(source.at(-1)!.prefixCode).toEqual(code);
    expect(source[1]!.similarityToCode).toBeCloseTo(cosine, 9);
    expect(source.at(-1)!.similarityToCode).toBeCloseTo(1, 9);
  });

  it("takes memory that does not grow with the square of the length", async () => {
    const backend = await createBackend("wasm");
    const model = await untrainedModel(backend, { embeddingSize: 64, encoder: { hiddenSize: 64 } });
    const size = () => backend.memory.floats(0, 1).buffer.byteLength;
    traceLine(model, line(100));
    const before = size();
    const began = performance.now();
    traceLine(model, line(600));
    expect(performance.now() - began).toBeLessThan(20_000);
    // 600 prefixes at once would be 600 · 300 tokens with some 1000 numbers each: 700 MB.
    expect(size() - before).toBeLessThan(24 * 2 ** 20);
  });

  it("goes on from a prefix, as a translation does", async () => {
    const model = await untrainedModel(wasm);
    const begin = ["c", "a"];
    const trace = traceLine(model, line(7), { prefix: begin });
    const [translation] = await new TranslationModel(model).translate([line(7)], { prefix: "c a", beamSize: 1 });
    expect(trace.output).toBe(translation!.text);
    expect(trace.steps.map(({ token }) => token).slice(0, 2)).toEqual(begin);
    expect(trace.steps.map(({ given }) => given)).toEqual(trace.steps.map((_, i) => i < 2));
    expect(traceLine(model, line(7), { prefix: "c a" })).toEqual(trace);
    const ended = traceLine(model, line(7), { prefix: ["c", "</s>"] });
    expect(ended.steps.map(({ token }) => token)).toEqual(["c", "</s>"]);
  });

  it.each([
    ["scaled-dot", {}],
    ["additive", {}],
    ["multi-head", { decoder: { attend: "before" } }],
  ] as const)("looks where it is told to: %s", async (kind, sizes) => {
    const model = await untrainedModel(wasm, {
      ...sizes,
      attention: { kind, ...(kind === "multi-head" && { heads: 11 }) },
    });
    const prefix = ["d", "e"];
    const own = traceLine(model, "a b c", { prefix });
    const told = traceLine(model, "a b c", { prefix, weights: { 1: [0, 0.25, 0.75, 0] } });
    expect(told.steps[0]).toEqual(own.steps[0]);
    expect(told.steps[1]!.weights).toEqual([0, 0.25, 0.75, 0].map((weight) => expect.closeTo(weight, 6)));
    expect(told.steps[1]!.scores).toEqual(own.steps[1]!.scores);
    expect(told.steps[1]!.context).not.toEqual(own.steps[1]!.context);
    expect(told.steps[1]!.features).not.toEqual(own.steps[1]!.features);
    if (kind !== "multi-head") {
      const [, b, c] = own.source.map(({ state }) => state);
      expect(told.steps[1]!.context).toEqual(b!.map((value, i) => expect.closeTo(0.25 * value + 0.75 * c![i]!, 5)));
    }
    // What it would have looked at by itself changes nothing.
    const same = traceLine(model, "a b c", { prefix, weights: { 1: own.steps[1]!.weights! } });
    expect(same.output).toBe(own.output);
  });

  it("refuses weights that are none, and any without attention", async () => {
    const model = await untrainedModel(wasm);
    const attempt = (weights: number[]) => () => traceLine(model, "a b c", { weights: { 0: weights } });
    expect(attempt([1])).toThrow(
      "trace: weights of step 0: expected 4, one for each source token and its </s>, got 1.",
    );
    expect(attempt([0.5, 0.6, 0, 0])).toThrow("a sum of 1, got 0.5, 0.6, 0, 0. Divide them by their sum.");
    expect(attempt([-1, 2, 0, 0])).toThrow("none below 0");
    const plain = await untrainedModel(wasm, { attention: { kind: "none" } });
    expect(() => traceLine(plain, "a", { weights: { 0: [1, 0] } })).toThrow("expected a model with attention");
  });

  it("keeps to the lengths of the recipe", async () => {
    const model = await untrainedModel(wasm);
    model.recipe.decode.length = "source";
    expect(traceLine(model, line(7)).steps).toHaveLength(8);
    model.recipe.decode.length = "free";
    model.recipe.decode.maxLength = 1;
    expect(traceLine(model, line(7)).steps.at(-1)!.token).toBe("</s>");
  });
});
