import { closesQuote, isSign, opensQuote, shapesOf } from "./spacing.js";

/** What a lower-cased text has lost and decoding restores. */
export interface CasingData {
  /** Sentences of the text begin with a capital. */
  sentenceCapital: boolean;
  /**
   * What is mostly written with another case inside a sentence: words (I, Tom, TV), and two words in a row where they
   * differ from what each is alone (New York, but a new day).
   */
  words: string[];
}

/** Languages whose lower and upper case differ from Unicode's default (dotless i, accents kept on i). */
const specialCasing = /^(?:tr|az|lt)\b/iu;

export function hasSpecialCasing(language: string): boolean {
  return specialCasing.test(language);
}

export function toLower(text: string, language: string): string {
  return specialCasing.test(language) ? text.toLocaleLowerCase(language) : text.toLowerCase();
}

/** Letter by letter: a Σ that ends a word is σ too, so that the same letters make the same pieces everywhere. */
export function lowerLetters(text: string, language: string): string {
  return text
    .split("Σ")
    .map((part) => toLower(part, language))
    .join("σ");
}

function capitalize(word: string, language: string): string {
  const [first = ""] = word;
  const upper = specialCasing.test(language) ? first.toLocaleUpperCase(language) : first.toUpperCase();
  // ß and ligatures have no single capital.
  return upper.length === first.length ? upper + word.slice(first.length) : word;
}

const abbreviation = /^\p{L}(?:\.\p{L})+\.$/u;
const endsSentence = /[.!?…。！？]["'”’)\]]*$/u;

/** For each token, whether a sentence begins with it. */
function sentenceStarts(tokens: readonly string[]): boolean[] {
  const shapes = shapesOf(tokens);
  let start = true;
  return tokens.map((token, i) => {
    const shape = shapes[i]!;
    const previous = tokens[i - 1] ?? "";
    if (!isSign(shape)) {
      const starts = start;
      start = endsSentence.test(token) && !abbreviation.test(token);
      return starts;
    }
    if (opensQuote(shape)) start ||= /^[,:，：]$/u.test(previous) || closesQuote(shapes[i - 1] ?? "");
    // "Really?" he asked: the sentence goes on after a quoted question.
    else if (closesQuote(shape)) start &&= !/^[!?！？]$/u.test(previous);
    else if (endsSentence.test(token)) start = true;
    else if (i > 0) start = false;
    return false;
  });
}

/** Gives lower-cased tokens their capitals again. */
export class Casing {
  /** The usual form of each lower-cased word, or two words with a space between, that has one. */
  readonly #forms: ReadonlyMap<string, string>;
  readonly #sentenceCapital: boolean;

  constructor(
    { words, sentenceCapital }: CasingData,
    readonly language: string,
  ) {
    this.#forms = new Map(words.map((form) => [toLower(form, language), form]));
    this.#sentenceCapital = sentenceCapital;
  }

  restore(tokens: readonly string[]): string[] {
    const starts = sentenceStarts(tokens);
    return tokens.map((token, i) => {
      const usual = this.#usualForm(tokens, i);
      return usual === token && starts[i] && this.#sentenceCapital ? capitalize(token, this.language) : usual;
    });
  }

  /** The form of lower-cased token i inside a sentence: by its neighbours if they tell, else its own. */
  #usualForm(tokens: readonly string[], i: number): string {
    const token = tokens[i]!;
    const afterPrevious = this.#forms.get(`${tokens[i - 1]} ${token}`)?.split(" ")[1];
    const beforeNext = this.#forms.get(`${token} ${tokens[i + 1]}`)?.split(" ")[0];
    return afterPrevious ?? beforeNext ?? this.#forms.get(token) ?? token;
  }
}

/** How often two words must be seen together before they may differ from what each is alone. */
const LEAST_PHRASE_COUNT = 2;

/** Counts how a text writes each word inside its sentences, alone and with the word before. */
export class CasingLearner {
  /** For each lower-cased word or two words: how often each form was seen. */
  readonly #words = new Map<string, Map<string, number>>();
  readonly #phrases = new Map<string, Map<string, number>>();
  #capitals = 0;
  #smalls = 0;

  constructor(readonly language: string) {}

  add(tokens: readonly string[]): void {
    const starts = sentenceStarts(tokens);
    const lowered = tokens.map((token) => toLower(token, this.language));
    /** The form a token shows inside a sentence; a sentence's first word shows none unless it is written TV or iPhone. */
    const shown = tokens.map((token, i) => {
      const lower = lowered[i]!;
      if (token.toUpperCase() === lower) return undefined;
      const capital = capitalize(lower, this.language);
      return starts[i] && capital !== lower && (token === lower || token === capital) ? undefined : token;
    });
    tokens.forEach((token, i) => {
      const lower = lowered[i]!;
      if (starts[i] && capitalize(lower, this.language) !== lower) {
        if (token === lower) this.#smalls++;
        else this.#capitals++;
      }
      if (shown[i] === undefined) return;
      countForm(this.#words, lower, token);
      if (shown[i - 1] !== undefined)
        countForm(this.#phrases, `${lowered[i - 1]} ${lower}`, `${tokens[i - 1]} ${token}`);
    });
  }

  finish(): CasingData {
    const words = usualForms(this.#words).filter(([lower, form]) => form !== lower);
    const alone = new Map(words.map(([lower, form]) => [lower, form]));
    const phrases = usualForms(this.#phrases).filter(([lower, form, count]) => {
      const expected = lower.split(" ").map((word) => alone.get(word) ?? word);
      return count >= LEAST_PHRASE_COUNT && form !== expected.join(" ");
    });
    return {
      sentenceCapital: this.#capitals > this.#smalls,
      words: [...words, ...phrases].map(([, form]) => form).sort(),
    };
  }
}

type FormCounts = Map<string, Map<string, number>>;

function countForm(counts: FormCounts, lower: string, form: string): void {
  let forms = counts.get(lower);
  if (!forms) {
    forms = new Map();
    counts.set(lower, forms);
  }
  forms.set(form, (forms.get(form) ?? 0) + 1);
}

/** The form that makes up more than half of each entry, with its count; entries without one are left out. */
function usualForms(counts: FormCounts): [lower: string, form: string, count: number][] {
  return [...counts].flatMap(([lower, forms]) => {
    const total = [...forms.values()].reduce((sum, count) => sum + count, 0);
    const usual = [...forms].find(([, count]) => count * 2 > total);
    return usual ? [[lower, ...usual] as [string, string, number]] : [];
  });
}
