// The command as a process; its questions by keys in a stream.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { commandIn, expectSentence, set } from "../../test/support/command.js";
import { parseRecipe } from "../recipe/index.js";
import { displayWidth } from "../view/display-width.js";
import { askForRecipe } from "./init-questions.js";

const { path, file, tandem } = commandIn("init");
const letters = [..."abcdefg"];
const word = (i: number) => [i % 7, (i * 3) % 5, (i * i) % 7, i % 3].map((l) => letters[l]).join("");
const reversed = (text: string) => [...text].reverse().join("");
const words = Array.from({ length: 120 }, (_, i) => word(i));
const pairs = words.map((one) => `${one}\t${reversed(one)}\n`).join("");
const recipeAt = (name: string) => parseRecipe(readFileSync(path(name), "utf8"), name);

beforeAll(() => {
  mkdirSync(path("data"));
  file("data/train.tsv", pairs);
  file(
    "data/dev.tsv",
    words
      .slice(0, 9)
      .map((one) => `${one}x\tx${reversed(one)}\n`)
      .join(""),
  );
});

describe("tandem init", () => {
  test("writes a recipe that passes the check and trains, with the dev file beside the train file", () => {
    const result = tandem(["init", "data/train.tsv"]);
    expect(result.status, result.stderr).toBe(0);
    expect(result.stdout).toMatch(/^data\/train\.tsv: 120 pairs, columns 0 → 1; language: source auto, target auto\n/);
    expect(result.stdout).toMatch(/^dev: data\/dev\.tsv\nWrote recipe\.yaml\. Next:$/m);
    expect(recipeAt("recipe.yaml").data).toMatchObject({ train: "data/train.tsv", dev: "data/dev.tsv" });
    const check = tandem(["check", "recipe.yaml", "--no-trial"]);
    expect(check.status, check.stdout + check.stderr).toBe(0);
    const small = set("train.epochs=1", "model.encoder.hiddenSize=8", "model.decoder.hiddenSize=8");
    const trained = tandem(["train", "recipe.yaml", "--out", "trained", ...small]);
    expect(trained.status, trained.stderr).toBe(0);
    expect(existsSync(path("trained/report.html"))).toBe(true);
  });

  test("overwrites nothing", () => {
    file("mine.yaml", "mine");
    expectSentence(
      tandem(["init", "data/train.tsv", "--out", "mine.yaml"]),
      1,
      /^init: expected a new file, got mine\.yaml, which exists\./,
    );
    expect(readFileSync(path("mine.yaml"), "utf8")).toBe("mine");
  });

  test("takes what it is told, from another folder, and JSON Lines, packed ones too", () => {
    const told = ["--task", "translate", "--columns", "source=1,target=0", "--target-language", "tr", "--name", "mine"];
    expect(tandem(["init", "data/train.tsv", "--out", "data/told.yaml", ...told]).status).toBe(0);
    const recipe = recipeAt("data/told.yaml");
    expect(recipe).toMatchObject({
      name: "mine",
      target: { language: "tr" },
      data: { train: "train.tsv", dev: "dev.tsv" },
    });
    expect(recipe.data.columns).toMatchObject({ source: 1, target: 0 });
    file(
      "p.jsonl.gz",
      gzipSync(words.map((one) => `${JSON.stringify({ n: 1, de: one, fr: reversed(one) })}\n`).join("")),
    );
    expect(tandem(["init", "p.jsonl.gz", "--out", "json.yaml"]).status).toBe(0);
    expect(recipeAt("json.yaml").data.columns).toMatchObject({ source: "de", target: "fr" });
    expect(tandem(["check", "json.yaml", "--no-trial"]).stderr).toBe("");
  });

  test("a first line of names says which columns they are, and that it should go", () => {
    file("headed.tsv", `ID\tTarget\tSource\n${words.map((one, i) => `${i}\t${reversed(one)}\t${one}\n`).join("")}`);
    const { stdout } = tandem(["init", "headed.tsv", "--out", "headed.yaml"]);
    expect(stdout).toMatch(/^headed\.tsv: 120 pairs, columns 2 → 1;/);
    expect(stdout).toMatch(/^warning: line 1, "ID → Target → Source", looks like the names of/m);
    for (const line of stdout.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(80);
    expect(recipeAt("headed.yaml").data.columns).toMatchObject({ source: 2, target: 1 });
    expect(tandem(["check", "headed.yaml", "--no-trial"]).stdout).toMatch(
      /^warning {2}The first line of a file looks like the names of its columns[\s\S]+headed\.tsv:1 {2}Source → Target\n {9}Remove that line/m,
    );
    expect(tandem(["init", "data/train.tsv", "--out", "plain.yaml"]).stdout).not.toContain("names of columns");
  });

  test("one column is lines, with targets beside it pairs", () => {
    file("lines.txt", words.map((one) => `${one} ${reversed(one)}\n`).join(""));
    file("targets.txt", words.map((one) => `${reversed(one)} ${one}\n`).join(""));
    expect(tandem(["init", "lines.txt", "--out", "lines.yaml"]).stdout).toMatch(
      /^task: language-model, for there is one column/m,
    );
    expect(recipeAt("lines.yaml")).toMatchObject({ task: "language-model", data: { columns: { target: 0 } } });
    expect(tandem(["init", "lines.txt", "--target", "targets.txt", "--out", "parallel.yaml"]).status).toBe(0);
    expect(recipeAt("parallel.yaml").data.train).toEqual({ source: "lines.txt", target: "targets.txt" });
    expectSentence(
      tandem(["init", "lines.txt", "--task", "translate", "--out", "no.yaml"]),
      1,
      /^lines\.txt: expected two columns for translate, got 1 in line 1\./,
    );
  });

  test("what it cannot read is one sentence, and nothing is written", () => {
    expectSentence(tandem(["init", "nowhere.tsv", "--out", "no.yaml"]), 1, /^nowhere\.tsv: expected a file/);
    expectSentence(
      tandem(["init", file("a.csv", "a,b\n"), "--out", "no.yaml"]),
      1,
      /^a\.csv: expected TSV or JSON Lines, got commas\./,
    );
    expectSentence(tandem(["init"]), 2, /^init: expected a file of examples, got none and no terminal to ask at\./);
    expect(existsSync(path("no.yaml"))).toBe(false);
  });
});

describe("its questions", () => {
  /** Types each answer when its question has been shown. */
  async function answer(...answers: [question: RegExp, keys: string][]): Promise<string> {
    const [input, output] = [new PassThrough(), new PassThrough()];
    Object.assign(input, { isTTY: true, setRawMode: () => input });
    let shown = "";
    output.on("data", (chunk) => {
      shown += chunk;
      const [next] = answers;
      if (!next?.[0].test(shown)) return;
      answers.shift();
      shown = "";
      for (const [i, key] of [...next[1], "\r"].entries()) setTimeout(() => input.write(key), 20 * (i + 1));
    });
    let all = "";
    output.on("data", (chunk) => (all += chunk));
    await askForRecipe({}, { input, output });
    expect(answers).toEqual([]);
    return all;
  }

  test("are asked one after another, and lead to the same recipe", async () => {
    const out = path("asked.yaml");
    const shown = await answer(
      [/File of examples/, path("data/train.tsv")],
      [/What is to be learned/, ""],
      [/The recipe/, `${"\u0008".repeat(11)}${out}`],
    );
    expect(shown).toContain("tandem check");
    expect(parseRecipe(readFileSync(out, "utf8"), out).data.train).toBe("data/train.tsv");
  });
});
