/** The regular English inflections, and the few irregular ones that the lexicon needs. */

const vowelSound = /^(?:[aeio]|u(?!ni|se)|hour)/i;

export function articleBefore(word: string): "a" | "an" {
  return vowelSound.test(word) && !/^one\b/.test(word) ? "an" : "a";
}

function addS(word: string): string {
  if (/(?:s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return `${word}s`;
}

/** Changes the last word: "movie ticket" → "movie tickets". */
export function pluralOf(noun: string): string {
  if (/(?:potato|tomato)$/.test(noun)) return `${noun}es`;
  if (/knife$/.test(noun)) return noun.replace(/fe$/, "ves");
  return addS(noun);
}

const doubling = new Set(["run", "swim", "get", "sit", "shop", "chat", "plan", "jog", "put", "stop"]);
const oddThird: Record<string, string> = { go: "goes", do: "does", have: "has" };

/** Past and participle of verbs that many entries share. */
const oddPasts: Record<string, [past: string, done?: string]> = {
  eat: ["ate", "eaten"],
  get: ["got", "gotten"],
  go: ["went", "gone"],
  have: ["had"],
  leave: ["left"],
  buy: ["bought"],
  take: ["took", "taken"],
  make: ["made"],
  tell: ["told"],
  give: ["gave", "given"],
};

export interface VerbForms {
  readonly [form: string]: string;
  readonly plain: string;
  readonly third: string;
  readonly past: string;
  readonly ing: string;
  readonly done: string;
}

/** Changes the first word: "listen to" → "listening to". `past` and `done` are given for irregular verbs. */
export function verbForms(verb: string, past?: string, done?: string): VerbForms {
  const [head, ...tail] = verb.split(" ") as [string, ...string[]];
  const stem = doubling.has(head) ? head + head.at(-1) : head;
  const regularPast = /[^aeiou]y$/.test(head) ? `${head.slice(0, -1)}ied` : /e$/.test(head) ? `${head}d` : `${stem}ed`;
  const ing = /[^e]e$/.test(head) ? `${head.slice(0, -1)}ing` : `${stem}ing`;
  const [oddPast, oddDone] = oddPasts[head] ?? [];
  const phrase = (form: string) => [form, ...tail].join(" ");
  return {
    plain: verb,
    third: phrase(oddThird[head] ?? (/o$/.test(head) ? `${head}es` : addS(head))),
    past: phrase(past ?? oddPast ?? regularPast),
    ing: phrase(ing),
    done: phrase(done ?? past ?? oddDone ?? oddPast ?? regularPast),
  };
}

const oddComparatives: Record<string, [string, string]> = {
  good: ["better", "best"],
  bad: ["worse", "worst"],
  far: ["farther", "farthest"],
};

function syllableCount(word: string): number {
  return word.replace(/e$/, "").match(/[aeiouy]+/g)?.length ?? 1;
}

/** Comparative and superlative. */
export function compare(adjective: string): [more: string, most: string] {
  const odd = oddComparatives[adjective];
  if (odd) return odd;
  const isShort = syllableCount(adjective) === 1 || (/y$/.test(adjective) && syllableCount(adjective) === 2);
  if (!isShort || /(?:ed|ing)$/.test(adjective)) return [`more ${adjective}`, `most ${adjective}`];
  const stem = /y$/.test(adjective)
    ? `${adjective.slice(0, -1)}i`
    : /[^aeiou][aeiou][bdgnt]$/.test(adjective)
      ? adjective + adjective.at(-1)
      : adjective.replace(/e$/, "");
  return [`${stem}er`, `${stem}est`];
}
