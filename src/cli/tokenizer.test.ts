import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { commandIn } from "../../test/support/command.js";

const { path, file, tandem } = commandIn("tokenizer");

const read = (name: string) => readFileSync(path(name), "utf8");

const text = "der kleine Hund läuft\nein kleiner Hund, eine kleine Katze\n我爱学习 学习\nläuft\n";
const odd = "\n  two  spaces\nkleine 我爱学习!\nx\u0301 ☃ �\n";

beforeAll(() => {
  file("text.txt", text);
  const trained = tandem(["tokenizer", "train", "text.txt", "--out", "tokenizer.json", "--vocab-size", "60"]);
  expect(trained.status, trained.stderr).toBe(0);
  expect(trained.stderr).toMatch(/^tokenizer\.json: \d+ tokens, \d+ merges, from 4 lines\n$/);
}, 120_000);

describe("tandem tokenizer", () => {
  test("cuts line for line and joins them again", () => {
    const encoded = tandem(["tokenizer", "encode", "tokenizer.json"], odd);
    expect(encoded.status, encoded.stderr).toBe(0);
    expect(encoded.stdout.split("\n")[2]).toMatch(/^▁kleine ▁ 我/);
    expect(tandem(["tokenizer", "decode", "tokenizer.json", "-"], encoded.stdout).stdout).toBe(odd.normalize("NFC"));
    const ids = tandem(["tokenizer", "encode", "tokenizer.json", "text.txt", "--ids"]);
    expect(ids.stdout).toMatch(/^(\d+( \d+)*\n){4}$/);
    expect(tandem(["tokenizer", "decode", "tokenizer.json", "--ids"], ids.stdout).stdout).toBe(text);
  });

  test("knows bytes, normalization and lower case, and reads standard input", () => {
    const bytes = ["tokenizer", "train", "-", "--out", "bytes.json", "--kind", "bytes"];
    const trained = tandem([...bytes, "--lowercase", "--normalization", "NFKC"], text);
    expect(trained.status, trained.stderr).toBe(0);
    const encoded = tandem(["tokenizer", "encode", "bytes.json"], "Ａ ü\n").stdout;
    expect(encoded).toBe("a <0x20> <0xC3> <0xBC>\n");
    expect(tandem(["tokenizer", "decode", "bytes.json"], encoded).stdout).toBe("a ü\n");
  });

  test("the same text gives the same file", () => {
    tandem(["tokenizer", "train", "text.txt", "--out", "again.json", "--vocab-size", "60"]);
    expect(read("again.json")).toBe(read("tokenizer.json"));
  });

  test("what it cannot do is one sentence", () => {
    file("other.json", '{"model": {"type": "Unigram"}}');
    for (const [args, status, said] of [
      [
        ["encode", "text.txt"],
        1,
        /^tokenizer text\.txt: expected JSON, got something else\. Give a tokenizer\.json\.\n$/,
      ],
      [["encode", "absent.json"], 1, /^absent\.json: expected a file/],
      [["encode", "other.json"], 1, /expected normalizer to be one that tandem writes, got none/],
      [["train", "absent.txt", "--out", "x.json"], 1, /^absent\.txt: expected a file/],
      [["train", "text.txt", "--out", "no/such/x.json"], 1, /expected to be able to write, got no folder/],
      [["train", "text.txt"], 2, /required option '--out <file>'/],
      [["train", "text.txt", "--out", "x.json", "--vocab-size", "4"], 2, /whole number from 5 to 1000000/],
      [["train", "text.txt", "--out", "x.json", "--character-coverage", "2"], 2, /number from 0\.5 to 1/],
      [["train", "text.txt", "--out", "x.json", "--kind", "words"], 2, /Allowed choices are bpe, bytes/],
      [["trian"], 2, /Did you mean train\?/],
    ] as const) {
      const result = tandem(["tokenizer", ...args], "a\n");
      expect(result.stderr).toMatch(said);
      expect(result.stderr).not.toMatch(/^\s+at /m);
      expect(result.status).toBe(status);
    }
    const stray = tandem(["tokenizer", "decode", "tokenizer.json", "--ids"], "5 99999\n");
    expect(stray.stderr).toMatch(/expected ids from 0 to \d+ of tokenizer\.json, got "99999"/);
  });
});

test("a recipe names its file, relative to itself, and the run's recipe does too", () => {
  file(
    "pairs.tsv",
    text
      .trimEnd()
      .split("\n")
      .map((line) => `${line}\t${line}\n`)
      .join("")
      .repeat(4),
  );
  const side = "{ tokenizer: bpe, tokenizerFile: tokenizer.json, bpeDropout: 0.1 }";
  const sizes = "model: { embeddingSize: 7, encoder: { hiddenSize: 5 }, decoder: { hiddenSize: 11 } }";
  file(
    "copy.yaml",
    `data: { train: pairs.tsv }\nsource: ${side}\ntarget: ${side}\njointVocabulary: true\n${sizes}\ntrain: { epochs: 2 }\n`,
  );
  const trained = tandem(["train", "copy.yaml", "--out", "runs/deep/copy"]);
  expect(trained.status, trained.stderr).toBe(0);
  expect(read("runs/deep/copy/recipe.yaml")).toContain("tokenizerFile: ../../../tokenizer.json");
  const again = tandem(["train", "runs/deep/copy/recipe.yaml", "--out", "again"]);
  expect(again.status, again.stderr).toBe(0);
  const checksum = (run: string) =>
    createHash("sha256")
      .update(readFileSync(path(run, "model.safetensors")))
      .digest("hex");
  expect(checksum("again")).toBe(checksum("runs/deep/copy"));
  rmSync(path("tokenizer.json"));
  const absent = tandem(["train", "copy.yaml", "--out", "third"]);
  expect(absent.stderr).toMatch(/tokenizer\.json: expected a file/);
  expect(absent.status).toBe(1);
});
