import { describe, expect, test } from "vitest";
import { readRunLog } from "./run-log.js";
import { type RunSummary, sortRuns, summarizeRuns, testNumber } from "./run-table.js";

const log = (...entries: object[]) =>
  readRunLog(new TextEncoder().encode(entries.map((entry) => `${JSON.stringify(entry)}\n`).join("")));
const epoch = { kind: "epoch", epoch: 1, step: 10, trainLoss: 1, samples: [], seconds: 1 };
const step = { kind: "step", step: 12, steps: 12, secondsPerStep: 0.5, tokensPerSecond: 300, seconds: 7 };
const start = { kind: "start", name: "a", parameters: 77 };

describe("summarizeRuns", () => {
  const done = log(
    start,
    step,
    { ...epoch, kind: "evaluation", step: 5, devLoss: 3, exact: 20, bleu: 20, best: true },
    { ...epoch, devLoss: 2, exact: 40, bleu: 50, best: true },
    { ...epoch, epoch: 2, devLoss: 1, exact: 30, bleu: 60, best: false },
    { kind: "end", outcome: "finished", step: 20, seconds: 9, test: { exact: 41, bleu: 52, count: 7 } },
  );
  const runs = summarizeRuns([
    { run: "a", log: done, recipe: { name: "a", train: { metric: "bleu", seed: 1 }, model: { heads: [1] } } },
    {
      run: "b",
      log: log(start, step),
      recipe: { name: "b", train: { metric: "bleu", seed: 2 }, model: { heads: [1], copy: true } },
    },
  ]);

  test("tells of the best epoch, by the recipe's metric", () => {
    expect(runs[0]).toEqual({
      ...{
        run: "a",
        name: "a",
        state: "finished",
        steps: 20,
        epochs: 2,
        devLoss: 2,
        metric: { name: "bleu", value: 50 },
      },
      ...{ test: { exact: 41, bleu: 52, count: 7 }, parameters: 77, seconds: 9, tokensPerSecond: 300 },
      differs: { "train.seed": 1, "model.copy": null },
    });
    expect(testNumber(runs[0]!)).toEqual({ name: "bleu", value: 52 });
  });

  test("of a run under way what there is, and only keys that differ", () => {
    expect(runs[1]).toEqual({
      ...{
        run: "b",
        name: "a",
        state: "running",
        steps: 12,
        epochs: 0,
        parameters: 77,
        seconds: 7,
        tokensPerSecond: 300,
      },
      differs: { "train.seed": 2, "model.copy": true },
    });
  });

  test("a single run differs from none", () => {
    expect(summarizeRuns([{ run: "a", log: done, recipe: { train: { seed: 1 } } }])[0]!.differs).toEqual({});
  });
});

describe("sortRuns", () => {
  const base: RunSummary = { run: "", name: "", state: "finished", steps: 1, epochs: 1, seconds: 1, differs: {} };
  const runs: RunSummary[] = [
    { ...base, run: "r10", steps: 3, devLoss: 0.5, metric: { name: "wer", value: 20 }, tokensPerSecond: 10 },
    { ...base, run: "r2", steps: 1, devLoss: 0.1, metric: { name: "wer", value: 30 }, tokensPerSecond: 99 },
    { ...base, run: "r1", steps: 2 },
  ];
  const order = (by: Parameters<typeof sortRuns>[1]) => sortRuns(runs, by).map(({ run }) => run);

  test("names by their numbers, losses and errors the lowest first, speed the highest; what has none last", () => {
    expect(order("run")).toEqual(["r1", "r2", "r10"]);
    expect(order("steps")).toEqual(["r2", "r1", "r10"]);
    expect(order("dev")).toEqual(["r2", "r10", "r1"]);
    expect(order("metric")).toEqual(["r10", "r2", "r1"]);
    expect(order("speed")).toEqual(["r2", "r10", "r1"]);
    const scores = runs.map((run) => ({ ...run, metric: { name: "bleu", value: run.steps } }));
    expect(sortRuns(scores, "metric").map(({ run }) => run)).toEqual(["r10", "r1", "r2"]);
  });
});
