// What `tandem train` reads: files of every format, standard input, more than memory holds; what it keeps of them to go on.
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { commandIn, expectSentence, set } from "../../test/support/command.js";

const { file, path, tandem } = commandIn("data");
const small = [
  ...set("model.embeddingSize=4", "model.encoder.hiddenSize=4", "model.decoder.hiddenSize=4", "train.epochs=2"),
  ...set("source.tokenizer=words", "target.tokenizer=words", "train.batchTokens=200", "train.dropout=0.1"),
];
const pairs = Array.from(
  { length: 120 },
  (_, i) => [`${"abcdefg"[i % 7]} ${"hijkl"[i % 5]}`, `${"mno"[i % 3]} ${i % 7}`] as [string, string],
);
const lines = (toLine: (pair: [string, string]) => string) => pairs.map((pair) => `${toLine(pair)}\n`).join("");
const tsv = lines((pair) => pair.join("\t"));
const bytesOf = (run: string) => readFileSync(path("runs", run, "model.safetensors"));
function train(data: string, run: string, options: string[] = [], input = "") {
  const { status, stderr } = tandem(["train", data, "--out", `runs/${run}`, ...small, ...options], input);
  expect(status, stderr).toBe(0);
  return stderr;
}

test("the same pairs give the same model from any format, from disk, and from standard input", () => {
  train(file("plain.tsv", tsv), "plain");
  file("sources.txt.gz", gzipSync(lines(([source]) => source)));
  file(
    "targets.txt",
    lines(([, target]) => target),
  );
  file("parallel.yaml", "{ data: { train: [{ source: sources.txt.gz, target: targets.txt }] } }");
  file(
    "fields.jsonl",
    lines(([zh, en]) => JSON.stringify({ en, zh })),
  );
  file("fields.yaml", "{ name: plain, data: { train: fields.jsonl, columns: { source: zh, target: en } } }");
  train("plain.tsv", "disk", set("data.streaming=always"));
  expect(existsSync(path("runs/disk/data/examples.bin"))).toBe(true);
  train("-", "stdin", set("name=plain"), tsv);
  for (const run of ["disk", "stdin"]) expect(bytesOf(run).equals(bytesOf("plain")), run).toBe(true);
  // Recipes of other columns and names are other recipes; what was learnt is the same.
  const losses = (run: string) => readFileSync(path("runs", run, "log.jsonl"), "utf8").match(/"trainLoss":[\d.]+/g);
  for (const [recipe, run] of [
    ["parallel.yaml", "parallel"],
    ["fields.yaml", "fields"],
  ] as const) {
    train(recipe, run);
    expect(losses(run)).toEqual(losses("plain"));
  }
  expect(readdirSync(path("runs")).filter((name) => name.startsWith("."))).toEqual([]);
});

test("merges left out anew in every epoch are the same from memory, from disk and from standard input", () => {
  const dropping = set("source.tokenizer=bpe", "source.vocabSize=30", "source.bpeDropout=0.4", "train.epochs=3");
  train("plain.tsv", "whole-merges", dropping);
  train("plain.tsv", "disk-merges", [...dropping, ...set("data.streaming=always")]);
  train("-", "stdin-merges", [...dropping, ...set("data.streaming=always", "name=plain")], tsv);
  for (const run of ["disk-merges", "stdin-merges"])
    expect(bytesOf(run).equals(bytesOf("whole-merges")), run).toBe(true);
});

test("what standard input said is kept: the run's own recipe trains again, and --resume goes on with it", () => {
  expect(readFileSync(path("runs/stdin/data/stdin"), "utf8")).toBe(tsv);
  expect(readFileSync(path("runs/stdin/recipe.yaml"), "utf8")).toContain("train: data/stdin");
  train("runs/stdin/recipe.yaml", "again");
  expect(bytesOf("again").equals(bytesOf("stdin"))).toBe(true);
  const resumed = tandem(["train", "-", "--out", "runs/stdin", "--resume", ...small, ...set("name=plain")], "x\ty\n");
  expect(resumed.status, resumed.stderr).toBe(0);
  expect(bytesOf("stdin").equals(bytesOf("again"))).toBe(true);
  rmSync(path("runs/stdin/data/stdin"));
  const lost = tandem(["train", "-", "--out", "runs/stdin", "--resume", ...small, ...set("name=plain")], tsv);
  expectSentence(lost, 1, /--resume: expected what the run read from standard input in .*stdin, got no file\./);
});

test("filters say what they took, in the terminal and in the log", () => {
  const said = train("plain.tsv", "filtered", set("data.filters.duplicates=pairs"));
  expect(said).toMatch(
    /^data\.filters\.duplicates took 15 of 120 pairs \(13 %\) that an earlier one equals, such as plain\.tsv:106 "a h → m 0"\.$/m,
  );
  const [start] = readFileSync(path("runs/filtered/log.jsonl"), "utf8").split("\n");
  expect(JSON.parse(start!).filtered).toMatchObject({
    read: 120,
    kept: 105,
    taken: [{ filter: "duplicates", count: 15 }],
  });
  const none = tandem(["train", "plain.tsv", ...small, ...set("data.filters.minWords=9")]);
  expectSentence(none, 1, /plain\.tsv: expected pairs left after data\.filters, got none of 120: minWords took 120\./);
});

test.each(["never", "always"])(
  "a file that changed since is noticed, one that was only touched is not: streaming %s",
  (streaming) => {
    const run = `changed-${streaming}`;
    const options = set(`data.streaming=${streaming}`);
    file("changing.tsv", tsv);
    train("changing.tsv", run, options);
    const resume = () => tandem(["train", "changing.tsv", "--out", `runs/${run}`, "--resume", ...small, ...options]);
    utimesSync(path("changing.tsv"), 1e9, 1e9);
    expect(resume().status).toBe(0);
    writeFileSync(path("changing.tsv"), tsv.replace("a h", "a i"));
    expectSentence(
      resume(),
      1,
      /^.*--resume: expected changing\.tsv as it was when the run began, got other content\. Bring the file back, or start a new run without --resume\.$/m,
    );
    appendFileSync(path("changing.tsv"), "more\tmore\n");
    expectSentence(resume(), 1, /changing\.tsv as it was when the run began, got \d+ bytes instead of \d+\./);
  },
);
