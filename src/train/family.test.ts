import { describe, expect, it } from "vitest";
import { loadModel, RandomStream, type TrainOptions, type TranslationModel, train } from "../index.js";

// Kinds of models that share as little as they can, on a small task: to reverse strings of 2 to 4 of 8 symbols. The whole
// matrix is `npm run check:matrix`.

type Model = NonNullable<TrainOptions["model"]>;

/** Different strings and their reversals. */
function reversals(count: number): [string, string][] {
  const stream = new RandomStream(3, "reversal");
  const strings = new Set<string>();
  for (let drawn = 0; strings.size < count; drawn += 5) {
    const next = (i: number, limit: number) => Math.floor(stream.uniform(drawn + i) * limit);
    strings.add(Array.from({ length: 2 + next(0, 3) }, (_, i) => "abcdefgh"[next(i + 1, 8)]).join(""));
  }
  return [...strings].map((text) => [text, [...text].reverse().join("")]);
}

const pairs = reversals(2000);
const [unseen, seen] = [pairs.slice(0, 200), pairs.slice(200)];

const learn = (
  model: Model,
  options: TrainOptions = {},
  from: readonly (readonly [string, string, string?])[] = seen,
) =>
  train(from, {
    source: { tokenizer: "chars" },
    target: { tokenizer: "chars" },
    dev: [],
    model: { embeddingSize: 32, ...model },
    train: { batchSize: 32, learningRate: 0.004, epochs: 8, dropout: 0, clipNorm: 1, samples: 0, ...options.train },
  });

async function exactOf(model: TranslationModel): Promise<number> {
  const results = await model.translate(unseen.map(([source]) => source));
  return results.filter(({ text }, i) => text === unseen[i]![1]).length / unseen.length;
}

const sizes = { encoder: { hiddenSize: 32 }, decoder: { hiddenSize: 64 } } as const;

describe("learns to reverse unseen strings", () => {
  it.each<[string, Model]>([
    [
      "lstm → gru, additive before the step with coverage, mean bridge",
      {
        encoder: { ...sizes.encoder, cell: "lstm" },
        decoder: { ...sizes.decoder, attend: "before", bridge: "mean" },
        attention: { kind: "additive", coverage: true, coverageLoss: 0.1 },
      },
    ],
    [
      "gru → lstm, several heads, nothing fed",
      {
        ...sizes,
        decoder: { ...sizes.decoder, cell: "lstm", inputFeeding: "none", context: "every-step" },
        attention: { kind: "multi-head" },
      },
    ],
    [
      "lstm, layer-normalised and residual, two layers, copied states",
      {
        encoder: { ...sizes.encoder, cell: "lstm", layers: 2, layerNorm: true, residual: true },
        decoder: { ...sizes.decoder, cell: "lstm", layers: 2, layerNorm: true, residual: true, bridge: "copy" },
        attention: { kind: "dot" },
      },
    ],
    [
      "gru, one vocabulary and one table, the context fed, zero bridge",
      {
        embeddingSize: 64,
        ...sizes,
        decoder: { ...sizes.decoder, bridge: "zero", inputFeeding: "context" },
        attention: { kind: "general" },
        tieEmbeddings: "all",
      },
    ],
    [
      "rnn → gru without attention, attention as the summary",
      {
        encoder: { ...sizes.encoder, cell: "rnn", summary: "attention" },
        decoder: { ...sizes.decoder, hiddenSize: 96 },
        attention: { kind: "none" },
      },
    ],
  ])("%s", async (_, model) => {
    using trained = await learn(model);
    expect(await exactOf(trained)).toBeGreaterThan(0.9);
    const bytes = trained.toBytes();
    using again = await loadModel(bytes, { task: "translate" });
    expect(again.toBytes()).toEqual(bytes);
    const lines = unseen.slice(0, 7).map(([source]) => source);
    const results = await trained.translate(lines);
    expect(await again.translate(lines)).toEqual(results);
    expect(await trained.translate(lines.slice(0, 1))).toEqual(results.slice(0, 1));
    // A beam moves the rows of every state about; its scores are those of teacher forcing, and a line alone those of many.
    const beams = await trained.translate(lines, { beamSize: 4, nbest: 3 });
    expect(await trained.translate(lines.slice(2, 3), { beamSize: 4, nbest: 3 })).toEqual(beams.slice(2, 3));
    for (const [i, { text, score, alternatives }] of beams.entries())
      for (const output of [{ text, score }, ...alternatives.filter(({ finished }) => finished)]) {
        const forced = trained.score([{ source: lines[i]!, target: output.text }]);
        expect(-forced.total).toBeCloseTo(output.score, 3);
      }
    // The trace tells the same story, and so does teacher forcing.
    const trace = trained.trace(lines[0]!);
    expect(trace.output).toBe(results[0]!.text);
    expect(trace.steps.map((step) => step.weights)).toEqual(
      results[0]!.attention?.weights ?? trace.steps.map(() => undefined),
    );
    const { total } = trained.score([{ source: lines[0]!, target: results[0]!.text }]);
    expect(-total).toBeCloseTo(results[0]!.score, 4);
  });
});

