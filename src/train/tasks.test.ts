import { describe, expect, it } from "vitest";
import { expectExactResume } from "../../test/support/exact-resume.js";
import { expectClose } from "../../test/support/numbers.js";
import type { ClassificationModel } from "../decode/classification-model.js";
import type { LanguageModel } from "../decode/language-model.js";
import { loadModel } from "../decode/load.js";
import type { TaggingModel } from "../decode/tagging-model.js";
import { createBackend } from "../kernels/backend.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import { holdOutFor } from "./hold-out.js";
import { prepareModel } from "./prepare.js";
import { train } from "./train.js";
import { Trainer } from "./trainer.js";

// What the tasks beside translation do from training to the file and back.

const kinds: [string, string][] = [
  ["what time is it", "question"],
  ["it is late", "statement"],
  ["come here , please", "request"],
  ["is it late", "question"],
];
const tagged: [string, string][] = [
  ["birds sing", "N V"],
  ["I sing well", "P V A"],
  ["sing , birds !", "V . N ."],
  ["well", "A"],
];
const verses = ["床前明月光", "疑是地上霜", "举头望明月", "低头思故乡"];

const encoder = { embeddingSize: 16, encoder: { hiddenSize: 11 } };
const schedule = { epochs: 60, learningRate: 0.02, dropout: 0, batchSize: 4 };
const spaced = { tokenizer: "whitespace" } as const;
const chars = { tokenizer: "chars" } as const;

const classifier = (summary: "last" | "mean" | "max" | "attention" = "last"): Promise<ClassificationModel> =>
  train(kinds, {
    task: "classify",
    source: spaced,
    model: { embeddingSize: 16, encoder: { hiddenSize: 11, summary } },
    train: schedule,
    dev: [],
  });
const tagger = (): Promise<TaggingModel> =>
  train(tagged, { task: "tag", source: spaced, target: spaced, model: encoder, train: schedule, dev: [] });
const poet = (): Promise<LanguageModel> =>
  train(verses, {
    task: "language-model",
    target: chars,
    model: { embeddingSize: 16, decoder: { hiddenSize: 24 } },
    train: { ...schedule, epochs: 100 },
    dev: [],
  });

