import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../errors.js";
import { RandomStream } from "../random.js";
import { type BpeData, BytePairEncoding } from "./bpe.js";
import { type BpeOptions, trainBpe } from "./bpe-trainer.js";
import { joinPieces, runsOf, wordsOf } from "./marked-words.js";
import { compareCodePoints } from "./vocabulary.js";

const usual: BpeOptions = { vocabSize: 60, minFrequency: 1, characterCoverage: 1 };

/** Few letters, so that pairs repeat, tie and overlap. */
const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "学"), maxLength: 7 });
const corpus = fc.array(
  fc.array(word, { maxLength: 5 }).map((words) => words.join(" ")),
  { minLength: 1, maxLength: 12 },
);

const mergesOf = ({ pieces, merges }: BpeData) => merges.map(([left, right]) => `${pieces[left]} ${pieces[right]}`);

/** Algorithm 1 as it stands in the paper: after each merge all pairs are counted again. */
function learnSlowly(lines: readonly string[], room: number): BpeData {
  let words = lines.flatMap((line) => wordsOf(line).flatMap(runsOf)).map((run) => [...run]);
  const pieces = [...new Set(["▁", ...words.flat()])].sort(compareCodePoints).slice(0, room);
  const merges: [number, number][] = [];
  while (pieces.length < room) {
    const counts = new Map<string, { left: number; right: number; count: number }>();
    for (const symbols of words)
      for (let i = 1; i < symbols.length; i++) {
        const [left, right] = [pieces.indexOf(symbols[i - 1]!), pieces.indexOf(symbols[i]!)];
        const pair = counts.get(`${left} ${right}`) ?? { left, right, count: 0 };
        counts.set(`${left} ${right}`, { ...pair, count: pair.count + 1 });
      }
    const [best] = [...counts.values()].sort((a, b) => b.count - a.count || a.left - b.left || a.right - b.right);
    if (best === undefined || best.count < 2) break;
    const made = pieces[best.left]! + pieces[best.right]!;
    if (!pieces.includes(made)) pieces.push(made);
    merges.push([best.left, best.right]);
    words = words.map((symbols) => {
      const merged: string[] = [];
      for (let i = 0; i < symbols.length; i++)
        if (symbols[i] === pieces[best.left] && symbols[i + 1] === pieces[best.right]) {
          merged.push(made);
          i++;
        } else merged.push(symbols[i]!);
      return merged;
    });
  }
  return { pieces, merges };
}

/** The first merge that fits, leftmost first, over strings. */
function splitSlowly({ pieces, merges }: BpeData, run: string): string[] {
  const texts = [...run];
  for (let rank = 0; rank < merges.length; rank++) {
    const [left, right] = merges[rank]!;
    const at = texts.findIndex((text, i) => text === pieces[left] && texts[i + 1] === pieces[right]);
    if (at < 0) continue;
    texts.splice(at, 2, pieces[left]! + pieces[right]!);
    rank = -1;
  }
  return texts;
}

describe("learning", () => {
  it("merges what is most frequent", () => {
    // Sennrich et al. 2016, figure 1, with marks before the words: es 9, est 9; then lo, ▁lo, ▁low 7; then ties by age.
    const lines = [..."low ".repeat(5).trim().split(" "), "lower", "lower"];
    lines.push(...Array(6).fill("newest"), ...Array(3).fill("widest"));
    const data = trainBpe(lines, { ...usual, vocabSize: 4 + 11 + 5 });
    expect(data.pieces.slice(0, 11).join("")).toBe("deilnorstw▁");
    expect(mergesOf(data)).toEqual(["e s", "es t", "l o", "▁ lo", "▁lo w"]);
  });

  it("equals counting all pairs again after each merge", () => {
    fc.assert(
      fc.property(corpus, fc.integer({ min: 9, max: 40 }), (lines, vocabSize) => {
        expect(trainBpe(lines, { ...usual, vocabSize })).toEqual(learnSlowly(lines, vocabSize - 4));
      }),
      { numRuns: 300 },
    );
  });

  it("does not depend on the order of the lines", () => {
    const shuffled = corpus.chain((lines) =>
      fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length })),
    );
    fc.assert(
      fc.property(shuffled, ([lines, others]) => {
        expect(trainBpe(others, usual)).toEqual(trainBpe(lines, usual));
      }),
    );
  });

  it("takes whole characters, also beyond the first plane", () => {
    const data = trainBpe(["𠮷野家 𠮷野 👍👍"], usual);
    expect(data.pieces).toEqual(expect.arrayContaining(["𠮷", "👍", "𠮷野"]));
    expect(data.pieces.every((piece) => piece.isWellFormed())).toBe(true);
  });

  it("merges no pair seen once, or less often than minFrequency, and stays within vocabSize", () => {
    expect(trainBpe(["ab", "cd"], usual).merges).toEqual([]);
    expect(trainBpe(["ab", "ab", "xy", "xy", "xy"], { ...usual, minFrequency: 3 }).pieces).not.toContain("ab");
    expect(trainBpe(["ab ab ab abc abc"], { ...usual, vocabSize: 9 }).pieces).toHaveLength(5);
    expect(trainBpe(["abcdef"], { ...usual, vocabSize: 7 }).pieces).toHaveLength(3);
    expect(() => trainBpe(["ab"], { ...usual, vocabSize: 4 })).toThrow(DataError);
  });

  it("leaves out the rarest characters beyond the coverage", () => {
    const lines = [..."aaaaaaaaaabbbbbbbbbc"]; // 10 a, 9 b, 1 c
    expect(trainBpe(lines, { ...usual, characterCoverage: 0.95 }).pieces.join("")).not.toContain("c");
    expect(trainBpe(lines, { ...usual, characterCoverage: 0.96 }).pieces).toContain("c");
  });

  it("makes no piece that spells a special token", () => {
    const { pieces } = trainBpe(Array(9).fill("<s><s> <pad> </s>"), usual);
    for (const special of ["<s>", "<pad>", "</s>", "<unk>"]) expect(pieces).not.toContain(special);
  });
});

