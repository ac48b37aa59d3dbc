import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectExactResume } from "../../test/support/exact-resume.js";
import { makeBatch } from "../data/batches.js";
import { readUnpacked } from "../data/node-files.js";
import type { Pair } from "../data/pairs.js";
import { createBackend } from "../kernels/backend.js";
import type { Backend } from "../kernels/kernels.js";
import { completeRecipe, type RecipeInput } from "../recipe/index.js";
import { StreamedPairs } from "./node-streamed-pairs.js";
import { prepareModel } from "./prepare.js";
import { Trainer } from "./trainer.js";
import { PairsInMemory } from "./training-data.js";
import { EvenSample, surveyCorpus, TextInMemory } from "./training-text.js";

let folder: string;
let backend: Backend;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tandem-streaming-"));
  backend = await createBackend("wasm");
});
afterAll(() => rm(folder, { recursive: true }));

const word = (i: number) => "abcdefghij"[i % 10]! + "klmno"[i % 5]!;
/** Pairs of 1 to 7 words, none like the one before. */
const pairs = Array.from({ length: 5000 }, (_, i): Pair => {
  const words = Array.from({ length: 1 + ((i * i + 3 * i) % 7) }, (_, j) => word(i * 3 + j * j));
  return {
    source: words.join(" "),
    target:
      words
        .toReversed()
        .slice(i % 2)
        .join(" ") || "x",
    place: `a.tsv:${i + 1}`,
  };
});
const tiny: RecipeInput = {
  model: { embeddingSize: 3, encoder: { hiddenSize: 2, bidirectional: false }, decoder: { hiddenSize: 2 } },
  train: { epochs: 3, batchTokens: 400, dropout: 0.2, samples: 0 },
};
/** So small that a corpus of some thousand pairs has several windows. */
const WINDOW_TOKENS = 20_000;

async function examplesOf(
  data: StreamedPairs | PairsInMemory,
  epoch: number,
): Promise<{ index: number; source: number[]; target: number[] }[][]> {
  const { length, batch } = await data.epoch(epoch);
  const batches = [];
  for (let i = 0; i < length; i++)
    batches.push(
      (await batch(i)).map(({ index, source, target }) => ({ index, source: [...source], target: [...target] })),
    );
  return batches;
}

