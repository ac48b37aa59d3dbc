// The search over real networks: untrained ones, their output made decisive, so that no time goes into learning.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";
import { describeBackend, NATIVE, reference, wasm } from "../../test/support/backends.js";
import { prepareTranslation } from "../../test/support/prepare-translation.js";
import { makeBatch } from "../data/batches.js";
import { AbortedError, RecipeError } from "../errors.js";
import type { Backend } from "../kernels/kernels.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import { ints, logSoftmax, Scope, selectTime } from "../tensor/index.js";
import { END, START, UNKNOWN } from "../text/vocabulary.js";
import { type BeamOptions, beamSearch } from "./beam.js";
import { Requirement } from "./constraints.js";
import type { Hypothesis } from "./hypothesis.js";
import { ModelDecoder, type Source, type Sources } from "./model-decoder.js";
import { attentionOf, type Sentence } from "./next-token.js";
import type { TranslateOptions } from "./options.js";
import type { StepDecoder } from "./step-decoder.js";
import type { StreamedText } from "./translation.js";
import { TranslationModel } from "./translation-model.js";
import { ensemble } from "./translator.js";
import { walk } from "./walk.js";

const letters = [..."abcdefghijk"];
const pairs = letters.map((letter, i) => ({
  source: `${letter} ${letters[(i * 3) % 11]} ${letters[(i * 5) % 11]}`,
  target: `${letter.toUpperCase()} ${letters[(i * 7) % 11]!.toUpperCase()}`,
}));
const text = { tokenizer: "whitespace" } as const;

/** Sizes are primes that differ, so that no axis can be taken for another. */
const sizes = { embeddingSize: 7, encoder: { hiddenSize: 5 }, decoder: { hiddenSize: 11 } } as const;
const networks: [name: string, model: RecipeInput["model"]][] = [
  ["attention with projected keys", { ...sizes }],
  ["attention with the states as keys", { ...sizes, encoder: { hiddenSize: 5 }, decoder: { hiddenSize: 10 } }],
  [
    "two LSTM layers fed the context, the code at every step",
    { ...sizes, decoder: { cell: "lstm", layers: 2, hiddenSize: 11, inputFeeding: "context", context: "every-step" } },
  ],
  ["no attention, the code at every step", { ...sizes, attention: { kind: "none" } }],
];

async function createModel(backend: Backend, model: RecipeInput["model"] = sizes, seed = 1): Promise<Seq2Seq> {
  const recipe = completeRecipe({ model: model!, source: text, target: text, train: { seed } });
  const core = await prepareTranslation(backend, recipe, pairs);
  const { weight } = core.network.decoder.output;
  weight.set(weight.toArray().map((value) => value * 12));
  return core;
}

const line = (seed: number, length: number) =>
  Array.from({ length }, (_, i) => letters[(seed * 7 + i * i * (seed + 2)) % 11]).join(" ");
const lines = Array.from({ length: 14 }, (_, i) => line(i, 1 + ((i * 5) % 13)));

/** log p of every token of `ids` and of `</s>` by one pass under teacher forcing. */
function teacherForced(core: Seq2Seq, source: readonly number[], ids: readonly number[]): number[] {
  const scope = new Scope(core.backend);
  try {
    return scope.run(() => {
      const { decoder } = core.network;
      const batch = makeBatch([{ index: 0, source: Int32Array.from(source), target: Int32Array.from(ids) }]);
      const { features } = decoder.follow(core.network.encode(batch), ints(batch.targetIn, [1, batch.targetTime]));
      const logProbabilities = logSoftmax(decoder.logits(features)).toArray();
      const vocabularySize = core.target.vocabulary.size;
      return Array.from(batch.targetOut, (id, t) => logProbabilities[t * vocabularySize + id]!);
    });
  } finally {
    scope.dispose();
  }
}

