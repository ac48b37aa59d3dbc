// explain, inspect, encode and what predict shows and cuts, as processes: a model of two layers with three heads.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { command, commandIn, expectSentence } from "../../test/support/command.js";
import { parseTags } from "../../test/support/markup.js";
import { displayWidth } from "../view/display-width.js";

const { path, file, tandem } = commandIn("seeing");

const words = [..."abcdefg"];
const line = (i: number) => [words[i % 7], words[(i * 3 + 1) % 7], words[(i * i) % 7]].join(" ");
const pairs = Array.from({ length: 49 }, (_, i) => `${line(i)} !\t${line(i).toUpperCase()} !\n`).join("");

const read = (name: string) => readFileSync(path(name), "utf8");

beforeAll(() => {
  file("pairs.tsv", pairs);
  const train = (name: string, ...set: string[]) => {
    const all = [
      ...set,
      "model.embeddingSize=11",
      "model.encoder.hiddenSize=12",
      "train.epochs=3",
      "train.batchSize=8",
    ];
    const overrides = [...all, "source.tokenizer=whitespace", "target.tokenizer=whitespace"];
    const trained = tandem(["train", "pairs.tsv", "--out", name, ...overrides.flatMap((path) => ["--set", path])]);
    expect(trained.status, trained.stderr).toBe(0);
  };
  train(
    "heads",
    "model.decoder={ cell: lstm, hiddenSize: 18, layers: 2 }",
    "model.attention={ kind: multi-head, heads: 3 }",
  );
  train("blind", "model.attention.kind=none", "model.decoder={ hiddenSize: 18, context: every-step }");
}, 120_000);

describe("explain", () => {
  test.each(["heads", "blind"])("the terminal shows every stage within 80 columns: %s", (model) => {
    const { stdout, status, stderr } = tandem(["explain", model, "a", "b", "世"]);
    expect(status, stderr).toBe(0);
    for (const row of stdout.split("\n")) expect(displayWidth(row)).toBeLessThanOrEqual(80);
    expect(stdout).toContain("〔世〕");
    expect(stdout).not.toContain("\u001b");
    expect(stdout.includes("head 3 looks most")).toBe(model === "heads");
    expect(tandem(["explain", model, "a b 世"]).stdout).toBe(stdout);
  });

  test("a page, and the whole trace as JSON with the prediction that predict makes", () => {
    const result = tandem(["explain", "heads", "a b c", "--html", "explain.html", "--json"]);
    const trace = JSON.parse(result.stdout);
    expect(trace.output).toBe(tandem(["predict", "heads"], "a b c\n").stdout.trimEnd());
    expect(trace.steps[0].heads).toHaveLength(3);
    expect(trace.steps[0].layers[1].cell).toHaveLength(18);
    const page = read("explain.html");
    expect(parseTags(page).filter(({ name }) => name === "details").length).toBeGreaterThanOrEqual(trace.steps.length);
    expect(tandem(["explain", "heads", "a", "--html", "alone.html"]).stdout).toBe("");
    expect(existsSync(path("alone.html"))).toBe(true);
  });

  test("--beam adds what a beam kept and dropped, and has no place on the page", () => {
    const { stdout, status } = tandem(["explain", "heads", "a b c", "--beam", "2"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\n\nA beam of 2 .*\n\nStep 1\n {2}│ [\s\S]*\n\nOutputs, best first\n/);
    for (const row of stdout.split("\n")) expect(displayWidth(row)).toBeLessThanOrEqual(80);
    expect(JSON.parse(tandem(["explain", "heads", "a", "--beam", "2", "--json"]).stdout).beam.beamSize).toBe(2);
    const refused = tandem(["explain", "heads", "a", "--beam", "2", "--html", "beam.html"]);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      "--beam: expected the terminal or --json, got --html. The page shows the greedy prediction.\n",
    ]);
  });

  test("a long line is explained in one piece, and that is said", () => {
    const result = tandem(["explain", "heads", "a b c ! d e f !"]);
    expect(result.stderr).toBe(
      "note: the line has 8 tokens, more than the 4 of the longest the model was trained on; it is explained in one piece.\n",
    );
    expect(result.status).toBe(0);
  });

  test("bad input is one sentence", () => {
    expectSentence(tandem(["explain", "heads", "  "]), 1, /explain: expected some text, got an empty line/);
    expectSentence(tandem(["explain", "heads", "a\nb"]), 1, /expected one line of text, got several/);
    expectSentence(tandem(["explain", "nowhere", "a"]), 1, /nowhere: expected a file/);
    expectSentence(
      tandem(["explain", "heads", "a", "--html", "no/where.html"]),
      1,
      /write no\/where\.html: .+ no folder no/,
    );
    expect(tandem(["explain", "heads"]).status).toBe(2);
  });
});

