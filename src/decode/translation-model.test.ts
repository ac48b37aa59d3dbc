import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { prepareTranslation } from "../../test/support/prepare-translation.js";
import { AbortedError, RecipeError, TandemError } from "../errors.js";
import { bleu, exactMatch } from "../evaluate/index.js";
import { loadModel } from "../index.js";
import type { Backend } from "../kernels/kernels.js";
import { createWasmBackend } from "../kernels/wasm/wasm.js";
import { completeRecipe } from "../recipe/index.js";
import { train } from "../train/train.js";
import { TranslationModel } from "./translation-model.js";

const pairs = [..."abcdefghijk"].map((letter, i, all) => ({
  source: Array.from({ length: 1 + (i % 4) }, (_, j) => all[(i + 3 * j) % 11]).join(" "),
  target: `${letter.toUpperCase()} ${all[(i * 7) % 11]!.toUpperCase()}`,
}));
const lines = pairs.map(({ source }) => source);
const text = { tokenizer: "whitespace" } as const;
const sizes = { embeddingSize: 7, encoder: { hiddenSize: 5 }, decoder: { hiddenSize: 11 } } as const;
const recipe = completeRecipe({ model: sizes, source: text, target: text });

let backend: Backend;
let model: TranslationModel;
beforeAll(async () => {
  backend = await createWasmBackend({ threads: 1 });
  model = new TranslationModel(await prepareTranslation(backend, recipe, pairs));
});
afterAll(() => model.dispose());

describe("the trace of a beam", () => {
  it("is the tree that leads to the outputs of translate", async () => {
    const [line] = lines;
    const { beam } = model.trace(line!, { beamSize: 3 });
    const [translation] = await model.translate([line!], { beamSize: 3, nbest: 3 });
    const outputs = [translation!, ...translation!.alternatives];
    expect(beam!.outputs).toEqual(
      outputs.map(({ text, score, ranking, finished }) => ({ text, score, ranking, finished })),
    );

    let open = [{ tokens: [] as string[], score: 0 }];
    const finished: string[] = [];
    for (const { candidates } of beam!.steps) {
      const kept: typeof open = [];
      for (const { parent, token, logProbability, score, fate } of candidates) {
        const before = open[parent]!;
        expect(score).toBeCloseTo(before.score + logProbability, 6);
        if (fate === "finished") finished.push(before.tokens.join(" "));
        if (fate === "kept") kept.push({ tokens: [...before.tokens, token], score });
      }
      const scores = candidates.map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      expect(kept.length).toBeLessThanOrEqual(3);
      open = kept;
    }
    expect(open).toEqual([]);
    for (const { tokens } of outputs) expect(finished).toContain(tokens.join(" "));
  });

  it("is there only where it was asked for, and its size is checked", () => {
    expect(model.trace(lines[0]!).beam).toBeUndefined();
    expect(() => model.trace(lines[0]!, { beamSize: 0 })).toThrow(/^trace: beamSize: expected a whole number from 1/);
    expect(model.trace("", { beamSize: 2 }).beam).toEqual({ beamSize: 2, steps: [], outputs: [] });
  });
});

