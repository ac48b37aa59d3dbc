import { DataError, RecipeError } from "../errors.js";
import type { DecoderOnly } from "../models/decoder-only.js";
import { hashText } from "../random.js";
import { UNKNOWN } from "../text/vocabulary.js";
import { Driver } from "./drive.js";
import { chain, type Hypothesis } from "./hypothesis.js";
import { ModelDecoder } from "./model-decoder.js";
import type { Sentence } from "./next-token.js";
import { completeOptions, lengthLimits, type SearchSettings, type TranslateOptions } from "./options.js";
import { requirementOf, searchFor, sentenceFor } from "./search-plan.js";
import type { Output } from "./translation.js";

/** Of `translate`'s options those that ask for a source. */
const NOT_OF_GENERATION = [
  ...(["prefix", "attention", "coveragePenalty", "replaceUnknown", "splitSentences", "length"] as const),
] as const;

/**
 * How lines are written: the keys of a recipe's `decode`, and what belongs to a call. Tokens are drawn at random unless a
 * search is asked for (`sample: false`, `beamSize`, `required`). Relative lengths count from the longest line of training.
 */
export interface GenerateOptions extends Omit<TranslateOptions, (typeof NOT_OF_GENERATION)[number]> {}

/** A line as a language model wrote it, beginning with its prefix; its scores are those of all its tokens. */
export interface Generation extends Omit<Output, "attention"> {
  /** What it was to begin with. */
  prefix: string;
  /** The other lines asked for by `nbest`, best first (samples: as drawn). */
  alternatives: Omit<Output, "attention">[];
}

/** What a stream tells after each token. */
export interface StreamedLine {
  /** All of the line so far; a beam may still change its mind. */
  text: string;
  tokens: string[];
  /** With the last one: the finished line. */
  generation?: Generation;
}

/** What a language model reads. */
const NOTHING_READ = { ids: [] };
/** Lines written together. */
const BATCH_ROWS = 64;
/** Tokens of a line where the file does not say how long those of training were. */
const USUAL_LENGTH = 100;

/** A line to be written. */
interface Beginning {
  prefix: string;
  tokens: string[];
  /** Which of several with the same prefix: each is drawn otherwise. */
  number: number;
}

/** Writes lines: so many from nothing, or one for each prefix. `seen` counts the prefixes of earlier calls that go on here. */
export async function generateLines(
  model: DecoderOnly,
  wanted: number | string | readonly string[],
  options: GenerateOptions = {},
  seen: Map<string, number> = new Map(),
): Promise<Generation[]> {
  const settings = generationSettings(model, options, "generate");
  if (typeof wanted === "number" && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= 1_000_000))
    throw new RecipeError(`generate: expected a whole number of lines from 1, got ${wanted}.`);
  if (typeof wanted === "number" && !settings.sample) return bestLines(model, wanted, settings, options.signal);
  const prefixes = typeof wanted === "number" ? new Array<string>(wanted).fill("") : [wanted].flat();
  const beginnings = readBeginnings(model, prefixes, seen);
  const results: Generation[] = [];
  const driver = new Driver(
    options.signal,
    () => `generate: stopped after ${results.length} of ${prefixes.length} lines`,
  );
  driver.check();
  const search = searchFor(model.target, settings);
  const decoder = new ModelDecoder(model);
  const rows = Math.max(1, Math.floor(BATCH_ROWS / settings.nbest));
  try {
    for (let start = 0; start < beginnings.length; start += rows) {
      const batch = beginnings.slice(start, start + rows);
      const sentences = batch.map((beginning) => sentenceOf(model, beginning, settings));
      const found = await driver.run(
        search(
          decoder,
          batch.map(() => NOTHING_READ),
          sentences,
        ),
      );
      for (const [i, hypotheses] of found.entries()) results.push(generationOf(model, batch[i]!, hypotheses));
    }
  } finally {
    decoder.dispose();
  }
  return results;
}

/** A search from nothing always finds the same best line: so many are the best ones of a beam. */
async function bestLines(
  model: DecoderOnly,
  count: number,
  settings: SearchSettings,
  signal: AbortSignal | undefined,
): Promise<Generation[]> {
  const beamSize = Math.max(settings.beamSize, count);
  const checked = completeOptions(settings, { nbest: count, beamSize }, "generate");
  const [beginning] = readBeginnings(model, [""]) as [Beginning];
  const driver = new Driver(signal, () => "generate: stopped before the first line");
  driver.check();
  const decoder = new ModelDecoder(model);
  try {
    const sentence = sentenceOf(model, beginning, checked);
    const [hypotheses] = await driver.run(searchFor(model.target, checked)(decoder, [NOTHING_READ], [sentence]));
    return hypotheses!.map((hypothesis) => generationOf(model, beginning, [hypothesis]));
  } finally {
    decoder.dispose();
  }
}

