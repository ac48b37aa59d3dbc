// Greedy search over an output table so large that its likeliest tokens are screened, against a beam of one, which is not.
import { describe, expect, it } from "vitest";
import { describeBackend, NATIVE, wasm } from "../../test/support/backends.js";
import { prepareTranslation } from "../../test/support/prepare-translation.js";
import { completeRecipe } from "../recipe/index.js";
import type { TranslateOptions } from "./options.js";
import { TranslationModel } from "./translation-model.js";

const WORDS = 4100;
const words = Array.from({ length: WORDS }, (_, i) => `w${i}`);
const lines = ["w1 w2 w3", "w17", "w4000 w5 w5 w5 w999", "w3 w3", "w7 w8 w9 w10 w11 w12", "w12"];
const backends = [wasm, ...NATIVE.slice(0, 1)];

/** Untrained, its output sharpened, so that probabilities are far from alike; `</s>` is made likely enough to come. */
async function createModel(backend = wasm) {
  const text = { tokenizer: "whitespace" } as const;
  const model = { embeddingSize: 16, encoder: { hiddenSize: 16 }, decoder: { hiddenSize: 64 } };
  const recipe = completeRecipe({ model, source: text, target: text, decode: { maxLength: 12, lengthPenalty: 0 } });
  const core = await prepareTranslation(
    backend,
    recipe,
    words.map((word) => ({ source: word, target: word })),
  );
  const { weight, bias } = core.network.decoder.output;
  weight.set(weight.toArray().map((value) => value * 9));
  bias!.set(bias!.toArray().map((value, id) => (id === 3 ? 1.5 : value)));
  return new TranslationModel(core);
}

describe.each(backends.map((backend) => [describeBackend(backend), backend] as const))("on %s", (_, backend) => {
  const cases: [name: string, options: TranslateOptions][] = [
    ["as it is", {}],
    ["a least length", { minLength: 7 }],
    ["a prefix", { prefix: "w44 w45" }],
    ["the source's length", { length: "source" }],
  ];
  it.each(cases)("%s: the same tokens and the same bits of every score as a beam of one", async (_, options) => {
    using model = await createModel(backend);
    const greedy = await model.translate(lines, options);
    const beam = await model.translate(lines, { ...options, stopping: "certain" });
    expect(greedy).toEqual(beam);
    for (const { tokenScores, finished } of greedy)
      expect([tokenScores.every(Number.isFinite), typeof finished]).toEqual([true, "boolean"]);
    expect(new Set(greedy.map(({ text }) => text)).size).toBeGreaterThan(2);
  });

  it("a row alone is the row in a batch, and the stream's last text", async () => {
    using model = await createModel(backend);
    const together = await model.translate([...lines, ...lines, ...lines]);
    for (const [i, line] of lines.entries()) {
      expect((await model.translate([line]))[0]).toEqual(together[i]);
      for await (const { translation } of model.stream(line)) if (translation) expect(translation).toEqual(together[i]);
    }
  });
});
