import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../errors.js";
import { type Corpus, type CorpusOptions, corpusName, pathsOf, readCorpus } from "./corpus.js";
import type { Pair } from "./pairs.js";

/** Files in memory, whose bytes come in pieces of this size. */
const folder = (files: Readonly<Record<string, string | Uint8Array>>, pieceSize = 7) =>
  async function* (path: string) {
    const content = files[path];
    if (content === undefined) throw new DataError(`${path}: expected a file, got none.`);
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const plain = bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
    for (let start = 0; start < plain.length; start += pieceSize) yield plain.subarray(start, start + pieceSize);
  };

async function read(
  corpus: Corpus,
  files: Parameters<typeof folder>[0],
  options: Partial<CorpusOptions> = {},
  pieceSize?: number,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  const all = { columns: { source: 0, target: 1 }, ...options };
  for await (const some of readCorpus(corpus, all, folder(files, pieceSize))) pairs.push(...some);
  return pairs;
}

const text = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 13 })
  .map((line) => line.replace(/[\t\r\n]/gu, " "))
  .filter((line) => line.trim() !== "" && line.isWellFormed());

describe("readCorpus", () => {
  it("gives the same pairs from every format, packed or not, in pieces of any size, from one file or several", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(text, text), { minLength: 2, maxLength: 11 }),
        fc.integer({ min: 1, max: 40 }),
        async (pairs, pieceSize) => {
          const lines = (toLine: (pair: [string, string]) => string) =>
            pairs.map((pair) => `${toLine(pair)}\n`).join("");
          const tsv = lines(([source, target]) => `${source}\t${target}`);
          const half = Math.floor(pairs.length / 2);
          const files = {
            "a.tsv": tsv,
            "a.tsv.gz": gzipSync(tsv),
            "a.jsonl": lines(([source, target]) => JSON.stringify({ id: 7, target, source })),
            "named.ndjson": lines(([zh, en]) => JSON.stringify({ en, zh })),
            "arrays.jsonl": lines((pair) => JSON.stringify(pair)),
            "a.de": lines(([source]) => source),
            "a.en": lines(([, target]) => target),
            "1.tsv": lines(([source, target]) => `${source}\t${target}`)
              .split("\n")
              .slice(0, half)
              .join("\r\n"),
            "2.jsonl": lines(([source, target]) => JSON.stringify({ source, target }))
              .split("\n")
              .slice(half)
              .join("\n"),
          };
          const expected = pairs.map(([source, target]) => ({ source, target }));
          const got = async (corpus: Corpus, options?: Partial<CorpusOptions>) =>
            (await read(corpus, files, options, pieceSize)).map(({ source, target }) => ({ source, target }));
          for (const corpus of ["a.tsv", "a.tsv.gz", "a.jsonl", "arrays.jsonl", { source: "a.de", target: "a.en" }])
            expect(await got(corpus)).toEqual(expected);
          expect(await got("named.ndjson", { columns: { source: "zh", target: "en" } })).toEqual(expected);
          expect(await got(["1.tsv", "2.jsonl"])).toEqual(expected);
          expect(await got(["a.tsv", { source: "a.de", target: "a.en" }])).toEqual([...expected, ...expected]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("finds the pairs of a text with any line ends and blank lines, with their lines, in pieces of any size", async () => {
    const line = fc.oneof(
      { weight: 3, arbitrary: fc.tuple(text, text) },
      { weight: 1, arbitrary: fc.constantFrom("", " ", "\u3000") },
    );
    const lines = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n")), { minLength: 1, maxLength: 13 });
    await fc.assert(
      fc.asyncProperty(lines, fc.boolean(), fc.integer({ min: 1, max: 9 }), async (parts, isEnded, pieceSize) => {
        const expected = parts.flatMap(([pair, _], i) =>
          typeof pair === "string" ? [] : [{ source: pair[0], target: pair[1], place: `a.tsv:${i + 1}` }],
        );
        fc.pre(expected.length > 0);
        const all = parts.map(([pair, end]) => `${typeof pair === "string" ? pair : pair.join("\t")}${end}`).join("");
        const tsv = isEnded ? all : all.replace(/\r?\n$/u, "");
        expect(await read("a.tsv", { "a.tsv": tsv }, {}, pieceSize)).toEqual(expected);
      }),
    );
  });

  it("reads any bytes or refuses them in one sentence", async () => {
    const bytes = fc.array(
      fc.constantFrom(...new TextEncoder().encode('\t\n\r"{}[]:,a学\u{1f600}\ufeff'), 0, 0xff, 0xc3),
      {
        maxLength: 40,
      },
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom("a.tsv", "a.jsonl"), async (content, name) => {
        const reading = read(name, { [name]: Uint8Array.from(content) }).catch((error) => error);
        const result = await reading;
        if (result instanceof Error) {
          expect(result).toBeInstanceOf(DataError);
          expect(result.message).toMatch(/^a\.\w+(:\d+)?: expected .+, got .+\.$/u);
        } else for (const { source, target } of result) expect([source.trim(), target.trim()]).not.toContain("");
      }),
    );
  });

  it("names file and line of each pair, blank lines counted", async () => {
    const files = { "a.tsv": "a\tb\n\nc\td\n", "b.de": "e\n\nf\n", "b.en": "g\n \nh\n" };
    const pairs = await read(["a.tsv", { source: "b.de", target: "b.en" }], files, {}, 3);
    expect(pairs.map(({ place }) => place)).toEqual(["a.tsv:1", "a.tsv:3", "b.de:1", "b.de:3"]);
  });

  it("keeps a byte order mark that is not the file's first character", async () => {
    const [first, second] = await read("a.tsv", { "a.tsv": "\uFEFFa\tb\n\uFEFFc\td\n" }, {}, 4);
    expect([first!.source, second!.source]).toEqual(["a", "\uFEFFc"]);
  });

  it("gives each file its alignments", async () => {
    const files = { "a.tsv": "a\tb\n", "a.align": "0-0\n", "b.de": "c d\n", "b.en": "e f\n", "b.align": "0-1 1-0\n" };
    const corpus = ["a.tsv", { source: "b.de", target: "b.en" }];
    const pairs = await read(corpus, files, { alignments: ["a.align", "b.align"] });
    expect(pairs.map(({ alignment, alignmentPlace }) => [alignment, alignmentPlace])).toEqual([
      ["0-0", "a.align:1"],
      ["0-1 1-0", "b.align:1"],
    ]);
  });

  it("reads the lines of a language model from JSON Lines too", async () => {
    expect(await read("a.jsonl", { "a.jsonl": '{"target":"床前明月光"}\n' }, { columns: { target: 0 } })).toEqual([
      { source: "", target: "床前明月光", place: "a.jsonl:1" },
    ]);
  });

  it.each<[string, Corpus, Record<string, string>, Partial<CorpusOptions>, string]>([
    [
      "a partner file that is too short",
      { source: "a.de", target: "a.en" },
      { "a.de": "a\nb\nc\n", "a.en": "d\ne\n" },
      {},
      "a.en: expected 3 lines, one for each line of a.de, got 2. Line by line they are each other's partners: look where they part.",
    ],
    [
      "a partner file that is too long",
      { source: "a.de", target: "a.en" },
      { "a.de": "a\n", "a.en": "d\ne\nf\n" },
      {},
      "a.en: expected 1 lines, one for each line of a.de, got 3.",
    ],
    [
      "a partner that is blank",
      { source: "a.de", target: "a.en" },
      { "a.de": "a\nb\n", "a.en": "d\n\n" },
      {},
      "a.en:2: expected a text, as its partner has one, got nothing. Complete the line, empty its partner too, or set data.filters.empty.",
    ],
    [
      "alignments that are too few",
      "a.tsv",
      { "a.tsv": "a\tb\nc\td\n", "a.align": "0-0\n" },
      { alignments: ["a.align"] },
      "a.align: expected 2 lines, one for each line of a.tsv, got 1. Leave a line empty where nothing is aligned.",
    ],
    [
      "a line that is no JSON",
      "a.jsonl",
      { "a.jsonl": '{"a":\n' },
      {},
      'a.jsonl:1: expected a line of JSON, got "{\\"a\\":".',
    ],
    [
      "a line of JSON that is no object",
      "a.jsonl",
      { "a.jsonl": "\n12\n" },
      {},
      "a.jsonl:2: expected a JSON object, got a number. Correct the line.",
    ],
    [
      "a field that is not there",
      "a.jsonl",
      { "a.jsonl": '{"zh":"a","en":"b"}\n' },
      {},
      'a.jsonl:1: expected a text in the field "source", the source, got none (it has zh, en). Correct the line, or name another field in columns.',
    ],
    [
      "a field that is inherited",
      "a.jsonl",
      { "a.jsonl": '{"zh":"a"}\n' },
      { columns: { source: "zh", target: "toString" } },
      'a.jsonl:1: expected a text in the field "toString", the target, got none (it has zh).',
    ],
    [
      "a field that is no text",
      "a.jsonl",
      { "a.jsonl": '{"source":"a","target":3}\n' },
      {},
      'a.jsonl:1: expected a text in the field "target", the target, got a number.',
    ],
    [
      "a field that is empty",
      "a.jsonl",
      { "a.jsonl": '{"source":" ","target":"b"}\n' },
      {},
      'a.jsonl:1: expected a text in the field "source", the source, got nothing. Complete or remove the line.',
    ],
    [
      "a number where fields have names",
      "a.jsonl",
      { "a.jsonl": '{"source":"a"}\n' },
      { columns: { source: 1, target: 0 } },
      "a.jsonl:1: expected the name of a field for source, got column 1. Name it: columns: { source: source }.",
    ],
    [
      "a name where columns have numbers",
      "a.tsv",
      { "a.tsv": "a\tb\n" },
      { columns: { source: "zh", target: "en" } },
      "a.tsv: expected columns counted from 0, got source zh and target en. Correct the columns.",
    ],
    [
      "a file in which there is nothing",
      ["a.tsv", "b.tsv"],
      { "a.tsv": "a\tb\n", "b.tsv": "\n" },
      {},
      "b.tsv: expected at least one line with a source and a target, got only blank lines.",
    ],
    [
      "parallel files in which there is nothing",
      { source: "a.de", target: "a.en" },
      { "a.de": "", "a.en": "" },
      {},
      "a.de: expected at least one line with a source and a target, got an empty file.",
    ],
  ])("names %s", async (_, corpus, files, options, message) => {
    for (const pieceSize of [2, 1000]) {
      const reading = read(corpus, files, options, pieceSize);
      await expect(reading).rejects.toThrow(DataError);
      await expect(reading).rejects.toThrow(message);
    }
  });

  it("reads what the format says, whatever the file is called", async () => {
    const files = { "lines.txt": '{"source":"a","target":"b"}\n', "a.jsonl": "a\tb\n" };
    expect(await read("lines.txt", files, { format: "jsonl" })).toHaveLength(1);
    expect(await read("a.jsonl", files, { format: "tsv" })).toHaveLength(1);
  });
});

it("a corpus is known by its first file", () => {
  expect(corpusName("a.tsv")).toBe("a.tsv");
  expect(corpusName(["a.tsv", { source: "b.de", target: "b.en" }, "c.tsv"])).toBe("a.tsv and 2 more");
  expect(pathsOf([{ source: "b.de", target: "b.en" }, "c.tsv"])).toEqual(["b.de", "b.en", "c.tsv"]);
});
