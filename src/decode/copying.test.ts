import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeBackend, NATIVE, reference, wasm } from "../../test/support/backends.js";
import { prepareTranslation } from "../../test/support/prepare-translation.js";
import { loadModel } from "../index.js";
import type { Backend } from "../kernels/kernels.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import type { TranslateOptions } from "./options.js";
import { TranslationModel } from "./translation-model.js";
import { ensemble } from "./translator.js";

// The target knows four words; all else can only be copied.
const pairs = ["red", "green", "blue"].flatMap((color) =>
  ["one", "two"].map((count) => ({ source: `${count} ${color} please`, target: `${color} x . ,` })),
);
const text = { tokenizer: "whitespace" } as const;
const sizes = { embeddingSize: 7, encoder: { hiddenSize: 5 }, decoder: { hiddenSize: 11 } } as const;
type Model = NonNullable<RecipeInput["model"]>;
const networks: [name: string, model: Model][] = [
  ["fed its attentional state", sizes],
  [
    "attention before the step, coverage",
    { ...sizes, decoder: { ...sizes.decoder, attend: "before" }, attention: { kind: "additive", coverage: true } },
  ],
  [
    "several heads, nothing fed",
    { ...sizes, decoder: { hiddenSize: 12, inputFeeding: "none" }, attention: { kind: "multi-head" } },
  ],
];

async function createModel(backend: Backend, model: Model, seed = 1): Promise<TranslationModel> {
  const recipe = completeRecipe({
    model: { copy: true, ...model },
    source: text,
    target: { ...text, lowercase: true },
    train: { seed },
  });
  const core = await prepareTranslation(backend, recipe, pairs);
  // Decisive, as after training.
  for (const name of ["decoder.output.weight", "decoder.generation.weight"])
    if (core.parameters.has(name))
      core.parameters.get(name).set(
        core.parameters
          .get(name)
          .toArray()
          .map((x) => 9 * x),
      );
  return new TranslationModel(core);
}

/** Rows with no word of their own, with one, and with many. */
const lines = [
  "one red please",
  "two Kirsatu please",
  "Perin green Mailfani",
  "a b c d e f g h i j",
  "blue",
  "Perin Perin Perin x",
  "two three four blue , .",
];
const searches: TranslateOptions[] = [
  {},
  { beamSize: 4, nbest: 4 },
  { beamSize: 3, stopping: "certain", required: ["x"], noRepeatNgram: 2 },
  { sample: true, nbest: 3, temperature: 1.3, topP: 0.95, seed: 7 },
];

describe.each(networks)("a search that copies: %s", (_, network) => {
  it.each([reference, wasm, ...NATIVE].map((backend) => [describeBackend(backend), backend] as const))(
    "on %s: a batch is its rows alone, bit for bit",
    async (_, backend) => {
      using model = await createModel(backend, network);
      for (const options of searches) {
        const together = await model.translate(lines, options);
        for (const [i, line] of lines.entries())
          expect((await model.translate([line], options))[0], line).toEqual(together[i]);
      }
    },
  );

  it("scores what it writes as teacher forcing does, copied words among it", async () => {
    using model = await createModel(wasm, network);
    let copied = 0;
    for (const options of searches) {
      const translations = await model.translate(lines, options);
      for (const [i, { alternatives, ...best }] of translations.entries())
        for (const output of [best, ...alternatives]) {
          if (output.tokens.includes("<unk>") || output.tokens.length === 0) continue;
          const { total, tokens } = model.score([{ source: lines[i]!, target: output.text }]);
          expect(tokens).toBe(output.tokens.length + 1);
          expect(Math.abs(total + output.score)).toBeLessThan(1e-4 * Math.max(1, total));
          copied += output.tokens.filter((token) => model.core.target.vocabulary.idOf(token) === 1).length;
        }
    }
    expect(copied).toBeGreaterThan(10);
  });

  it("a beam of 1 is greedy search, and the trace and the stream write the same", async () => {
    using model = await createModel(wasm, network);
    const greedy = await model.translate(lines);
    const beam = await model.translate(lines, { beamSize: 1, stopping: "certain" });
    for (const [i, { text, tokenScores }] of greedy.entries()) {
      expect(beam[i]).toMatchObject({ text, tokenScores });
      const trace = model.trace(lines[i]!);
      expect(trace.output).toBe(text);
      for (const [t, { probability, candidates, copied, generation, weights, token }] of trace.steps.entries()) {
        expect(probability).toBeCloseTo(Math.exp(tokenScores[t]!), 5);
        expect(generation).toBeGreaterThan(0);
        expect(generation).toBeLessThan(1);
        expect(candidates.find((candidate) => candidate.token === token)?.copied ?? copied).toBe(copied);
        const columns = [...trace.source.map(({ token }) => token.toLowerCase())];
        const mass = columns.reduce((sum, column, s) => sum + (column === token ? weights![s]! : 0), 0);
        expect(copied! * probability).toBeCloseTo((1 - generation!) * mass, 6);
      }
      let last = "";
      for await (const step of model.stream(lines[i]!)) last = step.text;
      expect(last).toBe(text);
    }
  });
});

describe("copying", () => {
  let model: TranslationModel;
  beforeAll(async () => {
    model = await createModel(wasm, sizes);
  });
  afterAll(() => model.dispose());

  it("goes on from a prefix whose words only the source has", async () => {
    const [result] = await model.translate(["two Kirsatu please"], { prefix: "kirsatu" });
    expect(result!.tokens[0]).toBe("kirsatu");
    const forced = model.score([{ source: "two Kirsatu please", target: result!.text }]);
    expect(Math.abs(forced.total + result!.score)).toBeLessThan(1e-4);
    const alternatives = await model.alternatives("two Kirsatu please", "", { count: 9 });
    expect(alternatives.map(({ token }) => token)).toContain("kirsatu");
  });

  it("writes required words that only the source has, and refuses bans it could not keep", async () => {
    for (const beamSize of [1, 4]) {
      const [result] = await model.translate(["two Kirsatu please"], { beamSize, required: ["kirsatu"] });
      expect(result!.tokens).toContain("kirsatu");
    }
    await expect(model.translate(["two please"], { required: ["kirsatu"] })).rejects.toThrow(
      'required "kirsatu": expected words the model can write, got "kirsatu".',
    );
    await expect(model.translate(["two Kirsatu please"], { banned: ["kirsatu"] })).rejects.toThrow(
      'banned "kirsatu": expected words of the vocabulary, since a model that copies could write others all the same, got "kirsatu". Leave it out.',
    );
  });

  it("survives its file, whose metadata says that it copies", async () => {
    using again = await loadModel(model.toBytes(), { backend: wasm, task: "translate" });
    expect(again.recipe.model.copy).toBe(true);
    expect(await again.translate(lines)).toEqual(await model.translate(lines));
  });

  it("in an ensemble: one twice is one alone, and all must copy", async () => {
    const [alone, twice] = [await model.translate(lines), await ensemble([model, model]).translate(lines)];
    for (const [i, { text, score }] of twice.entries()) {
      expect(text).toBe(alone[i]!.text);
      expect(score).toBeCloseTo(alone[i]!.score, 4);
    }
    using other = await createModel(wasm, { ...sizes, copy: false });
    expect(() => ensemble([model, other])).toThrow(
      "ensemble: expected models that all copy or none of them, got one that does not in model 2. Train them with the same model.copy.",
    );
    using second = await createModel(wasm, sizes, 2);
    expect((await ensemble([model, second]).translate(lines, { beamSize: 3 })).length).toBe(lines.length);
  });
});
