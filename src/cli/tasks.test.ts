import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { commandIn, expectSentence, set } from "../../test/support/command.js";
import { parseTags } from "../../test/support/markup.js";
import { displayWidth } from "../view/display-width.js";

const { path, file, tandem } = commandIn("tasks");

const words = [..."abcdefg"];
const line = (i: number) => [words[i % 7], words[Math.floor(i / 7)], words[(i * 3 + 1) % 7]].join(" ");
/** Which of the first words it begins with; each token in capitals; lines alone. */
const classes = Array.from(
  { length: 49 },
  (_, i) => `${line(i)}\t${"abc".includes(words[i % 7]!) ? "early" : "late"}\n`,
);
const tags = Array.from({ length: 49 }, (_, i) => `${line(i)}\t${line(i).toUpperCase()}\n`);
const lines = Array.from({ length: 49 }, (_, i) => `${line(i)}\n`);

const schedule = set("train.epochs=12", "train.batchSize=4", "train.learningRate=0.02", "model.embeddingSize=11");

beforeAll(() => {
  const train = (name: string, content: readonly string[], ...options: string[]) => {
    file(`${name}.tsv`, content.join(""));
    const trained = tandem(["train", `${name}.tsv`, "--out", name, ...schedule, ...set(...options)]);
    expect(trained.status, trained.stderr).toBe(0);
    return trained.stderr;
  };
  const source = "source.tokenizer=whitespace";
  const encoder = "model.encoder.hiddenSize=12";
  const said = train("kinds", classes, "task=classify", source, encoder, "model.encoder.summary=attention");
  expect(said).toMatch(/^kinds: \d+ pairs, \d+ for dev · vocabulary 11 → 2 labels · /);
  expect(said).toMatch(
    /epoch 12\/12 {2}(?:train )?loss [\d.]+ {2}dev ppl [\d.]+ {2}accuracy [\d.]+ ?% {2}f1 [\d.]+ ?%/,
  );
  train("tags", tags, "task=tag", source, "target.tokenizer=whitespace", encoder);
  train("lines", lines, "task=language-model", "target.tokenizer=whitespace", "model.decoder.hiddenSize=24");
}, 120_000);

describe("predict", () => {
  test("a label a line: as text, TSV and JSON with every probability and the reason", () => {
    expect(tandem(["predict", "kinds"], "a b c\n\ng a b\n").stdout).toBe("early\n\nlate\n");
    expect(tandem(["predict", "kinds", "--format", "tsv"], "a b c\n\n").stdout).toMatch(
      /^a b c\tearly\t[01]\.\d{4}\n\t\t\n$/,
    );
    const json = tandem(["predict", "kinds", "--format", "jsonl", "--reason", "gradient"], "a b 世\n").stdout;
    const { label, probabilities, unknown, reason } = JSON.parse(json);
    expect([label, probabilities.length, unknown]).toEqual(["early", 2, ["世"]]);
    expect(reason).toMatchObject({ by: "gradient", tokens: ["a", "b", "世", "</s>"] });
    expect(JSON.parse(tandem(["predict", "kinds", "--format", "jsonl"], "a\n").stdout).reason.by).toBe("attention");
    expect(JSON.parse(tandem(["predict", "kinds", "--format", "jsonl"], "\n").stdout)).toEqual({
      source: "",
      label: null,
    });
  });

  test("the tags of a line, and each token with its tag", () => {
    expect(tandem(["predict", "tags"], "a b c\n\ng\n").stdout).toBe("A B C\n\nG\n");
    expect(tandem(["predict", "tags", "--format", "tsv"], "a b\n").stdout).toMatch(
      /^a b\tA B\t[01]\.\d{4} [01]\.\d{4}\n$/,
    );
    const { text, tokens } = JSON.parse(tandem(["predict", "tags", "--format", "jsonl"], "a b\n").stdout);
    expect([text, tokens[1].token, tokens[1].tag]).toEqual(["A B", "b", "B"]);
  });

  test("lines from beginnings, and so many from nothing", () => {
    const known = new Set(lines.map((one) => one.trimEnd()));
    const drawn = tandem(["predict", "lines", "--count", "6", "--seed", "5", "--temperature", "0.7"]).stdout;
    expect(drawn.trimEnd().split("\n")).toHaveLength(6);
    expect(new Set(drawn.trimEnd().split("\n")).size).toBeGreaterThan(1);
    expect(tandem(["predict", "lines", "--count", "6", "--seed", "5", "--temperature", "0.7"]).stdout).toBe(drawn);
    // Empty lines are beginnings too: the same lines.
    expect(tandem(["predict", "lines", "--seed", "5", "--temperature", "0.7"], "\n".repeat(6)).stdout).toBe(drawn);
    const beams = tandem(["predict", "lines", "--beam", "4", "--nbest", "2"], "a b\nc\n").stdout.trimEnd().split("\n");
    expect(beams).toHaveLength(4);
    expect(beams[0]!.startsWith("a b")).toBe(true);
    expect(known.has(beams[2]!)).toBe(true);
    const json = JSON.parse(tandem(["predict", "lines", "--format", "jsonl", "--beam", "1"], "c\n").stdout);
    expect(json).toMatchObject({ prefix: "c", finished: true });
  });

  test("more equal beginnings than go into one group are drawn one by one", () => {
    const many = tandem(["predict", "lines"], "\n".repeat(200)).stdout.trimEnd().split("\n");
    expect(many).toHaveLength(200);
    expect(many.slice(64, 128)).not.toEqual(many.slice(0, 64));
  });

  test("refuses options of another task", () => {
    for (const [model, options, said] of [
      [
        "kinds",
        ["--beam", "3"],
        /--beam: expected a model of task translate or language-model, got one of task classify/,
      ],
      ["tags", ["--reason", "gradient"], /--reason: expected a model of task classify, got one of task tag/],
      ["lines", ["--prefix", "a"], /--prefix: expected a model of task translate, .* Give the beginnings as lines/],
      ["lines", ["--count", "2", "--coverage-penalty", "1"], /--coverage-penalty: expected a model of task translate/],
    ] as const)
      expectSentence(tandem(["predict", model, ...options], "a\n"), 2, said);
    expectSentence(
      tandem(["predict", "kinds,tags"], "a\n"),
      1,
      /ensemble kinds,tags: expected models of task translate/,
    );
    expectSentence(tandem(["predict", "lines", "lines.tsv", "--count", "2"]), 2, /--count: expected no file beside it/);
  });
});

