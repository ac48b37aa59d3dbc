const DIGITS = "〇一二三四五六七八九";

/** A number below 100 as Chinese says it: 十, 十二, 二十, 二十三. */
export function chineseNumber(value: number): string {
  const tens = Math.floor(value / 10);
  const ones = value % 10;
  if (tens === 0) return DIGITS[ones]!;
  return `${tens === 1 ? "" : DIGITS[tens]!}十${ones === 0 ? "" : DIGITS[ones]!}`;
}

/** The number that positional Chinese digits write: 二三 → 23. */
export function parseChineseDigits(text: string): number {
  return Number([...text].map((digit) => DIGITS.indexOf(digit)).join(""));
}
