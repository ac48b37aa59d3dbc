import { existsSync, readFileSync, statSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { commandIn, expectSentence } from "../../test/support/command.js";

const { path, file, tandem } = commandIn("quantize");

const bytes = (name: string) => readFileSync(path(name));

const words = Array.from({ length: 60 }, (_, i) => [i % 7, (i * 3) % 5, (i * i) % 7].map((l) => "abcdefg"[l]).join(""));

beforeAll(() => {
  file("pairs.tsv", words.map((word) => `${word}\t${[...word].reverse().join("")}\n`).join(""));
  const overrides = ["train.epochs=30", "train.batchSize=8", "train.learningRate=0.01"];
  const trained = tandem(["train", "pairs.tsv", "--out", "run", ...overrides.flatMap((path) => ["--set", path])]);
  expect(trained.status, trained.stderr).toBe(0);
}, 120_000);

test("writes a file a quarter of the size beside the model, which every command takes", () => {
  const { stdout, stderr, status } = tandem(["quantize", "run"]);
  expect(status, stderr).toBe(0);
  const [before, after] = ["model", "model.int8"].map((name) => statSync(path(`run/${name}.safetensors`)).size);
  expect(after! / before!).toBeLessThan(0.3);
  expect(stdout).toMatch(/^run\/model\.int8\.safetensors: \d+\.\d kB, \d\d % of \d+\.\d kB\n$/);

  const input = `${words.join("\n")}\n`;
  const small = "run/model.int8.safetensors";
  const [large, light] = ["run", small].map((model) => tandem(["predict", model], input).stdout.split("\n"));
  expect(light).toHaveLength(words.length + 1);
  const same = light!.filter((line, i) => line === large![i]).length;
  expect(same / light!.length).toBeGreaterThan(0.95);
  expect(JSON.parse(tandem(["evaluate", small, "pairs.tsv", "--json"]).stdout).exact).toBeGreaterThan(90);
  expect(tandem(["encode", small], "abc\n").stdout).toMatch(/^\[/);
  expect(tandem(["explain", small, "abc"]).status).toBe(0);

  const facts = JSON.parse(tandem(["inspect", small, "--json"]).stdout);
  expect([facts.formatVersion, facts.weights]).toEqual([2, "int8"]);
  expect(facts.parameterCount).toBe(JSON.parse(tandem(["inspect", "run", "--json"]).stdout).parameterCount);
  expect(tandem(["inspect", small]).stdout).toMatch(/^weights +int8/m);
  expect(tandem(["inspect", "run"]).stdout).not.toMatch(/^weights/m);
});

test("where it is told, with the same bytes each time", () => {
  expect(tandem(["quantize", "run/model.safetensors", "--out", "a.safetensors"]).status).toBe(0);
  expect(tandem(["quantize", "run", "--out", "b.safetensors"]).status).toBe(0);
  expect(bytes("a.safetensors").equals(bytes("b.safetensors"))).toBe(true);
});

test("what is quantized, no model, or in the way is said in one sentence, and nothing is written", () => {
  tandem(["quantize", "run", "--out", "small.safetensors"]);
  expectSentence(
    tandem(["quantize", "small.safetensors"]),
    1,
    /expected float32 weights, got int8 ones\. It is quantized/,
  );
  expect(existsSync(path("small.int8.safetensors"))).toBe(false);
  expectSentence(tandem(["quantize", "pairs.tsv"]), 1, /pairs\.tsv: expected a safetensors file/);
  expectSentence(tandem(["quantize", "nothing.safetensors"]), 1, /nothing\.safetensors: expected a file/);
  const before = bytes("pairs.tsv");
  expectSentence(
    tandem(["quantize", "run", "--out", "pairs.tsv"]),
    1,
    /expected a new file, got pairs\.tsv, which is there/,
  );
  expect(bytes("pairs.tsv").equals(before)).toBe(true);
  expectSentence(tandem(["quantize", "run", "--out", "no/such.safetensors"]), 1, /got no folder no\. Create it first/);
});
