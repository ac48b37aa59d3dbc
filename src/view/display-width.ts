/** How many cells a terminal gives a text: Unicode Standard Annex 11 (East Asian width) over grapheme clusters. */

/** Code points of East Asian width W or F, first and last, without the emoji that the property below covers. */
const WIDE_RANGES = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2630, 0x2637],
  [0x268a, 0x268f],
  [0x2e80, 0x303e],
  [0x3041, 0x4dff],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x1b2ff],
  [0x1d300, 0x1d376],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
] as const;

const EMOJI = /^\p{Emoji_Presentation}|^\p{Emoji}.?\ufe0f/u;
const INVISIBLE = /^[\p{Control}\p{Format}\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u;

/** Made at the first use: that takes longer than to open a small model. */
let graphemes: Intl.Segmenter | undefined;

/** The characters a reader sees, each possibly several code points. */
export function splitGraphemes(text: string): string[] {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

function graphemeWidth(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  if (EMOJI.test(grapheme)) return 2;
  const code = grapheme.codePointAt(0)!;
  return WIDE_RANGES.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** Cells that the text takes: 2 for a Chinese character, 1 for a Latin letter, 0 for a combining mark. */
export function displayWidth(text: string): number {
  return splitGraphemes(text).reduce((width, grapheme) => width + graphemeWidth(grapheme), 0);
}

/** The text in at most `width` cells, an ellipsis where something is left out. */
export function truncateToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  let used = 1;
  for (const grapheme of splitGraphemes(text)) {
    used += graphemeWidth(grapheme);
    if (used > width) break;
    kept += grapheme;
  }
  return `${kept}…`;
}

/** The text in exactly `width` cells: cut, or filled with spaces. */
export function fitToWidth(text: string, width: number, align: "left" | "right" | "center" = "left"): string {
  const shown = truncateToWidth(text, width);
  const missing = width - displayWidth(shown);
  const before = align === "left" ? 0 : align === "right" ? missing : Math.floor(missing / 2);
  return " ".repeat(before) + shown + " ".repeat(missing - before);
}

/** The text as lines of at most `width` cells, broken at spaces, and inside what is longer than a line. */
export function wrapToWidth(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ").flatMap((word) => splitWord(word, width))) {
    const last = lines.length - 1;
    const joined = lines[last] === "" ? word : `${lines[last]} ${word}`;
    if (displayWidth(joined) <= width) lines[last] = joined;
    else lines.push(word);
  }
  return lines;
}

function splitWord(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word];
  const parts = [""];
  for (const grapheme of splitGraphemes(word)) {
    const grown = parts.at(-1)! + grapheme;
    if (displayWidth(grown) <= width) parts[parts.length - 1] = grown;
    else parts.push(grapheme);
  }
  return parts;
}
