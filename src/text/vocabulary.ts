import { DataError, ModelFileError } from "../errors.js";
import { inOwnMemory } from "./own-memory.js";

/** The id of `<pad>`: no token, in batches of unequal lengths. */
export const PAD = 0;
/** The id of `<unk>`: a token that is not in the vocabulary. */
export const UNKNOWN = 1;
/** The id of `<s>`, which a decoder reads first. */
export const START = 2;
/** The id of `</s>`, which ends a sentence. */
export const END = 3;

/** The tokens of ids 0 to 3. */
export const SPECIALS: readonly string[] = ["<pad>", "<unk>", "<s>", "</s>"];

/** Which tokens of the training text are kept. */
export interface VocabularyOptions {
  /** The most tokens to hold, the four special ones included. */
  maxSize: number;
  /** Tokens seen less often stay unknown. */
  minFrequency: number;
}

/** Distinct tokens that are counted at once. */
const MOST_DISTINCT = 1 << 20;

/**
 * How often tokens occur in text that comes sentence by sentence, in bounded memory: when there are more than a million
 * distinct ones, the rarest are forgotten, as in lossy counting (Manku and Motwani 2002). No vocabulary reaches down to those.
 */
export class TokenCounter {
  readonly counts = new Map<string, number>();
  /** Tokens so far, forgotten ones too. */
  seen = 0;

  constructor(readonly mostDistinct = MOST_DISTINCT) {}

  /** Counts the tokens of a sentence. */
  add(sentence: readonly string[]): void {
    const { counts } = this;
    for (const token of sentence) {
      const count = counts.get(token);
      if (count === undefined) counts.set(inOwnMemory(token), 1);
      else counts.set(token, count + 1);
    }
    this.seen += sentence.length;
    if (counts.size > this.mostDistinct) this.#forget();
  }

  /** What another counter has counted too. */
  addAll({ counts, seen }: TokenCounter): void {
    for (const [token, count] of counts) this.counts.set(token, (this.counts.get(token) ?? 0) + count);
    this.seen += seen;
    if (this.counts.size > this.mostDistinct) this.#forget();
  }

  #forget(): void {
    for (let rare = 1; this.counts.size > this.mostDistinct / 2; rare++)
      for (const [token, count] of this.counts) if (count <= rare) this.counts.delete(token);
  }
}

