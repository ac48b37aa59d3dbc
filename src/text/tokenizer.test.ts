import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError, ModelFileError } from "../errors.js";
import { wordProposer } from "./proposers.js";
import {
  encodePhrase,
  fitTokenizer,
  type TokenizerData,
  type TokenizerOptions,
  tokenizerFromJSON,
  tokensToCopy,
} from "./tokenizer.js";
import { Vocabulary } from "./vocabulary.js";

const plain: TokenizerOptions = { kind: "words", language: "auto", lowercase: false, normalization: "NFC" };

/** A small parallel text for this test. */
const lines = ["我爱学习。", "我爱北京。", "他在北京学习中文。", "学习中文很有意思！", "Tom loves 北京."];
const propose = (run: string) => run.match(/北京|学习|中文|意思|./gu) ?? [];

describe("words", () => {
  const tokenizer = fitTokenizer(lines, plain, propose);

  it("splits by its own counts, whatever the runtime would say", () => {
    expect(tokenizer.encode("我在北京学习")).toEqual(["我", "在", "北京", "学习"]);
    expect(tokenizer.encode("Tom在北京 10点学中文")).toEqual(["Tom", "在", "北京", "▁", "10", "点", "学", "中文"]);
  });

  it("loses nothing but white space", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), (line) => {
        const kept = (text: string) => text.replace(/[\s▁]/gu, "");
        expect(kept(tokenizer.encode(line).join(""))).toBe(kept(line.normalize("NFC")));
      }),
    );
  });

  it("writes a text that it reads and writes again unchanged", () => {
    const token = fc.constantFrom("我", "爱", "Tom", "'s", "10", ".", ",", "?", "(", ")", "。", "，", "“", "”", '"');
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const text = tokenizer.decode(tokenizer.encode(tokenizer.decode(tokens)));
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
    );
  });

  it.each([true, false])("is the same after a round through JSON, lowercase %s", (lowercase) => {
    const fitted = fitTokenizer(lines, { ...plain, lowercase }, propose);
    const json = JSON.stringify(fitted);
    const read = tokenizerFromJSON(JSON.parse(json));
    expect(JSON.stringify(read)).toBe(json);
    for (const line of lines) expect(read.encode(line)).toEqual(fitted.encode(line));
    expect(read.decode(read.encode("tom loves 北京."))).toBe(lowercase ? "Tom loves 北京." : "tom loves 北京.");
  });

  it("takes empty lines and unknown signs", () => {
    expect(tokenizer.encode(" \t")).toEqual([]);
    expect(tokenizer.decode([])).toBe("");
    expect(tokenizer.encode("\u0000\u0301 ☃")).toEqual(["\u0000", "\u0301", "☃"]);
  });
});

describe("chars and whitespace", () => {
  it("gives back every line by code points", () => {
    const chars = fitTokenizer([], { ...plain, kind: "chars" });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (line) => {
        expect(chars.decode(chars.encode(line))).toBe(line.normalize("NFC"));
      }),
    );
    expect(chars.encode("a😀 b")).toEqual(["a", "😀", " ", "b"]);
  });

  it("parts at any white space", () => {
    const whitespace = fitTokenizer([], { ...plain, kind: "whitespace" });
    expect(whitespace.encode(" K AE1\tT\u3000。 ")).toEqual(["K", "AE1", "T", "。"]);
    expect(whitespace.decode(["K", "AE1", "T"])).toBe("K AE1 T");
  });

  it.each([
    ["NFC", "é"],
    ["NFD", "e\u0301"],
    ["NFKC", "é"],
    ["none", "e\u0301"],
  ] as const)("normalises by %s", (normalization, expected) => {
    const chars = fitTokenizer([], { ...plain, kind: "chars", normalization });
    expect(chars.encode("e\u0301").join("")).toBe(expected);
  });
});

describe.each(["bytes", "bpe"] as const)("%s", (kind) => {
  const anything = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "binary" }),
    // Halves of surrogate pairs among them.
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    fc.constantFrom("  two  spaces ", " ", "\ufeffmark", "</s>", "<0x41>", "学".repeat(50)),
  );
  /** A half of a surrogate pair is read as �; then the normalisation; and for bpe the sign ▁ is a space. */
  const meant = (line: string, normalization: TokenizerOptions["normalization"]) => {
    const wellFormed = line.toWellFormed();
    const text = normalization === "none" ? wellFormed : wellFormed.normalize(normalization);
    return kind === "bpe" ? text.replaceAll("▁", " ") : text;
  };

  it.each(["NFC", "NFD", "NFKC", "none"] as const)("gives back every line as %s", (normalization) => {
    const fitted = fitTokenizer(lines, { ...plain, kind, normalization });
    fc.assert(
      fc.property(anything, (line) => {
        expect(fitted.decode(fitted.encode(line))).toBe(meant(line, normalization));
      }),
    );
  });

  it("makes no tokens but its own and unknown characters, and remembers words rightly", () => {
    const fitted = fitTokenizer(lines, { ...plain, kind });
    const known = new Set(fitted.tokens);
    fc.assert(
      fc.property(anything, (line) => {
        const tokens = fitted.encode(line);
        for (const token of tokens) expect(known.has(token) || Array.from(token).length === 1).toBe(true);
        expect(fitted.encode(line)).toEqual(tokens);
      }),
    );
    const vocabulary = Vocabulary.ofTokens(fitted.tokens!, []);
    expect(vocabulary.toTokens(vocabulary.toIds(fitted.encode(lines[0]!)))).toEqual(fitted.encode(lines[0]!));
  });

  it("lower-cases letter by letter, by the language's rules", () => {
    const fitted = fitTokenizer([], { ...plain, kind, lowercase: true });
    expect(fitted.decode(fitted.encode("ΟΔΟΣ Tom"))).toBe("οδοσ tom");
    const turkish = fitTokenizer([], { ...plain, kind, lowercase: true, language: "tr" });
    expect(turkish.decode(turkish.encode("IŞIK"))).toBe("ışık");
  });

  it("is the same after a round through JSON", () => {
    const fitted = fitTokenizer(lines, { ...plain, kind });
    const json = JSON.stringify(fitted);
    const read = tokenizerFromJSON(JSON.parse(json));
    expect(JSON.stringify(read)).toBe(json);
    for (const line of lines) expect(read.encode(line)).toEqual(fitted.encode(line));
  });
});

