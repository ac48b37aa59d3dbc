/**
 * A phrase in both languages at once. Words that mean each other carry the same tie, so the alignment of a sentence falls
 * out of how the sentence was put together: templates order the two sides differently, the ties stay.
 */
import { articleBefore } from "./english.js";

/** `tie` is "" for a word without a counterpart on the other side (articles, do-support, 了). */
export interface Word {
  readonly text: string;
  readonly tie: string;
}

/** The English forms a phrase can take; a form that is not there reads as `plain`. */
export interface Forms {
  readonly plain: readonly Word[];
  readonly [form: string]: readonly Word[];
}

export interface Phrase {
  readonly chinese: readonly Word[];
  readonly english: Forms;
}

/** Which alternative an English verb agrees with: I am, she is, they are. */
export type Person = "first" | "third" | "plural";

/** One English word and the Chinese span that says it: half-open UTF-16 offsets, and whether the word is open-class. */
export type Link = readonly [
  targetStart: number,
  targetEnd: number,
  sourceStart: number,
  sourceEnd: number,
  content: 0 | 1,
];

export interface AlignedSentence {
  readonly source: string;
  readonly target: string;
  readonly links: readonly Link[];
  /** The dictionary words of the Chinese side, commas among them; joined they are the source. */
  readonly sourceWords: readonly string[];
  /** The words and punctuation marks of the English side, before the sentence's capital. */
  readonly targetWords: readonly string[];
}

export const nothing: Phrase = { chinese: [], english: { plain: [] } };

const articles = new Set(["a", "the", "some"]);

const functionWords = new Set(
  `a an the some any i you he she it we they me him her us them my your his its our their this that these those am is are
  was were be been do does did don't doesn't didn't isn't aren't not no never will won't can can't could should shouldn't
  must may would have has haven't hasn't to of in on at by with for from than as and or if because although but when
  then what who where why how whose which there let's please more most too very so many much one o'clock`.split(/\s+/),
);

/** One dictionary word: all its English words mean it, except articles. `english` may name several forms. */
export function lexeme(chinese: string, english: string | ({ plain: string } & Record<string, string>)): Phrase {
  const tied = (text: string): Word[] =>
    text.split(" ").map((word) => ({ text: word, tie: articles.has(word) ? "" : "self" }));
  const forms = typeof english === "string" ? { plain: english } : english;
  return {
    chinese: [{ text: chinese, tie: "self" }],
    english: Object.fromEntries(Object.entries(forms).map(([form, text]) => [form, tied(text)])) as unknown as Forms,
  };
}

interface Token {
  readonly slot?: { name: string; form: string; optional: boolean };
  readonly alternatives: readonly string[];
  readonly tie: string;
}

const templates = new Map<string, readonly Token[]>();

function parseToken(text: string): Token {
  const slot = /^\{(\w+)(\?)?(?::(\w+))?\}$/.exec(text);
  if (slot) {
    return { slot: { name: slot[1]!, optional: slot[2] === "?", form: slot[3] ?? "plain" }, alternatives: [], tie: "" };
  }
  const [word, tie = ""] = text.split("/");
  return { alternatives: word!.startsWith("(") ? word!.slice(1, -1).split("|") : [word!], tie };
}

function parseTemplate(template: string): readonly Token[] {
  let tokens = templates.get(template);
  if (!tokens) {
    tokens = template.split(" ").filter(Boolean).map(parseToken);
    templates.set(template, tokens);
  }
  return tokens;
}

/** `(do|does)` and `(am|is|are)` by person. */
function agree(alternatives: readonly string[], person: Person): string {
  const position = { first: 0, third: 1, plural: 2 }[person];
  return alternatives[alternatives.length === 1 ? 0 : position] ?? alternatives[0]!;
}

export type Parts = Readonly<Record<string, Phrase | undefined>>;

/**
 * Fills two templates of words separated by spaces with the same parts:
 *
 *   {who}            a part; `{who?}` may be absent; `{do:past}` asks for an English form, `{do:present}` agrees
 *   在/place         a word tied to the other template's word with the same tie
 *   (am|is|are)/be   alternatives that agree with `person`
 */
export function compose(chinese: string, english: string, parts: Parts, person: Person = "third"): Phrase {
  const fill = (template: string, words: (part: Phrase, form: string) => readonly Word[]): Word[] =>
    parseTemplate(template).flatMap(({ slot, alternatives, tie }) => {
      if (!slot) return [{ text: agree(alternatives, person), tie }];
      const part = parts[slot.name];
      if (!part) {
        if (slot.optional) return [];
        throw new Error(`phrase book: template "${template}" needs a part "${slot.name}". Pass one.`);
      }
      return words(part, slot.form).map((word) => ({ text: word.text, tie: word.tie && `${slot.name}.${word.tie}` }));
    });
  const agreeing = person === "third" ? "third" : "plain";
  return {
    chinese: fill(chinese, (part) => part.chinese),
    english: {
      plain: fill(english, ({ english: forms }, form) => forms[form === "present" ? agreeing : form] ?? forms.plain),
    },
  };
}

const closesUp = /^[.,?!]/;

/** The two strings, "a" or "an" chosen and the first letter capital, and the links between their words. */
export function writeOut(phrase: Phrase): AlignedSentence {
  const spans = new Map<string, [start: number, end: number][]>();
  let source = "";
  for (const { text, tie } of phrase.chinese) {
    const start = source.length;
    source += text;
    if (!tie) continue;
    const runs = spans.get(tie) ?? [];
    const last = runs.at(-1);
    if (last?.[1] === start) last[1] = source.length;
    else runs.push([start, source.length]);
    spans.set(tie, runs);
  }
  const english = phrase.english.plain;
  const targetWords = english.map(({ text }, i) => (text === "a" ? articleBefore(english[i + 1]!.text) : text));
  const links: Link[] = [];
  let target = "";
  english.forEach(({ tie }, i) => {
    const word = targetWords[i]!;
    if (target && !closesUp.test(word)) target += " ";
    const start = target.length;
    target += start === 0 ? word[0]!.toUpperCase() + word.slice(1) : word;
    const content = functionWords.has(word.toLowerCase()) ? 0 : 1;
    for (const [from, to] of spans.get(tie) ?? []) links.push([start, target.length, from, to, content]);
  });
  return { source, target, links, sourceWords: phrase.chinese.map(({ text }) => text), targetWords };
}
