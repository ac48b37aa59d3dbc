import { describe, expect, it } from "vitest";
import { BACKENDS, wasm } from "../../test/support/backends.js";
import { expectExactResume } from "../../test/support/exact-resume.js";
import { expectClose } from "../../test/support/numbers.js";
import { letters, untrainedModel } from "../../test/support/untrained-model.js";
import { makeBatch } from "../data/batches.js";
import { modelOf } from "../decode/any-model.js";
import type { TranslationModel } from "../decode/translation-model.js";
import type { Backend } from "../kernels/kernels.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import { END, START, UNKNOWN } from "../text/vocabulary.js";
import { prepareModel } from "./prepare.js";
import { ScheduledSampling, samplingProbability } from "./scheduled-sampling.js";
import { Trainer } from "./trainer.js";

const lines = Array.from({ length: 9 }, (_, i) => letters.slice(i % 5, (i % 5) + 2 + (i % 4)).join(" "));
const target = (i: number) => letters.slice(0, 3 + (i % 4)).join(" ");
const pairs = lines.map((source, i) => ({ source, target: target(i) }));

const models: [string, RecipeInput["model"]][] = [
  ["attention that feeds the next step", {}],
  ["no attention, the code at every step", { attention: { kind: "none" } }],
  [
    "attention before the step, with coverage",
    { decoder: { attend: "before" }, attention: { kind: "additive", coverage: true } },
  ],
];

/** Asserts that a row of what is read begins as the model writes on its own. */
function expectOwn(row: Int32Array, written: readonly number[], length: number): void {
  const wanted = [START, ...written, END].slice(0, length);
  expect(Array.from(row.subarray(0, wanted.length))).toEqual(wanted);
  expect(wanted.length).toBeGreaterThan(1);
}

describe.each(BACKENDS)("%s", (...one) => {
  const [, backend]: [string, Backend, number] = one;
  it.each(models)("with probability 1 a decoder reads what greedy search writes: %s", async (_, model) => {
    const core = await untrainedModel(backend, model);
    const examples = pairs.map((pair, index) => core.example(pair, index));
    const batch = makeBatch(examples);
    const sampling = new ScheduledSampling(core);
    const mixed = sampling.mix(batch, 1, 1);
    const results = await ((await modelOf(core)) as TranslationModel).translate(lines);
    for (const [i, { tokens }] of results.entries()) {
      const row = mixed.subarray(i * batch.targetTime, (i + 1) * batch.targetTime);
      expectOwn(row, core.target.vocabulary.toIds(tokens), examples[i]!.target.length + 1);
    }
    sampling.dispose();
  });
});

it("a model that copies reads what it copied from outside its vocabulary as <unk>", async () => {
  const core = await untrainedModel(wasm, { copy: true });
  core.parameters.get("decoder.generation.bias").set([-20]);
  const strange = ["zebra yak xerus", "a zebra b", "xerus"].map((source) => ({ source, target: "a b c d" }));
  const batch = makeBatch(strange.map((pair, index) => core.example(pair, index)));
  const mixed = new ScheduledSampling(core).mix(batch, 1, 1);
  const results = await ((await modelOf(core)) as TranslationModel).translate(strange.map(({ source }) => source));
  const known = (token: string) => core.target.vocabulary.idOf(token);
  for (const [i, { tokens }] of results.entries())
    expectOwn(mixed.subarray(i * batch.targetTime, (i + 1) * batch.targetTime), tokens.map(known), 5);
  expect(results.flatMap(({ tokens }) => tokens).some((token) => known(token) === UNKNOWN)).toBe(true);
});

it("a language model reads its own line", async () => {
  const text = letters.map((letter, i) => ({ source: "", target: `${letter} ${letters[(i * 3) % 11]}` }));
  const recipe = completeRecipe({
    task: "language-model",
    target: { tokenizer: "whitespace" },
    model: { embeddingSize: 5, decoder: { hiddenSize: 7 } },
  });
  const core = await prepareModel(wasm, recipe, text);
  if (core.task !== "language-model") throw new Error(core.task);
  const batch = makeBatch(text.map((pair, index) => core.example(pair, index)));
  const mixed = new ScheduledSampling(core).mix(batch, 1, 1);
  // All begin alike, from nothing, and have no coin left to part them.
  for (let row = 1; row < batch.size; row++) expect(mixed.subarray(row * 3, row * 3 + 3)).toEqual(mixed.subarray(0, 3));
  expect(mixed.subarray(0, 3)).not.toEqual(batch.targetIn.subarray(0, 3));
});

describe("coins", () => {
  it("fall by seed, step, example and place: a row in a batch as the row alone", async () => {
    const core = await untrainedModel(wasm);
    const examples = pairs.map((pair, index) => core.example(pair, index));
    const sampling = new ScheduledSampling(core);
    const batch = makeBatch(examples);
    const mixed = sampling.mix(batch, 7, 0.5);
    expect(sampling.mix(batch, 7, 0.5)).toEqual(mixed);
    expect(sampling.mix(batch, 8, 0.5)).not.toEqual(mixed);
    for (const [i, example] of examples.entries()) {
      const alone = makeBatch([example]);
      expect(sampling.mix(alone, 7, 0.5)).toEqual(
        mixed.slice(i * batch.targetTime, i * batch.targetTime + alone.targetTime),
      );
    }
    expect(sampling.mix(batch, 7, 0)).toBe(batch.targetIn);
    sampling.dispose();
  });

  it("replace about as many as asked for, and no padding or start", async () => {
    const core = await untrainedModel(wasm);
    // "x" is no word of the model: wherever something else is read it is the model's own.
    const examples = Array.from({ length: 200 }, (_, index) =>
      core.example({ source: "a", target: "x x x x x".slice(0, 1 + 2 * (index % 5)) }, index),
    );
    const batch = makeBatch(examples);
    const mixed = new ScheduledSampling(core).mix(batch, 1, 0.3);
    let [own, all] = [0, 0];
    for (const [i, id] of mixed.entries()) {
      const isReplaceable = i % batch.targetTime > 0 && batch.targetMask[i] === 1;
      if (isReplaceable) [own, all] = [own + Number(id !== batch.targetIn[i]), all + 1];
      else expect(id).toBe(batch.targetIn[i]);
    }
    expect(Math.abs(own / all - 0.3)).toBeLessThan(0.06);
  });
});

