// The command as a process, on forty strings to be reversed.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { command, commandIn, expectSentence, set } from "../../test/support/command.js";
import { nativeStatus } from "../kernels/native/native.js";
import { readSafetensors, writeSafetensors } from "../models/safetensors.js";
import { displayWidth } from "../view/display-width.js";

const fastest = "why" in nativeStatus() ? "wasm" : "native";

const letters = "abcdefg";
const words = Array.from({ length: 40 }, (_, i) =>
  [i % 7, (i * 3) % 5, (i * i) % 7, i % 3].map((l) => letters[l]).join(""),
);
const reversed = (word: string) => [...word].reverse().join("");
const pairs = `${words.map((word) => `${word}\t${reversed(word)}`).join("\n")}\n`;

const smallModel = ["model.embeddingSize=11", "model.encoder.hiddenSize=13", "model.decoder.hiddenSize=17"];
const small = set(...smallModel, "train.epochs=2", "train.batchSize=8");

const { path, file, tandem } = commandIn("cli");
let model: string;

/** A killed process has none. */
async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}

const checksum = (...parts: string[]) =>
  createHash("sha256")
    .update(readFileSync(path(...parts)))
    .digest("hex");

beforeAll(() => {
  file("pairs.tsv", pairs);
  const trained = tandem([
    "train",
    "pairs.tsv",
    ...set(...smallModel, "train.epochs=40", "train.batchSize=8", "train.learningRate=0.01", "train.dropout=0"),
  ]);
  expect(trained.status, trained.stderr).toBe(0);
  model = "runs/pairs/model.safetensors";
}, 120_000);