describe("runs", () => {
  it.each([
    ["Zwei Büsche.", ["▁Zwei", "▁Büsche", "."]],
    ["don't 3,5 %", ["▁don", "'", "t", "▁3", ",", "5", "▁%"]],
    ["Tom在北京 学习", ["▁Tom", "在北京", "▁", "学习"]],
    ["  a", ["▁", "▁", "▁a"]],
    ["", []],
  ])("%j", (line, expected) => {
    expect(wordsOf(line).flatMap(runsOf)).toEqual(expected);
  });

  it("are at most 16 characters of Chinese or Japanese and 64 of others", () => {
    expect(runsOf("学".repeat(40)).map((run) => run.length)).toEqual([1, 16, 16, 8]);
    expect(runsOf("x".repeat(150)).map((run) => run.length)).toEqual([65, 64, 22]);
  });

  it("lose nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (line) => {
        const text = line.toWellFormed();
        expect(joinPieces(wordsOf(text).flatMap(runsOf))).toBe(text.replaceAll("▁", " "));
      }),
    );
  });
});

describe("splitting", () => {
  it("applies the merge learnt first, leftmost first", () => {
    fc.assert(
      fc.property(corpus, word, (lines, unseen) => {
        const data = trainBpe(lines, usual);
        const encoding = new BytePairEncoding(data);
        for (const run of runsOf(`${unseen}x`)) expect(encoding.split(run)).toEqual(splitSlowly(data, run));
      }),
      { numRuns: 300 },
    );
  });

  it("leaves unknown characters alone", () => {
    const encoding = new BytePairEncoding(trainBpe(["ab ab ab"], usual));
    expect(encoding.split("▁ab☃ab")).toEqual(["▁ab", "☃", "ab"]);
  });
});

describe("dropout", () => {
  const data = trainBpe(Array(5).fill("lower lowest newest"), { ...usual, vocabSize: 200 });
  const encoding = new BytePairEncoding(data);
  const drawing = (probability: number, example: number) => ({
    probability,
    random: new RandomStream(7, "merge dropout").sequence(example),
  });

  it("at 0 changes nothing, at 1 leaves characters", () => {
    expect(encoding.split("▁lowest", drawing(0, 0))).toEqual(["▁lowest"]);
    expect(encoding.split("▁lowest", drawing(1, 0))).toEqual([..."▁lowest"]);
  });

  it("makes only pieces it knows, of the same text", () => {
    const seen = new Set<string>();
    for (let example = 0; example < 200; example++) {
      const pieces = encoding.split("▁lowest", drawing(0.4, example));
      expect(pieces.join("")).toBe("▁lowest");
      for (const piece of pieces) expect(data.pieces).toContain(piece);
      seen.add(pieces.join(" "));
    }
    expect(seen.size).toBeGreaterThan(10);
  });

  it("leaves out a merge with its probability", () => {
    const two = new BytePairEncoding({ pieces: ["a", "b", "ab"], merges: [[0, 1]] });
    let dropped = 0;
    for (let example = 0; example < 10_000; example++)
      if (two.split("ab", drawing(0.3, example)).length === 2) dropped++;
    expect(dropped / 10_000).toBeCloseTo(0.3, 1.5);
    // Seed, purpose and example make the cut; nothing else does.
    expect(encoding.split("▁newest", drawing(0.5, 3))).toEqual(encoding.split("▁newest", drawing(0.5, 3)));
  });
});
