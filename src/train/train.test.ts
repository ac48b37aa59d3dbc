import { beforeAll, describe, expect, it } from "vitest";
import { expectExactResume } from "../../test/support/exact-resume.js";
import { loadModel } from "../decode/load.js";
import type { TranslationModel } from "../decode/translation-model.js";
import { AbortedError, RecipeError } from "../errors.js";
import { createBackend } from "../kernels/backend.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import { holdOut, prepareModel } from "./prepare.js";
import type { TrainingProgress } from "./progress.js";
import { learningRateAt } from "./schedule.js";
import { type TrainOptions, train } from "./train.js";
import { Trainer } from "./trainer.js";

const four: [string, string][] = [
  ["我爱学习", "I love studying."],
  ["欢迎来北京", "Welcome to Beijing."],
  ["现在几点了", "What time is it now?"],
  ["窗前明月光", "Bright moonlight before my window."],
];
const small = (options: TrainOptions = {}): TrainOptions => ({
  model: { embeddingSize: 16, encoder: { hiddenSize: 11 }, decoder: { hiddenSize: 13 } },
  train: { epochs: 60, learningRate: 0.02, dropout: 0, batchSize: 4 },
  ...options,
});

describe("progress of training", () => {
  it("comes with the model as it stands, and looking at it changes nothing", async () => {
    const seen: string[] = [];
    const options = { ...small({ train: { epochs: 12, learningRate: 0.02, dropout: 0.1, batchSize: 2 } }), dev: [] };
    const watched = await train(four, {
      ...options,
      onProgress: (progress, model) => {
        const { output, steps } = model.trace("我爱学习");
        if (progress.kind === "epoch") seen.push(`${output} ${steps[0]!.probability}`);
      },
    });
    expect(new Set(seen).size).toBe(12);
    const alone = await train(four, options);
    expect(watched.toBytes()).toEqual(alone.toBytes());
    expect(watched.trace("我爱学习").steps[0]!.probability).toBe(Number(seen.at(-1)!.split(" ").at(-1)));
  });
});

describe("a model trained on four pairs", () => {
  let model: TranslationModel;
  beforeAll(async () => {
    model = await train(four, { ...small(), dev: [] });
  });

  it("has learnt them by heart", async () => {
    const results = await model.translate(four.map(([source]) => source));
    expect(results.map(({ text }) => text)).toEqual(four.map(([, target]) => target));
  });

  it("answers a row in a batch as the row alone, bit for bit", async () => {
    const lines = ["我爱学习", "", "现在几点了窗前明月光我爱学习", "未知", "欢迎来北京"];
    const together = await model.translate(lines);
    for (const [i, line] of lines.entries()) expect((await model.translate([line]))[0]).toEqual(together[i]);
  });

  it("attends: each row of weights sums to one, over the source tokens and </s>", async () => {
    const [result] = await model.translate(["我爱学习"]);
    const { rows, columns, weights } = result!.attention!;
    expect(columns.at(-1)).toBe("</s>");
    expect(weights).toHaveLength(rows.length);
    for (const row of weights) {
      expect(row).toHaveLength(columns.length);
      expect(row.reduce((total, weight) => total + weight)).toBeCloseTo(1, 5);
    }
  });

  it("traces the same prediction it makes", async () => {
    const [result] = await model.translate(["欢迎来北京"]);
    const trace = model.trace("欢迎来北京");
    expect(trace.output).toBe(result!.text);
    expect(trace.steps.map((step) => step.weights)).toEqual(result!.attention!.weights);
    expect(trace.steps.at(-1)!.token).toBe("</s>");
    const probability = trace.steps.reduce((total, step) => total + Math.log(step.candidates[0]!.probability), 0);
    expect(probability).toBeCloseTo(result!.score, 4);
    expect(trace.source.at(-1)!.similarityToCode).toBeCloseTo(1, 6);
    expect(Object.keys(trace.steps[0]!.gates)).toEqual(["reset", "update", "new"]);
    for (const gate of trace.steps[0]!.gates["update"]!) expect(gate > 0 && gate < 1).toBe(true);
  });

  it("scores its own outputs as teacher forcing does", async () => {
    const [result] = await model.translate(["我爱学习"]);
    const { total, tokens } = model.score([{ source: "我爱学习", target: result!.text }]);
    expect(tokens).toBe(result!.tokens.length + 1);
    expect(-total).toBeCloseTo(result!.score, 4);
  });

  it("is the same after its file was written and read", async () => {
    const bytes = model.toBytes();
    using again = await loadModel(bytes, { task: "translate" });
    expect(again.toBytes()).toEqual(bytes);
    const lines = four.map(([source]) => source);
    expect(await again.translate(lines)).toEqual(await model.translate(lines));
  });

  it("cannot be used after it was disposed", async () => {
    const again = await loadModel(model.toBytes(), { task: "translate" });
    again.dispose();
    await expect(again.translate(["我爱学习"])).rejects.toThrow("got one that was disposed");
    expect(() => again.toBytes()).toThrow("got one that was disposed");
  });

  it("gives nearly the same on the reference backend", async () => {
    using reference = await loadModel(model.toBytes(), { backend: "reference", task: "translate" });
    const [mine, its] = [await model.translate(["我爱学习"]), await reference.translate(["我爱学习"])];
    expect(its[0]!.text).toBe(mine[0]!.text);
    expect(its[0]!.score).toBeCloseTo(mine[0]!.score, 4);
  });
});

