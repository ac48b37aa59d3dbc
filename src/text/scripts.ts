/** ISO 15924 codes with the names people know, of the scripts in everyday use. */
const SCRIPTS: Readonly<Record<string, string>> = {
  ...{ Latn: "Latin", Hani: "Chinese", Hira: "Hiragana", Kana: "Katakana", Hang: "Hangul", Cyrl: "Cyrillic" },
  ...{ Grek: "Greek", Arab: "Arabic", Hebr: "Hebrew", Deva: "Devanagari", Beng: "Bengali", Taml: "Tamil" },
  ...{ Telu: "Telugu", Knda: "Kannada", Mlym: "Malayalam", Gujr: "Gujarati", Guru: "Gurmukhi", Orya: "Odia" },
  ...{ Sinh: "Sinhala", Thai: "Thai", Laoo: "Lao", Khmr: "Khmer", Mymr: "Burmese", Tibt: "Tibetan" },
  ...{ Geor: "Georgian", Armn: "Armenian", Ethi: "Ethiopic", Mong: "Mongolian" },
};

const codes = Object.keys(SCRIPTS);
const letterRuns = new RegExp(codes.map((code) => `\\p{Script=${code}}+`).join("|"), "gu");
const letterOf = codes.map((code) => [code, new RegExp(`\\p{Script=${code}}`, "u")] as const);
/** The scripts of letters seen so far: to ask for one takes long. */
const scriptOfLetter = new Map<number, string>();

/** What scripts that ISO 15924 joins consist of. */
const JOINED: Readonly<Record<string, readonly string[]>> = {
  Hans: ["Hani"],
  Hant: ["Hani"],
  Jpan: ["Hani", "Hira", "Kana"],
  Kore: ["Hang", "Hani"],
};

/** Letters by script. */
export type ScriptCounts = Map<string, number>;

/** How many letters of which script a line has. */
export function scriptsOf(line: string, counts: ScriptCounts = new Map()): ScriptCounts {
  for (const [run] of line.matchAll(letterRuns)) {
    const script = scriptOf(run.codePointAt(0)!);
    counts.set(script, (counts.get(script) ?? 0) + run.length);
  }
  return counts;
}

function scriptOf(letter: number): string {
  const known = scriptOfLetter.get(letter);
  if (known !== undefined) return known;
  const [script] = letterOf.find(([, isOfScript]) => isOfScript.test(String.fromCodePoint(letter)))!;
  scriptOfLetter.set(letter, script);
  return script;
}

/** How many letters. */
export const sumOf = (counts: ScriptCounts) => [...counts.values()].reduce((sum, count) => sum + count, 0);

/** The scripts of a language by its likely subtags (UTS 35); undefined where nobody knows. */
export function expectedScripts(language: string): readonly string[] | undefined {
  if (language === "auto") return undefined;
  const { script } = new Intl.Locale(language).maximize();
  if (script === undefined) return undefined;
  const scripts = JOINED[script] ?? [script];
  return scripts.every((code) => code in SCRIPTS) ? scripts : undefined;
}

/** The names of scripts as people know them: "Chinese or Hiragana". */
export const namesOf = (scripts: readonly string[]) => scripts.map((code) => SCRIPTS[code]).join(" or ");

/** The share of a line's letters that are of these scripts; of a line without letters 1. */
export function scriptShare(counts: ScriptCounts, scripts: readonly string[]): number {
  const letters = sumOf(counts);
  return letters === 0 ? 1 : scripts.reduce((sum, code) => sum + (counts.get(code) ?? 0), 0) / letters;
}
