import { readFileSync } from "node:fs";
import { type Pair, parseRecipe, type TrainOptions, train } from "tandem-seq2seq";
import { describe, expect, test } from "vitest";
import { summarize } from "../made-data/files.js";
import { generateCopyNames } from "./generate.js";
import { published } from "./published.js";

const data = generateCopyNames();
const everything = [...data.train, ...data.dev, ...data.test];
const tokens = (text: string) => text.split(" ");

/** The target vocabulary of the recipe: what training writes at least twice. */
const vocabulary = new Set<string>();
const once = new Set<string>();
for (const token of data.train.flatMap(({ target }) => tokens(target)))
  (once.has(token) ? vocabulary : once).add(token);

describe("names and numbers", () => {
  test("are most of what the test wants written, and in no vocabulary", () => {
    const wanted = data.test.flatMap(({ target }) => tokens(target));
    const outside = wanted.filter((token) => !vocabulary.has(token));
    expect(outside.length / wanted.length).toBeGreaterThan(0.6);
    expect(outside.filter((token) => once.has(token))).toEqual([]);
    expect([...vocabulary].filter((token) => /\d|^[A-Z]/.test(token))).toEqual([]);
  });

  test("can all be copied: each stands in its source", () => {
    const missing = everything.filter(({ source, target }) =>
      tokens(target).some((token) => !vocabulary.has(token) && !tokens(source).includes(token)),
    );
    expect(missing).toEqual([]);
  });

  test("are each in one pair only", () => {
    const pairOf = new Map<string, number>();
    const twice: string[] = [];
    for (const [i, { source }] of everything.entries()) {
      for (const token of tokens(source)) {
        if (!/^(?:\d+|[A-Z][a-z]+)$/.test(token)) continue;
        if ((pairOf.get(token) ?? i) !== i) twice.push(token);
        pairOf.set(token, i);
      }
    }
    expect(twice).toEqual([]);
  });

  test("are copied in another order than they are read, often enough", () => {
    const copied = ({ source, target }: { source: string; target: string }) =>
      tokens(target)
        .filter((token) => !vocabulary.has(token))
        .map((token) => tokens(source).indexOf(token));
    const crossing = data.test.filter((pair) => copied(pair).some((place, i, all) => i > 0 && place < all[i - 1]!));
    expect(crossing.length / data.test.length).toBeGreaterThan(0.2);
  });
});

test("what stands around them is in training often", () => {
  const counts = new Map<string, number>();
  for (const { source } of data.train)
    for (const token of new Set(tokens(source))) counts.set(token, (counts.get(token) ?? 0) + 1);
  const around = data.test.flatMap(({ source, target }) =>
    tokens(source).filter((token) => !tokens(target).includes(token)),
  );
  const seldom = around.filter((token) => !/^\d+$/.test(token) && (counts.get(token) ?? 0) < 100);
  expect([...new Set(seldom)]).toEqual([]);
});

test("the files are the published ones", () => {
  expect(summarize(data)).toEqual(published);
});

test("the recipe learns to copy what it has never met, and without copying cannot", async () => {
  const { train: settings, ...recipe } = await parseRecipe(
    readFileSync(new URL("recipe.yaml", import.meta.url), "utf8"),
    "recipe.yaml",
  );
  const unseen = data.test.slice(0, 200);
  const measured = async (copy: boolean, pairs: readonly Pair[]) => {
    const options: TrainOptions = {
      ...recipe,
      task: "translate",
      model: { ...recipe.model, copy },
      dev: [],
      train: { ...settings, samples: 0 },
    };
    using model = await train(pairs, options);
    return await model.evaluate(unseen, { metrics: ["exact", "accuracy"] });
  };
  expect((await measured(true, data.train)).exact).toBeGreaterThanOrEqual(98);
  expect((await measured(false, data.train.slice(0, 2000))).accuracy).toBeLessThan(55);
}, 300_000);