describe("inspect", () => {
  test("prints parameters, vocabularies with their coverage, history and recipe, also of a file alone", () => {
    const run = tandem(["inspect", "heads"]).stdout;
    for (const row of run.split("\n")) expect(displayWidth(row)).toBeLessThanOrEqual(80);
    expect(run).toMatch(/^encoder\.embedding\.weight +12×11 +132 +[\d.]+ +−[\d.]+ +[\d.]+$/m);
    expect(run).toMatch(/^covers 100\.0 % of the training tokens$/m);
    expect(run).toMatch(/^ +3 +\d\.\d{4}$/m);
    expect(run).toMatch(/^train loss +█[▁-█]{2}$/m);
    expect(run).toMatch(/^ {4}kind: multi-head$/m);
    expect(run).toMatch(/format version \d/);
    writeFileSync(path("alone.safetensors"), readFileSync(path("heads/model.safetensors")));
    rmSync(path("log.jsonl"), { force: true });
    expect(tandem(["inspect", "alone.safetensors"]).stdout).not.toContain("covers");
  });

  test("--json says the same", () => {
    const facts = JSON.parse(tandem(["inspect", "heads", "--json"]).stdout);
    expect(facts.bytes).toBe(readFileSync(path("heads/model.safetensors")).length);
    const total = facts.parameters.reduce((sum: number, { count }: { count: number }) => sum + count, 0);
    expect(facts.parameterCount).toBe(total);
    expect(facts.vocabularies.source).toMatchObject({ tokenizer: "whitespace", size: 12, coverage: { training: 1 } });
    expect(facts.vocabularies.target.first).toContain("A");
    expect(facts.history).toMatchObject({ longestSource: 4, epochs: [{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }] });
    expect(facts).toMatchObject({ outcome: "finished", recipe: { model: { attention: { heads: 3 } } } });
  });

  test("bad input is one sentence", () => {
    expectSentence(tandem(["inspect", "pairs.tsv"]), 1, /expected a safetensors file/);
    expectSentence(tandem(["inspect", "."]), 1, /model\.safetensors: expected a file/);
    expect(tandem(["inspect", "heads", "--jsn"]).status).toBe(2);
  });
});

describe("encode", () => {
  test("a vector a line, in order; an empty line has an empty one; a line alone has the same", () => {
    const lines = ["a b", "", "世", ...Array.from({ length: 300 }, (_, i) => line(i)), "a b"];
    const vectors = tandem(["encode", "heads"], `${lines.join("\n")}\n`)
      .stdout.trimEnd()
      .split("\n");
    expect(vectors).toHaveLength(lines.length);
    expect(vectors[1]).toBe("[]");
    expect(JSON.parse(vectors[0]!)).toHaveLength(24);
    expect(vectors.at(-1)).toBe(vectors[0]);
    expect(tandem(["encode", "heads", file("one.txt", `${line(200)}\n`)]).stdout.trimEnd()).toBe(vectors[203]);
    const trace = JSON.parse(tandem(["explain", "heads", "a b", "--json"]).stdout);
    expect(JSON.parse(vectors[0]!).map(Math.fround)).toEqual(trace.code);
    const tsv = tandem(["encode", "heads", "--format", "tsv"], "a b\n\n").stdout;
    expect(tsv).toBe(`${JSON.parse(vectors[0]!).join("\t")}\n\n`);
  });

  test("bad input is one sentence", () => {
    expectSentence(tandem(["encode", "heads", "nothing.txt"]), 1, /nothing\.txt: expected a file/);
    expectSentence(tandem(["encode", "heads"], Buffer.from([0xff, 0x0a])), 1, /\(standard input\):1: expected UTF-8/);
    expect(tandem(["encode", "heads", "--format", "csv"]).status).toBe(2);
  });
});

