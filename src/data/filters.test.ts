import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FilterOptions, PairFilter, refuseNothingKept } from "./filters.js";
import { SeenTexts } from "./text-hashes.js";

const off: FilterOptions = { empty: "refuse", minWords: 0, wrongScript: "keep", copies: "keep", duplicates: "keep" };
const translation = { sides: ["source", "target"] as const, languages: { source: "zh", target: "en" } };

function kept(
  options: Partial<FilterOptions>,
  pairs: [string, string][],
  text: ConstructorParameters<typeof PairFilter>[1] = translation,
) {
  const filter = new PairFilter({ ...off, ...options }, text);
  const stays = pairs.filter(([source, target], i) => filter.keeps({ source, target, place: `a.tsv:${i + 1}` }));
  return { stays, report: filter.report() };
}

describe("a filter takes what it names and nothing else", () => {
  it.each<[Partial<FilterOptions>, [string, string][], [string, string][]]>([
    [
      {},
      [
        ["", "a"],
        ["a", "a"],
        ["a", "a"],
      ],
      [],
    ],
    [
      { empty: "remove" },
      [["我", "I"]],
      [
        ["", "a"],
        ["我", " "],
      ],
    ],
    [
      { minWords: 2 },
      [["我们", "we two"]],
      [
        ["我", "we two"],
        ["我们", "we"],
      ],
    ],
    [
      { maxWords: 3 },
      [["我们去", "let us go"]],
      [
        ["我们去吧", "let us go"],
        ["我们去", "let us go now"],
      ],
    ],
    [{ maxCharacters: 5 }, [["🙂🙂🙂🙂🙂", "I"]], [["我", "we two"]]],
    [
      { maxRatio: 2 },
      [
        ["我们", "a b c d"],
        ["我们去吧", "a b"],
      ],
      [
        ["我们", "a b c d e"],
        ["我", ""],
      ],
    ],
    [
      { wrongScript: "remove" },
      [
        ["我爱 TS 和你们大家", "I love it"],
        ["3", "3"],
      ],
      [
        ["I love it", "I love it"],
        ["我爱", "我爱"],
      ],
    ],
    [
      { copies: "remove" },
      [["我", "I"]],
      [
        ["OK", "ok"],
        ["Ａ１", "A1 "],
      ],
    ],
    [
      { duplicates: "pairs" },
      [
        ["我", "I"],
        ["我", "me"],
      ],
      [["我", "I"]],
    ],
    [
      { duplicates: "sources" },
      [
        ["我", "I"],
        ["你", "I"],
      ],
      [["我", "me"]],
    ],
    [
      { duplicates: "targets" },
      [
        ["我", "I"],
        ["我", "me"],
      ],
      [["吾", "I"]],
    ],
  ])("%j", (options, stays, taken) => {
    const { stays: got, report } = kept(options, [...stays, ...taken]);
    expect(got).toEqual(stays);
    expect(report).toMatchObject({ read: stays.length + taken.length, kept: stays.length });
    if (taken.length === 0) expect(report.taken).toEqual([]);
    else {
      const [source, target] = taken[0]!;
      const example = { place: `a.tsv:${stays.length + 1}`, text: `${source} → ${target}` };
      expect(report.taken).toEqual([
        { filter: Object.keys(options)[0], what: expect.any(String), count: taken.length, example },
      ]);
    }
  });

  it("counts a pair once, for the first filter that takes it; what was taken makes no duplicate", () => {
    const { stays, report } = kept({ maxWords: 2, copies: "remove", duplicates: "sources" }, [
      ["a b c", "a b c"],
      ["x", "x"],
      ["x", "y"],
      ["x", "z"],
    ]);
    expect(stays).toEqual([["x", "y"]]);
    expect(report.taken.map(({ filter, count }) => [filter, count])).toEqual([
      ["maxWords", 1],
      ["copies", 1],
      ["duplicates", 1],
    ]);
  });

  it("looks at no label's length or script, and at a language model's lines alone", () => {
    const classes = { sides: ["source"] as const, languages: { source: "zh", target: "zh" } };
    expect(kept({ maxCharacters: 3, wrongScript: "remove" }, [["我", "question"]], classes).stays).toHaveLength(1);
    const lines = { sides: ["target"] as const, languages: { source: "auto", target: "zh" } };
    const { report } = kept(
      { minWords: 1, empty: "remove", duplicates: "pairs" },
      [
        ["", "我"],
        ["", "我"],
      ],
      lines,
    );
    expect(report.taken).toEqual([
      { filter: "duplicates", what: "that an earlier one equals", count: 1, example: { place: "a.tsv:2", text: "我" } },
    ]);
  });

  it("every pair is kept or counted once, what is kept stays in order, and taking again takes nothing", () => {
    const text: fc.Arbitrary<string> = fc.constantFrom(
      "",
      "我",
      "我们去吧",
      "I",
      "i",
      "let us go",
      "a b",
      "привет мир",
      "3",
    );
    const options = fc.record({
      empty: fc.constant("remove" as const),
      minWords: fc.nat(2),
      maxWords: fc.constantFrom(undefined, 3),
      maxCharacters: fc.constantFrom(undefined, 8),
      maxRatio: fc.constantFrom(undefined, 2),
      wrongScript: fc.constantFrom("keep" as const, "remove" as const),
      copies: fc.constantFrom("keep" as const, "remove" as const),
      duplicates: fc.constantFrom("keep" as const, "pairs" as const, "sources" as const, "targets" as const),
    });
    fc.assert(
      fc.property(options, fc.array(fc.tuple(text, text), { maxLength: 30 }), (chosen, pairs) => {
        const { stays, report } = kept(chosen, pairs);
        expect(report.taken.reduce((sum, { count }) => sum + count, 0)).toBe(pairs.length - stays.length);
        expect([report.read, report.kept]).toEqual([pairs.length, stays.length]);
        let at = -1;
        for (const pair of stays) expect((at = pairs.indexOf(pair, at + 1))).toBeGreaterThanOrEqual(0);
        expect(kept(chosen, stays).stays).toEqual(stays);
      }),
    );
  });

  it("that takes everything is an error that says which", () => {
    const { report } = kept({ maxWords: 1, copies: "remove" }, [
      ["a b", "c"],
      ["d", "d"],
    ]);
    expect(() => refuseNothingKept(report, "a.tsv")).toThrow(
      "a.tsv: expected pairs left after data.filters, got none of 2: maxWords took 1, copies took 1. Loosen them, or look at the columns.",
    );
  });
});

describe("SeenTexts", () => {
  it("knows what a set of the texts knows", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 })), (texts) => {
        const [seen, set] = [new SeenTexts(), new Set<string>()];
        for (const text of texts) {
          expect(seen.add(text)).toBe(!set.has(text));
          set.add(text);
        }
        expect(seen.size).toBe(set.size);
      }),
    );
  });

  it("tells 200,000 texts apart that differ by a digit, while it grows", () => {
    const seen = new SeenTexts();
    const collisions = Array.from({ length: 200_000 }, (_, i) => seen.add(`pair ${i}`)).filter((isNew) => !isNew);
    expect(collisions).toEqual([]);
    for (let i = 0; i < 200_000; i += 997) expect(seen.add(`pair ${i}`)).toBe(false);
    expect(seen.size).toBe(200_000);
  });
});
