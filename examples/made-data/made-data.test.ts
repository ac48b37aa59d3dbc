import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseRecipe } from "tandem-seq2seq";
import { describe, expect, test } from "vitest";
import { Draw } from "./draw.js";
import { splits, summarize, toTsv, writeMadeData } from "./files.js";

const data = {
  train: [{ source: "天", target: "地" }],
  dev: [{ source: "雨", target: "风" }],
  test: [
    { source: "大陆", target: "长空" },
    { source: "长空", target: "大陆" },
  ],
};

describe("files", () => {
  test("are written with a line for each pair, once they are as published", async () => {
    const folder = await mkdtemp(join(tmpdir(), "made-data-"));
    try {
      const written = await writeMadeData("opposites", data, summarize(data), join(folder, "made"));
      expect(written.test.count).toBe(2);
      for (const split of splits) {
        expect(await readFile(join(folder, "made", `${split}.tsv`), "utf8")).toBe(toTsv(data[split]));
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("that differ from the published ones are refused", async () => {
    const published = { ...summarize(data), dev: { count: 1, sha256: "0" } };
    await expect(writeMadeData("opposites", data, published, "nowhere")).rejects.toThrow(
      "opposites dev.tsv: expected SHA-256 0, got ",
    );
  });
});

describe("draws", () => {
  test("are the same for the same seed, data and purpose, others for another purpose", () => {
    const draws = (purpose: string) => {
      const draw = new Draw(7, "opposites", purpose);
      return [draw.between(1, 1000), draw.pick(["a", "b", "c"]), ...draw.shuffled([1, 2, 3, 4, 5, 6, 7])];
    };
    expect(draws("lines")).toEqual(draws("lines"));
    expect(draws("lines")).not.toEqual(draws("split"));
  });

  test("stay within their bounds and leave nothing out", () => {
    const draw = new Draw(7, "opposites", "bounds");
    expect(new Set(Array.from({ length: 200 }, () => draw.between(3, 5)))).toEqual(new Set([3, 4, 5]));
    expect(draw.shuffled([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(draw.sample([1, 2, 3], 2)).toHaveLength(2);
    expect(() => draw.pick([])).toThrow("nothing to draw from");
  });
});

const examples = dirname(dirname(fileURLToPath(import.meta.url)));
const recipes = (await readdir(examples, { recursive: true })).filter((file) => file.endsWith(".yaml")).sort();

test.each(recipes)("%s is a recipe", async (file) => {
  const text = await readFile(join(examples, file), "utf8");
  expect((await parseRecipe(text, file)).name).toBe(
    file.endsWith("recipe.yaml") ? dirname(file) : file.split("/").at(-1)!.replace(".yaml", ""),
  );
});
