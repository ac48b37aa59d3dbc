import { DataError, RecipeError, TandemError } from "../errors.js";
import { type CopySource, extendedIds, extendedToken } from "../models/copying.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { hashText } from "../random.js";
import { encodePhrase, tokensToCopy } from "../text/tokenizer.js";
import { END, UNKNOWN } from "../text/vocabulary.js";
import { type BeamStep, beamSearch } from "./beam.js";
import { type BeamTrace, tracedBeamSteps } from "./beam-trace.js";
import { Requirement } from "./constraints.js";
import { Driver } from "./drive.js";
import { ensembleDecoder } from "./ensemble.js";
import { chain, type Hypothesis, type Written } from "./hypothesis.js";
import { cutLine, joinTranslations, tokenLimit } from "./long-lines.js";
import { ModelDecoder, type Sources } from "./model-decoder.js";
import type { Sentence } from "./next-token.js";
import { completeOptions, type SearchSettings, type TranslateOptions } from "./options.js";
import { checkPrefix, requirementOf, type Search, searchFor, searchProcessors, sentenceFor } from "./search-plan.js";
import type { StepDecoder } from "./step-decoder.js";
import type { Alternative, Output, StreamedText, Translation } from "./translation.js";
import { replaceUnknown } from "./unknown-words.js";
import { walk } from "./walk.js";

/** Rows decoded together: sentences × outputs of each. */
const BATCH_ROWS = 320;
/** And sentences among them. */
const BATCH_SENTENCES = 64;
/** And source tokens of all of them, padding included. */
const BATCH_TOKENS = 32_768;
/** A line as the model reads it. */
interface Reading {
  line: string;
  tokens: string[];
  ids: number[];
  /** What may be copied, in a model that copies. */
  copies: CopySource | undefined;
  /** As the caller gave it: a token that the model does not know keeps its text. */
  prefix: string[];
}

/** Turns lines into lines with one model, or with several as one. */
export class Translator {
  readonly #first: Seq2Seq;

  constructor(readonly members: readonly Seq2Seq[]) {
    const [first, ...others] = members;
    if (first === undefined) throw new TandemError("ensemble: expected at least one model, got none. Give a model.");
    for (const [i, other] of others.entries()) checkAgreement(first, other, i + 2);
    this.#first = first;
  }

