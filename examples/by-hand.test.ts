import { beforeAll, describe, expect, it } from "vitest";
import { trainByHand } from "./by-hand.js";
import { pairs } from "./by-hand-pairs.js";

describe("a Seq2Seq by hand", () => {
  const lines: string[] = [];
  let result: Awaited<ReturnType<typeof trainByHand>>;
  beforeAll(async () => {
    result = await trainByHand({ log: (line) => lines.push(line) });
  });

  it("learns: from a guess among all words to near certainty", () => {
    const words = new Set(pairs.flatMap(([, english]) => english.split(" "))).size;
    expect(result.firstLoss).toBeGreaterThan(0.8 * Math.log(words));
    expect(result.firstLoss).toBeLessThan(1.2 * Math.log(words));
    expect(result.finalLoss).toBeLessThan(0.01);
    expect(lines.at(-1)).toContain("我爱学习 → I love studying .");
  });

  it("splits its sentences into the words they were written with, and translates each as it was taught", () => {
    expect(result.translations.map(({ source, target }) => [source.join(" "), target.join(" ")])).toEqual(pairs);
  });

  it("puts known words together in a sentence it never saw", () => {
    expect(pairs.map(([chinese]) => chinese)).not.toContain("她 爱 中国");
    expect(result.translate("她爱中国").target.join(" ")).toBe("She loves China .");
  });

  it("spreads each look over the source: weights from 0 to 1 that sum to 1", () => {
    for (const { source, target, attention } of result.translations) {
      expect(attention).toHaveLength(target.length + 1);
      for (const row of attention) {
        expect(row).toHaveLength(source.length);
        expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
        expect(row.reduce((total, weight) => total + weight, 0)).toBeCloseTo(1, 5);
      }
    }
  });

  it("comes to the same numbers every time", async () => {
    const again = await trainByHand();
    expect(again.finalLoss).toBe(result.finalLoss);
    expect(again.translations).toEqual(result.translations);
  });
});