describe("predict --attention", () => {
  test("alignments: links, weights, words, line and output; an empty line keeps its place", () => {
    const result = tandem(["predict", "heads", "--nbest", "2", "--attention", "links.tsv"], "a b !\n\nc d !\n");
    expect(result.status, result.stderr).toBe(0);
    const rows = read("links.tsv")
      .trimEnd()
      .split("\n")
      .map((row) => row.split("\t"));
    expect(rows.map(([, , , line, output]) => `${line} ${output}`)).toEqual(["1 1", "1 2", "2 1", "3 1", "3 2"]);
    expect(rows[2]!.slice(0, 3)).toEqual(["", "", ""]);
    const [translation] = tandem(["predict", "heads", "--format", "jsonl", "--weights"], "a b !\n").stdout.split("\n");
    const { rows: written, columns, weights } = JSON.parse(translation!).attention;
    const best = weights.map((row: number[]) => row.indexOf(Math.max(...row)));
    const links = best.flatMap((source: number, target: number) =>
      written[target] === "</s>" || columns[source] === "</s>" ? [] : [`${source}-${target}`],
    );
    const alone = tandem(["predict", "heads", "--attention", "one.tsv"], "a b !\n");
    expect(alone.status).toBe(0);
    expect(read("one.tsv").split("\t")[0]).toBe(links.join(" "));
  });

  test("every output and every head has its map, in JSON without a limit, on a page with one that is said", () => {
    const input = `${Array.from({ length: 30 }, (_, i) => line(i)).join("\n")}\n`;
    expect(tandem(["predict", "heads", "--nbest", "2", "--attention", "maps.json"], input).stderr).toBe("");
    const maps = JSON.parse(read("maps.json"));
    expect(maps).toHaveLength(30 * 2 * 4);
    expect(maps[7]).toMatchObject({ line: 1, output: 2, head: 3 });
    const mean = (cell: (map: { weights: number[][] }) => number) =>
      (cell(maps[1]) + cell(maps[2]) + cell(maps[3])) / 3;
    expect(maps[0].weights[0][1]).toBeCloseTo(
      mean(({ weights }) => weights[0]![1]!),
      5,
    );
    const page = tandem(["predict", "heads", "--nbest", "2", "--attention", "maps.html"], input);
    expect(page.stderr).toBe(
      "note: maps.html shows the first 50 maps of 240; --attention FILE.json or .tsv takes all.\n",
    );
    const tags = parseTags(read("maps.html"));
    expect(tags.filter(({ name }) => name === "svg")).toHaveLength(50);
    expect(read("maps.html")).toContain(", head 3 of 3</h2>");
    expect(tandem(["predict", "heads", "--attention", "map.svg"], "a\nb\n").stderr).toMatch(/the first map of 8/);
  });

  test("an unfinished file leaves nothing behind", () => {
    const result = tandem(["predict", "heads", "--attention", "broken.tsv"], Buffer.from([0x61, 0x0a, 0xff, 0x0a]));
    expect(result.status).toBe(1);
    expect(readdirSync(path()).filter((name) => name.startsWith("broken"))).toEqual([]);
    expectSentence(tandem(["predict", "heads", "--attention", "none.html"], ""), 1, /at least one line to draw/);
    expectSentence(tandem(["predict", "blind", "--attention", "x.tsv"], ""), 1, /expected a model with attention/);
  });
});

