/**
 * The first cut of a line: by Unicode classes alone, the same for every language and every runtime. Runs of Chinese
 * and Japanese letters stay whole here; the segmenter splits them.
 */

/** A stretch of a line without white space inside. */
export interface Piece {
  text: string;
  /** White space stood before it in the line. */
  spaced: boolean;
  /** A run of Chinese or Japanese letters, still to be split into words. */
  ideographic: boolean;
}

/** Letters written without spaces between words, each with the marks that belong to it (variants, voicing). */
const IDEOGRAPH = "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー々〆]\\p{M}*";
const ideographicRuns = new RegExp(`((?:${IDEOGRAPH})+)`, "u");
const ideographicAtStart = new RegExp(`^${IDEOGRAPH}`, "u");
const hasMark = /\p{M}/u;
const ideographs = new RegExp(IDEOGRAPH, "gu");

const ADDRESS = "(?:https?://|www\\.)[^\\s]*[^\\s\\p{P}]/?|[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+";
/** p.m., U.S., e.g. */
const ABBREVIATION = "\\p{L}(?:\\.\\p{L})+\\.(?![\\p{L}\\p{N}])";
/** −5, but not the hyphen of 10-5. */
const SIGNED_NUMBER = "(?<![\\p{L}\\p{N}\\p{P}])[-−+](?=\\p{N})";
const LETTER = "[\\p{L}\\p{M}\\p{N}]";
/** What may stand inside a word: o'clock, well-known, 7-up (but 2026-05-03 are five pieces), 3.14, 10:30. */
const INNER_SIGN = [
  "['’ʼ](?=\\p{L})",
  "[-‐‑](?=\\p{L})",
  "(?<!\\p{N})[-‐‑](?=\\p{N})",
  "(?<=\\p{N})[.,:](?=\\p{N})",
].join("|");
/** C++, C#, A+ */
const FINAL_SIGN = `(?<=\\p{L})(?:\\+{1,2}|#)(?!${LETTER})`;
const WORD = `(?:${SIGNED_NUMBER})?${LETTER}+(?:(?:${INNER_SIGN})${LETTER}+)*(?:${FINAL_SIGN})?`;
const EMOJI =
  "\\p{Extended_Pictographic}(?:\\u{200D}\\p{Extended_Pictographic}|\\u{FE0F}|\\p{Emoji_Modifier})*|\\p{RI}{2}";
/** Signs that mean something as a run: ... -- —— …… === */
const REPEATED_SIGN = "([-+.…—–=*_~#·])\\1+";
const DEGREES = `°[CF](?!${LETTER})`;
const pieces = new RegExp(`${ADDRESS}|${DEGREES}|${ABBREVIATION}|${WORD}|${EMOJI}|${REPEATED_SIGN}|\\S`, "gu");

const contraction = /^(.+?)(n['’]t|['’](?:s|m|d|re|ve|ll))$/iu;
const elision = /^((?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’])(\p{L}{2,}.*)$/iu;

/** Cuts a word at an English contraction (do·n't, Tom·'s) and at a French or Italian elision (l'·homme). */
function splitApostrophes(word: string): string[] {
  if (!/['’]/u.test(word)) return [word];
  const contracted = contraction.exec(word);
  if (contracted) return [...splitApostrophes(contracted[1]!), contracted[2]!];
  const elided = elision.exec(word);
  return elided ? [elided[1]!, elided[2]!] : [word];
}

/** Words, numbers, signs and whole ideographic runs of a line, in order; nothing but white space is lost. */
export function scan(line: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  const add = (text: string, at: number, ideographic: boolean) => {
    found.push({ text, spaced: at > end, ideographic });
    end = at + text.length;
  };
  let offset = 0;
  line.split(ideographicRuns).forEach((part, i) => {
    const isRun = i % 2 === 1;
    if (isRun) {
      add(part, offset, true);
    } else {
      for (const match of part.matchAll(pieces)) {
        let at = offset + match.index;
        for (const word of splitApostrophes(match[0])) {
          add(word, at, false);
          at += word.length;
        }
      }
    }
    offset += part.length;
  });
  return found;
}

/** The letters of an ideographic run, each with its marks. */
export function splitIdeographs(run: string): string[] {
  return hasMark.test(run) ? (run.match(ideographs) ?? []) : Array.from(run);
}

export function isIdeographic(token: string): boolean {
  return ideographicAtStart.test(token);
}
