import { describe, expect, test } from "vitest";
import { parseTags, tableRows } from "../../test/support/markup.js";
import type { StepProgress } from "../train/progress.js";
import { reportHtml } from "./report-page.js";
import { bestEpoch, readRunLog, StepEntries } from "./run-log.js";

const pairs = { train: 90, dev: 10, test: 0 };
const start = {
  ...{
    kind: "start",
    at: "2026-05-03T10:00:00.000Z",
    name: "zh <en>",
    pairs,
    parameters: 5000,
    backend: "wasm",
    seed: 3,
  },
  filtered: {
    ...{ read: 125, kept: 100 },
    taken: [
      {
        ...{ filter: "maxRatio", what: "with one side more than 3 times as long as the other", count: 25 },
        example: { place: "train.tsv:7", text: "我 → <b> 和" },
      },
    ],
  },
  source: { tokenizer: "words", vocabularySize: 70, coverage: 1, devCoverage: 0.9 },
  target: { tokenizer: "chars", vocabularySize: 40, coverage: 1, devCoverage: 1 },
  check: {
    statistics: {
      pairs,
      lengths: { source: { median: 4, usual: 9, longest: 11 }, target: { median: 14, usual: 19, longest: 21 } },
      unknown: { source: { train: 0, dev: 0.1, test: 0 }, target: { train: 0, dev: 0, test: 0 } },
    },
    findings: [
      {
        ...{ kind: "overlap", level: "warning", count: 2, of: 10, share: 0.2, what: "2 of 10 dev pairs are in train" },
        ...{ example: { place: "dev.tsv:3", text: "a < b" }, advice: "Take them out." },
      },
    ],
  },
};
const step = (at: number, loss: number, seconds: number) => ({
  ...{ kind: "step", epoch: Math.ceil(at / 10), step: at, steps: 5, loss, learningRate: 0.001, gradientNorm: 2 * loss },
  ...{ tokensPerSecond: 1000, secondsPerStep: 0.1, seconds },
});
const weights = [
  [0.9, 0.1],
  [0.25, 0.75],
];
const epoch = (number: number, devLoss: number, output: string, best: boolean) => ({
  ...{ kind: "epoch", epoch: number, epochs: 3, step: 10 * number, trainLoss: 1 / number, devLoss },
  ...{ devPerplexity: Math.exp(devLoss), exact: 10 * number, wer: 60, best, seconds: 0.5 },
  samples: [
    { source: "我爱", reference: "i <3", output, attention: { rows: ["i", "</s>"], columns: ["我", "爱"], weights } },
  ],
});
const kernels = (milliseconds: number) => ({
  ...{ kind: "kernels", step: 10, steps: 2, milliseconds: 10 },
  kernels: { product: { milliseconds, calls: 20 }, fill: { milliseconds: 2, calls: 6 } },
});
const lines = (...entries: object[]) => `${entries.map((entry) => JSON.stringify(entry)).join("\n")}\n`;

const readLines = (log: string) => readRunLog(new TextEncoder().encode(log));

const run = lines(
  start,
  step(5, 3, 0.5),
  step(10, 1, 1),
  kernels(6),
  epoch(1, 2, "i", true),
  step(20, 0.5, 3),
  epoch(2, 1, "i <3", true),
  epoch(3, 1.5, "i <3", false),
  { kind: "end", outcome: "stopped early", step: 30, seconds: 4, test: { exact: 50, ppl: 2.5, count: 10 } },
);
const page = (log: string, language: "en" | "zh" = "en") =>
  reportHtml({
    ...{ log: readLines(log), name: "runs/x", task: "translate", recipe: "name: zh <en>\n", language },
    languages: { source: "zh", target: "auto" },
  });
/** The text between tags. */
const textOf = (markup: string) => markup.replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>|<[^>]*>/g, " ");

describe("readRunLog", () => {
  test("a run that went on is one run, and its time is that of all sessions", () => {
    const log = readLines(
      lines(start, step(5, 3, 1), step(10, 2, 2), epoch(1, 2, "a", true)) +
        lines({ ...start, kind: "resume", step: 10 }, step(15, 1.5, 1), {
          kind: "end",
          outcome: "finished",
          step: 15,
          seconds: 2,
        }),
    );
    expect(log.steps.map((entry) => [entry.step, entry.seconds])).toEqual([
      [5, 1],
      [10, 2],
      [15, 3],
    ]);
    expect(log.epochs.map(({ epoch }) => epoch)).toEqual([1]);
    expect([log.resumed, log.seconds, log.end?.step]).toEqual([1, 4, 15]);
  });

  test("a line that a crash cut off is passed over, and the run is under way", () => {
    const bytes = new TextEncoder().encode(`${lines(start, step(5, 3, 1))}{"kind":"epoch","samples":[{"source":"我`);
    // In the middle of a character.
    const log = readRunLog(bytes.subarray(0, -1));
    expect(log.steps).toHaveLength(1);
    expect(log.end).toBeUndefined();
    expect(bestEpoch(log)).toBeUndefined();
  });

  test("times by kernel are added up", () => {
    const { steps, kernels: times } = readLines(lines(start, kernels(6), kernels(5))).kernels;
    expect([steps, times["product"]]).toEqual([4, { milliseconds: 11, calls: 40 }]);
  });
});

