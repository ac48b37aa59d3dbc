import { Tokenizer as TheirTokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../errors.js";
import { fromHuggingFace, toHuggingFace } from "./hugging-face.js";
import { fitTokenizer, type TokenizerOptions } from "./tokenizer.js";
import { UNKNOWN, Vocabulary } from "./vocabulary.js";

const plain: TokenizerOptions = { kind: "bpe", language: "auto", lowercase: false, normalization: "NFC" };
const lines = ["Zwei junge Männer sind im Freien.", "我爱学习。", "Tom 在 北京, don't!", "junge Männer, junge Hunde"];
const sizes = { vocabSize: 90, minFrequency: 1, characterCoverage: 1 };

const variants: Partial<TokenizerOptions>[] = [
  {},
  { normalization: "NFD", lowercase: true },
  { normalization: "NFKC" },
  { normalization: "none" },
  { kind: "bytes" },
  { kind: "bytes", lowercase: true, normalization: "NFKC" },
];

describe.each(variants)("a tokenizer.json of %o", (variant) => {
  const tokenizer = fitTokenizer(lines, { ...plain, ...variant }, undefined, sizes);
  const text = toHuggingFace(tokenizer);

  it("is read as the tokeniser it was written from", () => {
    const again = fromHuggingFace(text, "tokenizer.json");
    expect(again.toJSON()).toEqual(tokenizer.toJSON());
    expect(toHuggingFace(again)).toBe(text);
  });

  it("gives Hugging Face's tokenizers the same ids and the same texts", () => {
    const theirs = new TheirTokenizer(JSON.parse(text), {});
    const vocabulary = Vocabulary.ofTokens(tokenizer.tokens!, []);
    // Theirs drops U+FEFF from bytes and lower-cases a final Σ to ς.
    const line = fc
      .oneof(fc.constantFrom(...lines), fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }))
      .filter((line) => line !== "" && !/[\ufeffΣ]/u.test(line));
    fc.assert(
      fc.property(line, (line) => {
        const ids = vocabulary.toIds(tokenizer.encode(line));
        expect(theirs.encode(line).ids).toEqual(ids);
        const decoded = theirs.decode(ids, { clean_up_tokenization_spaces: false });
        if (ids.length > 0) expect(tokenizer.decode(vocabulary.toTokens(ids))).toBe(decoded);
      }),
    );
  });
});

describe("reading", () => {
  const file = JSON.parse(toHuggingFace(fitTokenizer(lines, plain, undefined, sizes)));
  const read = (change: object) => fromHuggingFace(JSON.stringify({ ...file, ...change }), "a.json");

  it("takes what other programs write of the same file: other orders of keys, merges as texts, listed special tokens", () => {
    const { merges, vocab, ...settings } = file.model;
    const { ignore_merges: _, ...older } = settings;
    const model = { merges: merges.map((pair: string[]) => pair.join(" ")), vocab, ...older };
    const added_tokens = [{ id: 1, content: "<unk>", special: true }];
    const again = read({ model, added_tokens });
    expect(again.encode(lines[0]!)).toEqual(fromHuggingFace(JSON.stringify(file), "b.json").encode(lines[0]!));
  });

  it("keeps text that spells a special token text", () => {
    const tokenizer = read({});
    const vocabulary = Vocabulary.ofTokens(tokenizer.tokens!, []);
    expect(vocabulary.toIds(tokenizer.encode("</s>")).some((id) => id !== UNKNOWN && id < 4)).toBe(false);
  });

  it.each<[string, object]>([
    ["expected model to be an object, got none", { model: undefined }],
    ['expected model.type to be "BPE", got "Unigram"', { model: { ...file.model, type: "Unigram" } }],
    ["expected model.byte_fallback to be false, got true", { model: { ...file.model, byte_fallback: true } }],
    ["expected normalizer to be one that tandem writes, got null", { normalizer: null }],
    ["expected pre_tokenizer to be the one of bpe, got", { pre_tokenizer: { type: "ByteLevel" } }],
    ["expected decoder to be the one of bpe, got none", { decoder: undefined }],
    ["expected model.vocab to be <pad> <unk> <s> </s> and then", { model: { ...file.model, vocab: { a: 0 } } }],
    ["ids without gaps", { model: { ...file.model, vocab: { ...file.model.vocab, new: 4000 } } }],
    ['expected a merge to be of two pieces of the vocabulary into another, got ["x","☃"]', merging(["x", "☃"])],
    ["expected a merge", merging("a")],
    ["expected added_tokens to be <pad> <unk> <s> </s>, got", { added_tokens: [{ id: 9, content: "<mask>" }] }],
  ])("refuses a file: %s", (message, change) => {
    expect(() => read(change)).toThrow(DataError);
    expect(() => read(change)).toThrow(message);
    expect(() => read(change)).toThrow(/^tokenizer a\.json: .*\. Train one with tandem tokenizer train\.$/);
  });

  function merging(merge: unknown) {
    return { model: { ...file.model, merges: [merge] } };
  }

  it.each(["", "[]", "null", "{"])("refuses %j, which is no such file", (text) => {
    expect(() => fromHuggingFace(text, "a.json")).toThrow(/^tokenizer a\.json: expected .*Give a tokenizer\.json\.$/);
  });
});

it("says which tokenisers have no such file", () => {
  const words = fitTokenizer(lines, { ...plain, kind: "words" });
  expect(() => toHuggingFace(words)).toThrow("expected a tokenizer of the kind bpe or bytes, got words");
  const turkish = fitTokenizer(lines, { ...plain, lowercase: true, language: "tr" });
  expect(() => toHuggingFace(turkish)).toThrow("got tr, which has rules of its own");
});