describe("evaluate", () => {
  const measured = (model: string) => JSON.parse(tandem(["evaluate", model, `${model}.tsv`, "--json"]).stdout);

  test("each task by its own measures", () => {
    const kinds = measured("kinds");
    expect(Object.keys(kinds)).toEqual(["accuracy", "f1", "ppl", "count", "confusion"]);
    expect(kinds.accuracy).toBeGreaterThan(90);
    const { labels, counts } = kinds.confusion;
    expect(labels).toEqual(["early", "late"]);
    expect(counts.flat().reduce((sum: number, count: number) => sum + count)).toBe(49);
    expect(Object.keys(measured("tags"))).toEqual(["accuracy", "exact", "f1", "ppl", "count", "confusion"]);
    expect(Object.keys(measured("lines"))).toEqual(["ppl", "count"]);
    expect(tandem(["evaluate", "kinds", "kinds.tsv"]).stdout).toContain("expected ↓ got →");
  });

  test("a label unseen in training, and measures of other tasks, are one sentence", () => {
    file("unseen.tsv", "a b c\tearly\n\nb\tnever\n");
    const sentence = /^unseen\.tsv:3: expected a label of the training data, "early", "late", got "never"\. /;
    expectSentence(tandem(["evaluate", "kinds", "unseen.tsv"]), 1, sentence);
    expectSentence(
      tandem(["evaluate", "kinds", "kinds.tsv", "--metrics", "bleu"]),
      2,
      /bleu is no metric of task classify/,
    );
    expectSentence(
      tandem(["evaluate", "tags", "tags.tsv", "--tokenize", "zh"]),
      2,
      /--tokenize: expected a model of task/,
    );
    file("uneven.tsv", "a b c\tA B\n");
    expectSentence(
      tandem(["train", "uneven.tsv", "--out", "uneven", ...set("task=tag", "source.tokenizer=whitespace")]),
      1,
      /uneven\.tsv:1: expected a tag for each token, got 3 tokens and 2 tags\./,
    );
  });
});

describe("explain, inspect, encode", () => {
  test.each(["kinds", "tags", "lines"])("%s: every stage within 80 columns, as a page, as JSON", (model) => {
    const { stdout, status, stderr } = tandem(["explain", model, "a", "b", "世"]);
    expect(status, stderr).toBe(0);
    for (const row of stdout.split("\n")) expect(displayWidth(row)).toBeLessThanOrEqual(80);
    expect(stdout).toContain("〔世〕");
    expect(stdout).toContain({ kinds: "→ early", tags: "→ A B ", lines: "perplexity " }[model]);
    const trace = JSON.parse(tandem(["explain", model, "a b 世", "--json", "--html", `${model}.html`]).stdout);
    expect(trace.input).toBe("a b 世");
    const page = readFileSync(path(`${model}.html`), "utf8");
    expect(parseTags(page).filter(({ name }) => name === "section").length).toBeGreaterThan(1);
  });

  test("inspect shows the parts that the task has", () => {
    const kinds = tandem(["inspect", "kinds"]).stdout;
    expect(kinds).toMatch(/task classify/);
    expect(kinds).toMatch(/summary +attention/);
    expect(kinds).toMatch(/Labels: 2\nearly {2}late/);
    expect(kinds).not.toMatch(/Vocabulary of the target|^decoder/m);
    const poet = JSON.parse(tandem(["inspect", "lines", "--json"]).stdout);
    expect(Object.keys(poet.vocabularies)).toEqual(["target"]);
    expect(poet.history.longestLine).toBe(3);
  });

  test("encode gives c, of a model that reads", () => {
    expect(JSON.parse(tandem(["encode", "kinds"], "a b\n").stdout)).toHaveLength(24);
    expectSentence(tandem(["encode", "lines"], "a\n"), 2, /encode lines: expected a model with an encoder/);
  });
});
