import { TURN } from "tandem-seq2seq";
import { describe, expect, test } from "vitest";
import { summarize } from "../made-data/files.js";
import { FEWEST_IN_TRAINING, generateSmallTalk } from "./generate.js";
import { published } from "./published.js";
import { numeral } from "./slots.js";

const data = generateSmallTalk();
const heldOut = [...data.dev, ...data.test];
const everything = [...data.train, ...heldOut];
const replies = new Map(everything.map(({ source, target }) => [source, target]));

/** Reads a Chinese number below 100 by its own rule, not the generator's. */
function read(text: string): number {
  const digit = (character: string) => (character === "两" ? 2 : "零一二三四五六七八九".indexOf(character));
  if (!text.includes("十")) return digit(text);
  const [tens, ones] = text.split("十") as [string, string];
  return 10 * (tens === "" ? 1 : digit(tens)) + (ones === "" ? 0 : digit(ones));
}

function numbersIn(pattern: RegExp): number[][] {
  return everything.flatMap(({ source, target }) => {
    const match = pattern.exec(`${source} → ${target}`);
    return match ? [match.slice(1).map(read)] : [];
  });
}

describe("the conversations", () => {
  test("have one reply to each source", () => {
    expect(replies.size).toBe(everything.length);
  });

  test("have one, two or more turns, parted by the sign", () => {
    expect([...new Set(everything.map(({ turnCount }) => turnCount))].sort()).toEqual([1, 3, 5]);
    expect(everything.filter(({ source, turnCount }) => source.split(TURN).length !== turnCount)).toEqual([]);
    expect(everything.filter(({ target }) => target.includes(TURN.trim()))).toEqual([]);
    expect(data.test.filter(({ turnCount }) => turnCount > 1).length / data.test.length).toBeGreaterThan(0.3);
  });

  test("go on as they began: every other turn is what would have been replied", () => {
    const differing = everything.filter(({ source }) => {
      const turns = source.split(TURN);
      return turns.some((turn, i) => {
        const reply = i % 2 === 0 && i + 1 < turns.length ? replies.get(turn) : undefined;
        return reply !== undefined && reply !== turns[i + 1];
      });
    });
    expect(differing.map(({ source }) => source)).toEqual([]);
  });

  test("make detours on other topics, whose words are in training, also between a beginning and its follow-up", () => {
    const exchanges = new Set(data.train.map(({ source, target }) => source + TURN + target));
    for (const detour of ["before", "between"] as const) {
      const talks = data.test.filter((talk) => talk.detour === detour);
      expect(talks.length / data.test.length).toBeGreaterThan(0.03);
      const strange = talks.filter(({ source }) => {
        const turns = source.split(TURN);
        const said = detour === "before" ? turns.slice(0, 2) : turns.slice(2, 4);
        return (
          said.length !== 2 ||
          (!exchanges.has(said.join(TURN)) && !data.train.some((talk) => talk.source.endsWith(said[0]!)))
        );
      });
      expect(strange.map(({ source }) => source)).toEqual([]);
    }
  });

  test("are filled", () => {
    expect(everything.filter(({ source, target }) => /undefined|[{}_]/.test(source + target))).toEqual([]);
    expect(everything.filter(({ target }) => !/[。？.?]$/u.test(target))).toEqual([]);
  });

  test("reckon right", () => {
    const number = "([零一二两三四五六七八九十]+)";
    const lengths = numbersIn(new RegExp(`${number}点开始，${number}点结束 → .*一共${number}个小时`));
    expect(lengths.length).toBeGreaterThan(50);
    expect(lengths.filter(([start, end, long]) => end! - start! !== long)).toEqual([]);
    const early = numbersIn(new RegExp(`${number}点开始，我想提前${number}个小时到 → 那你${number}点`));
    expect(early.filter(([start, before, time]) => start! - before! !== time)).toEqual([]);
    const sums = numbersIn(new RegExp(`[^一二两三四五六七八九十]${number}块钱一.，我要${number}. → .*一共${number}块`));
    expect(sums.length).toBeGreaterThan(100);
    expect(sums.filter(([price, count, total]) => price! * count! !== total)).toEqual([]);
    const ages = numbersIn(new RegExp(`今年${number}岁，.*大${number}岁 → .*今年${number}岁`));
    expect(ages.length).toBeGreaterThan(100);
    expect(ages.filter(([age, more, older]) => age! + more! !== older)).toEqual([]);
  });

  test("know the days of the week", () => {
    const week = "一二三四五六天";
    const read = everything.flatMap(({ source, target }) => {
      const match = /今天星期(.)，(.)天以后.* → 那你星期(.)/u.exec(`${source} → ${target}`);
      return match
        ? [[week.indexOf(match[1]!), "零一两三四五六".indexOf(match[2]!), week.indexOf(match[3]!)] as const]
        : [];
    });
    expect(read.length).toBeGreaterThan(100);
    expect(read.filter(([today, days, then]) => (today + days) % 7 !== then)).toEqual([]);
  });
});

describe("what is held out", () => {
  test("is two values together, in every conversation on their topic", () => {
    const trained = new Set(data.train.map(({ combination }) => combination));
    const developed = new Set(data.dev.map(({ combination }) => combination));
    expect(heldOut.filter(({ combination }) => trained.has(combination))).toEqual([]);
    expect(data.test.filter(({ combination }) => developed.has(combination))).toEqual([]);
  });

  test("can be answered from training: scene, words and sums are all there", () => {
    const counts = new Map<string, number>();
    for (const { facts } of data.train) for (const fact of facts) counts.set(fact, (counts.get(fact) ?? 0) + 1);
    const unknown = heldOut
      .flatMap(({ facts }) => facts)
      .filter((fact) => (counts.get(fact) ?? 0) < FEWEST_IN_TRAINING);
    expect([...new Set(unknown)]).toEqual([]);
  });
});

test("numerals are said as people say them", () => {
  expect([2, 10, 12, 20, 34].map(numeral)).toEqual(["二", "十", "十二", "二十", "三十四"]);
});

test("the files are the published ones", () => {
  expect(summarize(data)).toEqual(published);
});