// 1 - 0.9**i and 1 - 5 / (5 + math.exp(i / 5)) in Python 3.
it("the schedules are Bengio's", () => {
  const of = (scheduledSampling: NonNullable<RecipeInput["train"]>["scheduledSampling"], ...steps: number[]) => {
    const { train } = completeRecipe({ train: { scheduledSampling } });
    return steps.map((step) => samplingProbability(step, train.scheduledSampling));
  };
  const close = (found: number[], wanted: number[]) => expectClose(found, wanted, 1e-12, "probabilities");
  close(of({ probability: 0.25 }, 1, 100), [0.25, 0.25]);
  close(of({ probability: 0.4, schedule: "linear", steps: 10 }, 1, 5, 10, 11), [0.04, 0.2, 0.4, 0.4]);
  close(of({ probability: 0.8, schedule: "exponential", k: 0.9 }, 1, 5, 20), [0.1, 0.40950999999999993, 0.8]);
  close(
    of({ probability: 0.8, schedule: "inverse-sigmoid", k: 5 }, 1, 10, 30),
    [0.19632272746819723, 0.5964180031090851, 0.8],
  );
  expect(of({ probability: 1, schedule: "inverse-sigmoid", k: 1 }, 1e6)).toEqual([1]);
});

describe("training", () => {
  const create = async (train: RecipeInput["train"]) => {
    const sizes = { embeddingSize: 7, encoder: { hiddenSize: 5 }, decoder: { hiddenSize: 11 } };
    const text = { tokenizer: "whitespace" } as const;
    const recipe = completeRecipe({
      model: sizes,
      source: text,
      target: text,
      train: { epochs: 4, batchSize: 2, learningRate: 0.05, ...train },
    });
    const model = await prepareModel(wasm, recipe, pairs);
    return { model, trainer: Trainer.onPairs(model, pairs, pairs.slice(0, 2)) };
  };
  const linear = { probability: 0.8, schedule: "linear", steps: 10 } as const;

  it("goes on from a checkpoint to the same bits, several batches to a step too", async () => {
    await expectExactResume(() => create({ scheduledSampling: linear }));
    await expectExactResume(() => create({ scheduledSampling: linear, accumulate: 2, ema: 0.9 }));
  });

  it("is that on the right tokens until a coin falls, then another", async () => {
    const [right, sampled] = [
      await create({}),
      await create({ scheduledSampling: { probability: 1, schedule: "inverse-sigmoid", k: 50 } }),
    ];
    const losses = { right: [] as number[], sampled: [] as number[] };
    for (const [name, { trainer }] of Object.entries({ right, sampled }))
      await trainer.run((event) => void (event.kind === "epoch" && losses[name as "right"].push(event.trainLoss)));
    expect(losses.sampled).not.toEqual(losses.right);
    // What it is measured by is unchanged: dev reads the right tokens.
    expect(sampled.model.history.epochs.at(-1)!.devLoss).toBeLessThan(sampled.model.history.epochs[0]!.devLoss!);
  });
});

describe("what makes no sense is refused with the reason", () => {
  it.each<[RecipeInput, string]>([
    [
      { task: "classify", train: { scheduledSampling: { probability: 0.2 } } },
      "train.scheduledSampling.probability: 0.2 is refused with task classify: a classifier writes no tokens.",
    ],
    [
      { train: { scheduledSampling: { steps: 5 } } },
      "train.scheduledSampling.steps: 5 is refused: the probability is 0. Give probability, say 0.25",
    ],
    [
      { train: { scheduledSampling: { probability: 0.2, schedule: "linear" } } },
      "train.scheduledSampling.schedule: linear is refused without steps",
    ],
    [
      { train: { scheduledSampling: { probability: 0.2, schedule: "exponential" } } },
      "train.scheduledSampling.schedule: exponential is refused: exponential needs k below 1, say 0.999. Give it",
    ],
    [
      { train: { scheduledSampling: { probability: 0.2, schedule: "exponential", k: 5 } } },
      "train.scheduledSampling.k: 5 is refused: exponential needs k below 1",
    ],
    [
      { train: { scheduledSampling: { probability: 0.2, schedule: "inverse-sigmoid", k: 0.5 } } },
      "train.scheduledSampling.k: 0.5 is refused: inverse-sigmoid needs k of 1 or more",
    ],
    [
      { train: { scheduledSampling: { probability: 0.2, k: 2 } } },
      "train.scheduledSampling.k: 2 is refused: constant has none.",
    ],
    [
      { train: { scheduledSampling: { probability: 0.2, steps: 2 } } },
      "train.scheduledSampling.steps: 2 is refused: constant does not count them.",
    ],
  ])("%j", (recipe, sentence) => {
    expect(() => completeRecipe(recipe)).toThrow(sentence);
  });
});
