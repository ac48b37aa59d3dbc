import { describe, expect, it, vi } from "vitest";
import { wasm } from "../../test/support/backends.js";
import { expectExactResume } from "../../test/support/exact-resume.js";
import { prepareTranslation } from "../../test/support/prepare-translation.js";
import { loadModel } from "../decode/load.js";
import { RecipeError } from "../errors.js";
import { createBackend } from "../kernels/backend.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import { fromHuggingFace, toHuggingFace } from "../text/hugging-face.js";
import { fitTokenizer } from "../text/tokenizer.js";
import { train } from "./train.js";
import { Trainer } from "./trainer.js";

const four: [string, string][] = [
  ["我爱学习", "I love studying."],
  ["欢迎来北京", "Welcome to Beijing."],
  ["现在几点了", "What time is it now?"],
  ["窗前明月光", "Bright moonlight before my window."],
];
const pairs = Array.from({ length: 40 }, (_, i) => ({
  source: `lowest ${i % 7} newest ${i % 3}`,
  target: `wider ${i % 3} lower ${i % 7}`,
}));
const sizes = { model: { embeddingSize: 16, encoder: { hiddenSize: 11 }, decoder: { hiddenSize: 13 } } };
const bpe = { tokenizer: "bpe", vocabSize: 60 } as const;
const dropping = { ...bpe, bpeDropout: 0.3 };

const words: [string, string][] = [
  ["爱", "love"],
  ["学", "étude"],
  ["北京", "Beijing"],
  ["月", "moon"],
];

describe.each([
  ["bpe", four, 150],
  ["bytes", words, 200],
] as const)("a model of %s", (tokenizer, four, epochs) => {
  it("learns four pairs by heart, and is its file", async () => {
    const side = { tokenizer, vocabSize: 90 };
    const training = { epochs, learningRate: 0.01, dropout: 0, schedule: "cosine" } as const;
    const model = { embeddingSize: 32, encoder: { hiddenSize: 32 }, decoder: { hiddenSize: 32 } };
    const options = { model, source: side, target: side, train: training, decode: { maxLength: 60 } };
    using trained = await train(four, { ...options, dev: [] });
    const results = await trained.translate(four.map(([source]) => source));
    expect(results.map(({ text }) => text)).toEqual(four.map(([, target]) => target));
    using again = await loadModel(trained.toBytes(), { task: "translate" });
    expect(await again.translate([four[0]![0]])).toEqual([results[0]]);
  });
});

describe("BPE-dropout", () => {
  const recipe = completeRecipe({ ...sizes, source: dropping, target: dropping, train: { epochs: 4, batchSize: 3 } });
  const create = async () => {
    const model = await prepareTranslation(await createBackend(), recipe, pairs);
    return { model, trainer: Trainer.onPairs(model, pairs, pairs.slice(0, 5)) };
  };

  it("cuts an example anew in every epoch, and in an epoch always alike; without one it cuts as ever", async () => {
    const { model } = await create();
    const cut = (epoch?: number) => pairs.map((pair, i) => model.example(pair, i, "train", epoch));
    expect(cut(1)).toEqual(cut(1));
    expect(cut(1)).not.toEqual(cut(2));
    expect(cut()).not.toEqual(cut(1));
    for (const { source, target } of cut(3)) {
      const text = (side: "source" | "target", ids: Int32Array) =>
        model[side].tokenizer.decode(model[side].vocabulary.toTokens(ids));
      expect(pairs).toContainEqual({ source: text("source", source), target: text("target", target) });
    }
    expect(model.example(pairs[0]!, 0).source).toEqual(Int32Array.from(model.encodeSource(pairs[0]!.source).ids));
  });

  it("resumed ends with the same bits as never stopped", async () => {
    const epochs = new Set<number>();
    await expectExactResume(create, ({ model }) => {
      const example = model.example.bind(model);
      vi.spyOn(model, "example").mockImplementation((pair, index, part, epoch) => {
        if (epoch !== undefined) epochs.add(epoch);
        return example(pair, index, part, epoch);
      });
    });
    // Those of the first were cut when the trainer was made.
    expect([...epochs]).toEqual([2, 3, 4]);
  });
});

describe("one vocabulary", () => {
  const prepare = (options: RecipeInput, given = {}) =>
    prepareTranslation(wasm, completeRecipe({ ...sizes, ...options }), pairs, given);

  it("of bpe is learnt from both sides; else each side has its own", async () => {
    const joint = await prepare({
      source: { ...bpe, language: "de" },
      target: { ...bpe, language: "en" },
      jointVocabulary: true,
    });
    expect(joint.source.vocabulary.toJSON()).toEqual(joint.target.vocabulary.toJSON());
    expect(joint.source.tokenizer.encode("wider lower")).toEqual(joint.target.tokenizer.encode("wider lower"));
    expect([joint.source, joint.target].map(({ tokenizer }) => tokenizer.options.language)).toEqual(["de", "en"]);
    expect(joint.source.vocabulary.coverage).toBe(1);
    const apart = await prepare({ source: bpe, target: bpe });
    expect(apart.source.vocabulary.idOf("▁newest")).toBeGreaterThan(3);
    expect(apart.target.vocabulary.toJSON()).not.toContain("▁newest");
    const words = await prepare({ jointVocabulary: true });
    expect(words.source.vocabulary).toBe(words.target.vocabulary);
  });

  it("serves tied embeddings", async () => {
    const model = { ...sizes.model, embeddingSize: 13, tieEmbeddings: "all" } as const;
    const tied = await prepare({ model, source: bpe, target: bpe });
    expect(tied.source.vocabulary.toJSON()).toEqual(tied.target.vocabulary.toJSON());
  });

  it("takes tokenisers that are there, and refuses what does not fit them", async () => {
    const options = { kind: "bpe", language: "auto", lowercase: false, normalization: "NFKC" } as const;
    const learnt = fitTokenizer(["lowest newest"], options, undefined, { ...usualSizes, vocabSize: 30 });
    const tokenizer = fromHuggingFace(toHuggingFace(learnt), "tokenizer.json");
    const file = { ...bpe, tokenizerFile: "somewhere/tokenizer.json" };
    const both = { source: tokenizer, target: tokenizer };
    const model = await prepare({ source: file, target: file, jointVocabulary: true }, both);
    expect(model.target.vocabulary.toJSON().slice(4)).toEqual(learnt.tokens);
    expect(model.source.vocabulary.coverage).toBeLessThan(1);
    // Where it lay is not what the model is.
    expect(model.metadata().get("recipe")).not.toContain("somewhere");
    await expect(prepare({ source: file, target: bpe }, {})).rejects.toThrow(
      "source.tokenizerFile: expected the tokenizer",
    );
    await expect(prepare({ source: bpe }, both)).rejects.toThrow("target.tokenizer: expected bpe, as the tokenizer");
    await expect(prepare({ source: bpe, target: bpe, jointVocabulary: true }, { source: tokenizer })).rejects.toThrow(
      RecipeError,
    );
  });
});

const usualSizes = { minFrequency: 1, characterCoverage: 1 };