describe("train", () => {
  const cells = ["rnn", "lstm", "gru"] as const;
  it.each(cells)("learns with %s cells, with the seed's decoder too", async (cell) => {
    const model = { embeddingSize: 16, encoder: { cell, hiddenSize: 24 }, decoder: { cell, hiddenSize: 24 } };
    for (const kind of ["scaled-dot", "none"] as const) {
      using trained = await train(four, { ...small({ model: { ...model, attention: { kind } } }), dev: [] });
      const results = await trained.translate(four.map(([source]) => source));
      expect(results.map(({ text }) => text)).toEqual(four.map(([, target]) => target));
      expect(results[0]!.attention === undefined).toBe(kind === "none");
    }
  });

  it("gives the same bytes for the same seed, and others for another", async () => {
    const run = async (seed: number) => {
      using model = await train(four, { ...small({ train: { epochs: 2, dropout: 0.3, seed } }), dev: [] });
      return model.toBytes();
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });

  it("runs every epoch, though their numbers of batches differ", async () => {
    const pairs = Array.from({ length: 9 }, (_, i): [string, string] => ["a ".repeat(i + 1), "b ".repeat(9 - i)]);
    const epochs: number[] = [];
    const onProgress = (progress: TrainingProgress) => progress.kind === "epoch" && epochs.push(progress.epoch);
    const options = small({ train: { epochs: 30, batchTokens: 23 } });
    using model = await train(pairs, { ...options, dev: [], onProgress: (progress) => void onProgress(progress) });
    expect(epochs).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(model.core.history.epochs).toHaveLength(30);
  });

  it("stops at its signal", async () => {
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const options = { ...small({ train: { epochs: 100_000 } }), dev: [], onProgress, signal: controller.signal };
    await expect(train(four, options)).rejects.toThrow(AbortedError);
  });

  it("refuses an unknown option with a proposal", async () => {
    const options = { source: { tokeniser: "chars" } } as unknown as RecipeInput;
    await expect(train(four, options)).rejects.toThrow(RecipeError);
    await expect(train(four, options)).rejects.toThrow('did you mean "tokenizer"?');
  });
});

describe("a trainer restored from a checkpoint", () => {
  const pairs = Array.from({ length: 40 }, (_, i) => ({
    source: `${i} ${i % 7} ${i % 3}`,
    target: `${i % 3} ${i % 7}`,
  }));
  const recipe = completeRecipe(
    small({ train: { epochs: 4, batchSize: 3, dropout: 0.2, metric: "exact" }, data: { holdOut: 0.2 } }),
  );
  const create = async () => {
    const { train: kept, dev } = holdOut(pairs, 0.2);
    const model = await prepareModel(await createBackend(), recipe, kept);
    return { model, trainer: Trainer.onPairs(model, kept, dev) };
  };

  it("ends with the same bits as one that was never stopped", async () => {
    await expectExactResume(create);
  });

  it.each<[string, RecipeInput["train"]]>([
    ["adamw", { optimizer: "adamw", schedule: "linear", weightDecay: 0.1 }],
    ["sgd", { optimizer: "sgd", momentum: 0.9, learningRate: 0.1 }],
    ["plateau", { schedule: "plateau", plateau: { patience: 0, factor: 0.1 }, metric: "cer" }],
  ])("the same with another optimiser or schedule: %s", async (_, train) => {
    const { train: kept, dev } = holdOut(pairs, 0.2);
    const other = completeRecipe(small({ train: { epochs: 4, batchSize: 3, dropout: 0.2, ...train } }));
    await expectExactResume(async () => {
      const model = await prepareModel(await createBackend(), other, kept);
      return { model, trainer: Trainer.onPairs(model, kept, dev) };
    });
  });
});

describe("train.metric", () => {
  const dev: [string, string][] = [["我爱学习", "I love studying."]];
  it.each(["accuracy", "chrf", "wer", "ppl"] as const)("%s chooses the best epoch", async (metric) => {
    const seen: { value: number; best: boolean }[] = [];
    const onProgress = (progress: TrainingProgress) => {
      if (progress.kind !== "epoch") return;
      const value = metric === "ppl" ? progress.devPerplexity : progress[metric];
      seen.push({ value: value!, best: progress.best });
    };
    const options = small({ train: { epochs: 12, learningRate: 0.02, dropout: 0, batchSize: 4, metric } });
    using _model = await train(four, { ...options, dev, onProgress });
    const lessIsBetter = metric === "wer" || metric === "ppl";
    const values = seen.map(({ value }) => value);
    const best = lessIsBetter ? Math.min(...values) : Math.max(...values);
    expect(seen.findLast((epoch) => epoch.best)!.value).toBe(best);
    expect(Math.min(...values)).toBeLessThan(Math.max(...values));
  });

  it("plateau needs dev pairs", async () => {
    const options = small({ train: { schedule: "plateau" } });
    await expect(train(four, { ...options, dev: [] })).rejects.toThrow("expected dev pairs that plateau can watch");
  });
});

describe("holdOut", () => {
  it("keeps all pairs of one source on one side, near the share asked for, and loses none", () => {
    const pairs = Array.from({ length: 4000 }, (_, i) => ({ source: `s${i >> 1}`, target: `t${i}` }));
    const { train: kept, dev } = holdOut(pairs, 0.1);
    expect(kept.length + dev.length).toBe(4000);
    expect(Math.abs(dev.length - 400)).toBeLessThan(80);
    const sources = new Set(dev.map(({ source }) => source));
    expect(kept.some(({ source }) => sources.has(source))).toBe(false);
    expect(holdOut(pairs, 0.1)).toEqual({ train: kept, dev });
  });
});

describe("learningRateAt", () => {
  const { train: constant } = completeRecipe({ train: { learningRate: 0.1, warmupSteps: 10 } });
  it("rises over the warm-up and stays", () => {
    expect([1, 5, 10, 11, 100].map((step) => learningRateAt(step, 100, constant))).toEqual([0.01, 0.05, 0.1, 0.1, 0.1]);
  });
  it("falls along half a cosine to nearly zero", () => {
    const cosine = { ...constant, schedule: "cosine" as const };
    expect(learningRateAt(11, 110, cosine)).toBeCloseTo(0.1, 12);
    expect(learningRateAt(61, 110, cosine)).toBeCloseTo(0.05, 12);
    expect(learningRateAt(110, 110, cosine)).toBeLessThan(1e-4);
  });
});