describe("long lines", () => {
  const long = "a b c ! d e f ! g";

  test("are cut into sentences, said once on standard error and in JSON Lines", () => {
    const result = tandem(["predict", "heads", "--format", "jsonl"], `${long}\na b !\n${long}\n`);
    expect(result.stderr).toMatch(/^note: lines of more than 4 tokens, .+ cut into sentences .+ --no-split .+\n$/);
    const [cut, short, again] = result.stdout
      .trimEnd()
      .split("\n")
      .map((text) => JSON.parse(text));
    expect([cut.split, short.split, again.split]).toEqual([3, undefined, 3]);
    const parts = tandem(["predict", "heads"], "a b c !\nd e f !\ng\n").stdout.trimEnd().split("\n");
    expect(cut.text).toBe(parts.filter(Boolean).join(" "));
    expect(cut.source).toBe(long);
  });

  test("--no-split leaves them whole and says nothing", () => {
    const result = tandem(["predict", "heads", "--no-split", "--format", "jsonl"], `${long}\n`);
    expect(result.stderr).toBe("");
    expect(JSON.parse(result.stdout)).not.toHaveProperty("split");
  });

  test("a line without an end is refused before it fills memory", async () => {
    const child = spawn(process.execPath, [command, "predict", "heads"], { cwd: path() });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    child.stdin.on("error", () => {});
    child.stdin.end(Buffer.alloc(3 << 20, "a"));
    const [status] = await once(child, "exit");
    expect(said).toMatch(/^\(standard input\):1: expected a line of at most 1048576 bytes, got a longer one/);
    expect(status).toBe(1);
  });
});

describe("evaluate --alignments", () => {
  test("compares where the references' tokens looked with gold links", () => {
    const gold = (links: string) => file("gold.txt", `${links}\n`.repeat(49));
    const evaluate = () =>
      JSON.parse(
        tandem(["evaluate", "heads", "pairs.tsv", "--metrics", "ppl", "--alignments", "gold.txt", "--json"]).stdout,
      );
    gold(Array.from({ length: 16 }, (_, i) => `${i >> 2}p${i % 4}`).join(" "));
    expect(evaluate()).toMatchObject({ aer: 0, alignmentPrecision: 100, alignmentRecall: 100, count: 49 });
    gold("0-0 1-1 2-2 3-3");
    const { aer, alignmentPrecision } = evaluate();
    expect(aer).toBeGreaterThan(0);
    expect(alignmentPrecision).toBeLessThanOrEqual(100);
    const table = tandem(["evaluate", "heads", "pairs.tsv", "--metrics", "ppl", "--alignments", "gold.txt"]).stdout;
    expect(table).toMatch(/aer +│ +\d+\.\d\d % │ alignment errors; precision/);
    for (const row of table.split("\n")) expect(row.length).toBeLessThanOrEqual(80);
  });

  test("bad gold is one sentence", () => {
    const evaluate = (name: string, model = "heads") =>
      tandem(["evaluate", model, "pairs.tsv", "--metrics", "ppl", "--alignments", name]);
    expectSentence(evaluate(file("few.txt", "0-0\n")), 1, /few\.txt: expected 49 lines, one for each pair, got 1/);
    expectSentence(evaluate(file("odd.txt", "0-0\n0:0\n".padEnd(2 * 49 + 6, "\n"))), 1, /odd\.txt/);
    expectSentence(
      evaluate(file("far.txt", "9-0\n".repeat(49))),
      1,
      /far\.txt:1: expected links of 4 source and 4 target/,
    );
    expectSentence(evaluate("few.txt", "blind"), 1, /expected a model with attention/);
  });
});
