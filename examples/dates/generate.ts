/** Pairs of a date as people write it and the same date in ISO 8601: `en-GB 3 May 2026` → `2026-05-03`. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashText, RandomStream } from "tandem-seq2seq";
import { locales, type Pattern, patternsOf } from "./patterns.js";
import { checksums, fingerprints } from "./published.js";

export type DatePair = readonly [source: string, target: string];
export type DateSplit = "train" | "dev" | "test";
export type DateData = Record<DateSplit, DatePair[]>;

const SEED = 2026;
const DAY = 86_400_000;
const FIRST_DAY = Date.UTC(1900, 0, 1) / DAY;
const DAY_COUNT = Date.UTC(2101, 0, 1) / DAY - FIRST_DAY;

/** Pairs in each part, for each locale. */
const pairsPerLocale: Record<DateSplit, number> = { train: 2000, dev: 40, test: 80 };

/** Of twenty days, how many belong to a part. A day belongs to one part in all locales, so no test date is ever trained on. */
const daysOfTwenty: Record<DateSplit, number> = { train: 17, dev: 1, test: 2 };

/** Each part's days, in random order. */
function splitDays(): Record<DateSplit, Int32Array> {
  const order = new RandomStream(SEED, "dates", "split").permutation(DAY_COUNT);
  const devStart = Math.floor((DAY_COUNT * daysOfTwenty.train) / 20);
  const testStart = Math.floor((DAY_COUNT * (daysOfTwenty.train + daysOfTwenty.dev)) / 20);
  return {
    train: order.subarray(0, devStart),
    dev: order.subarray(devStart, testStart),
    test: order.subarray(testStart),
  };
}

function isoDate(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Pairs of one locale on distinct days of one part, each in a style drawn at random. */
function pairsOf(locale: string, patterns: readonly Pattern[], split: DateSplit, days: Int32Array): DatePair[] {
  const which = new RandomStream(SEED, "dates", `${split} days ${locale}`).permutation(days.length);
  const styleStream = new RandomStream(SEED, "dates", `${split} styles ${locale}`);
  return Array.from({ length: pairsPerLocale[split] }, (_, i) => {
    const time = (FIRST_DAY + days[which[i]!]!) * DAY;
    const pattern = patterns[Math.floor(styleStream.uniform(i) * patterns.length)]!;
    return [`${locale} ${pattern.write(time)}`, isoDate(time)];
  });
}

function shuffled(pairs: readonly DatePair[], split: DateSplit): DatePair[] {
  const order = new RandomStream(SEED, "dates", `${split} order`).permutation(pairs.length);
  return Array.from(order, (i) => pairs[i]!);
}

/** The three parts, the same at every call: 50,000, 1,000 and 2,000 pairs, balanced over the locales. */
export function generateDates(): DateData {
  const days = splitDays();
  const data: DateData = { train: [], dev: [], test: [] };
  for (const locale of locales) {
    const patterns = patternsOf(locale);
    for (const split of ["train", "dev", "test"] as const) {
      data[split].push(...pairsOf(locale, patterns, split, days[split]));
    }
  }
  return {
    train: shuffled(data.train, "train"),
    dev: shuffled(data.dev, "dev"),
    test: shuffled(data.test, "test"),
  };
}

/** One part as the text of its file: source TAB target LF. */
export function toTsv(pairs: readonly DatePair[]): string {
  return pairs.map(([source, target]) => `${source}\t${target}\n`).join("");
}

/** SHA-256 of a file's text, in hexadecimal. */
export function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** How this runtime writes every pattern, each as a hash over 28 days that hold all months and weekdays. */
export function fingerprintPatterns(): Record<string, string> {
  const times = Array.from({ length: 28 }, (_, i) => Date.UTC(2026, 0, 2 + 13 * i));
  const entries = locales.flatMap(patternsOf).map((pattern) => {
    const hash = hashText(times.map(pattern.write).join("\n"));
    return [`${pattern.locale} ${pattern.style}`, hash.toString(16).padStart(8, "0")];
  });
  return Object.fromEntries(entries);
}

export interface WrittenDates {
  /** The paths of the three files. */
  files: Record<DateSplit, string>;
  /** Whether the files are, byte for byte, those the committed checksums stand for. */
  asPublished: boolean;
  /** Why they are not: one sentence for the user. The data is right all the same. */
  note?: string;
}

/** What to tell when the data is not the published one: Intl follows CLDR, which changes with the runtime. */
function describeDifference(): string {
  const here = fingerprintPatterns();
  const changed = Object.keys(fingerprints).filter((name) => here[name] !== fingerprints[name]);
  const examples = changed.slice(0, 3).join(", ");
  return (
    `dates: this Node's Intl writes ${changed.length} of ${Object.keys(fingerprints).length} patterns differently` +
    `${examples && ` (${examples}${changed.length > 3 ? ", …" : ""})`}, so the files differ from the published ones. ` +
    "They are valid; compare results only with models trained on the same files."
  );
}

/** Writes train.tsv, dev.tsv and test.tsv into a folder, made if it is missing. */
export async function writeDates(folder: string): Promise<WrittenDates> {
  const data = generateDates();
  await mkdir(folder, { recursive: true });
  const files = { train: join(folder, "train.tsv"), dev: join(folder, "dev.tsv"), test: join(folder, "test.tsv") };
  let asPublished = true;
  for (const split of ["train", "dev", "test"] as const) {
    const text = toTsv(data[split]);
    asPublished &&= checksum(text) === checksums[split];
    await writeFile(files[split], text);
  }
  return asPublished ? { files, asPublished } : { files, asPublished, note: describeDifference() };
}
