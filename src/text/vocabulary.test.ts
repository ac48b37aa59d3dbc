import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError, ModelFileError } from "../errors.js";
import { compareCodePoints, END, PAD, START, UNKNOWN, Vocabulary } from "./vocabulary.js";

const all = { maxSize: 1000, minFrequency: 1 };

describe("Vocabulary", () => {
  it("holds the special tokens and then the most frequent, ties in code point order", () => {
    const vocabulary = Vocabulary.build(
      [
        ["b", "😀", "a"],
        ["ﬁ", "b"],
        ["é", "c", "b"],
      ],
      all,
    );
    expect(vocabulary.toJSON()).toEqual(["<pad>", "<unk>", "<s>", "</s>", "b", "a", "c", "é", "ﬁ", "😀"]);
    expect([PAD, UNKNOWN, START, END].map((id) => vocabulary.tokenOf(id))).toEqual(["<pad>", "<unk>", "<s>", "</s>"]);
    expect(vocabulary.size).toBe(10);
    expect(vocabulary.coverage).toBe(1);
  });

  it("does not depend on the order of the sentences", () => {
    const sentences = fc.array(fc.array(fc.constantFrom("a", "b", "c", "我", "爱", "__proto__"), { minLength: 1 }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(sentences, (texts) => {
        const backwards = texts.map((text) => text.toReversed()).reverse();
        expect(Vocabulary.build(backwards, all).toJSON()).toEqual(Vocabulary.build(texts, all).toJSON());
      }),
    );
  });

  it("gives every token it holds back from its id, and after a round through JSON", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1 }), (tokens) => {
        fc.pre(!tokens.some((token) => /^(<pad>|<unk>|<\/?s>)$/u.test(token)));
        const vocabulary = Vocabulary.build([tokens], all);
        const read = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)));
        expect(read.toTokens(vocabulary.toIds(tokens))).toEqual(tokens);
        expect(read.coverageOf([tokens])).toBe(1);
      }),
    );
  });

  const sentences = fc.array(
    fc.array(fc.constantFrom("a", "b", "c", "我", "爱", "<s>", "constructor"), { minLength: 1, maxLength: 7 }),
    { minLength: 1, maxLength: 9 },
  );
  const options = fc.record({ maxSize: fc.integer({ min: 5, max: 11 }), minFrequency: fc.integer({ min: 1, max: 3 }) });

  it("knows the most frequent tokens that fit, each frequent enough; all others become <unk>", () => {
    fc.assert(
      fc.property(sentences, options, (texts, { maxSize, minFrequency }) => {
        const counts = new Map<string, number>();
        for (const token of texts.flat()) if (token !== "<s>") counts.set(token, (counts.get(token) ?? 0) + 1);
        const frequent = [...counts].filter(([, count]) => count >= minFrequency);
        fc.pre(frequent.length > 0);
        const vocabulary = Vocabulary.build(texts, { maxSize, minFrequency });
        expect(vocabulary.wordCount).toBe(Math.min(frequent.length, maxSize - 4));
        const known = (token: string) => vocabulary.idOf(token) !== UNKNOWN;
        const leastKnown = Math.min(...frequent.filter(([token]) => known(token)).map(([, count]) => count));
        for (const [token, count] of counts) if (!known(token)) expect(count).toBeLessThanOrEqual(leastKnown);
        const read = vocabulary.toTokens(vocabulary.toIds(texts.flat()));
        expect(read).toEqual(texts.flat().map((token) => (known(token) ? token : "<unk>")));
        expect(vocabulary.coverage).toBeCloseTo(read.filter((token) => token !== "<unk>").length / read.length);
      }),
    );
  });

  it("that is extended keeps every id it had", () => {
    fc.assert(
      fc.property(sentences, sentences, options, (texts, more, { maxSize, minFrequency }) => {
        fc.pre(texts.flat().some((token) => token !== "<s>"));
        const before = Vocabulary.build(texts, all);
        const after = before.extendedBy(more, { maxSize, minFrequency });
        expect(after.toJSON().slice(0, before.size)).toEqual(before.toJSON());
        expect(after.size).toBeLessThanOrEqual(Math.max(maxSize, before.size));
        const added = after.toJSON().slice(before.size);
        for (const token of added)
          expect(more.flat().filter((other) => other === token).length).toBeGreaterThanOrEqual(minFrequency);
      }),
    );
  });

  it("leaves out what is rare or does not fit, and says how much of the text that was", () => {
    const text = [["a", "a", "a", "b", "b", "c"]];
    expect(Vocabulary.build(text, { maxSize: 6, minFrequency: 1 }).toJSON().slice(4)).toEqual(["a", "b"]);
    expect(Vocabulary.build(text, { maxSize: 5, minFrequency: 1 }).coverage).toBe(0.5);
    const frequent = Vocabulary.build(text, { maxSize: 9, minFrequency: 2 });
    expect(frequent.toIds(["a", "c", "b"])).toEqual([4, UNKNOWN, 5]);
    expect(frequent.coverage).toBeCloseTo(5 / 6);
    expect(
      frequent.coverageOf([
        ["a", "c"],
        ["d", "d"],
      ]),
    ).toBe(0.25);
  });

  it("never reads a special token out of text", () => {
    const vocabulary = Vocabulary.build([["a", "</s>", "</s>", "<pad>"]], all);
    expect(vocabulary.toIds(["<s>", "a", "</s>", "<pad>"])).toEqual([UNKNOWN, 4, UNKNOWN, UNKNOWN]);
    expect(vocabulary.size).toBe(5);
  });

  it("refuses to know nothing", () => {
    expect(() => Vocabulary.build([["a", "b"]], { maxSize: 9, minFrequency: 2 })).toThrow(
      "vocabulary: expected at least one token seen 2 or more times, got none among 2 distinct tokens. Lower minFrequency or bring more text.",
    );
    expect(() => Vocabulary.build([["a"]], { maxSize: 4, minFrequency: 1 })).toThrow(DataError);
  });

  it.each<[unknown]>([
    [null],
    [["<pad>", "<unk>", "<s>"]],
    [["a", "b", "c", "d"]],
    [["<pad>", "<unk>", "<s>", "</s>", "a", "a"]],
    [["<pad>", 1]],
  ])("refuses a damaged file: %j", (tokens) => {
    expect(() => Vocabulary.fromJSON(tokens as string[])).toThrow(ModelFileError);
  });
});

describe("compareCodePoints", () => {
  it("orders as arrays of code points", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        const points = (text: string) =>
          Array.from(text, (letter) => letter.codePointAt(0)!.toString(16).padStart(6, "0")).join();
        const [x, y] = [points(a), points(b)];
        expect(Math.sign(compareCodePoints(a, b))).toBe(x < y ? -1 : Number(x > y));
      }),
    );
  });
});