test("entries of steps are means over the steps since the one before, weighted as losses are, and the last is never lost", () => {
  const entries = new StepEntries();
  const event = (at: number, recent: Partial<StepProgress["recent"]>): StepProgress => ({
    ...{
      kind: "step",
      epoch: 1,
      epochs: 1,
      step: at,
      totalSteps: 5000,
      loss: 9,
      learningRate: at / 1000,
      tokensPerSecond: 1,
    },
    ...{
      secondsLeft: 1,
      recent: { steps: 3, loss: 30, predicted: 10, gradientNorm: 6, tokens: 20, seconds: 2, ...recent },
    },
  });
  expect(entries.add(event(3, {}), 2)).toBeUndefined();
  expect(entries.add(event(6, { loss: 10, predicted: 30, gradientNorm: 12, tokens: 60 }), 4)).toEqual({
    ...{ kind: "step", epoch: 1, step: 6, steps: 6, loss: 1, learningRate: 0.006, gradientNorm: 3 },
    ...{ tokensPerSecond: 20, secondsPerStep: 4 / 6, seconds: 4 },
  });
  expect(entries.add(event(5000, { steps: 1 }), 5)?.step).toBe(5000);
});

describe("reportHtml", () => {
  test("is well-formed, escapes what is the run's own, and loads nothing", () => {
    for (const markup of [page(run), page(run, "zh"), page(lines(start)), page("")]) {
      parseTags(markup);
      expect(markup.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|\bsrc=|<link|@import|url\(/);
    }
    const ids = parseTags(page(run)).flatMap(({ attributes }) => attributes["id"] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect(page(run)).toContain("<title>zh &lt;en&gt; · Training report</title>");
  });

  test("draws what was measured, and only that", () => {
    const titles = [...page(run).matchAll(/<title id="chart-\w+-title">(.*?)<\/title>/g)].map(([, title]) => title);
    expect(titles).toEqual(["Loss", "Measured on dev", "Errors on dev", "Learning rate", "Gradient norm", "Speed"]);
    const values = Object.fromEntries(
      [...page(run).matchAll(/data-name="([^"]+)" data-values="([^"]+)"/g)].map(([, name, values]) => [name, values]),
    );
    expect(values).toMatchObject({ train: "5,3 10,1 20,0.5", dev: "10,2 20,1 30,1.5", exact: "10,10 20,20 30,30" });
    expect(page(lines(start, step(5, 3, 1)))).not.toContain("chart-scores");
  });

  test("tells equal outputs once, and marks those that are right", () => {
    expect(tableRows(page(run), "output")).toEqual([
      ["1", "i"],
      ["2–3", "i &lt;3"],
    ]);
    expect(page(run).match(/class="right"/g)).toHaveLength(1);
  });

  test("shows attention of the first and the best epoch", () => {
    expect(page(run).match(/<h2>epoch 1<\/h2>|<h2>epoch 2 · best<\/h2>/g)).toHaveLength(2);
    expect(page(run)).not.toContain("<h2>epoch 3");
  });

  test("has every epoch, the data, what was found, and the time by kernel with the rest of the step", () => {
    expect(tableRows(page(run), "Epochs")[1]).toEqual(["2 ★", "20", "0.500", "1.000", "2.72", "20.0", "60.0", "0:01"]);
    expect(tableRows(page(run), "Data")[0]).toEqual(["source", "words", "70", "4", "11", "train 0.0 %, dev 10.0 %"]);
    expect(tableRows(page(run), "What filters took out of 125 examples")).toEqual([
      [
        ...["data.filters.maxRatio", "25", "20.0 %", "with one side more than 3 times as long as the other"],
        "我 → &lt;b&gt; 和",
      ],
    ]);
    expect(page(run.replace("filtered", "left out"))).not.toContain("What filters took");
    expect(textOf(page(run))).toMatch(/warning.*2 of 10 dev pairs are in train\..*a &lt; b.*Take them out\./);
    const rows = tableRows(page(run), "By kernel, as measured in 2 steps of 5.0 ms each.");
    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      ["product", "3.000", "10", "60.0 %"],
      ["fill", "1.000", "3", "20.0 %"],
      ["between the kernels", "1.000", "", "20.0 %"],
    ]);
    const [training, evaluation] = tableRows(page(run), "Time");
    expect([training?.[1], training?.[2], evaluation?.[2]]).toEqual(["0:02", "37.5 %", "37.5 %"]);
  });

  test("says in Chinese what it says in English", () => {
    const chinese = page(run, "zh");
    expect(chinese).toContain('<html lang="zh">');
    expect(chinese).toContain("提前停止");
    const count = (markup: string, tag: string) => parseTags(markup).filter(({ name }) => name === tag).length;
    for (const tag of ["figure", "table", "h2", "td"]) expect(count(chinese, tag)).toBe(count(page(run), tag));
    const words =
      textOf(chinese.replace(/<span lang="en">.*?<\/span>|<code>.*?<\/code>/g, "")).match(/[a-z]{4,}/gi) ?? [];
    const own = /^(translate|train|test|words|chars|exact|tandem|check|product|fill|wasm|early|recipe|yaml|name|best)$/;
    expect(words.filter((word) => !own.test(word))).toEqual([]);
  });

  test("a run without any step yet is told so", () => {
    expect(textOf(page(lines(start)))).toContain("Nothing has been measured yet.");
  });
});
