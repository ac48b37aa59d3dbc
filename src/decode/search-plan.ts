/** What the settings of a call mean for a search: which one, its processors, and what it is told of each sentence. */
import { DataError, RecipeError } from "../errors.js";
import { type CopySource, extendedIds } from "../models/copying.js";
import type { TextSide } from "../models/model.js";
import { textToBan } from "../text/marked-words.js";
import { encodePhrase } from "../text/tokenizer.js";
import { UNKNOWN } from "../text/vocabulary.js";
import { forbidPieces } from "./banned-pieces.js";
import { beamSearch } from "./beam.js";
import { Requirement } from "./constraints.js";
import type { Hypothesis } from "./hypothesis.js";
import type { Sources } from "./model-decoder.js";
import type { Branch, Sentence } from "./next-token.js";
import { lengthLimits, type SearchSettings } from "./options.js";
import { type Processor, processorsFor } from "./processors.js";
import { Sampler } from "./sampler.js";
import type { StepDecoder } from "./step-decoder.js";
import { walk } from "./walk.js";

/** Yields after each step the first output still open; ends with the outputs of each sentence. */
export type Search = Generator<Branch | undefined, Hypothesis[][]>;

/** What the settings make of a batch: greedy search, a beam, or samples. */
export function searchFor(
  target: TextSide,
  settings: SearchSettings,
): (decoder: StepDecoder<Sources, unknown>, sources: Sources, sentences: readonly Sentence[]) => Search {
  const processors = searchProcessors(target, settings);
  const { sample, nbest, beamSize, required } = settings;
  const sampler = sample ? new Sampler(settings) : undefined;
  const attention = settings.attention || settings.coveragePenalty > 0 || settings.replaceUnknown !== false;
  return (decoder, sources, sentences) => {
    if (sampler) return walk(decoder, sources, sentences, { count: nbest, sampler, processors, attention });
    // Required words share out a beam, be it of one.
    if (beamSize === 1 && required.length === 0 && settings.stopping === "full")
      return walk(decoder, sources, sentences, { count: 1, processors, attention });
    return beamSearch(decoder, sources, sentences, { ...settings, processors, attention });
  };
}

/** What lowers tokens at each step. What the model does not know it cannot write; only `<unk>` itself, by name, can be banned too. */
export function searchProcessors({ tokenizer, vocabulary }: TextSide, settings: SearchSettings): Processor[] {
  const unknown = vocabulary.tokenOf(UNKNOWN);
  const phrases = settings.banned.filter((phrase) => phrase !== unknown);
  const known = phrases
    .map((phrase) => encodePhrase(tokenizer, phrase))
    .filter((tokens) => tokens.length > 0 && tokens.every((token) => vocabulary.idOf(token) !== UNKNOWN));
  const bannedUnknown = phrases.length < settings.banned.length ? [[UNKNOWN]] : [];
  if (tokenizer.options.kind !== "bpe")
    return processorsFor({
      ...settings,
      banned: [...bannedUnknown, ...known.map((tokens) => vocabulary.toIds(tokens))],
    });
  const processors = processorsFor({ ...settings, banned: bannedUnknown });
  const texts = known.map(textToBan);
  return texts.length === 0 ? processors : [...processors, forbidPieces(texts, vocabulary)];
}

/** The required words as ids; in a model that copies words of the source have some too. */
export function requirementOf(
  { vocabulary, tokenizer }: TextSide,
  { required }: SearchSettings,
  copies: Pick<CopySource, "extraTokens"> = { extraTokens: [] },
): Requirement {
  const phrases = required.map((phrase) => {
    const tokens = encodePhrase(tokenizer, phrase);
    const ids = extendedIds(tokens, vocabulary, copies);
    const unknown = tokens.find((_, i) => ids[i] === UNKNOWN);
    if (unknown !== undefined || ids.length === 0)
      throw new DataError(
        `required ${JSON.stringify(phrase)}: expected words the model can write, got ${unknown === undefined ? "none" : JSON.stringify(unknown)}. Leave it out.`,
      );
    return ids;
  });
  return Requirement.of(phrases);
}

/** One output to be written, and what its lengths are relative to. */
export interface Wanted extends Pick<Sentence, "prefix" | "randomKey" | "sourceTime"> {
  /** What messages show of it. */
  line: string;
  /** Tokens that relative lengths count from. */
  length: number;
}

/** What a search is told of an output; refuses what finds no room in it. */
export function sentenceFor(
  { line, length, prefix, randomKey, sourceTime }: Wanted,
  settings: SearchSettings,
  requirement: Requirement,
): Sentence {
  const where = JSON.stringify(line.length > 40 ? `${line.slice(0, 39)}…` : line);
  const room = settings.length === "source" ? "Set length: free" : "Raise maxLength";
  const { minLength, maxLength } = lengthLimits(settings, length);
  if (prefix.length > maxLength)
    throw new DataError(`prefix for ${where}: expected at most ${maxLength} tokens, got ${prefix.length}. ${room}.`);
  const afterPrefix = prefix.reduce((left, id) => left.after(id), requirement);
  if (afterPrefix.missing > maxLength - prefix.length)
    throw new DataError(
      `required for ${where}: expected at most ${maxLength - prefix.length} tokens more, got ${afterPrefix.missing}. ${room} or require less.`,
    );
  return { sourceTime, minLength, maxLength, prefix, requirement, randomKey };
}

/** One text for all lines or one for each. */
export function checkPrefix(prefix: string | readonly string[], lines: readonly string[]): void {
  if (typeof prefix !== "string" && prefix.length !== lines.length)
    throw new RecipeError(
      `prefix: expected one text or one for each of ${lines.length} lines, got ${prefix.length}. Give as many as lines.`,
    );
}
