// `tandem check` as a process, and its quick part at the start of training.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { commandIn, expectSentence, set } from "../../test/support/command.js";
import { displayWidth } from "../view/display-width.js";

const { file, path, tandem } = commandIn("check");
const small = set(
  "model.embeddingSize=4",
  "model.encoder.hiddenSize=4",
  "model.decoder.hiddenSize=4",
  "train.epochs=1",
);
const line = (i: number) => `${"abcdefg"[i % 7]}${"hijkl"[i % 5]} ${"mno"[i % 3]} ${i % 7}\t${i % 5} ${i % 7}`;
const lines = Array.from({ length: 60 }, (_, i) => `${line(i)}\n`);

test("clean data: numbers, an estimate by a trial, exit code 0", () => {
  file("clean.tsv", lines.join(""));
  const { status, stdout, stderr } = tandem(["check", "clean.tsv", ...small, ...set("source.tokenizer=chars")]);
  expect(status, stderr).toBe(0);
  expect(stdout).toContain("clean, task translate: ");
  expect(stdout).toMatch(/^time: about \d+:\d\d, an epoch of 1 step 0:/m);
  expect(stdout).toMatch(/^memory: about \d/m);
  expect(stdout).not.toMatch(/^(error|warning)/m);
  for (const shown of stdout.split("\n")) expect(displayWidth(shown)).toBeLessThanOrEqual(80);
});

test("a serious finding: what, where, what to do; exit code 1; --json says the same", () => {
  file("train.tsv", lines.join(""));
  file("recipe.yaml", "data: { train: train.tsv, dev: train.tsv }\n");
  const { status, stdout } = tandem(["check", "recipe.yaml", "--no-trial", ...small]);
  expect(status).toBe(1);
  expect(stdout).toMatch(/^error {4}60 of 60 dev pairs \(100 %\) have a source that train has too/m);
  expect(stdout).toContain("train.tsv:1  ah m 0 → 0 0");
  expect(stdout).not.toContain("memory:");
  const json = tandem(["check", "recipe.yaml", "--no-trial", "--json", ...small]);
  expect(json.status).toBe(1);
  const { findings, statistics } = JSON.parse(json.stdout);
  expect(findings[0]).toMatchObject({ kind: "overlap", level: "error", count: 60, of: 60, share: 1 });
  expect(statistics.pairs).toEqual({ train: 60, dev: 60, test: 0 });
});

test("training says errors and warnings first, a line each, and its log keeps them all", () => {
  const { status, stderr } = tandem(["train", "recipe.yaml", "--out", "run", ...small]);
  expect(status, stderr).toBe(0);
  expect(stderr).toMatch(/^error: 60 of 60 dev pairs .+, such as train\.tsv:1 "ah m 0 → 0 0"\. Take them out/m);
  const [start] = readFileSync(path("run", "log.jsonl"), "utf8").split("\n");
  expect(JSON.parse(start!).check.findings[0]).toMatchObject({ kind: "overlap", level: "error" });
});

test("a recipe that is wrong gets its own message", () => {
  file("wrong.yaml", "data: { train: train.tsv }\nmodle: {}\n");
  expectSentence(tandem(["check", "wrong.yaml"]), 2, /^recipe wrong\.yaml:2:1: .*did you mean "?model"?\?/);
  expectSentence(tandem(["check", "nowhere.tsv"]), 1, /nowhere\.tsv: expected a file/);
});
