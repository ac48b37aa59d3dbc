import { DataError, ModelFileError } from "../errors.js";
import { type BpeData, BytePairEncoding, type MergeDropout } from "./bpe.js";
import { type BpeOptions, trainBpe } from "./bpe-trainer.js";
import { BYTE_TOKENS, decodeBytes, encodeBytes } from "./bytes.js";
import { Casing, type CasingData, CasingLearner, lowerLetters, toLower } from "./casing.js";
import { insideLine, joinPieces, withoutMark } from "./marked-words.js";
import { intlProposer } from "./proposers.js";
import { scan } from "./scan.js";
import { fitSegmenter, Segmenter, type WordProposer } from "./segmenter.js";
import { isUnspaced, SPACE, Spacing, type SpacingData, SpacingLearner, shapesOf } from "./spacing.js";
import { WordPieces } from "./word-pieces.js";

export type { WordProposer } from "./segmenter.js";

const KINDS = ["words", "whitespace", "chars", "bytes", "bpe"] as const;
/** The names of what may be done to a text before it is cut. */
export const NORMALIZATIONS = ["NFC", "NFD", "NFKC", "none"] as const;

/**
 * `words` by Unicode classes and learnt Chinese words, `whitespace` as the text parts them, `chars` by code point, `bytes`
 * of UTF-8, `bpe` pieces of words by byte-pair encoding.
 */
export type TokenizerKind = (typeof KINDS)[number];
/** A normalisation of Unicode, or none. */
export type Normalization = (typeof NORMALIZATIONS)[number];

/** How lines are cut into tokens. */
export interface TokenizerOptions {
  kind: TokenizerKind;
  /** A BCP 47 tag, or "auto" where the letters alone decide. */
  language: string;
  lowercase: boolean;
  normalization: Normalization;
}

/** Everything a tokeniser is, as plain JSON for the model file. */
export interface TokenizerData extends TokenizerOptions {
  /** Chinese and Japanese words and how often training text had them (`words` only). */
  wordCounts?: Record<string, number>;
  /** Exceptions to the rule of spaces (`words` only). */
  spacing?: SpacingData;
  /** The capitals lower-casing took away (`words` and `whitespace`, if lower-cased). */
  casing?: CasingData;
  /** Pieces of words and their merges (`bpe` only). */
  bpe?: BpeData;
}

/** Cuts lines into tokens, and makes lines of tokens. */
export interface Tokenizer {
  readonly options: TokenizerOptions;
  /** All tokens it makes of text it knows, where that is a closed set (`bytes`, `bpe`); a vocabulary then has these. */
  readonly tokens?: readonly string[];
  /** The tokens of a line. Of `bpe`, `dropout` leaves merges out at random, as training may want it. */
  encode(line: string, dropout?: MergeDropout): string[];
  /** The text a person would write for these tokens. */
  decode(tokens: readonly string[]): string;
  /** All of it, for the model file. */
  toJSON(): TokenizerData;
}

const usualBpe: BpeOptions = { vocabSize: 8000, minFrequency: 1, characterCoverage: 1 };

/**
 * Learns from training lines what the tokeniser needs: counts of Chinese and Japanese words, habits of spacing,
 * capitals, or the pieces of byte-pair encoding. `propose` splits runs of ideographs into words; by default
 * `Intl.Segmenter` does.
 */
