import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wasm } from "../../test/support/backends.js";
import { DataError } from "../errors.js";
import { loadModel, type TrainOptions, train } from "../index.js";

const pairs = [
  ["one two", "eins zwei"],
  ["two three", "zwei drei"],
  ["three one", "drei eins"],
] as const;
const vectors = "4 5\none 1 2 3 4 5\ntwo -1 -2 -3 -4 -5\nelse 0 0 0 0 0\nthree .1 .2 .3 .4 .5\n";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tandem-vectors-"));
  await writeFile(join(folder, "en.vec"), vectors);
  await writeFile(join(folder, "en.vec.gz"), gzipSync(vectors));
  await writeFile(join(folder, "cut.vec.gz"), gzipSync(vectors).subarray(0, 60));
  await writeFile(join(folder, "de.vec"), "1 5\ndrei 5 4 3 2 1\n");
});
afterAll(() => rm(folder, { recursive: true }));

type Pretrained = NonNullable<NonNullable<TrainOptions["model"]>["pretrained"]>;
const learn = (pretrained: Pretrained, more: TrainOptions["model"] = {}) => {
  const files = { ...pretrained };
  for (const side of ["source", "target"] as const) if (files[side]) files[side] = join(folder, files[side]);
  const sizes = { embeddingSize: 5, encoder: { hiddenSize: 7 }, decoder: { hiddenSize: 11 } };
  return train(pairs, {
    backend: wasm,
    model: { ...sizes, ...more, pretrained: files },
    source: { tokenizer: "whitespace" },
    target: { tokenizer: "whitespace" },
    dev: [],
    train: { epochs: 5, learningRate: 0.05, samples: 0 },
  });
};
type Model = Awaited<ReturnType<typeof learn>>;
const rowOf = (model: Model, side: "source" | "target", word: string): number[] => {
  const name = side === "source" ? "encoder.embedding.weight" : "decoder.embedding.weight";
  const first = 5 * model.core[side].vocabulary.idOf(word);
  return [
    ...model.core.parameters
      .get(name)
      .toArray()
      .slice(first, first + 5),
  ];
};

describe("pre-trained vectors", () => {
  it("stay as they are where they are frozen, and nothing else does", async () => {
    using model = await learn({ source: "en.vec", freeze: true });
    expect(rowOf(model, "source", "two")).toEqual([-1, -2, -3, -4, -5]);
    expect(rowOf(model, "source", "three")).toEqual([0.1, 0.2, 0.3, 0.4, 0.5].map(Math.fround));
    using other = await learn({ source: "en.vec", freeze: true }, { decoder: { hiddenSize: 11 } });
    expect(rowOf(other, "target", "drei")).toEqual(rowOf(model, "target", "drei"));
    using started = await train(pairs, {
      backend: wasm,
      model: model.recipe.model,
      dev: [],
      train: { steps: 1, learningRate: 1e-9, samples: 0 },
    });
    expect(rowOf(model, "target", "drei")).not.toEqual(rowOf(started, "target", "drei"));
  });

  it("are a beginning where they are not, packed or not", async () => {
    using model = await learn({ source: "en.vec.gz", target: "de.vec" });
    using same = await learn({ source: "en.vec", target: "de.vec" });
    expect(model.toBytes()).toEqual(same.toBytes());
    const moved = rowOf(model, "source", "two").map((value, i) => Math.abs(value + i + 1));
    expect(Math.max(...moved)).toBeGreaterThan(0.01);
    expect(Math.max(...moved)).toBeLessThan(1);
  });

  it("are counted in the history; the file says nothing of where they came from", async () => {
    using model = await learn({ source: "en.vec", target: "de.vec", freeze: true });
    const expected = { source: { covered: 3, words: 3 }, target: { covered: 1, words: 3 } };
    expect(model.core.history.pretrained).toEqual(expected);
    await model.save(join(folder, "model.safetensors"));
    const bytes = await readFile(join(folder, "model.safetensors"));
    expect(bytes.includes("vec")).toBe(false);
    expect(bytes.includes(folder)).toBe(false);
    using again = await loadModel(bytes, { backend: wasm });
    expect(again.core.history.pretrained).toEqual(expected);
    expect(again.toBytes()).toEqual(model.toBytes());
  });

  it("fill the one table of tied embeddings, from one file", async () => {
    using model = await learn(
      { source: "en.vec", freeze: true },
      { embeddingSize: 5, decoder: { hiddenSize: 5 }, tieEmbeddings: "all" },
    );
    expect(rowOf(model, "source", "one")).toEqual([1, 2, 3, 4, 5]);
    const both = learn({ source: "en.vec", target: "de.vec" }, { decoder: { hiddenSize: 5 }, tieEmbeddings: "all" });
    await expect(both).rejects.toThrow("one table, which cannot come from two files. Leave it out");
  });

  it.each<[Pretrained, string]>([
    [{ source: "none.vec" }, "none.vec: expected a file, got a path where there is none. Check the path."],
    [{ target: "cut.vec.gz" }, "cut.vec.gz: expected a whole gzip archive, got one cut short or damaged."],
  ])("says why %j cannot be read", async (files, message) => {
    await expect(learn(files)).rejects.toThrow(DataError);
    await expect(learn(files)).rejects.toThrow(message);
  });

  it("refuses another dimension with both numbers, and a key without a file", async () => {
    await expect(learn({ source: "en.vec" }, { embeddingSize: 6 })).rejects.toThrow(
      "en.vec: expected vectors of 6 numbers, as model.embeddingSize is, got 5. Set model.embeddingSize to 5, or give other vectors.",
    );
    await expect(learn({ freeze: true })).rejects.toThrow("neither source nor target has a file of vectors");
  });
});
