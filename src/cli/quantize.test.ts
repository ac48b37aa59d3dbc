// tandem quantize as a process, on a small model that reverses words.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const command = join(root, "dist/cli/main.js");
let folder: string;

const tandem = (args: string[], input = "") =>
  spawnSync(process.execPath, [command, ...args], { cwd: folder, input, encoding: "utf8" });
const bytes = (name: string) => readFileSync(join(folder, name));
function expectSentence(result: ReturnType<typeof tandem>, sentence: RegExp) {
  expect(result.stderr).toMatch(sentence);
  expect(result.stderr.trimEnd().split("\n"), result.stderr).toHaveLength(1);
  expect(result.status).toBe(1);
  expect(result.stdout).toBe("");
}

const words = Array.from({ length: 60 }, (_, i) => [i % 7, (i * 3) % 5, (i * i) % 7].map((l) => "abcdefg"[l]).join(""));

beforeAll(() => {
  spawnSync(process.execPath, [join(root, "scripts/build.js"), "--quiet"]);
  folder = mkdtempSync(join(tmpdir(), "tandem-quantize-"));
  writeFileSync(join(folder, "pairs.tsv"), words.map((word) => `${word}\t${[...word].reverse().join("")}\n`).join(""));
  const overrides = ["train.epochs=30", "train.batchSize=8", "train.learningRate=0.01"];
  const trained = tandem(["train", "pairs.tsv", "--out", "run", ...overrides.flatMap((path) => ["--set", path])]);
  expect(trained.status, trained.stderr).toBe(0);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("writes a file a quarter of the size beside the model, which every command takes", () => {
  const { stdout, stderr, status } = tandem(["quantize", "run"]);
  expect(status, stderr).toBe(0);
  const [before, after] = ["model", "model.int8"].map((name) => statSync(join(folder, `run/${name}.safetensors`)).size);
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
    /expected float32 weights, got int8 ones\. It is quantized/,
  );
  expect(existsSync(join(folder, "small.int8.safetensors"))).toBe(false);
  expectSentence(tandem(["quantize", "pairs.tsv"]), /pairs\.tsv: expected a safetensors file/);
  expectSentence(tandem(["quantize", "nothing.safetensors"]), /nothing\.safetensors: expected a file/);
  const before = bytes("pairs.tsv");
  expectSentence(
    tandem(["quantize", "run", "--out", "pairs.tsv"]),
    /expected a new file, got pairs\.tsv, which is there/,
  );
  expect(bytes("pairs.tsv").equals(before)).toBe(true);
  expectSentence(tandem(["quantize", "run", "--out", "no/such.safetensors"]), /got no folder no\. Create it first/);
});