describe("pairs on disk", () => {
  it("give the batches that pairs in memory give, in every epoch", async () => {
    const recipe = completeRecipe(tiny);
    const model = await prepareModel(backend, recipe, pairs);
    const memory = new PairsInMemory(model, pairs);
    const disk = await StreamedPairs.prepare(model, new TextInMemory(pairs), join(folder, "same"));
    expect([disk.size, disk.longest, disk.fingerprint, disk.batchesPerEpoch]).toEqual([
      memory.size,
      memory.longest,
      memory.fingerprint,
      memory.batchesPerEpoch,
    ]);
    for (const epoch of [1, 2]) expect(await examplesOf(disk, epoch)).toEqual(await examplesOf(memory, epoch));
    expect([0, 1023, 1024, 4999].map((index) => disk.placeOf(index))).toEqual([
      "a.tsv:1",
      "a.tsv:1024",
      "a.tsv:1025",
      "a.tsv:5000",
    ]);
    disk.close();
  });

  it("of several windows give every pair once an epoch, in another order each time, mixed over the corpus", async () => {
    const model = await prepareModel(backend, completeRecipe(tiny), pairs);
    const disk = await StreamedPairs.prepare(model, new TextInMemory(pairs), join(folder, "windows"), WINDOW_TOKENS);
    const memory = new PairsInMemory(model, pairs);
    const plain = (await examplesOf(memory, 1)).flat().sort((a, b) => a.index - b.index);
    const orders = new Set<string>();
    for (const epoch of [1, 2, 3]) {
      const batches = await examplesOf(disk, epoch);
      const all = batches.flat();
      orders.add(JSON.stringify(all.map(({ index }) => index)));
      expect(all.toSorted((a, b) => a.index - b.index)).toEqual(plain);
      const blocks = batches
        .slice(0, 5)
        .flat()
        .map(({ index }) => Math.floor(index / 1024));
      expect(new Set(blocks).size).toBeGreaterThan(1);
    }
    expect(orders.size).toBe(3);
    disk.close();
    model.dispose();
  });

  it("can be gone on with at any batch", async () => {
    const model = await prepareModel(backend, completeRecipe(tiny), pairs);
    const disk = await StreamedPairs.prepare(model, new TextInMemory(pairs), join(folder, "middle"), WINDOW_TOKENS);
    const whole = await examplesOf(disk, 2);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (start) => {
        const epoch = await disk.epoch(2);
        expect(epoch.length).toBe(whole.length);
        for (const index of [start, start + 1].filter((index) => index < epoch.length))
          expect((await epoch.batch(index)).map(({ index }) => index)).toEqual(whole[index]!.map(({ index }) => index));
      }),
      { numRuns: 20 },
    );
    disk.close();
    model.dispose();
  });

  it("stop and go on as if they had never stopped", async () => {
    let number = 0;
    await expectExactResume(async () => {
      const model = await prepareModel(backend, completeRecipe(tiny), pairs.slice(0, 2500));
      const text = new TextInMemory(pairs.slice(0, 2500));
      const disk = await StreamedPairs.prepare(model, text, join(folder, `resume${number++}`), 4000);
      return { model, trainer: new Trainer(model, disk, pairs.slice(2500, 2510)) };
    });
  });

  it("keep alignments and what may be copied", async () => {
    const aligned = pairs
      .slice(0, 1500)
      .map((pair, i): Pair => ({ ...pair, ...(i % 3 > 0 && { alignment: i % 3 === 1 ? "0-0" : "" }) }));
    const recipe = completeRecipe({
      ...tiny,
      target: { vocabSize: 9 },
      model: { ...tiny.model, copy: true, attention: { guided: 0.5 } },
    });
    const model = await prepareModel(backend, recipe, aligned);
    const disk = await StreamedPairs.prepare(model, new TextInMemory(aligned), join(folder, "copies"));
    const [fromDisk, fromMemory] = [disk.epoch(1), new PairsInMemory(model, aligned).epoch(1)];
    for (const epoch of [fromMemory, fromDisk]) expect((await epoch).length).toBeGreaterThan(3);
    for (let i = 0; i < (await fromDisk).length; i++)
      expect(await (await fromDisk).batch(i)).toEqual(await (await fromMemory).batch(i));
    disk.close();
    model.dispose();
  });

  describe("with merges left out", () => {
    const subwords: RecipeInput = {
      ...tiny,
      source: { tokenizer: "bpe", vocabSize: 40, bpeDropout: 0.3 },
      target: { tokenizer: "bpe", vocabSize: 40, bpeDropout: 0.2 },
    };
    const some = pairs.slice(0, 2500);
    const open = async (name: string) => {
      const model = await prepareModel(backend, completeRecipe(subwords), some);
      return { model, disk: await StreamedPairs.prepare(model, new TextInMemory(some), join(folder, name)) };
    };

    it("are cut anew in every epoch, as in memory, whichever comes after which", async () => {
      const { model, disk } = await open("dropout");
      const memory = new PairsInMemory(model, some);
      const cuts = new Set<string>();
      for (const epoch of [1, 2, 5, 2]) {
        const batches = await examplesOf(disk, epoch);
        expect(batches).toEqual(await examplesOf(memory, epoch));
        cuts.add(JSON.stringify(batches.flat().toSorted((a, b) => a.index - b.index)));
      }
      expect(cuts.size).toBe(3);
      disk.close();
      const again = await StreamedPairs.prepare(model, new TextInMemory(some), join(folder, "dropout"));
      expect([again.batchesPerEpoch, again.longest]).toEqual([memory.batchesPerEpoch, memory.longest]);
      expect(await examplesOf(again, 3)).toEqual(await examplesOf(memory, 3));
      again.close();
      model.dispose();
    });

    it("stop and go on as if they had never stopped", async () => {
      let number = 0;
      await expectExactResume(async () => {
        const { model, disk } = await open(`anew${number++}`);
        return { model, trainer: new Trainer(model, disk, pairs.slice(2500, 2510)) };
      });
    });

    it("are refused where a file has changed between two epochs", async () => {
      const model = await prepareModel(backend, completeRecipe(subwords), some);
      const text = { size: some.length, sample: some, chunks: () => [chunk] };
      let chunk = some;
      const disk = await StreamedPairs.prepare(model, text, join(folder, "meanwhile"));
      chunk = some.map((pair, i) => (i === 7 ? { ...pair, target: "abc" } : pair));
      await expect(disk.epoch(2)).rejects.toThrow("train: expected the pairs that training began with, got others.");
      disk.close();
      model.dispose();
    });
  });

  it("are made once, and again where the text, the vocabulary or the file is another", async () => {
    const path = join(folder, "again");
    const model = await prepareModel(backend, completeRecipe(tiny), pairs);
    const prepare = async (from: readonly Pair[], by = model) => {
      const disk = await StreamedPairs.prepare(by, new TextInMemory(from), path);
      disk.close();
      return disk;
    };
    await prepare(pairs);
    const marked = JSON.parse(await readFile(`${path}.json`, "utf8"));
    await writeFile(`${path}.json`, JSON.stringify({ ...marked, mark: true }));
    const isMarked = async () => "mark" in JSON.parse(await readFile(`${path}.json`, "utf8"));
    await prepare(pairs);
    expect(await isMarked()).toBe(true);
    const { fingerprint, size } = await prepare(pairs.slice(1));
    expect(await isMarked()).toBe(false);
    expect([fingerprint, size]).toEqual([new PairsInMemory(model, pairs.slice(1)).fingerprint, 4999]);
    await prepare(pairs);
    await truncate(path, 1000);
    expect((await prepare(pairs)).placeOf).toBeDefined();
    expect((await readFile(path)).length).toBeGreaterThan(1000);
    const smaller = await prepareModel(backend, completeRecipe({ ...tiny, source: { vocabSize: 12 } }), pairs);
    const key = async () => JSON.parse(await readFile(`${path}.json`, "utf8")).key;
    const before = await key();
    await prepare(pairs, smaller);
    expect(await key()).not.toBe(before);
    smaller.dispose();
    model.dispose();
  });

  it("without alignments guide no attention", async () => {
    const recipe = completeRecipe({ ...tiny, model: { ...tiny.model, attention: { guided: 1 } } });
    const model = await prepareModel(backend, recipe, pairs);
    await expect(StreamedPairs.prepare(model, new TextInMemory(pairs), join(folder, "unaligned"))).rejects.toThrow(
      "train: expected alignments for model.attention.guided, got pairs without any.",
    );
    model.dispose();
  });
});

