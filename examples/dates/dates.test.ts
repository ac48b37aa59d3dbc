import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { chineseNumber } from "./chinese-numerals.js";
import { checksum, type DatePair, fingerprintPatterns, generateDates, toTsv, writeDates } from "./generate.js";
import { normalizeDate } from "./normalize.js";
import { locales } from "./patterns.js";

const data = generateDates();
const pairs = [...data.train, ...data.dev, ...data.test];

const localeOf = ([source]: DatePair) => source.slice(0, source.indexOf(" "));
const dateOf = ([source]: DatePair) => source.slice(source.indexOf(" ") + 1);
const inLocale = (locale: string) => pairs.filter((pair) => localeOf(pair) === locale);

/** Any script's decimal digits as a number: Unicode puts each set of ten in a row. */
function decimal(text: string): number {
  const zeros = ["0", "٠", "۰", "०"].map((zero) => zero.codePointAt(0)!);
  const values = [...text].map((digit) =>
    zeros.map((zero) => digit.codePointAt(0)! - zero).find((v) => v >= 0 && v < 10),
  );
  return Number(values.join(""));
}

function iso(year: number, month: number, day: number): string {
  return [String(year).padStart(4, "0"), String(month).padStart(2, "0"), String(day).padStart(2, "0")].join("-");
}

const yearFirst = ["sv", "hu", "fa", "ja", "ko", "zh-CN", "zh-TW"];

/** A date written with three numbers and no month name, read by its locale's order. */
function parseNumeric(pair: DatePair): string {
  const [a, b, c] = dateOf(pair)
    .match(/\p{Nd}+/gu)!
    .map(decimal) as [number, number, number];
  if (localeOf(pair) === "en-US") return iso(c, a, b);
  return yearFirst.includes(localeOf(pair)) ? iso(a, b, c) : iso(c, b, a);
}

/** Chinese numerals, said (二十三) or digit by digit (二三), read from left to right. */
function parseChinese(text: string): number {
  if (!text.includes("十")) return Number([...text].map((digit) => "〇一二三四五六七八九".indexOf(digit)).join(""));
  const [tens, ones] = text.split("十") as [string, string];
  return 10 * (tens === "" ? 1 : parseChinese(tens)) + (ones === "" ? 0 : parseChinese(ones));
}

/** Day of the week, 0 = Sunday, by Sakamoto's rule; knows nothing of `Date`. */
function weekdayOf(target: string): number {
  const [year, month, day] = target.split("-").map(Number) as [number, number, number];
  const y = month < 3 ? year - 1 : year;
  const offset = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4][month - 1]!;
  return (y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + offset + day) % 7;
}

/** Pairs by what is written around the numbers. */
function byTemplate(written: readonly DatePair[]): Map<string, DatePair[]> {
  const groups = new Map<string, DatePair[]>();
  for (const pair of written) {
    const template = dateOf(pair).replace(/\p{Nd}+/gu, "#");
    const group = groups.get(template);
    if (group) group.push(pair);
    else groups.set(template, [pair]);
  }
  return groups;
}

afterEach(() => vi.unstubAllGlobals());