/** The same model with nothing kept: every row is read again from its start, alone. */
function forgetfulDecoder(core: Seq2Seq): StepDecoder<Sources, { source: Source; read: number[] }[]> {
  return {
    vocabularySize: core.target.vocabulary.size,
    start: (sources) => sources.map((source) => ({ source, read: [] })),
    step(previousIds, rows) {
      const state = rows.map((row, i) => ({ ...row, read: [...row.read, previousIds[i]!] }));
      const scope = new Scope(core.backend);
      const { network } = core;
      const logProbabilities = state.flatMap(({ source, read }) => {
        scope.reset();
        return scope.run(() => {
          const batch = makeBatch([{ index: 0, source: Int32Array.from(source.ids), target: new Int32Array(0) }]);
          const { features } = network.decoder.follow(network.encode(batch), ints(read, [1, read.length]));
          const last = selectTime(features, read.length - 1);
          return [...logSoftmax(network.decoder.logits(last)).toArray()];
        });
      });
      scope.dispose();
      return { logProbabilities: Float64Array.from(logProbabilities), state };
    },
    select: (rows, numbers) => Array.from(numbers, (number) => rows[number]!),
  };
}

/** Collects what nothing holds any more and says how many bytes of JavaScript objects are left. */
function garbageCollector(): () => number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  return () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
}

function finish<Result>(search: Generator<unknown, Result>): Result {
  for (;;) {
    const { done, value } = search.next();
    if (done) return value;
  }
}

const beamOptions: BeamOptions = {
  ...{
    beamSize: 4,
    nbest: 4,
    stopping: "full",
    lengthPenalty: 0.6,
    coveragePenalty: 0,
    processors: [],
    attention: true,
  },
};
const sentenceFor = ({ ids: source }: Source): Sentence => ({
  ...{ sourceTime: source.length + 1, minLength: 0, maxLength: 2 * source.length + 3, prefix: [], randomKey: 1 },
  requirement: Requirement.of([]),
});

describe.each(networks)("%s", (_, network) => {
  const backends = [reference, wasm, ...NATIVE];

  it.each(backends.map((backend) => [describeBackend(backend), backend] as const))(
    "on %s: a batch is its rows alone, bit for bit",
    async (_, backend) => {
      const model = new TranslationModel(await createModel(backend, network));
      const every: TranslateOptions[] = [
        {},
        { beamSize: 5, nbest: 5 },
        { beamSize: 3, stopping: "certain", required: ["A"], noRepeatNgram: 2 },
        { sample: true, nbest: 3, temperature: 1.5, topP: 0.95, seed: 7 },
      ];
      for (const options of every) {
        const together = await model.translate(lines, options);
        for (const [i, line] of lines.entries())
          expect((await model.translate([line], options))[0], line).toEqual(together[i]);
      }
      model.dispose();
    },
  );

  it("a beam over the shared state finds what one over rows read anew finds, in its scores too", async () => {
    const core = await createModel(reference, network);
    const sources = lines.slice(0, 12).map((line) => core.encodeSource(line));
    const sentences = sources.map((source) => ({ ...sentenceFor(source), sourceTime: 0 }));
    const decoder = new ModelDecoder(core);
    const found = finish(beamSearch(decoder, sources, sentences, beamOptions));
    const anew = finish(beamSearch(forgetfulDecoder(core), sources, sentences, beamOptions));
    for (const [i, hypotheses] of found.entries()) {
      expect(hypotheses.map(({ ids }) => ids)).toEqual(anew[i]!.map(({ ids }) => ids));
      for (const [j, { score }] of hypotheses.entries()) expect(score).toBeCloseTo(anew[i]![j]!.score, 8);
    }
    decoder.dispose();
    core.dispose();
  });

  it("scores are the model's own, recomputed under teacher forcing", async () => {
    const core = await createModel(wasm, network);
    const decoder = new ModelDecoder(core);
    const sources = lines.map((line) => core.encodeSource(line));
    const sentences = sources.map(sentenceFor);
    const searches = [
      walk(decoder, sources, sentences, { count: 1, processors: [], attention: true }),
      beamSearch(decoder, sources, sentences, beamOptions),
    ];
    for (const search of searches)
      for (const [i, hypotheses] of finish(search).entries())
        for (const { ids, score, logProbabilities, attention } of hypotheses) {
          const forced = teacherForced(core, sources[i]!.ids, ids);
          expect(logProbabilities).toHaveLength(forced.length);
          for (const [t, value] of forced.entries()) expect(Math.abs(value - logProbabilities[t]!)).toBeLessThan(1e-4);
          expect(Math.abs(forced.reduce((sum, value) => sum + value) - score)).toBeLessThan(1e-4);
          for (const weights of attention) {
            expect(weights).toHaveLength(sources[i]!.ids.length + 1);
            expect(weights.reduce((sum, value) => sum + value)).toBeCloseTo(1, 5);
          }
          expect(attention).toHaveLength(core.recipe.model.attention.kind === "none" ? 0 : ids.length + 1);
        }
    decoder.dispose();
    core.dispose();
  });

  it("a beam of 1 is greedy search, bit for bit", async () => {
    const core = await createModel(wasm, network);
    const decoder = new ModelDecoder(core);
    const sources = lines.map((line) => core.encodeSource(line));
    const sentences = sources.map(sentenceFor);
    const greedy = finish(walk(decoder, sources, sentences, { count: 1, processors: [], attention: true }));
    const beam = finish(beamSearch(decoder, sources, sentences, { ...beamOptions, beamSize: 1, nbest: 1 }));
    const withoutRanking = (found: Hypothesis[][]) => found.map(([hypothesis]) => ({ ...hypothesis!, ranking: 0 }));
    expect(withoutRanking(beam)).toEqual(withoutRanking(greedy));
    decoder.dispose();
    core.dispose();
  });
});

