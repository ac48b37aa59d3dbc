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

  it("keeps to the lengths of the recipe", async () => {
    const model = await untrainedModel(wasm);
    model.recipe.decode.length = "source";
    expect(traceLine(model, line(7)).steps).toHaveLength(8);
    model.recipe.decode.length = "free";
    model.recipe.decode.maxLength = 1;
    expect(traceLine(model, line(7)).steps.at(-1)!.token).toBe("</s>");
  });
});