/** The tokens a model knows and their ids; ids 0 to 3 are padding, unknown, start and end. */
export class Vocabulary {
  readonly #tokens: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  private constructor(
    tokens: readonly string[],
    /** The share of the tokens it was built from that it holds, in [0, 1]; unknown once read from a file. */
    readonly coverage?: number,
  ) {
    this.#tokens = tokens;
    // Text that happens to spell a special token must not start, end or pad a sentence: it is unknown.
    this.#ids = new Map(tokens.map((token, id) => [token, id < SPECIALS.length ? UNKNOWN : id]));
  }

  /** The most frequent tokens first, equally frequent ones in code point order. */
  static build(
    sentences: Iterable<readonly string[]> | TokenCounter,
    { maxSize, minFrequency }: VocabularyOptions,
  ): Vocabulary {
    if (!(maxSize > SPECIALS.length)) {
      throw new DataError(
        `vocabulary: expected room for the ${SPECIALS.length} special tokens and at least one more, got a size of ${maxSize}. Raise vocabSize.`,
      );
    }
    const { counts, seen } = countTokens(sentences);
    const kept = mostFrequent(counts, minFrequency, maxSize - SPECIALS.length);
    if (kept.length === 0) {
      throw new DataError(
        `vocabulary: expected at least one token seen ${minFrequency} or more times, got none among ${counts.size} distinct tokens. Lower minFrequency or bring more text.`,
      );
    }
    const covered = kept.reduce((sum, [, count]) => sum + count, 0);
    return new Vocabulary([...SPECIALS, ...kept.map(([token]) => token)], covered / seen);
  }

  /** With tokens of these sentences that it has not, chosen as `build` chooses, after all it has; its coverage is of them. */
  extendedBy(sentences: readonly (readonly string[])[], { maxSize, minFrequency }: VocabularyOptions): Vocabulary {
    const { counts } = countTokens(sentences);
    for (const token of this.#tokens) counts.delete(token);
    const added = mostFrequent(counts, minFrequency, Math.max(0, maxSize - this.size));
    return new Vocabulary([...this.#tokens, ...added.map(([token]) => token)]).measuredOn(sentences);
  }

  /** The same tokens, with the share that they cover of these sentences as their coverage. */
  measuredOn(sentences: Iterable<readonly string[]>): Vocabulary {
    return new Vocabulary(this.#tokens, this.coverageOf(sentences));
  }

  /** The special tokens and then these, all that a tokeniser can make, however often they occur in the sentences. */
  static ofTokens(tokens: readonly string[], sentences: Iterable<readonly string[]> | TokenCounter): Vocabulary {
    const all = [...SPECIALS, ...tokens];
    const plain = new Vocabulary(all);
    const { counts, seen } = countTokens(sentences);
    let known = 0;
    for (const [token, count] of counts) if (plain.idOf(token) !== UNKNOWN) known += count;
    return new Vocabulary(all, seen === 0 ? 1 : known / seen);
  }

  /** The tokens in the order of their ids, as `toJSON` gave them. */
  static fromJSON(tokens: readonly string[]): Vocabulary {
    if (!Array.isArray(tokens) || !tokens.every((token) => typeof token === "string")) {
      throw new ModelFileError(
        "vocabulary: expected a list of strings, got something else. The model file is damaged.",
      );
    }
    if (SPECIALS.some((special, id) => tokens[id] !== special) || new Set(tokens).size < tokens.length) {
      throw new ModelFileError(
        `vocabulary: expected ${SPECIALS.join(" ")} and then distinct tokens, got ${JSON.stringify(tokens.slice(0, SPECIALS.length))} and ${tokens.length - new Set(tokens).size} repeated. The model file is damaged.`,
      );
    }
    return new Vocabulary([...tokens]);
  }

  /** The number of ids, the four special ones included. */
  get size(): number {
    return this.#tokens.length;
  }

  /** The number of its words, without the four special ids. */
  get wordCount(): number {
    return this.size - SPECIALS.length;
  }

  /** The id of a token; that of `<unk>` for one that is not in it. */
  idOf(token: string): number {
    return this.#ids.get(token) ?? UNKNOWN;
  }

  /** The token of an id. */
  tokenOf(id: number): string {
    return this.#tokens[id] ?? SPECIALS[UNKNOWN]!;
  }

  /** The ids of tokens. */
  toIds(tokens: readonly string[]): number[] {
    return tokens.map((token) => this.idOf(token));
  }

  /** The tokens of ids. */
  toTokens(ids: Iterable<number>): string[] {
    return Array.from(ids, (id) => this.tokenOf(id));
  }

  /** The share of the tokens of these sentences that have an id of their own, in [0, 1]. */
  coverageOf(sentences: Iterable<readonly string[]>): number {
    let known = 0;
    let seen = 0;
    for (const sentence of sentences) {
      for (const token of sentence) if (this.idOf(token) !== UNKNOWN) known++;
      seen += sentence.length;
    }
    return seen === 0 ? 1 : known / seen;
  }

  /** What the model file keeps of it. */
  toJSON(): string[] {
    return [...this.#tokens];
  }
}

/** How often each token stands there, the special ones left out, and how many tokens there are. */
function countTokens(sentences: Iterable<readonly string[]> | TokenCounter): {
  counts: Map<string, number>;
  seen: number;
} {
  let counter = sentences instanceof TokenCounter ? sentences : undefined;
  if (counter === undefined) {
    counter = new TokenCounter(Number.POSITIVE_INFINITY);
    for (const sentence of sentences as Iterable<readonly string[]>) counter.add(sentence);
  }
  const counts = new Map(counter.counts);
  for (const special of SPECIALS) counts.delete(special);
  return { counts, seen: counter.seen };
}

/** The most frequent tokens first, equally frequent ones in code point order. */
function mostFrequent(
  counts: ReadonlyMap<string, number>,
  minFrequency: number,
  limit: number,
): [token: string, count: number][] {
  return [...counts]
    .filter(([, count]) => count >= minFrequency)
    .sort(([a, countA], [b, countB]) => countB - countA || compareCodePoints(a, b))
    .slice(0, limit);
}

/** Compares by code points, where `<` compares UTF-16 code units and would put 😀 before ﬁ. */
export function compareCodePoints(a: string, b: string): number {
  const lettersA = a[Symbol.iterator]();
  const lettersB = b[Symbol.iterator]();
  while (true) {
    const nextA = lettersA.next();
    const nextB = lettersB.next();
    if (nextA.done || nextB.done) return Number(nextB.done ?? false) - Number(nextA.done ?? false);
    const difference = nextA.value.codePointAt(0)! - nextB.value.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
}