  /** Translates lines, keeping their order. Throws AbortedError when `signal` aborts; it looks between any two steps. */
  async translate(lines: readonly string[], options: TranslateOptions = {}): Promise<Translation[]> {
    const settings = completeOptions(this.#first.recipe.decode, options, "translate");
    if (settings.splitSentences === false) return this.#translateWhole(lines, settings, options.signal);
    const { prefix, splitSentences } = settings;
    checkPrefix(prefix, lines);
    const limit = splitSentences === true ? tokenLimit(this.#first) : splitSentences;
    const countTokens = (line: string) => this.#first.encodeSource(line).ids.length;
    const prefixOf = (line: number) => (typeof prefix === "string" ? prefix : prefix[line]!);
    const sentences = lines.map((line, i) =>
      prefixOf(i) === "" && settings.required.length === 0 ? cutLine(line, limit, countTokens) : [line],
    );
    const prefixes = sentences.flatMap((parts, i) => parts.map(() => prefixOf(i)));
    const parts = await this.#translateWhole(sentences.flat(), { ...settings, prefix: prefixes }, options.signal);
    let next = 0;
    return sentences.map(({ length }) => joinTranslations(parts.slice(next, (next += length))));
  }

  async #translateWhole(
    lines: readonly string[],
    settings: SearchSettings,
    signal: AbortSignal | undefined,
  ): Promise<Translation[]> {
    const readings = this.#read(lines, settings.prefix);
    const results: Translation[] = new Array(lines.length);
    let done = 0;
    const driver = new Driver(signal, () => `translate: stopped after ${done} of ${lines.length} lines`);
    driver.check();
    const plan = this.#plan(settings);
    const session = this.#open();
    try {
      for (const rows of batches(readings, settings)) {
        const batch = rows.map((row) => readings[row]!);
        const hypotheses = await driver.run(plan(session.decoder, batch));
        for (const [i, row] of rows.entries()) results[row] = this.#translation(batch[i]!, hypotheses[i]!, settings);
        done += rows.length;
      }
    } finally {
      session.dispose();
    }
    for (const [row, reading] of readings.entries()) results[row] ??= emptyTranslation(reading);
    return results;
  }

  /** Translates one line token by token: `for await (const { text } of model.stream(line)) …` */
  async *stream(line: string, options: TranslateOptions = {}): AsyncGenerator<StreamedText, void> {
    const settings = completeOptions(this.#first.recipe.decode, options, "stream");
    const [reading] = this.#read([line], settings.prefix) as [Reading];
    if (isEmpty(reading)) {
      yield { text: "", tokens: [], translation: emptyTranslation(reading) };
      return;
    }
    let length = 0;
    const driver = new Driver(options.signal, () => `stream: stopped after ${length} tokens`);
    driver.check();
    const session = this.#open();
    try {
      const search = this.#plan(settings)(session.decoder, [reading]);
      for (;;) {
        driver.check();
        const { done, value } = search.next();
        if (done) {
          const translation = this.#translation(reading, value[0]!, settings);
          yield { text: translation.text, tokens: translation.tokens, translation };
          return;
        }
        if (value) {
          const tokens = this.#tokens(reading, chain(value.last), settings);
          length = tokens.length;
          yield { text: this.#text(tokens), tokens };
        }
        if (driver.isDue()) await driver.turn();
      }
    } finally {
      session.dispose();
    }
  }

  /**
   * The tokens most probable after `prefix`, each with the output that begins so: what else could stand at this place.
   * `count` (5) of them, most probable first.
   */
  async alternatives(
    line: string,
    prefix = "",
    { count = 5, ...options }: AlternativesOptions = {},
  ): Promise<Alternative[]> {
    if (!(Number.isInteger(count) && count >= 1 && count <= 256))
      throw new RecipeError(`alternatives: count: expected a whole number from 1 to 256, got ${count}.`);
    const stray = NOT_OF_ALTERNATIVES.find((name) => name in options);
    if (stray) throw new RecipeError(`alternatives: ${stray} is no option here: each one is written on greedily.`);
    const settings = completeOptions(this.#first.recipe.decode, { ...options, prefix }, "alternatives");
    const [reading] = this.#read([line], prefix) as [Reading];
    if (isEmpty(reading)) return [];
    const driver = new Driver(options.signal, () => "alternatives: stopped");
    driver.check();
    const session = this.#open();
    try {
      const sentence = this.#sentence(reading, settings, Requirement.of([]));
      this.#check(settings);
      const processors = searchProcessors(this.#first.target, settings);
      const search = walk(session.decoder, [reading], [sentence], { count, processors, attention: true });
      const [hypotheses] = await driver.run(search);
      return hypotheses!.map((hypothesis) => {
        const output = this.#output(reading, hypothesis, settings);
        const position = reading.prefix.length;
        const token = output.tokens[position] ?? this.#first.target.vocabulary.tokenOf(END);
        return { token, probability: Math.exp(hypothesis.logProbabilities[position]!), ...output };
      });
    } finally {
      session.dispose();
    }
  }

  /** What a beam kept, finished and dropped at every step on the way to its outputs. */
  traceBeam(line: string, options: TranslateOptions): BeamTrace {
    const settings = completeOptions(this.#first.recipe.decode, { ...options, sample: false }, "trace");
    const [reading] = this.#read([line], settings.prefix) as [Reading];
    const steps: BeamStep[] = [];
    if (isEmpty(reading)) return { beamSize: settings.beamSize, steps: [], outputs: [] };
    this.#check(settings);
    const { target } = this.#first;
    const processors = searchProcessors(target, settings);
    const sentence = this.#sentence(reading, settings, requirementOf(target, settings, reading.copies));
    const observe = (step: BeamStep) => steps.push(step);
    const session = this.#open();
    try {
      const search = beamSearch(session.decoder, [reading], [sentence], {
        ...settings,
        nbest: settings.beamSize,
        processors,
        attention: true,
        observe,
      });
      for (;;) {
        const { done, value } = search.next();
        if (!done) continue;
        const outputs = value[0]!.map((hypothesis) => {
          const { text, score, ranking, finished } = this.#output(reading, hypothesis, settings);
          return { text, score, ranking, finished };
        });
        const tokenOf = (id: number) => extendedToken(id, target.vocabulary, reading.copies ?? NO_COPIES);
        return { beamSize: settings.beamSize, steps: tracedBeamSteps(steps, tokenOf), outputs };
      }
    } finally {
      session.dispose();
    }
  }

  #read(lines: readonly string[], prefix: string | readonly string[]): Reading[] {
    checkPrefix(prefix, lines);
    const { tokenizer } = this.#first.target;
    return lines.map((line, i) => {
      const given = typeof prefix === "string" ? prefix : prefix[i]!;
      const { tokens, ids } = this.#first.encodeSource(line);
      const copies = this.#first.copySource(tokens);
      return { line, tokens, ids, copies, prefix: given === "" ? [] : tokenizer.encode(given) };
    });
  }

  /** What the settings make of a batch of readings. */
  #plan(settings: SearchSettings): (decoder: StepDecoder<Sources, unknown>, batch: readonly Reading[]) => Search {
    this.#check(settings);
    const { target } = this.#first;
    const search = searchFor(target, settings);
    const shared = this.#first.recipe.model.copy ? undefined : requirementOf(target, settings);
    return (decoder, batch) => {
      const sentences = batch.map((reading) =>
        this.#sentence(reading, settings, shared ?? requirementOf(target, settings, reading.copies)),
      );
      return search(decoder, batch, sentences);
    };
  }

  /** Refuses what this model cannot do. */
  #check({ coveragePenalty, replaceUnknown, banned }: SearchSettings): void {
    const { recipe, target } = this.#first;
    const needing = coveragePenalty > 0 ? "coveragePenalty" : replaceUnknown ? "replaceUnknown" : undefined;
    if (needing && recipe.model.attention.kind === "none")
      throw new RecipeError(`${needing}: expected a model with attention, got one without. Leave it out.`);
    if (!recipe.model.copy) return;
    // Ids of a source's own words differ from sentence to sentence; a ban is one for all.
    for (const phrase of banned) {
      const { tokenizer, vocabulary } = target;
      const isUnknown = (token: string) => vocabulary.idOf(token) === UNKNOWN;
      const stray =
        phrase === vocabulary.tokenOf(UNKNOWN) ? undefined : encodePhrase(tokenizer, phrase).find(isUnknown);
      if (stray !== undefined)
        throw new DataError(
          `banned ${JSON.stringify(phrase)}: expected words of the vocabulary, since a model that copies could write others all the same, got ${JSON.stringify(stray)}. Leave it out.`,
        );
    }
  }

  #sentence(reading: Reading, settings: SearchSettings, requirement: Requirement): Sentence {
    const { attention, coveragePenalty, replaceUnknown } = settings;
    const { line, ids } = reading;
    const sourceTime = attention || coveragePenalty > 0 || replaceUnknown ? ids.length + 1 : 0;
    const prefix = extendedIds(reading.prefix, this.#first.target.vocabulary, reading.copies ?? NO_COPIES);
    const wanted = { line, length: ids.length, prefix, sourceTime, randomKey: hashText(ids.join()) };
    return sentenceFor(wanted, settings, requirement);
  }

  #open(): { decoder: StepDecoder<Sources, unknown>; dispose: () => void } {
    const decoders = this.members.map((member) => new ModelDecoder(member));
    const dispose = () => {
      for (const decoder of decoders) decoder.dispose();
    };
    return { decoder: decoders.length === 1 ? decoders[0]! : ensembleDecoder(decoders), dispose };
  }

  #translation(reading: Reading, hypotheses: readonly Hypothesis[], settings: SearchSettings): Translation {
    const [best, ...others] = hypotheses.map((hypothesis) => this.#output(reading, hypothesis, settings));
    return { ...best!, source: sourceOf(reading), alternatives: others };
  }

  #output(reading: Reading, hypothesis: Hypothesis, settings: SearchSettings): Output {
    const { score, ranking, logProbabilities, finished, attention, heads } = hypothesis;
    const written = hypothesis.ids.map((id, i) => (attention[i] ? { id, attention: attention[i] } : { id }));
    const tokens = this.#tokens(reading, written, settings);
    const output: Output = {
      text: this.#text(tokens),
      tokens,
      score,
      tokenScores: logProbabilities,
      ranking,
      finished,
    };
    if (settings.attention && attention.length > 0) {
      const end = this.#first.target.vocabulary.tokenOf(END);
      output.attention = {
        columns: [...reading.tokens, this.#first.source.vocabulary.tokenOf(END)],
        rows: [...tokens, end],
        weights: attention.map((row) => Array.from(row)),
      };
      if (heads.length > 0)
        output.attention.heads = heads[0]!.map((_, head) => heads.map((row) => Array.from(row[head]!)));
    }
    return output;
  }

  /** What is shown of ids: the prefix as it was given, and unknown words replaced where that is asked for. */
  #tokens(
    { tokens: source, prefix, copies }: Reading,
    written: readonly Pick<Written, "id" | "attention">[],
    settings: SearchSettings,
  ): string[] {
    const { vocabulary } = this.#first.target;
    const ids = written.map(({ id }) => id);
    const tokens = ids.map((id) => extendedToken(id, vocabulary, copies ?? NO_COPIES));
    const weights = written.map(({ attention }) => attention!);
    const { replaceUnknown: wanted } = settings;
    const dictionary = typeof wanted === "object" ? wanted : {};
    const words = tokensToCopy(this.#first.source.tokenizer, source);
    const shown = wanted ? replaceUnknown(ids, tokens, weights, words, dictionary) : tokens;
    return [...prefix.slice(0, shown.length), ...shown.slice(prefix.length)];
  }

  #text(tokens: readonly string[]): string {
    return this.#first.target.tokenizer.decode(tokens);
  }
}

/** What makes no sense where every alternative is written on greedily. */
const NOT_OF_ALTERNATIVES = [
  ...(["prefix", "beamSize", "nbest", "stopping", "lengthPenalty", "coveragePenalty", "required"] as const),
  ...(["sample", "temperature", "topK", "topP", "seed", "splitSentences"] as const),
] as const;

/** Options of `alternatives`: those of `translate` that leave a greedy continuation its sense. */
export interface AlternativesOptions extends Omit<TranslateOptions, (typeof NOT_OF_ALTERNATIVES)[number]> {
  /** How many; 5 unless given. */
  count?: number;
}

/** Several models as one: at each step the mean of their probabilities. They must share vocabularies and tokenisers. */
export function ensemble(models: readonly { core: Seq2Seq }[]): Translator {
  return new Translator(models.map(({ core }) => core));
}

function checkAgreement(first: Seq2Seq, other: Seq2Seq, number: number): void {
  const [copies, otherCopies] = [first, other].map(({ recipe }) => (recipe.model.copy ?? false) === true);
  if (copies !== otherCopies)
    throw new DataError(
      `ensemble: expected models that all copy or none of them, got ${otherCopies ? "one that does" : "one that does not"} in model ${number}. Train them with the same model.copy.`,
    );
  for (const side of ["source", "target"] as const) {
    const same = (part: "vocabulary" | "tokenizer") =>
      JSON.stringify(first[side][part].toJSON()) === JSON.stringify(other[side][part].toJSON());
    for (const part of ["vocabulary", "tokenizer"] as const)
      if (!same(part))
        throw new DataError(
          `ensemble: expected models of one ${side} ${part}, got another in model ${number}. Train them on the same data with the same text options.`,
        );
  }
}

/** Of a source that extends no vocabulary. */
const NO_COPIES = { extraTokens: [] };

const isEmpty = ({ line, ids }: Reading): boolean => ids.length === 0 || line.trim() === "";

const sourceOf = ({ tokens, ids }: Reading) => ({ tokens, unknown: ids.map((id) => id === UNKNOWN) });

/** Nothing to read, nothing to write. */
function emptyTranslation(reading: Reading): Translation {
  const nothing = { text: "", tokens: [], score: 0, tokenScores: [], ranking: 0, finished: true };
  return { ...nothing, source: sourceOf(reading), alternatives: [] };
}

/** Lines of like length together, by their numbers; empty ones are left out. */
function* batches(readings: readonly Reading[], { sample, nbest, beamSize }: SearchSettings): Generator<number[]> {
  const most = Math.max(1, Math.min(BATCH_SENTENCES, Math.floor(BATCH_ROWS / (sample ? nbest : beamSize))));
  const length = (row: number) => readings[row]!.ids.length;
  const order = [...readings.keys()].filter((row) => !isEmpty(readings[row]!)).sort((a, b) => length(a) - length(b));
  let batch: number[] = [];
  for (const row of order) {
    if (batch.length === most || (batch.length > 0 && (batch.length + 1) * (length(row) + 1) > BATCH_TOKENS)) {
      yield batch;
      batch = [];
    }
    batch.push(row);
  }
  if (batch.length > 0) yield batch;
}