describe("dates", () => {
  it("has 50,000, 1,000 and 2,000 pairs, as many in each of 25 locales", () => {
    expect(locales).toHaveLength(25);
    for (const [part, perLocale] of [
      [data.train, 2000],
      [data.dev, 40],
      [data.test, 80],
    ] as const) {
      const counts = new Map(locales.map((locale) => [locale, 0]));
      for (const pair of part) counts.set(localeOf(pair), counts.get(localeOf(pair))! + 1);
      expect([...counts.values()]).toEqual(Array(25).fill(perLocale));
    }
  });

  it("holds dev and test out by date, in all locales", () => {
    const [train, dev, test] = [data.train, data.dev, data.test].map(
      (part) => new Set(part.map(([, target]) => target)),
    );
    expect([...test!].filter((date) => train!.has(date) || dev!.has(date))).toEqual([]);
    expect([...dev!].filter((date) => train!.has(date))).toEqual([]);
  });

  it("writes only days that exist, from 1900 to 2100, and every day of every month", () => {
    const targets = pairs.map(([, target]) => target);
    const exists = (target: string) => new Date(`${target}T00:00:00Z`).toISOString().slice(0, 10) === target;
    expect(targets.filter((target) => !/^\d{4}-\d\d-\d\d$/.test(target) || !exists(target))).toEqual([]);
    expect(targets.filter((target) => target < "1900-01-01" || target > "2100-12-31")).toEqual([]);
    expect(new Set(targets.map((target) => target.slice(5))).size).toBe(366);
  });

  it("gives every source one target", () => {
    const targets = new Map(pairs);
    expect(pairs.filter(([source, target]) => targets.get(source) !== target)).toEqual([]);
  });

  it("writes the date that a reader of the numbers reads", () => {
    const numeric = pairs.filter((pair) => /^\P{Nd}*(\p{Nd}+)(\P{Nd}+\p{Nd}+){2}\P{Nd}*$/u.test(dateOf(pair)));
    expect(numeric.length).toBeGreaterThan(15_000);
    expect(numeric.filter((pair) => parseNumeric(pair) !== pair[1])).toEqual([]);
  });

  it("writes the date that a reader of Chinese numerals reads, in both styles", () => {
    const pattern = /^([〇一二三四五六七八九]{4})年([〇一二三四五六七八九十]+)月([〇一二三四五六七八九十]+)日/u;
    const chinese = pairs.filter((pair) => pattern.test(dateOf(pair)));
    const read = (pair: DatePair) =>
      iso(...(dateOf(pair).match(pattern)!.slice(1).map(parseChinese) as [number, number, number]));
    expect(chinese.filter((pair) => read(pair) !== pair[1])).toEqual([]);
    const days = new Set(chinese.map((pair) => dateOf(pair).match(/月(.+)日/u)![1]));
    expect([...days]).toEqual(expect.arrayContaining(["二三", "二十三", "三十一", "一〇", "十", "二十"]));
    expect(chinese.length).toBeGreaterThan(2000);
  });

  it("writes English names of months as English calls them", () => {
    const names = "January February March April May June July August September October November December".split(" ");
    const named = [...inLocale("en-GB"), ...inLocale("en-US")].filter((pair) => /[A-Z][a-z]+/.test(dateOf(pair)));
    const monthOf = (pair: DatePair) => {
      const word = dateOf(pair)
        .match(/[A-Z][a-z]+/g)!
        .at(-1)!;
      return 1 + names.findIndex((name) => word.startsWith(name.slice(0, 3)) && (word.length < 5 || word === name));
    };
    expect(named.filter((pair) => monthOf(pair) !== Number(pair[1].slice(5, 7)))).toEqual([]);
    expect(named.length).toBeGreaterThan(2000);
  });

  it("fixes the month by its name and, where a weekday is written, the weekday", () => {
    for (const locale of locales.filter((name) => !/^(zh|ja)/.test(name))) {
      const ambiguous = [...byTemplate(inLocale(locale))].filter(([words, written]) => {
        const months = new Set(written.map(([, target]) => target.slice(5, 7)));
        const weekdays = new Set(written.map(([, target]) => weekdayOf(target)));
        const monthIsNumber = words.match(/#/g)!.length === 3;
        // Without a weekday all seven turn up; two or three in a dozen dates would be a name shared by several days.
        const sharedWeekday = written.length >= 12 && weekdays.size > 1 && weekdays.size < 4;
        return (!monthIsNumber && months.size > 1) || sharedWeekday;
      });
      expect(ambiguous).toEqual([]);
    }
  });

  it("writes the weekday that the calendar gives, in Chinese", () => {
    const written = pairs.filter(([source]) => /(?:星期|周|週)[日一二三四五六]/u.test(source));
    const read = (source: string) => "日一二三四五六".indexOf(source.match(/(?:星期|周|週)(.)/u)![1]!);
    expect(written.filter(([source, target]) => read(source) !== weekdayOf(target))).toEqual([]);
    expect(written.length).toBeGreaterThan(1000);
  });

  it("has only plain single spaces and no direction marks", () => {
    const odd = /[\t\n\r\u00a0\u2009\u202f\u3000\u200e\u200f\u061c]| {2}|^ | $/u;
    expect(pairs.filter(([source, target]) => odd.test(source) || odd.test(target))).toEqual([]);
    expect(pairs.filter(([source]) => source !== source.normalize("NFC"))).toEqual([]);
  });

  it("keeps sources short", () => {
    const lengths = data.train.map(([source]) => [...source].length);
    expect(lengths.reduce((sum, length) => sum + length, 0) / lengths.length).toBeLessThan(20);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(48);
  });
});

describe("normalizeDate", () => {
  it("makes every odd space plain and drops direction marks", () => {
    expect(normalizeDate(" \u200f3\u00a0mai\u202f\u20092026\u061c\u3000")).toBe("3 mai 2026");
    expect(normalizeDate("ma\u0301jus")).toBe("m\u00e1jus");
  });
});

describe("chineseNumber", () => {
  it("says numbers as people do", () => {
    expect([1, 10, 12, 20, 23, 31].map(chineseNumber)).toEqual(["一", "十", "十二", "二十", "二十三", "三十一"]);
  });
});

const quoted = (entries: Record<string, string>, quoteKeys: boolean) =>
  Object.entries(entries).map(([key, value]) => `  ${quoteKeys ? JSON.stringify(key) : key}: "${value}",\n`);

/** The text of published.ts for the data as it is generated here; `vitest -u` writes it. */
function publishedSource(): string {
  const checksums = {
    train: checksum(toTsv(data.train)),
    dev: checksum(toTsv(data.dev)),
    test: checksum(toTsv(data.test)),
  };
  return [
    "// Written by `npx vitest run examples/dates -u`; Node 20.19 to 25 (CLDR 46, 47, 48) give the same.\n\n",
    "/** SHA-256 of each file. */\nexport const checksums: Readonly<Record<string, string>> = {\n",
    ...quoted(checksums, false),
    "};\n\n/** How each pattern is written, as `fingerprintPatterns` hashes it. */\n",
    "export const fingerprints: Readonly<Record<string, string>> = {\n",
    ...quoted(fingerprintPatterns(), true),
    "};\n",
  ].join("");
}

describe("writeDates", () => {
  const tested = ["46.0", "47.0", "48.0"].includes(process.versions["cldr"] ?? "");

  it.runIf(tested)("generates what the committed checksums stand for", async () => {
    await expect(publishedSource()).toMatchFileSnapshot("./published.ts");
  });

  it("writes three files of source TAB target, and says how they relate to the published ones", async () => {
    const folder = await mkdtemp(join(tmpdir(), "dates-"));
    try {
      const written = await writeDates(join(folder, "new"));
      const text = await readFile(written.files.test, "utf8");
      expect(text).toBe(toTsv(data.test));
      expect(
        text.endsWith("\n") &&
          text
            .trimEnd()
            .split("\n")
            .every((line) => line.split("\t").length === 2),
      ).toBe(true);
      expect(written.asPublished).toBe(written.note === undefined);
      if (tested) expect(written.asPublished).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("writes valid data and a note where Intl has other patterns", async () => {
    const Original = Intl.DateTimeFormat;
    class DutchAsGerman extends Original {
      constructor(locale?: string | string[], options?: Intl.DateTimeFormatOptions) {
        super(locale === "nl" ? "de" : locale, options);
      }
    }
    vi.stubGlobal("Intl", { ...Intl, DateTimeFormat: DutchAsGerman });
    const folder = await mkdtemp(join(tmpdir(), "dates-"));
    try {
      const written = await writeDates(folder);
      expect(written.asPublished).toBe(false);
      expect(written.note).toMatch(/writes \d+ of \d+ patterns differently \(nl full, nl long, nl medium, …\)/);
      expect((await readFile(written.files.train, "utf8")).split("\n")).toHaveLength(50_001);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