describe("encode", () => {
  it("is the code of the trace, line by line in their order", async () => {
    const codes = await model.encode([...lines, ""]);
    expect(codes).toHaveLength(lines.length + 1);
    for (const [i, line] of lines.entries()) expect([...codes[i]!]).toEqual(model.trace(line).code);
  });

  it("of a line in a batch is that of the line alone, bit for bit", async () => {
    const together = await model.encode(lines);
    for (const [i, line] of lines.entries()) expect(await model.encode([line])).toEqual([together[i]]);
  });

  it("has encoder states of both directions", async () => {
    const [code] = await model.encode([lines[0]!]);
    expect(code).toHaveLength(5 * (recipe.model.encoder.bidirectional ? 2 : 1));
  });

  it("gives nothing for nothing, and all memory back", async () => {
    expect(await model.encode([])).toEqual([]);
    const before = backend.memory.reservedBytes;
    await model.encode(lines);
    expect(backend.memory.reservedBytes).toBe(before);
  });

  it("stops for its signal", async () => {
    await expect(model.encode(lines, { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
  });
});

describe("evaluate", () => {
  it("gives the numbers asked for, equal to the metrics' own", async () => {
    const numbers = await model.evaluate(pairs, { metrics: ["exact", "bleu", "ppl"] });
    expect(Object.keys(numbers)).toEqual(["exact", "bleu", "ppl"]);
    const outputs = (await model.translate(lines)).map((output) => output.text);
    const targets = pairs.map(({ target }) => target);
    expect(numbers.exact).toBe(exactMatch(outputs, targets));
    expect(numbers.bleu).toBe(
      bleu(
        outputs,
        targets.map((target) => [target]),
      ).score,
    );
    const { total, tokens } = model.score(pairs);
    expect(numbers.ppl).toBe(Math.exp(total / tokens));
  });

  it("gives all of them unless asked, from tuples as well", async () => {
    const numbers = await model.evaluate(pairs.map(({ source, target }) => [source, target] as const));
    expect(Object.keys(numbers).sort()).toEqual(
      ["accuracy", "bleu", "cer", "chrf", "chrf++", "exact", "per", "ppl", "wer"].sort(),
    );
  });

  it("refuses what is no metric, and no pairs", async () => {
    const wrong = model.evaluate(pairs, { metrics: ["blue" as "bleu"] });
    await expect(wrong).rejects.toThrow(new RecipeError('evaluate: "blue" is no metric; did you mean bleu?'));
    await expect(model.evaluate([])).rejects.toThrow("evaluate: expected at least one pair, got none.");
  });

  it("stops for its signal, perplexity alone too", async () => {
    const signal = AbortSignal.abort();
    await expect(model.evaluate(pairs, { signal })).rejects.toThrow(AbortedError);
    await expect(model.evaluate(pairs, { metrics: ["ppl"], signal })).rejects.toThrow(AbortedError);
  });
});

describe("loadModel", () => {
  it("stops for its signal, whether bytes, a path or a URL were given", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tandem-load-"));
    try {
      const path = join(folder, "model.safetensors");
      await writeFile(path, model.toBytes());
      const signal = AbortSignal.abort();
      for (const from of [model.toBytes(), path, "http://127.0.0.1:9/model.safetensors"])
        await expect(loadModel(from, { signal })).rejects.toThrow(AbortedError);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("is opened from bytes that are never made a text", async () => {
    const bytes = Object.assign(model.toBytes(), {
      toString() {
        throw new Error("hundreds of megabytes as a list of numbers");
      },
    });
    using loaded = await loadModel(bytes, { backend });
    expect(loaded.toBytes()).toEqual(model.toBytes());
  });

  it("takes a backend, and refuses options that would change it", async () => {
    const loaded = await loadModel(model.toBytes(), { backend, task: "translate" });
    expect(loaded.core.backend).toBe(backend);
    expect(await loaded.translate(lines)).toEqual(await model.translate(lines));
    loaded.dispose();
    await expect(loadModel(model.toBytes(), { backend, threads: 2 })).rejects.toThrow(TandemError);
  });
});

describe("dispose", () => {
  const threaded = { task: "translate", backend: "wasm", threads: 2 } as const;

  it("ends the backend that loadModel or train made for the model", async () => {
    const small = { train: { epochs: 1 }, model: sizes, source: text, target: text };
    for (const own of [await loadModel(model.toBytes(), threaded), await train(pairs, { ...small, ...threaded })]) {
      const end = vi.spyOn(own.core.backend, "dispose");
      own.dispose();
      expect(end).toHaveBeenCalledOnce();
      await expect(own.translate(lines)).rejects.toThrow("expected a live model");
      await expect(own.encode(lines)).rejects.toThrow("expected a live model");
    }
  });

  it("leaves a backend alone that the caller gave", async () => {
    const given = await createWasmBackend({ threads: 2 });
    const end = vi.spyOn(given, "dispose");
    {
      using loaded = await loadModel(model.toBytes(), { backend: given });
      expect(loaded.task).toBe("translate");
    }
    expect(end).not.toHaveBeenCalled();
    given.dispose?.();
  });
});