describe("train → predict → evaluate", () => {
  test("leaves recipe, model, checkpoint and log", () => {
    expect(readdirSync(path("runs/pairs")).sort()).toEqual([
      "checkpoints",
      "data",
      "log.jsonl",
      "model.safetensors",
      "recipe.yaml",
      "report.html",
    ]);
    // 40 epochs of five batches: the last two checkpoints, and no lock.
    expect(readdirSync(path("runs/pairs/checkpoints")).sort()).toEqual([
      "step-195.safetensors",
      "step-200.safetensors",
    ]);
    const log = readFileSync(path("runs/pairs/log.jsonl"), "utf8").trimEnd().split("\n");
    const all = log.map((line) => JSON.parse(line));
    const entries = all.filter(({ kind }) => kind !== "step" && kind !== "kernels");
    expect(entries.map((entry) => entry.kind)).toEqual(["start", ...Array(40).fill("epoch"), "end"]);
    expect(entries[0]).toMatchObject({ name: "pairs", backend: fastest, source: { tokenizer: "chars", coverage: 1 } });
    expect(entries[40].trainLoss).toBeLessThan(entries[1].trainLoss / 2);
    expect(entries.at(-1)).toMatchObject({ kind: "end", outcome: "finished" });
    const steps = all.filter(({ kind }) => kind === "step");
    expect(steps.at(-1)).toMatchObject({ step: entries.at(-1).step, gradientNorm: expect.any(Number) });
    expect(steps.reduce((sum, { steps }) => sum + steps, 0)).toBe(entries.at(-1).step);
    expect(steps.at(-1).loss).toBeLessThan(steps[0].loss / 2);
    const kernels = all
      .filter(({ kind }) => kind === "kernels")
      .map((entry) => entry.kernels.product.calls / entry.steps);
    expect(new Set(kernels).size).toBe(1);
    const report = readFileSync(path("runs/pairs/report.html"), "utf8");
    expect(report).toContain("between the kernels");
    expect(report.match(/<h2>epoch \d+/g)!.length).toBeGreaterThan(2);
  });

  test("writes the report again, in the language asked for", () => {
    const result = tandem(["report", "runs/pairs", "--language", "zh"]);
    expect([result.status, result.stdout]).toEqual([0, `${join("runs/pairs", "report.html")}\n`]);
    expect(readFileSync(path("runs/pairs/report.html"), "utf8")).toContain("训练报告");
    expectSentence(tandem(["report", "runs"]), 1, /^report runs: expected a run folder, got none with a log\.jsonl\./);
  });

  test("the run's recipe trains the same model from where it lies", () => {
    const result = tandem(["train", "runs/pairs/recipe.yaml", "--out", "again"]);
    expect(result.status, result.stderr).toBe(0);
    expect(checksum("again", "model.safetensors")).toBe(checksum(model));
  });

  test("predicts line for line; empty lines stay empty; the last line may lack its end", () => {
    const result = tandem(["predict", model], "abca\n\nbcde");
    expect(result.status, result.stderr).toBe(0);
    expect(result.stdout).toMatch(/^\S+\n\n\S+\n$/);
    expect(tandem(["translate", model, "-"], "abca\r\n\r\nbcde\r\n").stdout).toBe(result.stdout);
    file("lines.txt", "abca\n\nbcde\n");
    expect(tandem(["predict", model, "lines.txt"]).stdout).toBe(result.stdout);
  });

  test("standard input longer than a chunk comes out whole and in order", () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => words[i % words.length]!);
    const once = tandem(["predict", model], `${words.join("\n")}\n`)
      .stdout.trimEnd()
      .split("\n");
    const many = tandem(["predict", model], `${lines.join("\n")}\n`)
      .stdout.trimEnd()
      .split("\n");
    expect(many).toEqual(lines.map((_, i) => once[i % words.length]));
  });

  test("answers a line before the next one comes", async () => {
    const child = spawn(process.execPath, [command, "predict", model], { cwd: path() });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (const word of words.slice(0, 3)) {
      child.stdin.write(`${word}\n`);
      expect((await answers.next()).value).toMatch(/\S/);
    }
    child.stdin.end();
    expect((await answers.next()).done).toBe(true);
  });

  test("writes tsv and jsonl", () => {
    const lines = tandem(["predict", model, "--format", "jsonl"], "ab世\n\n").stdout.trimEnd().split("\n");
    expect(JSON.parse(lines[0]!)).toMatchObject({ source: "ab世", unknown: ["世"] });
    expect(JSON.parse(lines[1]!)).toMatchObject({ source: "", text: "", score: 0 });
    expect(tandem(["predict", model, "--format", "tsv"], "ab\n\n").stdout).toMatch(/^ab\t\S+\t-\d+\.\d{4}\n\t\t\n$/);
  });

  test("searches with a beam, n outputs a line, each with its score", () => {
    const input = "abca\n\nbcde\n";
    const greedy = tandem(["predict", model], input).stdout;
    expect(tandem(["predict", model, "--beam", "1"], input).stdout).toBe(greedy);
    const three = tandem(["predict", model, "--beam", "4", "--nbest", "3"], input).stdout.split("\n");
    expect(three).toHaveLength(3 * 3 + 1);
    expect(three.slice(3, 6)).toEqual(["", "", ""]);
    expect(new Set(three.slice(0, 3)).size).toBe(3);
    expect(tandem(["predict", model, "--nbest", "2", "--format", "tsv"], input).stdout).toMatch(
      /^abca\t\S+\t-[\d.]+\nabca\t\S+\t-[\d.]+\n\t\t\n\t\t\nbcde\t/,
    );
    const options = ["--beam", "4", "--nbest", "3", "--length-penalty", "average", "--format", "jsonl"];
    const [line] = tandem(["predict", model, ...options], input).stdout.split("\n");
    const answer = JSON.parse(line!);
    expect(answer.tokenScores).toHaveLength(answer.tokens.length + 1);
    expect(answer.alternatives).toHaveLength(2);
    expect(answer.alternatives[0]).toMatchObject({ text: expect.any(String), score: expect.any(Number) });
    expect(answer).not.toHaveProperty("attention");
    const [weighed] = tandem(["predict", model, "--format", "jsonl", "--weights"], input).stdout.split("\n");
    expect(JSON.parse(weighed!).attention.columns).toEqual([..."abca", "</s>"]);
  });

  test("samples the same for the same seed", () => {
    const sample = (...args: string[]) =>
      tandem(["predict", model, "--sample", "--temperature", "4", ...args], `${words.join("\n")}\n`).stdout;
    expect(sample("--seed", "7")).toBe(sample("--seed", "7"));
    expect(sample("--seed", "8")).not.toBe(sample("--seed", "7"));
    expect(sample("--top-k", "1")).toBe(tandem(["predict", model], `${words.join("\n")}\n`).stdout);
    expect(sample("--top-p", "0.001")).toBe(sample("--top-k", "1"));
  });

  test("takes lengths, a prefix, words to write and words not to write", () => {
    const predict = (...args: string[]) => tandem(["predict", model, ...args], "abca\n").stdout.trimEnd();
    expect(predict("--max-length", "2")).toHaveLength(2);
    expect(predict("--min-length", "2x+1", "--max-length", "3x")).toMatch(/^.{9,12}$/);
    expect(predict("--prefix", "gg")).toMatch(/^gg/);
    expect(predict("--require", "fe", "--require", "g")).toMatch(/^(?=.*fe)(?=.*g)/);
    expect(predict("--ban", "a")).not.toContain("a");
    expect(predict("--min-length", "7", "--max-length", "7", "--block-ngram", "1", "--ban", "<unk>")).toMatch(
      /^(?:(.)(?!.*\1)){7}$/,
    );
  });

  test("replaces what the model does not know, also by a dictionary", () => {
    const known = [..."abcdefg"].flatMap((letter) => ["--ban", letter]);
    const only = ["predict", model, ...known, "--min-length", "2", "--max-length", "2"];
    expect(tandem(only, "世界\n").stdout).toBe("<unk><unk>\n");
    expect(tandem([...only, "--replace-unknown"], "世界\n").stdout).toMatch(/^[世界]{2}\n$/);
    file("words.tsv", "世\tworld\n界\tworld\n");
    expect(tandem([...only, "--replace-unknown=words.tsv"], "世界\n").stdout).toBe("worldworld\n");
  });

  test("several models are an ensemble", () => {
    const twice = tandem(["predict", `${model},runs/pairs`], "abca\nbcde\n");
    expect(twice.stdout).toBe(tandem(["predict", model], "abca\nbcde\n").stdout);
    file("other.tsv", `${pairs}xyz\tzyx\n`);
    expect(tandem(["train", "other.tsv", ...small]).status).toBe(0);
    const mixed = tandem(["predict", `${model},runs/other`], "abca\n");
    expectSentence(mixed, 1, /^ensemble: expected models of one source vocabulary, got another in model 2/);
  });

  test("odd text is answered", () => {
    const odd = "世界\n👩‍👩‍👧 🇨🇭\nשלום ‮abc‬\na\ufeffb\n\u001b[31m\n";
    const result = tandem(["predict", model, "--beam", "2"], odd);
    expect(result.status, result.stderr).toBe(0);
    expect(result.stdout.split("\n")).toHaveLength(6);
    // A zero byte is a sign of UTF-16.
    expectSentence(tandem(["predict", model], "a\0b\0\n"), 1, /expected UTF-8 text, got UTF-16/);
    const long = tandem(["predict", model, "--max-length", "30"], `${"abcdefg ".repeat(1250)}\n`);
    expect(long.status, long.stderr).toBe(0);
  });

  test("draws attention as html, svg and json", () => {
    for (const name of ["map.html", "map.svg", "map.json"])
      expect(tandem(["predict", model, "--attention", name], `${words.join("\n")}\n${words.join("\n")}\n`).status).toBe(
        0,
      );
    const read = (name: string) => readFileSync(path(name), "utf8");
    expect(read("map.html").match(/<svg/g)).toHaveLength(50);
    expect(read("map.svg")).toMatch(/^<svg/);
    const maps = JSON.parse(read("map.json"));
    expect(maps).toHaveLength(80);
    expect(maps[0].columns).toEqual([...words[0]!, "</s>"]);
    expect(maps[0].weights[0].reduce((sum: number, weight: number) => sum + weight, 0)).toBeCloseTo(1, 5);
  });

  test("evaluates what it predicts", () => {
    const outputs = tandem(["predict", model], `${words.join("\n")}\n`)
      .stdout.trimEnd()
      .split("\n");
    const right = outputs.filter((output, i) => output === reversed(words[i]!)).length;
    const measured = JSON.parse(tandem(["evaluate", model, "pairs.tsv", "--json"]).stdout);
    expect(measured).toMatchObject({ exact: (100 * right) / 40, count: 40 });
    const names = ["exact", "accuracy", "ppl", "bleu", "chrf", "chrf++", "wer", "per", "cer"];
    expect(Object.keys(measured)).toEqual([...names, "count"]);
    expect(measured).toMatchObject({ exact: 100, accuracy: 100, chrf: 100, wer: 0, per: 0, cer: 0 });
    const swapped = tandem([
      "evaluate",
      model,
      "pairs.tsv",
      "--columns",
      "source=1,target=0",
      "--metrics",
      "ppl",
      "--json",
    ]);
    expect(JSON.parse(swapped.stdout)).toEqual({ ppl: expect.any(Number), count: 40 });
  });

  test("evaluates as a table of at most 80 columns, with what the numbers depend on", () => {
    const all = tandem(["evaluate", model, "pairs.tsv"]).stdout;
    expect(all).toMatch(/exact.+%.+letter by letter/);
    expect(all).toMatch(/^bleu +nrefs:1\|case:mixed\|eff:no\|tok:13a\|smooth:exp\|version:tandem-1$/m);
    expect(all).toMatch(/^chrf\+\+ +nrefs:1\|case:mixed\|eff:yes\|nc:6\|nw:2\|space:no\|version:tandem-1$/m);
    expect(all).toMatch(/^wer +nrefs:1\|case:mixed\|tok:none\|version:tandem-1$/m);
    for (const line of all.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    const chars = tandem(["evaluate", model, "pairs.tsv", "--metrics", "bleu,wer", "--tokenize", "char"]).stdout;
    expect(chars.match(/tok:char/g)).toHaveLength(2);
  });

  test("a test file in the recipe is evaluated at the end, --json writes the progress to standard output", () => {
    const recipe = `data: { train: pairs.tsv, dev: pairs.tsv, test: pairs.tsv }\nsource: { tokenizer: chars }\ntarget: { tokenizer: chars }\n`;
    const result = tandem(["train", file("tested.yaml", recipe), ...small, "--seed", "5", "--json"]);
    expect(result.status, result.stderr).toBe(0);
    expect(result.stderr).toBe("");
    const events = result.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ kind: "start", pairs: { train: 40, dev: 40, test: 40 }, seed: 5 });
    expect(new Set(events.map((event) => event.kind))).toEqual(new Set(["start", "step", "epoch", "end"]));
    expect(events.at(-1).test).toMatchObject({ count: 40, ppl: expect.any(Number), bleu: expect.any(Number) });
    expect(JSON.parse(tandem(["evaluate", "runs/tested/model.safetensors", "pairs.tsv", "--json"]).stdout).ppl).toBe(
      events.at(-1).test.ppl,
    );
  });

  test("runs compares what lies in a folder, in 80 columns, and says how the recipes differ", () => {
    const listed = tandem(["runs", "--sort", "dev"]);
    expect(listed.status, listed.stderr).toBe(0);
    const [head, ...rows] = listed.stdout.split("\n");
    expect(head).toMatch(/^run +steps +dev loss +best dev +test +params +time +tok\/s$/);
    for (const line of listed.stdout.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(80);
    expect(rows.join("\n")).toMatch(/^pairs +200 +\d/m);
    expect(listed.stdout).toMatch(/^pairs: (?:.|\n)*train\.epochs 40/m);
    const runs = JSON.parse(tandem(["runs", "--sort", "dev", "--json"]).stdout);
    const losses = runs.map(({ devLoss }: { devLoss: number }) => devLoss);
    expect(losses.length).toBeGreaterThan(1);
    expect(losses).toEqual([...losses].sort((a, b) => a - b));
    expect(runs.find(({ run }: { run: string }) => run === "pairs").differs["train.epochs"]).toBe(40);
    expectSentence(
      tandem(["runs", "nowhere"]),
      1,
      /^runs nowhere: expected a folder with runs, got one that does not exist\./,
    );
  });

  test("a reader that goes away is no failure", () => {
    const line = `yes abc | head -20000 | "${process.execPath}" "${command}" predict ${model} | head -1; echo "\${PIPESTATUS[2]}"`;
    const result = spawnSync("bash", ["-c", line], { cwd: path(), encoding: "utf8" });
    expect(result.stdout.trimEnd().split("\n").at(-1)).toBe("0");
    expect(result.stderr).toBe("");
  });
});