export function fitTokenizer(
  lines: Iterable<string>,
  options: TokenizerOptions,
  propose?: WordProposer,
  bpe: BpeOptions = usualBpe,
): Tokenizer {
  const { kind, language, lowercase, normalization } = options;
  if (!isLanguage(language)) {
    throw new DataError(
      `language: expected a BCP 47 tag such as zh, en or pt-BR, or "auto", got ${JSON.stringify(language)}. Correct the tag.`,
    );
  }
  const data: TokenizerData = { kind, language, lowercase, normalization };
  if (isSubword(kind)) {
    if (kind === "bpe") data.bpe = trainBpe(prepared(lines, options), bpe);
    return createTokenizer(data);
  }
  const runs = new Map<string, number>();
  const spacing = new SpacingLearner();
  const casing = new CasingLearner(language);
  if (kind === "words") {
    for (const line of lines) {
      const pieces = scan(normalize(line, normalization));
      const tokens = pieces.map((piece) => piece.text);
      for (const piece of pieces) if (piece.ideographic) runs.set(piece.text, (runs.get(piece.text) ?? 0) + 1);
      spacing.add(
        tokens,
        pieces.map((piece) => piece.spaced),
      );
      if (lowercase) casing.add(tokens);
    }
    data.wordCounts = fitSegmenter(runs, propose ?? intlProposer(language).propose).toJSON();
    data.spacing = spacing.finish();
  } else if (kind === "whitespace" && lowercase) {
    for (const line of lines) casing.add(splitWhiteSpace(normalize(line, normalization)));
  }
  if (lowercase && kind !== "chars") data.casing = casing.finish();
  return createTokenizer(data);
}

/** The tokens of words that may stand anywhere in a line, such as those an output must or must not have. */
export function encodePhrase(tokenizer: Tokenizer, words: string): readonly string[] {
  const tokens = tokenizer.encode(words);
  return tokenizer.options.kind === "bpe" ? insideLine(tokens) : tokens;
}

/** Tokens as they may stand in another text, in place of its unknown ones. */
export function tokensToCopy({ options }: Tokenizer, tokens: readonly string[]): readonly string[] {
  return options.kind === "bpe" ? tokens.map(withoutMark) : tokens;
}

function* prepared(lines: Iterable<string>, options: TokenizerOptions): Generator<string> {
  for (const line of lines) yield prepare(line, options);
}

/** Rebuilds a tokeniser from what its `toJSON` gave. */
export function tokenizerFromJSON(data: TokenizerData): Tokenizer {
  checkData(data);
  return createTokenizer(data);
}

function createTokenizer(data: TokenizerData): Tokenizer {
  const { kind, language, lowercase, normalization, wordCounts, spacing, casing } = data;
  const lower = (text: string) => (lowercase ? toLower(text, language) : text);
  const common = { options: { kind, language, lowercase, normalization }, toJSON: () => data };
  const truecaser = casing && new Casing(casing, language);
  const restoreCase = (tokens: readonly string[]) => (truecaser ? truecaser.restore(tokens) : tokens);
  switch (kind) {
    case "chars":
      return {
        ...common,
        encode: (line) => Array.from(lower(normalize(line, normalization))),
        decode: (tokens) => tokens.join(""),
      };
    case "whitespace":
      return {
        ...common,
        encode: (line) => splitWhiteSpace(normalize(line, normalization)).map(lower),
        decode: (tokens) => restoreCase(tokens).join(" "),
      };
    case "words": {
      const segmenter = new Segmenter(new Map(Object.entries(wordCounts ?? {})));
      const spaces = new Spacing(spacing ?? { spaced: [], joined: [] });
      return {
        ...common,
        encode: (line) => encodeWords(normalize(line, normalization), segmenter, spaces).map(lower),
        decode: (tokens) => spaces.join(restoreCase(tokens)),
      };
    }
    case "bytes":
      return {
        ...common,
        tokens: BYTE_TOKENS,
        encode: (line) => encodeBytes(prepare(line, data)),
        decode: decodeBytes,
      };
    case "bpe": {
      const pieces = new WordPieces(new BytePairEncoding(data.bpe!));
      return {
        ...common,
        tokens: data.bpe!.pieces,
        encode: (line, dropout) => pieces.encode(prepare(line, data), dropout),
        decode: joinPieces,
      };
    }
  }
}

/** What `bytes` and `bpe` cut: half a surrogate pair, which is no character and has no UTF-8, is read as �. */
function prepare(line: string, { language, lowercase, normalization }: TokenizerOptions): string {
  const text = normalize(line.toWellFormed(), normalization);
  return lowercase ? lowerLetters(text, language) : text;
}

