/**
 * A tokeniser as the file tokenizer.json of Hugging Face's tokenizers, and back. Only what `bpe` and `bytes` are is read:
 * every part of a file must be the one that is written for it, whatever the order of its keys.
 */
import { DataError } from "../errors.js";
import type { BpeData } from "./bpe.js";
import { BYTE_TOKENS } from "./bytes.js";
import { hasSpecialCasing } from "./casing.js";
import { RUN } from "./marked-words.js";
import { SPACE } from "./spacing.js";
import {
  NORMALIZATIONS,
  type Tokenizer,
  type TokenizerData,
  type TokenizerOptions,
  tokenizerFromJSON,
} from "./tokenizer.js";
import { SPECIALS, UNKNOWN } from "./vocabulary.js";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The text of tokenizer.json for a tokeniser of the kind `bpe` or `bytes`; its ids are those of a vocabulary of all its tokens. */
export function toHuggingFace(tokenizer: Tokenizer): string {
  const { kind, lowercase, language } = tokenizer.options;
  const { tokens } = tokenizer;
  if (tokens === undefined)
    throw new DataError(
      `tokenizer.json: expected a tokenizer of the kind bpe or bytes, got ${kind}. Train one with tandem tokenizer train.`,
    );
  if (lowercase && hasSpecialCasing(language))
    throw new DataError(
      `tokenizer.json: expected a text lower-cased by Unicode's default, got ${language}, which has rules of its own that the format cannot say. Leave out lowercase.`,
    );
  const { pieces, merges }: BpeData = tokenizer.toJSON().bpe ?? { pieces: [], merges: [] };
  const ids = [...SPECIALS, ...tokens].map((token, id) => [token, id] as const);
  const model = {
    ...modelSettings(tokenizer.options),
    vocab: Object.fromEntries(ids),
    merges: merges.map(([left, right]) => [pieces[left]!, pieces[right]!]),
  };
  // A special token that text spells is text: so it is no added token, which would be found in text.
  const file = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    ...surroundings(tokenizer.options),
    model,
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/** The tokeniser of a tokenizer.json. `name` is the file's, for messages. */
export function fromHuggingFace(text: string, name: string): Tokenizer {
  const refuse = (what: string, rule: string, got: Json | undefined): never => {
    const shown = JSON.stringify(got) ?? "none";
    const cut = shown.length > 80 ? `${shown.slice(0, 79)}…` : shown;
    throw new DataError(
      `tokenizer ${name}: expected ${what} to be ${rule}, got ${cut}. Train one with tandem tokenizer train.`,
    );
  };
  const file = parseObject(text, name);
  const model = isObject(file["model"]) ? file["model"] : refuse("model", "an object", file["model"]);
  const options = optionsOf(file["normalizer"] ?? null);
  if (options === undefined) return refuse("normalizer", "one that tandem writes", file["normalizer"]);
  for (const [part, expected] of Object.entries(surroundings(options)))
    if (!isSame(file[part] ?? null, expected)) refuse(part, `the one of ${options.kind}`, file[part]);
  for (const [key, expected] of Object.entries(modelSettings(options)))
    if (!isSame(model[key] ?? SETTING_DEFAULTS[key] ?? null, expected))
      refuse(`model.${key}`, JSON.stringify(expected), model[key]);
  // Special tokens may be listed, for programs that skip them by this list.
  const added = file["added_tokens"] ?? [];
  const isSpecial = (token: Json) => isObject(token) && token["content"] === SPECIALS[token["id"] as number];
  if (!Array.isArray(added) || !added.every(isSpecial)) refuse("added_tokens", SPECIALS.join(" "), added);
  const pieces = piecesOf(model["vocab"], refuse);
  if (options.kind === "bytes") {
    if (!isSame(pieces, [...BYTE_TOKENS])) refuse("model.vocab", `${SPECIALS.join(" ")} and the 256 bytes`, pieces);
    return tokenizerFromJSON(options);
  }
  const places = new Map(pieces.map((piece, place) => [piece, place]));
  const merges = Array.isArray(model["merges"]) ? model["merges"] : refuse("model.merges", "a list", model["merges"]);
  const readMerge = (merge: Json): [number, number] => {
    const [left, right, ...rest] = typeof merge === "string" ? merge.split(" ") : Array.isArray(merge) ? merge : [];
    const [leftPlace, rightPlace] = [places.get(left as string), places.get(right as string)];
    if (leftPlace === undefined || rightPlace === undefined || rest.length > 0 || !places.has(`${left}${right}`))
      return refuse("a merge", "of two pieces of the vocabulary into another", merge);
    return [leftPlace, rightPlace];
  };
  return tokenizerFromJSON({ ...options, bpe: { pieces, merges: merges.map(readMerge) } });
}

/** All of a file that says what a text goes through before and after the model. */
function surroundings({ kind, lowercase, normalization }: TokenizerOptions): Record<string, Json> {
  const isBpe = kind === "bpe";
  const normalizers: Json[] = [
    ...(normalization === "none" ? [] : [{ type: normalization }]),
    ...(lowercase ? [{ type: "Lowercase" }] : []),
    ...(isBpe
      ? [
          { type: "Prepend", prepend: SPACE },
          { type: "Replace", pattern: { String: " " }, content: SPACE },
        ]
      : []),
  ];
  const decoders: Json[] = isBpe
    ? [
        { type: "Replace", pattern: { String: SPACE }, content: " " },
        { type: "Fuse" },
        { type: "Strip", content: " ", start: 1, stop: 0 },
      ]
    : [{ type: "ByteFallback" }, { type: "Fuse" }];
  return {
    normalizer: { type: "Sequence", normalizers },
    pre_tokenizer: isBpe ? { type: "Split", pattern: { Regex: RUN }, behavior: "Isolated", invert: false } : null,
    post_processor: null,
    decoder: { type: "Sequence", decoders },
  };
}

/** The model's fields beside its tokens and merges. Bytes are a model without merges that falls back to bytes everywhere. */
function modelSettings({ kind }: TokenizerOptions): Record<string, Json> {
  return {
    type: "BPE",
    dropout: null,
    unk_token: SPECIALS[UNKNOWN]!,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: kind === "bytes",
    ignore_merges: false,
  };
}

/** What a field is that an older file does not have. */
const SETTING_DEFAULTS: Record<string, Json> = { fuse_unk: false, byte_fallback: false, ignore_merges: false };

/** The options for which this normalizer is written. */
function optionsOf(normalizer: Json): TokenizerData | undefined {
  for (const kind of ["bpe", "bytes"] as const)
    for (const lowercase of [false, true])
      for (const normalization of NORMALIZATIONS) {
        const options = { kind, language: "auto", lowercase, normalization };
        if (isSame(normalizer, surroundings(options)["normalizer"]!)) return options;
      }
  return undefined;
}

/** The tokens after the special ones, in the order of their ids. */
function piecesOf(
  vocab: Json | undefined,
  refuse: (what: string, rule: string, got: Json | undefined) => never,
): string[] {
  if (!isObject(vocab)) return refuse("model.vocab", "an object", vocab);
  const tokens: (string | undefined)[] = [];
  for (const [token, id] of Object.entries(vocab)) tokens[id as number] = token;
  const isWhole = tokens.length === Object.keys(vocab).length && !tokens.includes(undefined) && !tokens.includes("");
  if (!isWhole || SPECIALS.some((special, id) => tokens[id] !== special))
    return refuse(
      "model.vocab",
      `${SPECIALS.join(" ")} and then tokens with ids without gaps`,
      tokens.slice(0, 5) as Json[],
    );
  return tokens.slice(SPECIALS.length) as string[];
}

function parseObject(text: string, name: string): { [key: string]: Json } {
  let file: Json;
  try {
    file = JSON.parse(text) as Json;
  } catch (cause) {
    throw new DataError(`tokenizer ${name}: expected JSON, got something else. Give a tokenizer.json.`, { cause });
  }
  if (isObject(file)) return file;
  throw new DataError(`tokenizer ${name}: expected a JSON object, got something else. Give a tokenizer.json.`);
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether two values are the same JSON, keys in any order. */
function isSame(a: Json, b: Json): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => isSame(item, b[i]!));
  if (!isObject(a) || !isObject(b)) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key]!, b[key]!))
  );
}