describe("compare", () => {
  const right = words.map((word) => `${reversed(word)} is it turned round`);
  /** Every seventh line is wrong, or every second one. */
  const spoilt = (step: number) => right.map((line, i) => (i % step === 0 ? line.slice(3) : line));
  const text = (lines: readonly string[]) => `${lines.join("\n")}\n`;
  beforeAll(() => {
    file("references.txt", text(right));
    file("a.txt", text(spoilt(2)));
    file("b.txt", text(spoilt(7)));
  });

  test("says which is better, by how much and how sure that is", () => {
    const { stdout, status } = tandem(["compare", "references.txt", "a.txt", "b.txt", "--metric", "exact"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/A +│ +50\.00 │/);
    expect(stdout).toMatch(/B − A │ \+35\.00 │ \+\d+\.\d\d to \+\d+\.\d\d/);
    expect(stdout).toMatch(/^A is a\.txt, B is b\.txt; 40 lines, 1000 resamples, seed 12345\.$/m);
    expect(stdout).toMatch(/^B is better, and hardly by chance \(p [=<] 0\.0\d+\)\.$/m);
    expect(tandem(["compare", "references.txt", "a.txt", "a.txt"]).stdout).toMatch(/^Both have the same score\.$/m);
  });

  test("takes every text metric, and prints JSON", () => {
    for (const metric of ["bleu", "chrf", "chrf++", "wer", "per", "cer", "exact"]) {
      const args = ["compare", "references.txt", "a.txt", "b.txt", "--metric", metric, "--samples", "99", "--json"];
      const result = JSON.parse(tandem(args).stdout);
      expect(result).toMatchObject({ metric, count: 40, samples: 99, seed: 12345, pValue: expect.any(Number) });
      expect(result.bWins).toBeGreaterThan(95);
    }
  });

  test("files that do not fit are one sentence", () => {
    const compare = (...files: string[]) => tandem(["compare", ...files]);
    file("short.txt", text(right.slice(1)));
    file("none.txt", "");
    expectSentence(
      compare("references.txt", "a.txt", "short.txt"),
      1,
      /short\.txt: expected 40 lines .+, got 39\. Give/,
    );
    expectSentence(compare("none.txt", "a.txt", "b.txt"), 1, /none\.txt: expected at least one line/);
    expectSentence(compare("references.txt", "nothing.txt", "b.txt"), 1, /nothing\.txt: expected a file/);
    expectSentence(compare("references.txt", ".", "b.txt"), 1, /\.: expected a file, got a folder/);
  });
});

describe("the run folder", () => {
  test("is numbered when taken", () => {
    file("twice.tsv", pairs);
    for (const expected of ["runs/twice", "runs/twice-2", "runs/twice-3"]) {
      expect(tandem(["train", "twice.tsv", ...small]).status).toBe(0);
      expect(existsSync(path(expected, "model.safetensors"))).toBe(true);
    }
    expect(existsSync(path("runs/twice-4"))).toBe(false);
  });

  test("of another run is refused and left as it is", () => {
    const before = checksum(model);
    const result = tandem(["train", "pairs.tsv", "--out", "runs/pairs", ...small]);
    expectSentence(result, 1, /--out runs\/pairs: expected a folder without a run/);
    expect(checksum(model)).toBe(before);
  });

  test("cannot be a file, nor lie in one", () => {
    expectSentence(tandem(["train", "pairs.tsv", "--out", "pairs.tsv", ...small]), 1, /got a file of that name/);
    expectSentence(tandem(["train", "pairs.tsv", "--out", "pairs.tsv/run", ...small]), 1, /no folder/);
    expect(readFileSync(path("pairs.tsv"), "utf8")).toBe(pairs);
  });

  test("a full disk is one sentence; what was saved before stays whole", (context) => {
    const disk = path("disk");
    mkdirSync(disk);
    const run = (script: string) =>
      spawnSync("unshare", ["-Urm", "sh", "-c", `mount -t tmpfs -o size=64k tmpfs disk && ${script}`], {
        cwd: path(),
        encoding: "utf8",
      });
    if (run("true").status !== 0) {
      console.warn("NOT RUN: the full disk, for this system lets no small one be mounted (unshare -Urm).");
      context.skip();
    }
    const train = `"${process.execPath}" "${command}" train pairs.tsv --out disk/run ${small.join(" ")}`;
    const result = run(
      `{ ${train}; code=$?; ls -R disk/run; "${process.execPath}" "${command}" predict disk/run/model.safetensors pairs.tsv > /dev/null || exit 99; exit $code; }`,
    );
    expect(result.stderr).toMatch(/write disk\/run\/\S+: .+ got a full disk\. Free some space/);
    expect(result.stderr).not.toMatch(/^\s+at /m);
    expect(result.stdout).not.toMatch(/\.part/);
    expect(result.status).toBe(1);
  });

  test("a full standard output is one sentence", () => {
    const line = `"${process.execPath}" "${command}" predict ${model} pairs.tsv > /dev/full`;
    const result = spawnSync("sh", ["-c", line], { cwd: path(), encoding: "utf8" });
    expectSentence(result, 1, /standard output: .+ a full disk/);
  });
});

describe("files beside the pairs", () => {
  const links = words.map((word) => [...word].map((_, i) => `${i}-${word.length - 1 - i}`).join(" "));
  const vectors = `3 11\n${["a", "b", "z"].map((letter, i) => `${letter}${" 0.5".repeat(10)} ${i}`).join("\n")}\n`;

  test("alignments and vectors are read from where the recipe says, and the run's own recipe finds them", () => {
    file("links.align", `${links.join("\n")}\n`);
    file("letters.vec.gz", gzipSync(vectors));
    file(
      "beside.yaml",
      `name: beside
data: { train: pairs.tsv, alignments: links.align }
source: { tokenizer: chars }
target: { tokenizer: chars }
model: { copy: true, attention: { guided: 0.5 }, pretrained: { source: letters.vec.gz, freeze: true } }
`,
    );
    const trained = tandem(["train", "beside.yaml", ...small]);
    expect(trained.status, trained.stderr).toBe(0);
    expect(trained.stderr).toContain("pretrained: 2 of 7 source words have a vector, frozen");
    const [start] = readFileSync(path("runs/beside/log.jsonl"), "utf8").split("\n");
    expect(JSON.parse(start!).pretrained).toEqual({ source: { covered: 2, words: 7 } });
    const again = tandem(["train", "runs/beside/recipe.yaml", "--out", "runs/again"]);
    expect(again.status, again.stderr).toBe(0);
    expect(checksum("runs/again/model.safetensors")).toBe(checksum("runs/beside/model.safetensors"));
    expect(readFileSync(path("runs/beside/model.safetensors")).includes("letters.vec")).toBe(false);
    expect(tandem(["inspect", "runs/beside"]).stdout).toContain("scaled-dot, copies from the source");
    const wide = tandem(["train", "beside.yaml", "--set", "model.embeddingSize=64"]);
    expectSentence(
      wide,
      1,
      /letters\.vec\.gz: expected vectors of 64 numbers, as model\.embeddingSize is, got 11\. Set/,
    );
  });

  test("alignments that nothing follows are said to be so", () => {
    file(
      "beside-unguided.yaml",
      "data: { train: pairs.tsv, alignments: links.align }\nsource: { tokenizer: chars }\ntarget: { tokenizer: chars }\n",
    );
    const { stderr, status } = tandem(["train", "beside-unguided.yaml", ...small]);
    expect(status, stderr).toBe(0);
    expect(stderr).toContain("note: alignments are given and nothing follows them. Set model.attention.guided");
  });
});

describe("interrupted", () => {
  const long = [...set(...smallModel, "train.epochs=3", "train.batchSize=1", "train.dropout=0.2"), "--seed", "3"];

  test("on the way and resumed, it ends with the same bits", async () => {
    file("many.tsv", pairs.repeat(30));
    const whole = tandem(["train", "many.tsv", "--out", "whole", ...long]);
    expect(whole.status, whole.stderr).toBe(0);

    const child = spawn(process.execPath, [command, "train", "many.tsv", ...long, "--json"], { cwd: path() });
    const events: { kind: string; epoch: number; step: number }[] = [];
    let killed = false;
    for await (const line of createInterface({ input: child.stdout })) {
      const event = JSON.parse(line);
      events.push(event);
      if (event.kind === "step" && event.epoch === 2 && !killed) killed = child.kill("SIGINT");
    }
    expect(await exitCode(child)).toBe(130);
    expect(events.at(-1)).toMatchObject({ kind: "end", outcome: "aborted" });
    const stepsAnEpoch = events.find((event) => event.kind === "epoch")!.step;
    expect(events.at(-1)!.step).toBeGreaterThan(stepsAnEpoch);
    expect(events.at(-1)!.step).toBeLessThan(3 * stepsAnEpoch);

    const resumed = tandem(["train", "many.tsv", ...long, "--resume"]);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(resumed.stderr).toMatch(/going on in runs\/many after \d+ steps/);
    expect(checksum("runs/many/model.safetensors")).toBe(checksum("whole/model.safetensors"));
    // A finished run has nothing left to do: the same again.
    expect(tandem(["train", "many.tsv", ...long, "--resume"]).status).toBe(0);
    expect(checksum("runs/many/model.safetensors")).toBe(checksum("whole/model.safetensors"));
  }, 120_000);

  test("says how to go on", async () => {
    const child = spawn(
      process.execPath,
      [command, "train", "pairs.tsv", "--out", "a b", ...long, ...set("train.epochs=5000")],
      {
        cwd: path(),
      },
    );
    let said = "";
    let killed = false;
    for await (const chunk of child.stderr) {
      said += chunk;
      if (said.includes("epoch 2/5000") && !killed) killed = child.kill("SIGTERM");
    }
    expect(await exitCode(child)).toBe(130);
    expect(said).toMatch(/Go on with:\n {2}tandem train pairs\.tsv --out 'a b' --set .+ --seed 3 --resume\n$/);
  });

  test("nothing to resume, or another recipe, is one sentence", () => {
    expectSentence(tandem(["train", "lines.tsv", "--resume"]), 1, /lines\.tsv: expected a file/);
    file("unseen.tsv", pairs);
    expectSentence(tandem(["train", "unseen.tsv", "--resume"]), 1, /expected a run in runs\/unseen, got none/);
    const before = checksum(model);
    expectSentence(tandem(["train", "pairs.tsv", "--resume", ...small]), 1, /another recipe/);
    expect(tandem(["train", file("moved.tsv", pairs), ...small]).status).toBe(0);
    file("moved.tsv", `${pairs.trimEnd().split("\n").reverse().join("\n")}\n`);
    expectSentence(
      tandem(["train", "moved.tsv", ...small, "--resume"]),
      1,
      /expected moved\.tsv as it was when the run began, got other content/,
    );
    expect(checksum(model)).toBe(before);
  });
});

describe("bad input is one sentence", () => {
  const recipe = (name: string, text: string) => tandem(["train", file(name, text)]);
  const data = (name: string, content: string | Uint8Array, ...more: string[]) =>
    tandem(["train", file(name, content), ...more]);

  afterAll(() => {
    const left = readdirSync(path("runs")).filter((name) => name.startsWith("bad"));
    expect(left).toEqual([]);
  });

  it.each([
    ["bad-yaml.yaml", "data: { train: [", 2, /recipe bad-yaml\.yaml:1:\d+: this is not YAML/],
    [
      "bad-key.yaml",
      "model:\n  encoder: { cel: gru }\n",
      2,
      /bad-key\.yaml:2:\d+: .*cel is no key; did you mean "cell"\?/,
    ],
    ["bad-type.yaml", "train: { epochs: many }\n", 2, /bad-type\.yaml:1:\d+: .*epochs/],
    ["bad-range.yaml", "train: { learningRate: 7 }\n", 2, /bad-range\.yaml:1:\d+: .*learningRate/],
    ["bad-empty.yaml", "", 2, /got an empty file/],
    ["bad-nodata.yaml", "name: x\n", 2, /data\.train: expected a file of pairs, got none/],
    ["bad-path.yaml", "data: { train: nowhere.tsv }\n", 1, /nowhere\.tsv: expected a file/],
  ])("%s", (name, text, status, sentence) => expectSentence(recipe(name, text), status, sentence));

  test("a missing recipe", () => expectSentence(tandem(["train", "bad.yaml"]), 1, /bad\.yaml: expected a file/));
  test("a wrong --set", () => {
    expectSentence(tandem(["train", "pairs.tsv", "--set", "train.epoch=3"]), 2, /did you mean "epochs"/);
    expectSentence(tandem(["train", "pairs.tsv", "--set", "train.epochs"]), 2, /expected path=value/);
  });

  const utf16 = new Uint8Array(Buffer.from(`\ufeff${pairs}`, "utf16le"));
  it.each<[string, string | Uint8Array, RegExp]>([
    ["bad-empty.tsv", "", /bad-empty\.tsv: expected at least one line .+ an empty file/],
    ["bad-utf16.tsv", utf16, /bad-utf16\.tsv: expected UTF-8 text, got UTF-16/],
    [
      "bad-utf8.tsv",
      Buffer.concat([Buffer.from("a\tb\nc\t"), Buffer.from([0xff, 0x0a])]),
      /bad-utf8\.tsv:2: expected UTF-8/,
    ],
    ["bad-columns.tsv", "a\tb\nc\td\ne\n", /bad-columns\.tsv:3: expected at least 2 columns/],
  ])("%s", (name, content, sentence) => expectSentence(data(name, content), 1, sentence));

  test("alignments: a line that is none, one that goes too far, too few lines, held out or not", () => {
    const recipeOf = (name: string, lines: string[]) => {
      file(`${name}.align`, `${lines.join("\n")}\n`);
      const text = `data: { train: pairs.tsv, alignments: ${name}.align, holdOut: 0.4 }\nmodel: { attention: { guided: 1 } }\n`;
      return tandem(["train", file(`${name}.yaml`, text), ...small]);
    };
    const lines = words.map(() => "0-0");
    for (const line of [3, 17, 29]) {
      const wrong = (text: string) => lines.map((link, i) => (i === line - 1 ? text : link));
      const place = `bad-links\\.align:${line}: expected an alignment`;
      expectSentence(recipeOf("bad-links", wrong("0:0")), 1, new RegExp(`${place} such as 0-0 1-2, got "0:0"`));
      expectSentence(
        recipeOf("bad-links", wrong("9-0")),
        1,
        new RegExp(`${place} of 1 source and 1 target tokens, got 9-0`),
      );
    }
    expectSentence(recipeOf("bad-links", lines.slice(1)), 1, /bad-links\.align: expected 40 lines, .*, got 39/);
  });

  test("a vocabulary of unknown words only", () =>
    expectSentence(
      data("bad-rare.tsv", pairs, ...set("source.minFrequency=100000")),
      1,
      /expected at least one token seen 100000 or more times/,
    ));

  test("models: missing, cut short, another format, newer", () => {
    const bytes = readFileSync(path(model));
    const { metadata, tensors } = readSafetensors(bytes, model);
    const newer = writeSafetensors({ metadata: new Map([...metadata, ["formatVersion", "99"]]), tensors });
    const foreign = writeSafetensors({ metadata: new Map(), tensors });
    const open = (name: string) => tandem(["predict", name, "pairs.tsv"]);
    expectSentence(open("nothing.safetensors"), 1, /nothing\.safetensors: expected a file/);
    expectSentence(open(file("half.safetensors", bytes.subarray(0, bytes.length / 2))), 1, /cut short/);
    expectSentence(open(file("head.safetensors", bytes.subarray(0, 100))), 1, /cut short/);
    expectSentence(open("pairs.tsv"), 1, /expected a safetensors file, got another format/);
    expectSentence(open(file("foreign.safetensors", foreign)), 1, /expected a Tandem model/);
    expectSentence(open(file("newer.safetensors", newer)), 1, /format version 2 or older, got 99\. Update/);
    expectSentence(tandem(["evaluate", "newer.safetensors", "pairs.tsv"]), 1, /format version 2 or older, got 99/);
  });

  test("a history is for the prompt", () => {
    const ask = (count: string) => tandem(["predict", model, "pairs.tsv", "--history", count]);
    expectSentence(ask("2"), 2, /--history 2: expected a prompt on a terminal, got pairs\.tsv\. Join the turns/);
    expect(ask("1.5").status).toBe(2);
    expect(ask("-1").stderr).toMatch(/Expected a whole number from 0 to 100/);
  });

  test("a run folder stands for its model", () => {
    mkdirSync(path("as-run"), { recursive: true });
    copyFileSync(path(model), path("as-run", "model.safetensors"));
    const input = "abc\n";
    expect(tandem(["predict", "as-run"], input).stdout).toBe(tandem(["predict", model], input).stdout);
    expectSentence(tandem(["predict", "."], input), 1, /model\.safetensors: expected a file/);
  });

  test("text to predict: missing, a folder, not UTF-8 with its line", () => {
    expectSentence(tandem(["predict", model, "nothing.txt"]), 1, /nothing\.txt: expected a file/);
    expectSentence(tandem(["predict", model, "."]), 1, /got a folder/);
    const broken = Buffer.concat([Buffer.from("ab\n".repeat(40_000)), Buffer.from([0xff, 0x0a])]);
    const result = tandem(["predict", model], broken);
    expect(result.stderr).toMatch(/^\(standard input\):40001: expected UTF-8/);
    expect(result.status).toBe(1);
  });

  test("used wrongly: exit code 2 and the proposal", () => {
    for (const [args, said] of [
      [["evaluate", model, "pairs.tsv", "--metrics", "blue"], /did you mean bleu\?/],
      [["evaluate", model, "pairs.tsv", "--columns", "1,2"], /source=0,target=1/],
      [["evaluate", model, "pairs.tsv", "--tokenize", "14a"], /13a, intl, zh, char, none/],
      [["compare", "a.txt", "b.txt"], /missing required argument/],
      [["compare", "a.txt", "b.txt", "c.txt", "--metric", "ppl"], /"ppl" is no metric/],
      [["compare", "a.txt", "b.txt", "c.txt", "--samples", "0"], /whole number from 1/],
      [["predict", model, "--attention", "map.png"], /\.html, \.svg, \.json or \.tsv/],
      [["predict", model, "--beam", "many"], /Expected a number/],
      [["predict", model, "--beam", "0"], /beamSize: expected a whole number from 1 to 256, got 0/],
      [["predict", model, "--temperature", "2"], /temperature: expected sample: true beside it/],
      [["predict", model, "--max-length", "x2"], /such as 1\.5x\+3/],
      [["predict", model, "--weights"], /--weights: expected --format jsonl/],
      [["train", "pairs.tsv", "--seed", "-1"], /whole number/],
      [["train", "pairs.tsv", "--backend", "cuda"], /wasm, reference/],
      [["train", "pairs.tsv", "--outt", "x"], /Did you mean --out/],
      [["trian"], /Did you mean train/],
      [["train"], /missing required argument/],
      [[], /Usage: tandem/],
    ] as const) {
      const result = tandem([...args]);
      expect(result.stderr).toMatch(said);
      expect(result.status).toBe(2);
    }
  });
});

test("doctor, --help and --version", () => {
  const doctor = tandem(["doctor"]);
  expect(doctor.stdout).toMatch(new RegExp(`^backend +${fastest}$`, "m"));
  expect(doctor.stdout).toMatch(/^speed +[\d.]+ GFLOP\/s/m);
  expect(doctor.status).toBe(0);
  const help = tandem(["--help"]);
  for (const name of ["train", "predict|translate", "evaluate", "doctor", "build-native"])
    expect(help.stdout).toContain(name);
  expect(help.status).toBe(0);
  expect(tandem(["--version"]).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
