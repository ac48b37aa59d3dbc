import { readFileSync, statSync } from "node:fs";
import { loadModel } from "tandem-seq2seq";
import { describe, expect, it, onTestFinished } from "vitest";
import { dataOf } from "./data.js";
import { specs } from "./specs.js";

const models = JSON.parse(readFileSync(new URL("models.json", import.meta.url), "utf8"));
const fileOf = (model) => new URL(`../${model.file}`, import.meta.url);
/** Between backends a few lines differ, where two tokens are nearly as likely. */
const POINTS = 0.3;

describe("the models of the page", () => {
  it("are those of the specifications, in at most 3 MB", () => {
    expect(models.map(({ name }) => name)).toEqual(Object.keys(specs));
    for (const model of models) expect(statSync(fileOf(model)).size).toBe(model.bytes);
    expect(models.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(3_000_000);
  });

  it.each(models)("$name: the recorded score on the whole test", async ({ name, score, ...model }) => {
    const pairs = dataOf(name).test;
    expect(pairs).toHaveLength(score.lines);
    const user = await loadModel(readFileSync(fileOf(model)));
    onTestFinished(() => user.dispose());
    const numbers = await user.evaluate(pairs, { metrics: [score.metric] });
    const tolerance = score.metric === "ppl" ? 0.001 : POINTS;
    expect(Math.abs(numbers[score.metric] - score.value)).toBeLessThan(tolerance);
  });

  it.each(models)("$name: its examples are lines of the test", ({ name, examples }) => {
    const known = new Set(dataOf(name).test.map((pair) => JSON.stringify(pair)));
    for (const example of examples) expect(known).toContain(JSON.stringify(example));
  });
});
