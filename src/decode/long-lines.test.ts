import { beforeAll, describe, expect, it } from "vitest";
import { wasm } from "../../test/support/backends.js";
import { untrainedModel } from "../../test/support/untrained-model.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { joinTranslations, tokenLimit } from "./long-lines.js";
import { TranslationModel } from "./translation-model.js";

let core: Seq2Seq;
let model: TranslationModel;
beforeAll(async () => {
  core = await untrainedModel(wasm);
  model = new TranslationModel(core);
});

const long = "a b c! d e! f g?";

describe("splitSentences", () => {
  it("translates the sentences of a long line one by one, and says how many", async () => {
    const alone = await model.translate(["a b c!", "d e!", "f g?"]);
    const [short, cut] = await model.translate(["a b.", long], { splitSentences: 5 });
    expect(short).not.toHaveProperty("split");
    expect(cut!.split).toBe(3);
    expect(cut!.text).toBe(alone.map(({ text }) => text).join(" "));
    expect(cut!.tokens).toEqual(alone.flatMap(({ tokens }) => tokens));
    expect(cut!.source.tokens).toEqual(long.split(" "));
    expect(cut!.score).toBeCloseTo(alone[0]!.score + alone[1]!.score + alone[2]!.score, 5);
    expect(cut!.tokenScores).toEqual(alone.flatMap(({ tokenScores }) => tokenScores));
  });

  it("keeps attention within each sentence", async () => {
    const [cut] = await model.translate([long], { splitSentences: 5 });
    const { rows, columns, weights } = cut!.attention!;
    expect(columns.filter((token) => token === "</s>")).toHaveLength(3);
    expect(weights).toHaveLength(rows.length);
    const [first] = await model.translate(["a b c!"]);
    for (const [r, row] of weights.entries()) {
      expect(row).toHaveLength(columns.length);
      expect(row.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 5);
      if (r < first!.attention!.rows.length) expect(row.slice(4).every((weight) => weight === 0)).toBe(true);
      else expect(row.slice(0, 4).every((weight) => weight === 0)).toBe(true);
    }
  });

  it("joins heads as it joins their mean", () => {
    const part = (column: string, heads: number[][][]) => ({
      ...{
        text: column,
        tokens: [column],
        score: -1,
        tokenScores: [-1],
        ranking: -1,
        finished: true,
        alternatives: [],
      },
      source: { tokens: [column], unknown: [false] },
      attention: { columns: [column], rows: [column], weights: [[1]], heads },
    });
    const joined = joinTranslations([part("a", [[[0.25]], [[0.75]]]), part("b", [[[0.5]], [[0.125]]])]);
    expect(joined.attention!.heads).toEqual([
      [
        [0.25, 0],
        [0, 0.5],
      ],
      [
        [0.75, 0],
        [0, 0.125],
      ],
    ]);
  });

  it("has as many alternatives as were asked for", async () => {
    const [cut] = await model.translate([long], { splitSentences: 5, beamSize: 3, nbest: 3 });
    expect(cut!.alternatives).toHaveLength(2);
    expect(cut!.alternatives[0]!.ranking).toBeLessThanOrEqual(cut!.ranking);
  });

  it("leaves whole what is short, is one sentence, has a prefix, or must contain words", async () => {
    const whole = await model.translate([long, "a b c d e f g"]);
    expect(await model.translate([long, "a b c d e f g"], { splitSentences: 7 })).toEqual(whole);
    const lines = [long, long];
    const [kept, cut] = await model.translate(lines, { splitSentences: 5, prefix: ["a", ""] });
    expect([kept!.split, cut!.split]).toEqual([undefined, 3]);
    const [required] = await model.translate([long], { splitSentences: 5, required: ["a"] });
    expect(required).not.toHaveProperty("split");
  });

  it("takes the longest training line as the limit, which is in the model's file", async () => {
    core.history = { pairs: 11, steps: 1, longestSource: 4, epochs: [] };
    expect(tokenLimit(core)).toBe(4);
    expect((await model.translate([long], { splitSentences: true }))[0]!.split).toBe(3);
    core.history = { pairs: 11, steps: 1, epochs: [] };
    expect(tokenLimit(core)).toBe(100);
    expect((await model.translate([long], { splitSentences: true }))[0]!).not.toHaveProperty("split");
  });

  it("refuses limits that are none, and streams", async () => {
    await expect(model.translate([long], { splitSentences: 0 })).rejects.toThrow(
      /splitSentences: expected one of true/,
    );
    await expect(model.stream(long, { splitSentences: true }).next()).rejects.toThrow(/stream: splitSentences/);
  });
});