/** Writes one line token by token. */
export async function* streamLine(
  model: DecoderOnly,
  prefix: string,
  options: GenerateOptions = {},
): AsyncGenerator<StreamedLine, void> {
  const settings = generationSettings(model, options, "stream");
  const [beginning] = readBeginnings(model, [prefix]) as [Beginning];
  let length = 0;
  const driver = new Driver(options.signal, () => `stream: stopped after ${length} tokens`);
  driver.check();
  const decoder = new ModelDecoder(model);
  try {
    const search = searchFor(model.target, settings)(decoder, [NOTHING_READ], [sentenceOf(model, beginning, settings)]);
    for (;;) {
      driver.check();
      const { done, value } = search.next();
      if (done) {
        const generation = generationOf(model, beginning, value[0]!);
        yield { text: generation.text, tokens: generation.tokens, generation };
        return;
      }
      if (value) {
        const tokens = shownTokens(
          model,
          beginning,
          chain(value.last).map(({ id }) => id),
        );
        length = tokens.length;
        yield { text: model.target.tokenizer.decode(tokens), tokens };
      }
      if (driver.isDue()) await driver.turn();
    }
  } finally {
    decoder.dispose();
  }
}

/** The settings of a call: sampling unless a search is asked for, and never `<unk>`, which is no text. */
function generationSettings({ recipe, target }: DecoderOnly, options: GenerateOptions, call: string): SearchSettings {
  const stray = NOT_OF_GENERATION.find((name) => name in options);
  if (stray) throw new RecipeError(`${call}: ${stray} is no option of a language model, which has no source.`);
  const { beamSize, required, stopping } = options;
  const searches = beamSize !== undefined || stopping !== undefined || (required?.length ?? 0) > 0;
  const sample = options.sample ?? (!searches && (recipe.decode.sample || recipe.decode.beamSize === 1));
  const banned = [...(options.banned ?? []), target.vocabulary.tokenOf(UNKNOWN)];
  return completeOptions(recipe.decode, { ...options, sample, banned, attention: false }, call);
}

function readBeginnings(
  model: DecoderOnly,
  prefixes: readonly string[],
  seen: Map<string, number> = new Map(),
): Beginning[] {
  return prefixes.map((prefix): Beginning => {
    if (typeof prefix !== "string")
      throw new DataError(`generate: expected prefixes as texts, got ${JSON.stringify(prefix)}. Give texts.`);
    const number = seen.get(prefix) ?? 0;
    seen.set(prefix, number + 1);
    return { prefix, tokens: prefix === "" ? [] : model.encodeTarget(prefix).tokens, number };
  });
}

function sentenceOf(
  model: DecoderOnly,
  { prefix: line, tokens, number }: Beginning,
  settings: SearchSettings,
): Sentence {
  const prefix = model.target.vocabulary.toIds(tokens);
  const randomKey = hashText(`${number} ${prefix.join()}`);
  const length = model.history.longestLine ?? USUAL_LENGTH;
  const requirement = requirementOf(model.target, settings);
  // A beginning longer than lines may be is not cut: nothing but the end comes after it.
  const { minLength, maxLength } = lengthLimits(settings, length);
  const limits = { minLength, maxLength: Math.max(maxLength, prefix.length) };
  return sentenceFor({ line, length, prefix, randomKey, sourceTime: 0 }, { ...settings, ...limits }, requirement);
}

function generationOf(model: DecoderOnly, beginning: Beginning, hypotheses: readonly Hypothesis[]): Generation {
  const [best, ...others] = hypotheses.map(({ ids, score, ranking, logProbabilities, finished }) => {
    const tokens = shownTokens(model, beginning, ids);
    return {
      text: model.target.tokenizer.decode(tokens),
      tokens,
      score,
      tokenScores: logProbabilities,
      ranking,
      finished,
    };
  });
  return { ...best!, prefix: beginning.prefix, alternatives: others };
}

/** What is shown of ids: the prefix as it was given, though the model may not know all of it. */
function shownTokens(model: DecoderOnly, { tokens: prefix }: Beginning, ids: readonly number[]): string[] {
  const tokens = model.target.vocabulary.toTokens(ids);
  return [...prefix.slice(0, tokens.length), ...tokens.slice(prefix.length)];
}
