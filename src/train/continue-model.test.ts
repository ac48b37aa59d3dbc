import { describe, expect, it } from "vitest";
import { wasm } from "../../test/support/backends.js";
import { expectExactResume } from "../../test/support/exact-resume.js";
import { prepareTranslation } from "../../test/support/prepare-translation.js";
import type { Pair } from "../data/pairs.js";
import { loadModel } from "../decode/load.js";
import type { TranslationModel } from "../decode/translation-model.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { completeRecipe, defaultsOfModel, type RecipeInput } from "../recipe/index.js";
import { continueModel } from "./continue-model.js";
import { type TrainOptions, train } from "./train.js";
import { Trainer } from "./trainer.js";

const four: [string, string][] = [
  ["我爱学习", "I love studying."],
  ["欢迎来北京", "Welcome to Beijing."],
  ["现在几点了", "What time is it now?"],
  ["窗前明月光", "Bright moonlight before my window."],
];
const more: [string, string][] = [
  ["我爱上海", "I love Shanghai."],
  ["欢迎来上海", "Welcome to Shanghai."],
];
const asPairs = (pairs: readonly [string, string][]): Pair[] => pairs.map(([source, target]) => ({ source, target }));
const sizes = { embeddingSize: 16, encoder: { hiddenSize: 11 }, decoder: { hiddenSize: 13 } };
const steps = { epochs: 60, learningRate: 0.02, dropout: 0, batchSize: 4 } as const;

const base: TranslationModel = await train(four, {
  model: sizes,
  train: steps,
  target: { lowercase: true },
  dev: [],
  backend: wasm,
});
const continued = (recipe: RecipeInput, pairs = asPairs(more), from: Seq2Seq = base.core) =>
  continueModel(
    wasm,
    completeRecipe(recipe, { defaults: defaultsOfModel(from.recipe) }),
    from,
    pairs,
  ) as Promise<Seq2Seq>;

describe("a model that goes on from another", () => {
  it("begins with its bits, its words and its architecture, of which nothing need be said", async () => {
    const model = await continued({ train: { seed: 9 } });
    expect(model.tensors()).toEqual(base.core.tensors());
    expect(model.text().map(([key, value]) => [key, value.toJSON()])).toEqual(
      base.core.text().map(([key, value]) => [key, value.toJSON()]),
    );
    expect(model.recipe.model).toEqual(base.core.recipe.model);
    expect(model.recipe.train.seed).toBe(9);
    // What it covers of the new text is known before it is trained on.
    expect(model.source.vocabulary.coverage).toBeGreaterThan(0.4);
    expect(model.source.vocabulary.coverage).toBeLessThan(1);
  });

  it("with new words keeps every row there is and draws the others from the seed", async () => {
    const model = await continued({ train: { extendVocabulary: true } });
    const [before, after] = [base.core.tensors(), model.tensors()];
    const grown = [...after]
      .filter(([name, { shape }]) => shape[0] !== before.get(name)!.shape[0])
      .map(([name]) => name);
    expect(grown).toEqual([
      "encoder.embedding.weight",
      "decoder.embedding.weight",
      "decoder.output.weight",
      "decoder.output.bias",
    ]);
    for (const [name, { data }] of before) expect(after.get(name)!.data.subarray(0, data.length)).toEqual(data);
    const again = await continued({ train: { extendVocabulary: true } });
    expect(again.tensors()).toEqual(after);
    expect((await continued({ train: { extendVocabulary: true, seed: 2 } })).tensors()).not.toEqual(after);
    const words = model.target.vocabulary.toJSON();
    expect(words.slice(0, base.core.target.vocabulary.size)).toEqual(base.core.target.vocabulary.toJSON());
    expect(words.slice(base.core.target.vocabulary.size)).toEqual(["shanghai"]);
    expect(model.source.tokenizer.encode("我爱上海")).toEqual(["我", "爱", "上海"]);
    expect(model.history.added).toEqual({ source: 1, target: 1 });
    // A new name keeps its capital.
    expect(model.target.tokenizer.decode(["welcome", "to", "shanghai", "."])).toBe("Welcome to Shanghai.");
  });

  it("learns the new and still knows the old, sooner than from nothing", async () => {
    const options: TrainOptions = {
      from: base,
      train: { ...steps, epochs: 25, extendVocabulary: true },
      dev: [],
      backend: wasm,
    };
    using tuned = await train([...four, ...more], options);
    const both = [...four, ...more];
    expect((await tuned.translate(both.map(([source]) => source))).map(({ text }) => text)).toEqual(
      both.map(([, target]) => target),
    );
    using fresh = await train(both, { model: sizes, train: { ...steps, epochs: 25 }, dev: [], backend: wasm });
    const lossOf = (model: TranslationModel) => model.core.history.epochs[0]!.trainLoss;
    expect(lossOf(tuned)).toBeLessThan(lossOf(fresh) - 1);
    // The other one is as it was.
    expect((await base.translate(["我爱学习"]))[0]!.text).toBe("I love studying.");
  });

  it("tells where it comes from, generation after generation", async () => {
    const options: TrainOptions = { train: { ...steps, epochs: 2, extendVocabulary: true }, dev: [], backend: wasm };
    using child = await train(more, { ...options, from: base });
    using grandchild = await train(four, { ...options, from: child });
    const { history } = grandchild.core;
    expect(history).toMatchObject({
      pairs: 4,
      steps: 2,
      from: { pairs: 2, steps: 2, added: { source: 1, target: 1 } },
    });
    expect(history.from!.from).toEqual(base.core.history);
    // What it once could read it still can: 窗前明月光 is longer than 欢迎来上海.
    expect(child.core.history.longestSource).toBe(base.core.history.longestSource);
    using again = await loadModel(grandchild.toBytes(), { task: "translate", backend: wasm });
    expect(again.core.history).toEqual(history);
  });

  it("goes on from a checkpoint to the same bits", async () => {
    await expectExactResume(async () => {
      const pairs = asPairs([...four, ...more, ...four]);
      const model = await continued({ train: { extendVocabulary: true, epochs: 4, batchSize: 3 } }, pairs);
      return { model, trainer: Trainer.onPairs(model, pairs, []) };
    });
  });

  it("new labels come after those there are", async () => {
    const kinds = await train(
      [
        ["what time", "question"],
        ["come here", "order"],
      ],
      {
        task: "classify",
        model: { embeddingSize: 5, encoder: { hiddenSize: 5 } },
        train: { epochs: 1 },
        dev: [],
        backend: wasm,
      },
    );
    const options = {
      task: "classify",
      from: kinds,
      train: { epochs: 1, extendVocabulary: true },
      dev: [],
      backend: wasm,
    } as const;
    using tuned = await train(
      [
        ["good day", "greeting"],
        ["what time", "question"],
      ],
      options,
    );
    expect(tuned.core.labels.names).toEqual(["order", "question", "greeting"]);
    expect(tuned.core.history.added).toEqual({ source: 2, labels: 1 });
    await expect(
      train(
        [
          ["good day", "greeting"],
          ["a", "order"],
        ],
        { ...options, train: { epochs: 1 } },
      ),
    ).rejects.toThrow(/expected a label of the training data, "order", "question", got "greeting"/);
    kinds.dispose();
  });

  it("one vocabulary for both sides stays one", async () => {
    const recipe = completeRecipe({
      jointVocabulary: true,
      source: { tokenizer: "chars" },
      target: { tokenizer: "chars" },
    });
    const first = await prepareTranslation(wasm, recipe, [
      { source: "ab", target: "ba" },
      { source: "cd", target: "dc" },
    ]);
    const second = await continued({ train: { extendVocabulary: true } }, [{ source: "xa", target: "ay" }], first);
    expect(second.source.vocabulary).toBe(second.target.vocabulary);
    expect(second.target.vocabulary.toJSON().slice(4)).toEqual([..."abcdxy"]);
  });
});

