// What options of a search mean for words that are written in pieces: untrained networks, their output made decisive.
import { beforeAll, describe, expect, it } from "vitest";
import { wasm } from "../../test/support/backends.js";
import { prepareTranslation } from "../../test/support/prepare-translation.js";
import { completeRecipe } from "../recipe/index.js";
import { TranslationModel } from "./translation-model.js";

const sentences = [
  "low lower lowest",
  "new newer newest 北京",
  "wide wider 北京学习",
  "low (new) wide",
  "help hero he",
];
const pairs = sentences.map((line, i) => ({ source: line, target: sentences[(i * 2 + 1) % 5]! }));
const side = { tokenizer: "bpe", vocabSize: 48 } as const;

describe("a model of subwords", () => {
  let model: TranslationModel;
  beforeAll(async () => {
    const sizes = { embeddingSize: 7, encoder: { hiddenSize: 5 }, decoder: { hiddenSize: 11 } };
    const recipe = completeRecipe({ model: sizes, source: side, target: side });
    const core = await prepareTranslation(wasm, recipe, pairs);
    const { weight } = core.network.decoder.output;
    weight.set(weight.toArray().map((value) => value * 12));
    model = new TranslationModel(core);
  });

  it("writes required words whole: after a space where they are spaced", async () => {
    for (const beamSize of [1, 4])
      for (const { tokens } of await model.translate(sentences, {
        beamSize,
        required: ["lower", "北京"],
        maxLength: 30,
      })) {
        expect(tokens.join("")).toContain("▁lower");
        expect(tokens.join("")).toContain("北京");
      }
  });

  it("does not write banned words, whichever pieces would spell them", async () => {
    const { tokens: all } = model.core.target.tokenizer;
    // Words that are in pieces, and one of which the model has every letter.
    for (const banned of ["low", "new", "he", "北", "(", "wide"])
      for (const options of [{}, { beamSize: 4 }, { sample: true, temperature: 3, seed: 2 }]) {
        const results = await model.translate(sentences, {
          ...options,
          banned: [banned],
          minLength: 25,
          maxLength: 25,
        });
        for (const { tokens } of results)
          for (let end = 1; end <= tokens.length; end++) {
            const written = tokens.slice(0, end).join("");
            const word = /^\p{L}$/u.test(banned[0]!) && banned !== "北" ? `▁${banned}` : banned;
            expect(written.endsWith(word), `${banned} in ${written}`).toBe(false);
          }
      }
    // With one letter a word, as a chain of single pieces: the last one alone is refused.
    expect(all).toEqual(expect.arrayContaining(["l", "o", "w", "▁"]));
  });

  it("refuses required words with letters it has not", async () => {
    await expect(model.translate(["low"], { required: ["Zürich"] })).rejects.toThrow(
      'required "Zürich": expected words the model can write, got "Z". Leave it out.',
    );
    // What cannot be written need not be banned.
    await expect(model.translate(["low"], { banned: ["Zürich"] })).resolves.toHaveLength(1);
  });

  it("copies what it looked at without the mark of its space", async () => {
    const everything = model.core.target.tokenizer.tokens!.map((token) => token.replace("▁", "")).filter(Boolean);
    const options = { banned: everything, minLength: 3, maxLength: 3, replaceUnknown: true };
    const [copied] = await model.translate(["Zürich"], options);
    for (const token of copied!.tokens) expect(token === "▁" || !token.includes("▁")).toBe(true);
    expect(copied!.tokens.join("")).not.toContain("<unk>");
  });

  it("goes on with a prefix, and shows in a stream the text so far", async () => {
    const [result] = await model.translate(["low lower"], { prefix: "new lo", maxLength: 20 });
    expect(result!.text.startsWith("new lo")).toBe(true);
    let last = "";
    for await (const { text, tokens } of model.stream("low lower", { maxLength: 12 })) {
      expect(text).toBe(model.core.target.tokenizer.decode(tokens));
      last = text;
    }
    expect(last).toBe((await model.translate(["low lower"], { maxLength: 12 }))[0]!.text);
  });

  it("cuts a long line into sentences by its pieces", async () => {
    const long = "low lower lowest. New newer newest. Wide wider low.";
    const [split] = await model.translate([long], { splitSentences: 12 });
    expect(split!.split).toBe(3);
    const [whole] = await model.translate([long], { splitSentences: 200 });
    expect(whole!.split).toBeUndefined();
  });
});