/** Pieces without casing to restore: what they decode to is the text they were cut from. */
function isSubword(kind: TokenizerKind): boolean {
  return kind === "bytes" || kind === "bpe";
}

function encodeWords(line: string, segmenter: Segmenter, spacing: Spacing): string[] {
  const pieces = scan(line);
  const shapes = shapesOf(pieces.map((piece) => piece.text));
  const tokens: string[] = [];
  pieces.forEach(({ text, spaced, ideographic }, i) => {
    if (i > 0 && spaced) {
      const [left, right] = [shapes[i - 1]!, shapes[i]!];
      if ((isUnspaced(left) || isUnspaced(right)) && !spacing.parts(left, right)) tokens.push(SPACE);
    }
    if (ideographic) tokens.push(...segmenter.split(text));
    else tokens.push(text);
  });
  return tokens;
}

/** Unicode normalisation, if any is asked for. */
export function normalize(line: string, normalization: Normalization): string {
  return normalization === "none" ? line : line.normalize(normalization);
}

function splitWhiteSpace(line: string): string[] {
  return line.split(/\s+/u).filter((token) => token !== "");
}

function isLanguage(language: unknown): boolean {
  if (typeof language !== "string") return false;
  try {
    return language === "auto" || Intl.getCanonicalLocales(language).length === 1;
  } catch {
    return false;
  }
}

function isBpe(value: unknown): value is BpeData {
  const { pieces, merges } = (value ?? {}) as { pieces?: unknown; merges?: unknown };
  if (!Array.isArray(pieces) || !pieces.every((piece) => typeof piece === "string" && piece !== "")) return false;
  const known = new Set<string>(pieces);
  const isMerge = (merge: unknown) =>
    Array.isArray(merge) &&
    merge.length === 2 &&
    merge.every((place) => pieces[place] !== undefined) &&
    known.has(pieces[merge[0]] + pieces[merge[1]]);
  return known.size === pieces.length && Array.isArray(merges) && merges.every(isMerge);
}

/** Refuses data that `toJSON` cannot have written. */
function checkData(data: unknown): asserts data is TokenizerData {
  const expect = (holds: boolean, field: string, rule: string) => {
    if (!holds) throw new ModelFileError(`tokenizer ${field}: expected ${rule}. The model file is damaged.`);
  };
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const isStrings = (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === "string");
  const isOneOf = (value: unknown, names: readonly string[]) => typeof value === "string" && names.includes(value);

  if (!isRecord(data))
    throw new ModelFileError("tokenizer: expected an object, got something else. The model file is damaged.");
  const { kind, language, lowercase, normalization, wordCounts, spacing, casing, bpe } = data;
  expect(isOneOf(kind, KINDS), "kind", `one of ${KINDS.join(", ")}`);
  expect(isOneOf(normalization, NORMALIZATIONS), "normalization", `one of ${NORMALIZATIONS.join(", ")}`);
  expect(typeof lowercase === "boolean", "lowercase", "true or false");
  expect(isLanguage(language), "language", 'a BCP 47 tag or "auto"');
  if (kind === "words") {
    const isCount = (count: unknown) => Number.isSafeInteger(count) && (count as number) > 0;
    expect(isRecord(wordCounts) && Object.values(wordCounts).every(isCount), "wordCounts", "words and positive counts");
    expect(isRecord(spacing) && isStrings(spacing["spaced"]) && isStrings(spacing["joined"]), "spacing", "two lists");
  }
  if (kind === "bpe") expect(isBpe(bpe), "bpe", "distinct pieces, and merges of two of them into one of them");
  if (lowercase && (kind === "words" || kind === "whitespace")) {
    const { sentenceCapital, words } = isRecord(casing) ? casing : {};
    expect(typeof sentenceCapital === "boolean" && isStrings(words), "casing", "sentenceCapital and a list of words");
  }
}