describe("a model", () => {
  let core: Seq2Seq;
  let model: TranslationModel;
  beforeAll(async () => {
    core = await createModel(wasm);
    model = new TranslationModel(core);
  });
  const held = () => wasm.memory.reservedBytes;

  it("returns the best outputs as alternatives, each with its attention and token scores", async () => {
    const [result] = await model.translate(["a b c"], { nbest: 4, beamSize: 6 });
    expect(result!.alternatives).toHaveLength(3);
    for (const output of [result!, ...result!.alternatives]) {
      expect(output.tokenScores).toHaveLength(output.tokens.length + 1);
      expect(output.score).toBeCloseTo(
        output.tokenScores.reduce((sum, value) => sum + value),
        10,
      );
      expect(output.attention!.rows).toEqual([...output.tokens, "</s>"]);
      expect(output.attention!.columns).toEqual(["a", "b", "c", "</s>"]);
      expect(output.attention!.weights).toHaveLength(output.tokens.length + 1);
    }
    expect((await model.translate(["a b c"], { nbest: 4 }))[0]!.alternatives).toHaveLength(3);
    const [bare] = await model.translate(["a b c"], { attention: false, nbest: 4, beamSize: 6 });
    expect(bare).toEqual({ ...result, attention: undefined, alternatives: bare!.alternatives });
  });

  it("takes lengths as numbers, relative to the source or equal to it", async () => {
    const lengths = async (options: TranslateOptions) =>
      (await model.translate(lines, options)).map(({ tokens }) => tokens.length);
    const sources = lines.map((line) => line.split(" ").length);
    await expect(lengths({ length: "source", maxLength: 3 })).rejects.toThrow(
      "maxLength: expected none with length: source, got 3. Set length: free beside it.",
    );
    for (const beamSize of [1, 3]) {
      expect(await lengths({ beamSize, length: "source" })).toEqual(sources);
      expect(Math.max(...(await lengths({ beamSize, maxLength: 2 })))).toBeLessThanOrEqual(2);
      expect(Math.min(...(await lengths({ beamSize, minLength: 7, maxLength: 9 })))).toBeGreaterThanOrEqual(7);
      const relative = await lengths({ beamSize, minLength: { timesSource: 1.5, plus: 1 } });
      for (const [i, length] of relative.entries())
        expect(length).toBeGreaterThanOrEqual(Math.ceil(1.5 * sources[i]!) + 1);
    }
  });

  it("begins with the prefix, and keeps a word of it that it does not know", async () => {
    for (const beamSize of [1, 4]) {
      const [result] = await model.translate(["a b"], { beamSize, prefix: "C Zürich A" });
      expect(result!.tokens.slice(0, 3)).toEqual(["C", "Zürich", "A"]);
      expect(result!.text).toMatch(/^C Zürich A/);
    }
    const each = await model.translate(["a", "b"], { prefix: ["B", ""] });
    expect(each[0]!.tokens[0]).toBe("B");
    expect(each[1]).toEqual((await model.translate(["b"]))[0]);
    await expect(model.translate(["a", "b"], { prefix: ["B"] })).rejects.toThrow("one for each of 2 lines, got 1");
    await expect(model.translate(["a"], { prefix: "A B C", maxLength: 2 })).rejects.toThrow(
      'prefix for "a": expected at most 2 tokens, got 3. Raise maxLength.',
    );
  });

  it("going on from its own output's beginning ends as before", async () => {
    const [whole] = await model.translate(["a b c d"], { minLength: 4 });
    const prefix = whole!.tokens.slice(0, 2).join(" ");
    const [again] = await model.translate(["a b c d"], { minLength: 4, prefix });
    expect(again).toEqual(whole);
  });

  it("tells the alternatives at a place", async () => {
    const found = await model.alternatives("a b c", "A B", { count: 4 });
    expect(found).toHaveLength(4);
    expect(new Set(found.map(({ token }) => token)).size).toBe(4);
    for (const [i, { token, text, tokens, probability }] of found.entries()) {
      expect(text).toMatch(/^A B/);
      expect(tokens[2] ?? "</s>").toBe(token);
      expect(probability).toBeLessThanOrEqual(found[Math.max(0, i - 1)]!.probability);
    }
    const [greedy] = await model.translate(["a b c"]);
    const [first] = await model.alternatives("a b c");
    expect(first!.text).toBe(greedy!.text);
    expect(await model.alternatives("", "A")).toEqual([]);
    await expect(model.alternatives("a", "", { count: 0 })).rejects.toThrow("count: expected a whole number");
  });

  it("writes required words and says which are impossible", async () => {
    for (const beamSize of [1, 2, 5])
      for (const result of await model.translate(lines, {
        beamSize,
        nbest: beamSize,
        required: ["D E", "K"],
        banned: ["K"],
      }))
        for (const { text } of [result, ...result.alternatives]) {
          expect(` ${text} `).toContain(" D E ");
          expect(` ${text} `).toContain(" K ");
        }
    await expect(model.translate(["a"], { required: ["Zürich"] })).rejects.toThrow(
      'required "Zürich": expected words the model can write, got "Zürich". Leave it out.',
    );
    await expect(model.translate(["a"], { required: [" "] })).rejects.toThrow("got none");
    await expect(model.translate(["a b"], { required: ["A B", "C"], length: "source" })).rejects.toThrow(
      'required for "a b": expected at most 2 tokens more, got 3. Set length: free or require less.',
    );
  });

  it("does not write banned words, repeated n-grams, or <unk> where that is banned", async () => {
    for (const beamSize of [1, 4]) {
      const results = await model.translate(lines, {
        ...{ beamSize, minLength: 9, maxLength: 12, noRepeatNgram: 2, banned: ["A", "B C", "Zürich", "<unk>"] },
      });
      for (const { tokens } of results) {
        expect(tokens).not.toContain("A");
        expect(tokens).not.toContain("<unk>");
        expect(` ${tokens.join(" ")} `).not.toContain(" B C ");
        const bigrams = tokens.slice(1).map((token, i) => `${tokens[i]} ${token}`);
        expect(new Set(bigrams).size).toBe(bigrams.length);
      }
    }
    const [penalised] = await model.translate(["a b c"], { minLength: 11, maxLength: 11, repetitionPenalty: 10 });
    const [free] = await model.translate(["a b c"], { minLength: 11, maxLength: 11 });
    expect(new Set(penalised!.tokens).size).toBeGreaterThan(new Set(free!.tokens).size);
  });

  it("replaces unknown words by the word looked at, or the dictionary's", async () => {
    const everything = letters.map((letter) => letter.toUpperCase());
    const unknownOnly = { banned: everything, minLength: 3, maxLength: 3 };
    const [plain] = await model.translate(["a b Zürich"], unknownOnly);
    expect(plain!.tokens).toEqual(["<unk>", "<unk>", "<unk>"]);
    const { weights } = plain!.attention!;
    const looked = weights.slice(0, 3).map((row) => ["a", "b", "Zürich"][row.indexOf(Math.max(...row.slice(0, 3)))]);
    const [copied] = await model.translate(["a b Zürich"], { ...unknownOnly, replaceUnknown: true });
    expect(copied!.tokens).toEqual(looked);
    const dictionary = { a: "eins", b: "zwei", Zürich: "Turicum" };
    const [translated] = await model.translate(["a b Zürich"], { ...unknownOnly, replaceUnknown: dictionary });
    expect(translated!.tokens).toEqual(looked.map((word) => dictionary[word as keyof typeof dictionary]));
    const [unattended] = await model.translate(["a b"], { ...unknownOnly, replaceUnknown: true, attention: false });
    expect(unattended!.attention).toBeUndefined();
    expect(unattended!.tokens).not.toContain("<unk>");
    const blind = new TranslationModel(await createModel(wasm, { ...sizes, attention: { kind: "none" } }));
    await expect(blind.translate(["a"], { replaceUnknown: true })).rejects.toThrow("expected a model with attention");
    await expect(blind.translate(["a"], { coveragePenalty: 1 })).rejects.toThrow("expected a model with attention");
    blind.dispose();
  });

  it("draws samples that depend on the seed and not on where a line stands", async () => {
    const options: TranslateOptions = { sample: true, nbest: 5, temperature: 3, seed: 3 };
    const [one, , again] = await model.translate(["a b", "c", "a b"], options);
    expect(again).toEqual(one);
    expect(new Set([one!, ...one!.alternatives].map(({ text }) => text)).size).toBeGreaterThan(1);
    const [other] = await model.translate(["a b"], { ...options, seed: 4 });
    expect(other).not.toEqual(one);
  });

  it("streams what it would translate, token by token", async () => {
    for (const options of [{}, { beamSize: 3 }, { sample: true, seed: 2 }] as TranslateOptions[]) {
      const told: StreamedText[] = [];
      for await (const part of model.stream("a b c d", { minLength: 4, ...options })) told.push(part);
      const [whole] = await model.translate(["a b c d"], { minLength: 4, ...options });
      expect(told.at(-1)!.translation).toEqual(whole);
      expect(told.length).toBeGreaterThan(4);
      if (options.beamSize === undefined)
        for (const [i, { tokens }] of told.slice(0, -1).entries())
          expect(tokens).toEqual(whole!.tokens.slice(0, i + 1));
    }
    const parts = [];
    for await (const part of model.stream(" ")) parts.push(part);
    expect(parts).toMatchObject([{ text: "", tokens: [], translation: { text: "" } }]);
  });

  it("holds memory that does not grow with the steps", async () => {
    const seen: number[] = [];
    for await (const _ of model.stream("a b c", { minLength: 3000, maxLength: 3000, beamSize: 4, attention: false }))
      seen.push(held());
    expect(seen.length).toBeGreaterThan(3000);
    expect(Math.max(...seen)).toBe(seen[10]);
  });

  const aborts = 10_000;
  it(`frees what it held when it is stopped: ${aborts} aborted calls`, async () => {
    const collectGarbage = garbageCollector();
    // Packed weights stay.
    await model.translate(["a"]);
    const before = held();
    /** Aborts at the nth look. */
    const signalAfter = (looks: number) => {
      let left = looks;
      return {
        reason: "enough",
        get aborted() {
          return left-- <= 0;
        },
      } as AbortSignal;
    };
    let stopped = 0;
    let heapBefore = 0;
    for (let i = 0; i < aborts; i++) {
      if (i === aborts / 10) heapBefore = collectGarbage();
      const signal = signalAfter(i % 5);
      const options = { signal, minLength: 20, maxLength: 20, beamSize: 1 + (i % 3) };
      const call =
        i % 3 === 0
          ? model.alternatives("a b c", "", { signal, minLength: 9 })
          : model.translate(["a b c", "d"], options);
      await call.catch((error) => {
        expect(error).toBeInstanceOf(AbortedError);
        expect(error.cause).toBe("enough");
        stopped++;
      });
      if (i % 3 === 1) for await (const _ of model.stream("a b c", { minLength: 9 })) break;
      expect(held()).toBe(before);
    }
    expect(stopped).toBe(aborts);
    // 9,000 calls more: a hundred bytes left behind by each would be seen.
    expect(collectGarbage() - heapBefore).toBeLessThan(900_000);
  }, 180_000);

  it("looks at a real signal between two steps, also of a line that would take for ever", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const started = performance.now();
    const endless = model.translate(["a"], { minLength: 100_000, maxLength: 100_000, signal: controller.signal });
    await expect(endless).rejects.toThrow("translate: stopped after 0 of 1 lines.");
    expect(performance.now() - started).toBeLessThan(5000);
    const streaming = async () => {
      const aborting = new AbortController();
      for await (const { tokens } of model.stream("a", { minLength: 50, maxLength: 50, signal: aborting.signal }))
        if (tokens.length === 3) aborting.abort();
    };
    await expect(streaming()).rejects.toThrow("stream: stopped after 3 tokens.");
  });

  it("gives an empty line for an empty line, whatever is asked for", async () => {
    for (const options of [{}, { beamSize: 3, required: ["A"] }, { prefix: "A", minLength: 4 }] as TranslateOptions[]) {
      const results = await model.translate(["", "a", "   ", "\t\n"], options);
      for (const i of [0, 2, 3]) expect(results[i]).toMatchObject({ text: "", tokens: [], score: 0, alternatives: [] });
      expect(results[1]!.source.tokens).toEqual(["a"]);
    }
    expect(await model.translate([])).toEqual([]);
  });

  it.each([
    ["only unknown words", "Zürich Genève Basel"],
    ["emoji", "👩‍👩‍👧‍👦 🇨🇭 👍🏽 a"],
    ["right-to-left text", "שלום עולם ‮abc‬ مرحبا"],
    ["a lone surrogate", "a \ud83d b \udc00"],
    ["NUL bytes", "a\0b \0 \0"],
    ["a byte order mark and controls", "\ufeffa \u0007 \u001b[31m"],
  ])("answers %s", async (_, odd) => {
    for (const options of [
      {},
      { beamSize: 3, nbest: 3 },
      { replaceUnknown: true },
      { prefix: odd },
      { sample: true },
    ]) {
      const [result] = await model.translate([odd], options as TranslateOptions);
      expect(typeof result!.text).toBe("string");
      expect(result!.source.tokens.join(" ")).toBe(odd.normalize().split(/\s+/u).filter(Boolean).join(" "));
    }
  });

  it("answers 10,000 tokens, or says in one sentence what is too much", async () => {
    const long = line(3, 10_000);
    const [result] = await model.translate([long], { maxLength: 20 });
    expect(result!.attention!.weights[0]).toHaveLength(10_001);
    const attends = { logProbabilities: new Float64Array(8), attention: new Float64Array(10_001), state: [] };
    expect(() => attentionOf(attends, 1)(0, 10_001, 6711)).toThrow(
      /^search: expected at most 67108864 attention weights of an output, got 6711 × 10001\. Set attention: false/,
    );
  });

  it("refuses options it does not have or that contradict each other", async () => {
    const refused = async (options: object, message: string) => {
      const call = model.translate(["a"], options as TranslateOptions);
      await expect(call).rejects.toThrow(RecipeError);
      await expect(call).rejects.toThrow(message);
    };
    await refused({ beamsize: 3 }, 'translate: beamsize is no option; did you mean "beamSize"?');
    await refused({ sugar: 3 }, "translate: sugar is no option; there are beamSize, nbest,");
    await refused({ beamSize: 0 }, "translate: beamSize: expected a whole number from 1 to 256, got 0.");
    await refused({ beamSize: 2, nbest: 3 }, "nbest: expected at most beamSize, 2, got 3. Raise beamSize.");
    await refused(
      { lengthPenalty: "mean" },
      'lengthPenalty: expected a number from 0 to 10 or one of average, got "mean".',
    );
    await refused(
      { maxLength: { timesSource: 2 } },
      "maxLength: expected a whole number from 1 to 100000 or { timesSource, plus }",
    );
    await refused({ temperature: 2 }, "temperature: expected sample: true beside it");
    await refused({ sample: true, beamSize: 2 }, "beamSize: expected 1 with sample, got 2.");
    await refused({ sample: true, required: ["A"] }, "required: expected a search, got sample.");
    await refused({ minLength: 9, maxLength: 3 }, "minLength: expected at most maxLength, 3, got 9.");
    await refused({ required: "A" }, 'required: expected a list of texts, got "A".');
    await refused({ replaceUnknown: { a: 1 } }, "replaceUnknown: expected one of true, false or a map");
    await expect(model.alternatives("a", "", { beamSize: 2 } as object)).rejects.toThrow("beamSize is no option here");
    await expect(model.stream("a", { beamSize: 1.5 }).next()).rejects.toThrow(
      "stream: beamSize: expected a whole number",
    );
  });

  it("takes what its recipe says where a call says nothing", async () => {
    const recipe = completeRecipe({ model: sizes, source: text, target: text, decode: { beamSize: 4, minLength: 6 } });
    const searching = new TranslationModel(await prepareTranslation(wasm, recipe, pairs));
    const [result] = await searching.translate(["a b"], { nbest: 4 });
    expect(result!.tokens.length).toBeGreaterThanOrEqual(6);
    expect(result!.alternatives).toHaveLength(3);
    searching.dispose();
  });

  it("stops with one sentence when it was disposed in the middle of a stream", async () => {
    const short = new TranslationModel(await createModel(wasm));
    const use = async () => {
      for await (const _ of short.stream("a b", { minLength: 9 })) short.dispose();
    };
    await expect(use()).rejects.toThrow("got one that was disposed");
  });

  it("with others is an ensemble, if their vocabularies agree", async () => {
    const second = new TranslationModel(await createModel(wasm, sizes, 2));
    const both = ensemble([model, second]);
    const [result] = await both.translate(["a b c"], { beamSize: 3 });
    const ids = core.target.vocabulary.toIds(result!.tokens);
    const source = core.encodeSource("a b c").ids;
    const [one, other] = [core, second.core].map((member) => teacherForced(member, source, ids));
    const mean = one!.map((value, i) => Math.log((Math.exp(value) + Math.exp(other![i]!)) / 2));
    for (const [i, value] of mean.entries()) expect(result!.tokenScores[i]).toBeCloseTo(value, 4);
    const alone = await ensemble([model]).translate(lines);
    expect(alone).toEqual(await model.translate(lines));
    const foreign = await prepareTranslation(
      wasm,
      completeRecipe({ model: sizes, source: text, target: text }),
      pairs.map(({ source, target }) => ({ source, target: `${target} Q` })),
    );
    expect(() => ensemble([model, new TranslationModel(foreign)])).toThrow(
      "ensemble: expected models of one target vocabulary, got another in model 2.",
    );
    expect(() => ensemble([])).toThrow("expected at least one model");
    foreign.dispose();
    second.dispose();
  });

  it("keeps <s> and <pad> out of what it writes, and </s> at the end", async () => {
    const decoder = new ModelDecoder(core);
    const sources = lines.map((line) => core.encodeSource(line));
    for (const hypotheses of finish(beamSearch(decoder, sources, sources.map(sentenceFor), beamOptions)))
      for (const { ids } of hypotheses)
        for (const id of ids) expect([UNKNOWN, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]).toContain(id);
    expect(START).not.toBe(END);
    decoder.dispose();
  });
});