it("writes bytes that are no UTF-8, and tokens that are no bytes, as what can be read of them", () => {
  const bytes = fitTokenizer([], { ...plain, kind: "bytes" });
  expect(bytes.tokens).toHaveLength(256);
  expect(bytes.encode("aü ")).toEqual(["a", "<0xC3>", "<0xBC>", " "]);
  expect(bytes.decode(["<0xC3>", "a", "<unk>"])).toBe("\ufffda<unk>");
});

it("knows how phrases and copied words stand inside a line", () => {
  const fitted = fitTokenizer(lines, { ...plain, kind: "bpe" });
  expect(encodePhrase(fitted, "北京")).not.toContain("▁");
  expect(encodePhrase(fitted, "Tom")[0]).toMatch(/^▁/);
  expect(tokensToCopy(fitted, ["▁Tom", "m", "▁"])).toEqual(["Tom", "m", ""]);
});

describe("errors", () => {
  it("names a language that is none", () => {
    expect(() => fitTokenizer([], { ...plain, language: "en_US" })).toThrow(DataError);
    expect(() => fitTokenizer([], { ...plain, language: "en_US" })).toThrow(
      /^language: expected a BCP 47 tag .* got "en_US"/,
    );
  });

  const subwords = fitTokenizer(lines, { ...plain, kind: "bpe" }).toJSON();
  const good = fitTokenizer(lines, { ...plain, lowercase: true }, propose).toJSON();
  it.each<[string, unknown]>([
    ["tokenizer:", null],
    ["tokenizer:", []],
    ["tokenizer kind:", { ...good, kind: "word" }],
    ["tokenizer language:", { ...good, language: 3 }],
    ["tokenizer lowercase:", { ...good, lowercase: "yes" }],
    ["tokenizer normalization:", { ...good, normalization: "NFKD" }],
    ["tokenizer wordCounts:", { ...good, wordCounts: { 我: 0 } }],
    ["tokenizer wordCounts:", { ...good, wordCounts: undefined }],
    ["tokenizer spacing:", { ...good, spacing: { spaced: [], joined: [1] } }],
    ["tokenizer casing:", { ...good, casing: { words: ["I"] } }],
    ["tokenizer bpe:", { ...subwords, bpe: undefined }],
    ["tokenizer bpe:", { ...subwords, bpe: { pieces: ["a", "a"], merges: [] } }],
    ["tokenizer bpe:", { ...subwords, bpe: { pieces: ["a", "b"], merges: [[0, 1]] } }],
    ["tokenizer bpe:", { ...subwords, bpe: { pieces: ["a", "b", "ab"], merges: [[0, 3]] } }],
    ["tokenizer bpe:", { ...subwords, bpe: { pieces: ["a", 1], merges: [] } }],
  ])("refuses a damaged file: %s", (start, data) => {
    expect(() => tokenizerFromJSON(data as TokenizerData)).toThrow(ModelFileError);
    expect(() => tokenizerFromJSON(data as TokenizerData)).toThrow(start);
  });
});

const corpus = new URL("../../../shared/data/tatoeba-cmn-eng/", import.meta.url);
const hasCorpus = existsSync(corpus);
if (!hasCorpus) console.warn("NOT RUN: the share of lines restored exactly; ../shared/data/tatoeba-cmn-eng is absent.");

describe.skipIf(!hasCorpus)("lines restored exactly, of sentences not trained on", () => {
  const column = (part: string, index: number) =>
    readFileSync(new URL(part, corpus), "utf8")
      .split(/\r?\n/)
      .filter((line) => line !== "")
      .map((line) => line.split("\t")[index]!.normalize("NFC"));

  it.each([
    ["en", 0, false, 0.995],
    ["en", 0, true, 0.98],
    ["zh", 1, false, 0.995],
    ["zh", 1, true, 0.995],
  ] as const)("%s, column %i, lowercase %s: at least %f", async (language, index, lowercase, least) => {
    const { propose } = await wordProposer(language);
    const tokenizer = fitTokenizer(column("train.tsv", index), { ...plain, language, lowercase }, propose);
    const unseen = column("test.tsv", index);
    const exact = unseen.filter((line) => tokenizer.decode(tokenizer.encode(line)) === line);
    expect(exact.length / unseen.length).toBeGreaterThanOrEqual(least);
  });
});