describe("is refused in one sentence that names the key", () => {
  it.each<[RecipeInput, string]>([
    [
      { model: { decoder: { hiddenSize: 12 } } },
      "model.decoder.hiddenSize: expected 13, as the model of train.from has it, got 12. Leave it out, or train without train.from.",
    ],
    [{ model: { attention: { kind: "general" } } }, "model.attention.kind: expected scaled-dot, as"],
    [{ source: { tokenizer: "chars" } }, "source.tokenizer: expected words, as"],
    [{ target: { lowercase: false } }, "target.lowercase: expected true, as"],
    [{ jointVocabulary: true }, "jointVocabulary: expected false, as"],
    [
      { source: { vocabSize: 9000 } },
      "source.vocabSize: expected 8000, as the model of train.from has it, got 9000. Leave it out, or let it grow with train.extendVocabulary: true.",
    ],
    [
      { target: { vocabSize: 5 }, train: { extendVocabulary: true } },
      "target.vocabSize: expected room for 1 new words, got 5, which the model of train.from fills. Raise it, to ",
    ],
    [
      { model: { pretrained: { source: "a.vec" } } },
      "model.pretrained.source: a.vec is refused: it comes from the model of train.from. Leave it out.",
    ],
  ])("%j", async (recipe, sentence) => {
    await expect(continued(recipe)).rejects.toThrow(sentence);
  });

  it("another task", async () => {
    await expect(train(["a line"], { task: "language-model", from: base as never })).rejects.toThrow(
      "task: expected translate, as the model of train.from has it, got language-model. Leave it out, or train without train.from.",
    );
  });

  it("how it is trained may differ", async () => {
    const model = { encoder: { dropout: 0.2, layers: 1 }, attention: { guided: 0.5 } };
    const { recipe } = await continued({ model, train: { dropout: 0.4, optimizer: "adamw" } });
    expect([recipe.model.encoder.dropout, recipe.model.attention.guided, recipe.train.dropout]).toEqual([
      0.2, 0.5, 0.4,
    ]);
  });

  it("weights of 8 bits, pieces that write any text, a path in code, and growth of nothing", async () => {
    using small = await loadModel(base.core.toBytes({ weights: "int8" }), { task: "translate", backend: wasm });
    await expect(continued({}, asPairs(more), small.core)).rejects.toThrow(
      "train.from: expected a model of float32 weights, got int8 ones.",
    );
    const bytes = { tokenizer: "bytes" } as const;
    const closed = await prepareTranslation(wasm, completeRecipe({ source: bytes, target: bytes }), asPairs(four));
    await expect(continued({ train: { extendVocabulary: true } }, asPairs(more), closed)).rejects.toThrow(
      "train.extendVocabulary: true is refused: the pieces of bytes write any text already.",
    );
    await expect(train(more, { train: { from: "a.safetensors" } })).rejects.toThrow(
      'train.from: a.safetensors is refused: only the command reads it. Give from: await loadModel("a.safetensors").',
    );
    await expect(train(more, { train: { extendVocabulary: true } })).rejects.toThrow(
      "train.extendVocabulary: true is refused: there is no model",
    );
  });
});
