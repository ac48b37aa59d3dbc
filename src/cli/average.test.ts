import { existsSync, readdirSync, readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { commandIn, expectSentence, set } from "../../test/support/command.js";

const { path, file, tandem } = commandIn("average");

const words = Array.from({ length: 60 }, (_, i) => [i % 7, (i * 3) % 5, (i * i) % 7].map((l) => "abcdefg"[l]).join(""));
const options = set(
  "train.epochs=6",
  "train.batchSize=8",
  "train.learningRate=0.01",
  "train.keepBest=3",
  "model.embeddingSize=8",
  "model.encoder.hiddenSize=8",
  "model.decoder.hiddenSize=8",
);
interface Kept {
  file: string;
  step: number;
  score: number;
  devLoss: number;
}
const indexOf = (run: string) => JSON.parse(readFileSync(path(run, "best/index.json"), "utf8")) as Kept[];

beforeAll(() => {
  file("pairs.tsv", words.map((word) => `${word}\t${[...word].reverse().join("")}\n`).join(""));
  const trained = tandem(["train", "pairs.tsv", "--out", "run", ...options]);
  expect(trained.status, trained.stderr).toBe(0);
}, 120_000);

test("a run keeps its best models, named by step and ranked by dev, and nothing else there", () => {
  const log = readFileSync(path("run/log.jsonl"), "utf8").trim().split("\n");
  const epochs = log.map((line) => JSON.parse(line)).filter(({ kind }) => kind === "epoch");
  expect(epochs).toHaveLength(6);
  const best = epochs.sort((a, b) => a.devLoss - b.devLoss).slice(0, 3);
  const index = indexOf("run");
  expect(index.map(({ step, devLoss }) => ({ step, devLoss }))).toEqual(
    best.map(({ step, devLoss }) => ({ step, devLoss })),
  );
  expect(readdirSync(path("run/best")).sort()).toEqual([...index.map((kept) => kept.file), "index.json"].sort());
  for (const { file, devLoss, step } of index) {
    const facts = JSON.parse(tandem(["inspect", `run/best/${file}`, "--json"]).stdout);
    expect(facts.history.steps).toBe(step);
    expect(facts.history.epochs.at(-1).devLoss).toBe(devLoss);
  }
  const saved = tandem(["predict", "run"], "abc\n").stdout;
  expect(tandem(["predict", `run/best/${index[0]!.file}`], "abc\n").stdout).toBe(saved);
});

test("the mean of a run's best models, or of files, is a model", () => {
  const files = indexOf("run").map((kept) => `run/best/${kept.file}`);
  const { status, stdout, stderr } = tandem(["average", "run", "--out", "mean.safetensors"]);
  expect(status, stderr).toBe(0);
  expect(stdout).toBe(`mean.safetensors: the mean of 3 models\n${files.map((name) => `  ${name}\n`).join("")}`);
  expect(tandem(["average", ...files, "--out", "files.safetensors"]).status).toBe(0);
  const bytes = (name: string) => readFileSync(path(name));
  expect(bytes("files.safetensors").equals(bytes("mean.safetensors"))).toBe(true);
  expect(tandem(["predict", "mean.safetensors"], "abc\n").stdout).toMatch(/^\w*\n$/);
  const steps = indexOf("run").map(({ step }) => step);
  const sorted = steps.sort((a, b) => a - b).join(", ");
  expect(tandem(["inspect", "mean.safetensors"]).stdout).toMatch(
    new RegExp(`^mean +of 3 models, after steps ${sorted}$`, "m"),
  );
});

test("what cannot be averaged is said in one sentence, and nothing is written", () => {
  const out = ["--out", "no.safetensors"];
  const [checkpoint] = readdirSync(path("run", "checkpoints"));
  expectSentence(tandem(["average", "run", "--out", "pairs.tsv"]), 1, /expected a new file for --out, got pairs\.tsv/);
  expectSentence(
    tandem(["average", "run/model.safetensors", ...out]),
    1,
    /at least two models, got run\/model\.safetensors alone/,
  );
  expectSentence(
    tandem(["average", "run/model.safetensors", `run/checkpoints/${checkpoint}`, ...out]),
    1,
    /step-\d+\.safetensors: expected a model, got a checkpoint/,
  );
  const plain = tandem([
    "train",
    "pairs.tsv",
    "--out",
    "plain",
    ...options,
    ...set("train.keepBest=0", "train.epochs=1", "model.encoder.hiddenSize=4"),
  ]);
  expect(plain.status, plain.stderr).toBe(0);
  expect(existsSync(path("plain/best"))).toBe(false);
  expectSentence(
    tandem(["average", "plain", ...out]),
    1,
    /average plain: expected models kept in plain\/best, got none\. Train with train\.keepBest/,
  );
  expectSentence(
    tandem(["average", "run", "plain/model.safetensors", ...out]),
    1,
    /expected model\.encoder\.hiddenSize 8 as in run\/best\/step-\d+\.safetensors, got 4/,
  );
  expect(existsSync(path("no.safetensors"))).toBe(false);
  expectSentence(
    tandem(["train", "pairs.tsv", "--out", "one", ...options, ...set("train.keepBest=1")]),
    2,
    /train\.keepBest: 1 is refused: model\.safetensors is the best one already/,
  );
});
