/** The ways people write a date: 25 locales, each in up to ten styles, as `Intl.DateTimeFormat` knows them. */
import { chineseNumber, parseChineseDigits } from "./chinese-numerals.js";
import { normalizeDate } from "./normalize.js";

/** One way of writing a date in one locale. */
export interface Pattern {
  readonly locale: string;
  readonly style: string;
  /** Writes the day that begins at this time (milliseconds since 1970, UTC), without the locale before it. */
  readonly write: (time: number) => string;
}

type Style = Intl.DateTimeFormatOptions & {
  /** The numbering system asked of Intl. */
  readonly digits?: string;
  /** Month and day as said, 二十三, where Intl would write them digit by digit, 二三. */
  readonly traditional?: true;
};

const inCharactersFull: Style = { dateStyle: "full", digits: "hanidec" };
const inCharactersLong: Style = { dateStyle: "long", digits: "hanidec" };

const styles = {
  full: { dateStyle: "full" },
  long: { dateStyle: "long" },
  medium: { dateStyle: "medium" },
  numeric: { year: "numeric", month: "numeric", day: "numeric" },
  padded: { year: "numeric", month: "2-digit", day: "2-digit" },
  abbreviated: { year: "numeric", month: "short", day: "numeric" },
  weekday: { year: "numeric", month: "short", day: "numeric", weekday: "short" },
  digits: inCharactersLong,
  "digits-full": inCharactersFull,
  traditional: { ...inCharactersLong, traditional: true },
  "traditional-full": { ...inCharactersFull, traditional: true },
} as const satisfies Record<string, Style>;

type StyleName = keyof typeof styles;

const common: StyleName[] = ["full", "long", "medium", "numeric", "padded", "abbreviated", "weekday"];
const chineseStyles: StyleName[] = ["digits", "digits-full", "traditional", "traditional-full"];
const without = (...left: StyleName[]) => common.filter((style) => !left.includes(style));

/**
 * Which styles each locale is written in. Left out are those that CLDR 46 (Node 20.19) and CLDR 48 (Node 24) write
 * differently, so that the data is the same on both, and doubles of another style.
 */
const stylesOf: Record<string, readonly StyleName[]> = {
  "en-GB": without("abbreviated", "padded"),
  "en-US": without("abbreviated"),
  de: without("medium"),
  fr: without("abbreviated", "padded"),
  es: without("abbreviated"),
  "pt-BR": without("abbreviated", "padded"),
  it: without("abbreviated", "padded"),
  nl: without("abbreviated"),
  sv: without("abbreviated", "padded"),
  fi: without("medium", "abbreviated"),
  pl: without("abbreviated"),
  cs: without("medium", "abbreviated"),
  hu: without("abbreviated", "padded"),
  tr: without("abbreviated", "padded"),
  el: without("abbreviated"),
  ru: without("abbreviated", "padded"),
  "ar-EG": without("medium", "abbreviated", "weekday"),
  fa: without("abbreviated"),
  mr: without("abbreviated"),
  ja: [...without("medium", "abbreviated"), "traditional", "traditional-full"],
  ko: without("medium", "abbreviated"),
  "zh-CN": [...without("medium", "abbreviated"), ...chineseStyles],
  "zh-TW": [...without("medium", "abbreviated", "weekday"), ...chineseStyles],
  id: without("abbreviated"),
  vi: without("abbreviated", "weekday"),
};

/** The locales, in the order the data counts them. */
export const locales: readonly string[] = Object.keys(stylesOf);

/** Intl's parts, with month and day (23, written 二三) turned into what is said (二十三). */
function writeTraditional(format: Intl.DateTimeFormat, time: number): string {
  const written = format.formatToParts(time).map(({ type, value }) => {
    const spoken = type === "month" || type === "day";
    return spoken ? value.replace(/[〇一二三四五六七八九]+/u, (run) => chineseNumber(parseChineseDigits(run))) : value;
  });
  return written.join("");
}

function makePattern(locale: string, name: StyleName): Pattern {
  const { digits, traditional, ...options }: Style = styles[name];
  const numbering = digits === undefined ? {} : { numberingSystem: digits };
  const format = new Intl.DateTimeFormat(locale, { ...options, ...numbering, calendar: "gregory", timeZone: "UTC" });
  const write = traditional ? (time: number) => writeTraditional(format, time) : (time: number) => format.format(time);
  return { locale, style: name, write: (time) => normalizeDate(write(time)) };
}

/** Every pattern of a locale. */
export function patternsOf(locale: string): Pattern[] {
  return stylesOf[locale]!.map((style) => makePattern(locale, style));
}