describe("a classifier", () => {
  it.each(["last", "mean", "max", "attention"] as const)("learns four labels by heart, summary %s", async (summary) => {
    using model = await classifier(summary);
    const lines = kinds.map(([line]) => line);
    const results = await model.classify(lines);
    expect(results.map(({ label }) => label)).toEqual(kinds.map(([, label]) => label));
    for (const { label, probability, probabilities, reason } of results) {
      expect(probabilities[0]).toEqual({ label, probability });
      expect(probabilities.map(({ probability }) => probability)).toEqual(
        probabilities.map(({ probability }) => probability).sort((a, b) => b - a),
      );
      expect(probabilities.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
      expect(reason?.by).toBe(summary === "attention" ? "attention" : undefined);
    }
    expect(await model.evaluate(kinds)).toMatchObject({ accuracy: 100, f1: 100 });
    // Alone as in a batch, to the bit; and the same after its file was written and read.
    expect(await model.classify(lines.slice(2, 3), { reason: "gradient" })).toEqual(
      (await model.classify(lines, { reason: "gradient" })).slice(2, 3),
    );
    using again = await loadModel(model.toBytes(), { task: "classify" });
    expect(again.toBytes()).toEqual(model.toBytes());
    expect(await again.classify(lines)).toEqual(results);
  });

  it("gives its reasons: shares of the tokens that sum to 1", async () => {
    using model = await classifier("attention");
    for (const reason of ["attention", "gradient"] as const) {
      const [result] = await model.classify(["what time is it"], { reason });
      expect(result!.reason!.tokens).toEqual(["what", "time", "is", "it", "</s>"]);
      expect(result!.reason!.weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 6);
    }
    expect((await model.classify(["it"], { reason: false }))[0]!.reason).toBeUndefined();
    // Of weights of 8 bits nearly the same.
    using small = await loadModel(model.toBytes({ weights: "int8" }), { task: "classify" });
    for (const reason of ["attention", "gradient"] as const) {
      const weightsOf = async (one: ClassificationModel) =>
        (await one.classify(["what time is it"], { reason }))[0]!.reason!.weights;
      expectClose(await weightsOf(small), await weightsOf(model), 0.05, reason);
    }
    expect(small.trace("what time is it").reasons.map(({ by }) => by)).toEqual(["attention", "gradient"]);
    using last = await classifier();
    await expect(last.classify(["it"], { reason: "attention" })).rejects.toThrow(
      "classify: reason: expected a model with encoder.summary attention, got one without. Ask for gradient.",
    );
  });

  it("refuses a label that training did not have, by its line", async () => {
    using model = await classifier();
    const lines = [...kinds, ["hello", "greeting"]] as const;
    await expect(model.evaluate(lines)).rejects.toThrow(
      'pair 5: expected a label of the training data, "question", "request", "statement", got "greeting".',
    );
    await expect(model.evaluate([{ source: "a", target: "x", place: "x.tsv:70" }])).rejects.toThrow(
      "x.tsv:70: expected a label",
    );
    await expect(
      train(kinds, { task: "classify", dev: [["hello", "greeting"]], train: { epochs: 1 } }),
    ).rejects.toThrow('dev pair 1: expected a label of the training data, "question"');
  });

  it("wants two labels at least", async () => {
    await expect(
      train(
        [
          ["a", "x"],
          ["b", " x "],
        ],
        { task: "classify" },
      ),
    ).rejects.toThrow('labels: expected at least two different ones, got only "x".');
  });
});

describe("a tagger", () => {
  it("learns four lines by heart, and is the same from its file", async () => {
    using model = await tagger();
    const lines = ["", ...tagged.map(([line]) => line)];
    const results = await model.tag(lines);
    expect(results.map(({ text }) => text)).toEqual(["", ...tagged.map(([, tags]) => tags)]);
    expect(results[3]!.tokens.map(({ token }) => token)).toEqual(["sing", ",", "birds", "!"]);
    for (const { probability } of results[3]!.tokens) expect(probability).toBeGreaterThan(0.8);
    expect(await model.tag(lines.slice(2, 3))).toEqual(results.slice(2, 3));
    expect(await model.evaluate(tagged)).toMatchObject({ accuracy: 100, exact: 100, f1: 100 });
    using again = await loadModel(model.toBytes(), { task: "tag" });
    expect(again.toBytes()).toEqual(model.toBytes());
    expect(await again.tag(lines)).toEqual(results);
  });

  it("refuses sides of different lengths and tags it never saw, by their line", async () => {
    const wrong = [...tagged, { source: "three words here", target: "N V", place: "y.tsv:12" }];
    await expect(
      train(wrong, { task: "tag", source: spaced, target: spaced, dev: [], train: { epochs: 1 } }),
    ).rejects.toThrow("y.tsv:12: expected a tag for each token, got 3 tokens and 2 tags.");
    using model = await tagger();
    await expect(model.evaluate([["birds", "X"]])).rejects.toThrow(
      'pair 1: expected a tag of the training data, ".", "A", "N", "P", "V", got "X".',
    );
  });
});

describe("a language model", () => {
  it("learns four lines by heart: each goes on as it did", async () => {
    using model = await poet();
    const found = await model.generate(
      verses.map((verse) => verse.slice(0, 2)),
      { beamSize: 3 },
    );
    expect(found.map(({ text }) => text)).toEqual(verses);
    const drawn = await model.generate(20, { seed: 3 });
    for (const { text, prefix, score, tokenScores } of drawn) {
      expect(prefix).toBe("");
      expect(verses).toContain(text);
      expect(score).toBeCloseTo(
        tokenScores.reduce((sum, value) => sum + value),
        9,
      );
      const { total, tokens } = model.score([{ source: "", target: text }]);
      expect(-total).toBeCloseTo(score, 4);
      expect(tokens).toBe(6);
    }
    expect(new Set(drawn.map(({ text }) => text)).size).toBeGreaterThan(2);
    const { ppl } = await model.evaluate(verses);
    // Which of four lines it is, is all it cannot know: 4 to the power of 1/6.
    expect(ppl).toBeCloseTo(4 ** (1 / 6), 1);
    using again = await loadModel(model.toBytes(), { task: "language-model" });
    expect(again.toBytes()).toEqual(model.toBytes());
    expect(await again.generate(20, { seed: 3 })).toEqual(drawn);
  });

  it("searches for the best lines, streams, and keeps prefixes as they were given", async () => {
    using model = await poet();
    const best = await model.generate(4, { beamSize: 8 });
    expect(best.map(({ text }) => text).sort()).toEqual([...verses].sort());
    expect(best.map(({ ranking }) => ranking)).toEqual(best.map(({ ranking }) => ranking).sort((a, b) => b - a));
    // A beginning longer than lines may be is a line already: it stops no other.
    const lines = await model.generate(["举头", "床前明月光床前", "疑"], { maxLength: 5, sample: false });
    expect(lines.map(({ text }) => text)).toEqual(["举头望明月", "床前明月光床前", "疑是地上霜"]);
    const [line] = await model.generate("龙前", { maxLength: 7 });
    expect(line!.text.startsWith("龙前")).toBe(true);
    const seen: string[] = [];
    for await (const { text } of model.stream("举头", { sample: false })) seen.push(text);
    expect(seen[0]).toBe("举");
    expect(seen.at(-1)).toBe("举头望明月");
    const [many] = await model.generate(["床"], { nbest: 3, seed: 1 });
    expect(many!.alternatives).toHaveLength(2);
    await expect(model.generate(0)).rejects.toThrow("generate: expected a whole number of lines from 1, got 0.");
    await expect(model.generate(1, { coveragePenalty: 1 } as object)).rejects.toThrow(
      "generate: coveragePenalty is no option of a language model",
    );
  });

  it("draws a line among others as it draws it alone", async () => {
    using model = await poet();
    const together = await model.generate(["床", "举头", "", ""], { seed: 5, temperature: 2 });
    for (const [i, prefix] of ["床", "举头", ""].entries())
      expect(await model.generate(prefix, { seed: 5, temperature: 2 })).toEqual([together[i]]);
    expect(await model.generate(2, { seed: 5, temperature: 2 })).toEqual(together.slice(2));
  });

  it("traces how probable each token is", async () => {
    using model = await poet();
    const trace = model.trace("床前明日光");
    expect(trace.tokens.map(({ token }) => token)).toEqual(["床", "前", "明", "日", "光", "</s>"]);
    expect(trace.tokens[3]).toMatchObject({ unknown: true });
    expect(trace.tokens[3]!.candidates[0]!.token).toBe("月");
    expect(trace.tokens[2]).toMatchObject({ rank: 1, candidates: [{ token: "明" }, {}, {}, {}, {}] });
    const { total, tokens } = model.score([{ source: "", target: "床前明日光" }]);
    expect(trace.perplexity).toBeCloseTo(Math.exp(total / tokens), 2);
  });
});

describe("a trainer of any task, restored from a checkpoint, ends with the same bits", () => {
  const pairs = Array.from({ length: 40 }, (_, i) => ({
    source: `${i} ${i % 7} ${i % 3}`,
    target: `k${i % 3} k${i % 7} k${i % 2}`,
  }));
  const options: Record<string, RecipeInput> = {
    classify: { task: "classify", model: { encoder: { summary: "attention", hiddenSize: 11 }, embeddingSize: 8 } },
    tag: { task: "tag", model: { encoder: { hiddenSize: 11 }, embeddingSize: 8 }, target: spaced },
    "language-model": { task: "language-model", model: { decoder: { hiddenSize: 11 }, embeddingSize: 8 } },
  };
  it.each(Object.keys(options))("%s", async (task) => {
    const text = task === "language-model" ? { target: spaced } : { source: spaced };
    const recipe = completeRecipe({
      ...options[task],
      ...text,
      ...(task === "tag" && { target: spaced }),
      train: { epochs: 4, batchSize: 3, dropout: 0.2, wordDropout: 0.1, metric: task === "classify" ? "f1" : "loss" },
    });
    const data = task === "classify" ? pairs.map(({ source }, i) => ({ source, target: `k${i % 3}` })) : pairs;
    const create = async () => {
      const { train: kept, dev } = holdOutFor(recipe, data);
      const model = await prepareModel(await createBackend(), recipe, kept);
      return { model, trainer: Trainer.onPairs(model, kept, dev) };
    };
    await expectExactResume(create);
  });
});

describe("holdOutFor", () => {
  it("leaves no label in dev alone, and holds out the lines of a language model too", () => {
    const recipe = completeRecipe({ task: "classify", data: { holdOut: 0.3 } });
    const pairs = Array.from({ length: 200 }, (_, i) => ({
      source: `s${i >> 1}`,
      target: i % 10 ? `k${i % 3}` : `r${i}`,
    }));
    const { train: kept, dev } = holdOutFor(recipe, pairs);
    expect(kept.length + dev.length).toBe(200);
    expect(dev.length).toBeGreaterThan(20);
    const known = new Set(kept.map(({ target }) => target));
    expect(dev.filter(({ target }) => !known.has(target))).toEqual([]);
    const sources = new Set(dev.map(({ source }) => source));
    expect(kept.some(({ source }) => sources.has(source))).toBe(false);
    const lines = pairs.map(({ source }, i) => ({ source: "", target: `${source} ${i}` }));
    const held = holdOutFor(completeRecipe({ task: "language-model", data: { holdOut: 0.1 } }), lines);
    expect(held.dev.length).toBeGreaterThan(5);
    expect([...held.train, ...held.dev].sort((a, b) => (a.target < b.target ? -1 : 1))).toEqual(
      [...lines].sort((a, b) => (a.target < b.target ? -1 : 1)),
    );
  });
});
