import { describe, expect, it } from "vitest";
import { reference, wasm } from "../../test/support/backends.js";
import { type GoldenTensor, goldenBatch, readGolden } from "../../test/support/golden.js";
import { expectClose } from "../../test/support/numbers.js";
import type { Batch } from "../data/batches.js";
import { Parameters } from "../nn/index.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import { backward, Scope } from "../tensor/index.js";
import { Vocabulary } from "../text/vocabulary.js";
import { copyIds, copySource, extendedIds, extendedToken } from "./copying.js";
import { Seq2SeqNetwork } from "./network.js";

// Made by test/oracles/pointer_generator.py with PyTorch 2.13.0, seed 20170: the equations written out.
type BatchKey = "source" | "sourceMask" | "targetIn" | "targetOut" | "targetMask" | "copySource" | "copyTarget";
interface Case {
  name: string;
  sourceVocabSize: number;
  targetVocabSize: number;
  extraCount: number;
  model: RecipeInput["model"];
  batch: Record<BatchKey, GoldenTensor>;
  parameters: Record<string, GoldenTensor>;
  probabilities: GoldenTensor;
  loss: number;
  gradients: Record<string, GoldenTensor>;
}
const { cases } = readGolden<{ cases: Case[] }>("copying");

function batchOf({ batch, extraCount }: Case): Batch {
  const [source, targetOut] = [batch.copySource, batch.copyTarget].map(({ data }) => Int32Array.from(data));
  return { ...goldenBatch(batch), copy: { source: source!, targetOut: targetOut!, extraCount } };
}

const backends = [
  { name: "reference", backend: reference, tolerance: 1e-8 },
  { name: "wasm", backend: wasm, tolerance: 2e-5 },
];

describe.each(backends)("a model that copies on $name against PyTorch", ({ backend, tolerance }) => {
  const build = (wanted: Case) => {
    const recipe = completeRecipe({ model: wanted.model!, train: { dropout: 0 } });
    const parameters = new Parameters(new Scope(backend), 1);
    const network = new Seq2SeqNetwork(parameters, recipe, wanted.sourceVocabSize, wanted.targetVocabSize);
    expect([...parameters].map(([name]) => name).sort()).toEqual(Object.keys(wanted.parameters).sort());
    for (const [name, { shape, data }] of Object.entries(wanted.parameters)) parameters.load(name, shape, data);
    return { parameters, network, scope: new Scope(backend, { gradients: true }) };
  };

  it.each(cases)("$name: the probability of every word, step by step", (wanted) => {
    const { network, scope } = build(wanted);
    scope.run(() => {
      const batch = batchOf(wanted);
      const { size, targetTime, sourceTime } = batch;
      const lengths = Array.from({ length: size }, (_, row) =>
        batch.sourceMask.subarray(row * sourceTime, (row + 1) * sourceTime).reduce((sum, real) => sum + real, 0),
      );
      const ids = lengths.map((length, row) =>
        batch.copy!.source.subarray(row * sourceTime, row * sourceTime + length),
      );
      let state = network.decoder.start(network.encode(batch), { ids, extraCount: wanted.extraCount });
      const width = wanted.targetVocabSize + wanted.extraCount;
      let compared = 0;
      for (let t = 0; t < targetTime; t++) {
        const previous = Int32Array.from({ length: size }, (_, row) => batch.targetIn[row * targetTime + t]!);
        const step = network.decoder.step(previous, state);
        state = step.state;
        const found = network.decoder.logProbabilities(step).toArray();
        for (let row = 0; row < size; row++) {
          if (batch.targetMask[row * targetTime + t] === 0) continue;
          const at = (row * targetTime + t) * width;
          const probabilities = Array.from(found.slice(row * width, (row + 1) * width), Math.exp);
          const expected = wanted.probabilities.data.slice(at, at + width);
          expectClose(probabilities, expected, tolerance, `row ${row} at ${t}`);
          compared++;
        }
      }
      expect(compared).toBe(batch.targetTokens);
    });
  });

  it.each(cases)("$name: loss and every gradient", (wanted) => {
    const { parameters, network, scope } = build(wanted);
    scope.run(() => {
      const loss = network.loss(batchOf(wanted), { attentionLosses: true });
      expect(loss.item()).toBeCloseTo(wanted.loss, tolerance < 1e-6 ? 8 : 5);
      backward(loss);
      for (const [name, parameter] of parameters) {
        const { data } = wanted.gradients[name]!;
        expect(data.some((value) => value !== 0)).toBe(true);
        expectClose(parameter.gradientArray()!, data, tolerance, `gradient of ${name}`);
      }
    });
  });
});

describe("the extended vocabulary", () => {
  const vocabulary = Vocabulary.build([["pays", ",", "straße"]], { maxSize: 99, minFrequency: 1 });
  const options = { kind: "whitespace", language: "auto", lowercase: true, normalization: "NFC" } as const;
  const source = copySource(["Ann", "Straße", "12", "ANN", "pays", "<s>", "e\u0301"], vocabulary, options);

  it("gives words that the target lacks ids of their own, written as the target writes", () => {
    expect(source.extraTokens).toEqual(["ann", "12", "<s>", "é"]);
    const [ann, twelve, start, e] = [0, 1, 2, 3].map((extra) => vocabulary.size + extra);
    const [street, pays] = [vocabulary.idOf("straße"), vocabulary.idOf("pays")];
    expect([...source.ids]).toEqual([ann, street, twelve, ann, pays, start, e, 3]);
  });

  it("reads target tokens: the vocabulary's, the source's, or <unk>", () => {
    expect(extendedIds(["ann", "pays", "bob", "12"], vocabulary, source)).toEqual([7, vocabulary.idOf("pays"), 1, 8]);
    expect(copyIds(source, ["12"], vocabulary)).toEqual({
      source: source.ids,
      target: Int32Array.of(8),
      extraCount: 4,
    });
  });

  it("gives back the tokens of ids", () => {
    const tokens = ["ann", "pays", "12", "<unk>"];
    expect(extendedIds(tokens, vocabulary, source).map((id) => extendedToken(id, vocabulary, source))).toEqual(tokens);
  });
});
