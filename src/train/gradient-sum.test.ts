import { describe, expect, it } from "vitest";
import { describeBackend, NATIVE, reference, wasm } from "../../test/support/backends.js";
import { expectExactResume } from "../../test/support/exact-resume.js";
import { expectClose } from "../../test/support/numbers.js";
import { prepareTranslation } from "../../test/support/prepare-translation.js";
import type { Example } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import type { Backend } from "../kernels/kernels.js";
import type { AnyModel } from "../models/model-file.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import { prepareModel } from "./prepare.js";
import { Trainer } from "./trainer.js";
import { type Epoch, PairsInMemory, type TrainingData } from "./training-data.js";

const letters = [..."abcdefghijklmnopqrst"];
/** Of several lengths; some are aligned, so that parts of a batch differ in how much of them is. */
const pairs: Pair[] = letters.slice(0, 13).map((letter, i) => ({
  source: letters.slice(i, i + 1 + (i % 5)).join(" "),
  target: [letter, ...letters.slice(i + 2, i + 2 + (i % 3))].join(" "),
  ...(i % 4 === 1 && { alignment: "0-0" }),
}));

/** Batches of so many examples, in the order of the data, each epoch alike. */
class InOrder implements TrainingData {
  readonly fingerprint = "in order";
  readonly size = pairs.length;
  readonly longest = { source: 5, target: 3 };
  readonly batchesPerEpoch: number;
  readonly #batches: Example[][] = [];

  constructor(model: AnyModel, rows: number) {
    const examples = pairs.map((pair, index) => model.example(pair, index));
    for (let first = 0; first < examples.length; first += rows) this.#batches.push(examples.slice(first, first + rows));
    this.batchesPerEpoch = this.#batches.length;
  }

  epoch(): Epoch {
    return { length: this.#batches.length, batch: (index) => this.#batches[index]! };
  }
}

const text = { tokenizer: "whitespace" } as const;

/** The parameters after two epochs on batches of `rows`, so many to a step. */
async function trained(backend: Backend, rows: number, accumulate: number, recipe: RecipeInput, byRows = true) {
  const model = await prepareTranslation(
    backend,
    completeRecipe({
      source: text,
      target: text,
      ...recipe,
      model: { embeddingSize: 7, encoder: { hiddenSize: 5 }, decoder: { hiddenSize: 11 }, ...recipe.model },
      train: { epochs: 2, optimizer: "sgd", learningRate: 0.3, accumulate, ...recipe.train },
    }),
    pairs,
  );
  if (!byRows) for (const [, tensor] of model.parameters) tensor.readByRows = false;
  const trainer = new Trainer(model, new InOrder(model, rows), []);
  const losses: number[] = [];
  await trainer.run((progress) => void (progress.kind === "epoch" && losses.push(progress.trainLoss)));
  const { step } = trainer;
  trainer.dispose();
  const parameters = model.tensors();
  model.dispose();
  return { parameters, losses, step };
}

const backends: [string, Backend, number][] = [
  ["reference", reference, 1e-7],
  ["wasm", wasm, 1e-5],
  ...NATIVE.slice(-1).map((native): [string, Backend, number] => [describeBackend(native), native, 1e-5]),
];

describe.each(backends)(
  "%s: a step on the sum of several batches' gradients is the step on one large batch",
  (...one) => {
    const [, backend, tolerance] = one;
    it.each<[string, RecipeInput]>([
      ["clipped, with dropout of values and words", { train: { clipNorm: 0.5, dropout: 0.3, wordDropout: 0.2 } }],
      ["label smoothing", { train: { labelSmoothing: 0.1, dropout: 0 } }],
      [
        "guided attention with coverage",
        { model: { attention: { kind: "additive", coverage: true, guided: 2 } }, train: { dropout: 0 } },
      ],
      ["one table for all", { model: { embeddingSize: 11, tieEmbeddings: "all" }, jointVocabulary: true }],
      ["momentum and decay", { train: { momentum: 0.9, weightDecay: 0.01, learningRate: 0.05 } }],
    ])("%s", async (_, recipe) => {
      const large = await trained(backend, 12, 1, recipe);
      const summed = await trained(backend, 4, 3, recipe);
      // The 13th pair is alone in a last batch, which makes a step of its own.
      expect([large.step, summed.step]).toEqual([4, 4]);
      expectClose(summed.losses, large.losses, tolerance, "losses");
      for (const [name, { data }] of large.parameters)
        expectClose(summed.parameters.get(name)!.data, data, tolerance, name);
      // Parts that were weighed alike instead of by their tokens would end elsewhere.
      const others = await trained(backend, 4, 1, recipe);
      expect(others.parameters).not.toEqual(summed.parameters);
    });

    it("tables whose gradients are of rows end in the same bits as dense ones", async () => {
      const recipe: RecipeInput = { train: { optimizer: "adamw", learningRate: 0.01, epochs: 5 } };
      const byRows = await trained(backend, 2, 3, recipe);
      expect((await trained(backend, 2, 3, recipe, false)).parameters).toEqual(byRows.parameters);
    });
  },
);

it("a run that accumulates goes on from a checkpoint to the same bits", async () => {
  const recipe = completeRecipe({
    model: { embeddingSize: 7, encoder: { hiddenSize: 5 }, decoder: { hiddenSize: 11 } },
    train: { epochs: 4, batchSize: 2, accumulate: 3 },
  });
  await expectExactResume(async () => {
    const model = await prepareModel(wasm, recipe, pairs);
    return { model, trainer: new Trainer(model, new PairsInMemory(model, pairs), []) };
  });
});

it("a classifier's labels count as tokens do", async () => {
  const labelled = pairs.map(({ source }, i) => ({ source, target: i % 2 ? "odd" : "even" }));
  const run = async (batchSize: number, accumulate: number) => {
    const train = { batchSize, accumulate, steps: 1, optimizer: "sgd", learningRate: 0.5, dropout: 0 } as const;
    const model = await prepareModel(reference, completeRecipe({ task: "classify", train }), labelled);
    const trainer = Trainer.onPairs(model, labelled, []);
    await trainer.run(() => {});
    trainer.dispose();
    return model.tensors();
  };
  const large = await run(13, 1);
  for (const [name, { data }] of await run(5, 3)) expectClose(data, large.get(name)!.data, 1e-7, name);
});