it("of several heads each has its weights, and the picture is their mean", async () => {
  using model = await learn({ ...sizes, attention: { kind: "multi-head", heads: 2 } }, { train: { epochs: 1 } });
  const [result] = await model.translate(["abcd"]);
  const { weights, heads } = result!.attention!;
  expect(heads).toHaveLength(2);
  for (const [row, mean] of weights.entries())
    for (const [column, weight] of mean.entries())
      expect((heads![0]![row]![column]! + heads![1]![row]![column]!) / 2).toBeCloseTo(weight, 5);
  const [beam] = await model.translate(["abcd"], { beamSize: 3 });
  for (const [row, mean] of beam!.attention!.weights.entries())
    for (const [column, weight] of mean.entries()) {
      const shares = beam!.attention!.heads!.map((head) => head[row]![column]!);
      expect((shares[0]! + shares[1]!) / 2).toBeCloseTo(weight, 5);
    }
  const step = model.trace("abcd").steps[0]!;
  expect(step.heads!.map((head) => head.weights)).toEqual(heads!.map((head) => head[0]));
  expect(step.heads![0]!.scores).toHaveLength(5);
});

describe("guided attention", () => {
  // Nothing in a reversal says that its attention must run forwards; only the guide does.
  const forwards = (pair: readonly [string, string]) =>
    [...pair, [...pair[0]].map((_, i) => `${i}-${i}`).join(" ")] as const;
  const model = (guided: number): Model => ({ ...sizes, attention: { kind: "additive", guided } });

  it("looks where the alignments tell", async () => {
    using guided = await learn(model(1), { train: { epochs: 2 } }, seen.map(forwards));
    const results = await guided.translate(["abcd", "hgfe"]);
    for (const { attention } of results)
      for (const place of [0, 1, 2, 3]) expect(attention!.weights[place]![place]!).toBeGreaterThan(0.8);
  });

  it("refuses pairs without alignments", async () => {
    await expect(learn(model(1))).rejects.toThrow(
      "train: expected alignments for model.attention.guided, got pairs without any. Give each pair an alignment such as 0-0 1-2, or data.alignments a file of them.",
    );
  });
});

it("every kind of dropout draws the same for the same seed", async () => {
  const run = async (seed: number) => {
    using model = await learn(
      {
        encoder: { ...sizes.encoder, layers: 2, dropout: 0.2, variational: true },
        decoder: { ...sizes.decoder, layers: 2, dropout: 0.2, variational: true },
      },
      { train: { epochs: 1, dropout: 0.2, wordDropout: 0.1, seed } },
      seen.slice(0, 200),
    );
    return model.toBytes();
  };
  const first = await run(1);
  expect(await run(1)).toEqual(first);
  expect(await run(2)).not.toEqual(first);
});