describe("padding", () => {
  it("is told after every epoch as the share of the batches' cells that are no tokens", async () => {
    const model = await prepareModel(backend, completeRecipe(tiny), pairs.slice(0, 900));
    const data = new PairsInMemory(model, pairs.slice(0, 900));
    const told: (number | undefined)[] = [];
    const trainer = new Trainer(model, data, []);
    await trainer.run((progress) => void (progress.kind === "epoch" && told.push(progress.padding)));
    trainer.dispose();
    const shareOf = async (number: number) => {
      const { length, batch } = data.epoch(number);
      let [cells, real] = [0, 0];
      for (let i = 0; i < length; i++) {
        const { sourceMask, targetMask } = makeBatch(await batch(i));
        for (const mask of [sourceMask, targetMask]) {
          cells += mask.length;
          real += mask.reduce((sum, one) => sum + one, 0);
        }
      }
      return 1 - real / cells;
    };
    expect(told).toHaveLength(3);
    for (const [i, share] of told.entries()) expect(share).toBeCloseTo(await shareOf(i + 1), 12);
    expect(told[0]).toBeGreaterThan(0);
    model.dispose();
  });
});

describe("a corpus in files", () => {
  it("is surveyed, held out of, filtered and learnt from as one in memory", async () => {
    const path = join(folder, "corpus.tsv");
    await writeFile(path, pairs.map(({ source, target }) => `${source}\t${target}\n`).join(""));
    const recipe = completeRecipe({ ...tiny, data: { filters: { duplicates: "pairs", maxWords: 6 }, holdOut: 0.1 } });
    const options = { columns: { source: 0, target: 1 }, open: readUnpacked };
    const { train, dev, filtered } = await surveyCorpus(recipe, path, { ...options, hasDev: false });
    const { holdOutFor } = await import("./hold-out.js");
    const { pairFilter } = await import("./pair-filter.js");
    const filter = pairFilter(recipe);
    const placed = pairs.map((pair, i) => ({ ...pair, place: `${path}:${i + 1}` }));
    const split = holdOutFor(
      recipe,
      placed.filter((pair) => filter.keeps(pair)),
    );
    expect(dev).toEqual(split.dev);
    expect(dev.length).toBeGreaterThan(0);
    expect(filtered).toEqual(filter.report());
    const read: Pair[] = [];
    for await (const some of train.chunks()) read.push(...some);
    expect(read).toEqual(split.train);
    expect([train.size, train.sample]).toEqual([read.length, read]);
    const [fromFiles, fromMemory] = [
      await prepareModel(backend, recipe, train),
      await prepareModel(backend, recipe, read),
    ];
    expect(fromFiles.text().map(([, value]) => value.toJSON())).toEqual(
      fromMemory.text().map(([, value]) => value.toJSON()),
    );
    fromFiles.dispose();
    fromMemory.dispose();
    const given = await surveyCorpus(recipe, path, { ...options, hasDev: true });
    expect([given.dev, given.train.size]).toEqual([[], filtered.kept]);
  });
});

describe("EvenSample", () => {
  it("keeps every nth pair, n a power of two, within its limit, and all where they are few", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 20, max: 400 }), (count, limit) => {
        const sample = new EvenSample(limit);
        const all = Array.from({ length: count }, (_, i) => ({ source: `${i}`, target: "ab" }));
        for (const pair of all) sample.add(pair);
        const kept = sample.pairs();
        const stride = kept.length > 1 ? Number(kept[1]!.source) : 1;
        expect(Math.log2(stride) % 1).toBe(0);
        expect(kept).toEqual(all.filter((_, i) => (kept.length === 1 ? i === 0 : i % stride === 0)));
        expect(kept.reduce((sum, { source, target }) => sum + source.length + target.length, 0)).toBeLessThanOrEqual(
          limit,
        );
      }),
    );
  });
});
