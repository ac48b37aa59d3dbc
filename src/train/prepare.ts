import type { Pair } from "../data/pairs.js";
import { DataError, RecipeError } from "../errors.js";
import type { Backend } from "../kernels/kernels.js";
import { Classifier, labelOf } from "../models/classifier.js";
import { DecoderOnly } from "../models/decoder-only.js";
import { pairName, type TextSide } from "../models/model.js";
import type { AnyModel } from "../models/model-file.js";
import { Seq2Seq } from "../models/seq2seq.js";
import { Tagger, unequalLengths } from "../models/tagger.js";
import { hashText } from "../random.js";
import type { Recipe } from "../recipe/index.js";
import { Labels } from "../text/labels.js";
import { wordProposer } from "../text/proposers.js";
import { fitTokenizer, type Tokenizer, type TokenizerOptions, tokenizerFromJSON } from "../text/tokenizer.js";
import { Vocabulary } from "../text/vocabulary.js";
import { loadPretrained } from "./pretrained.js";

const LARGEST_HOLD_OUT = 1000;

/**
 * Cuts a development set out of the pairs by a hash of the source, so that all pairs of one source fall on one side:
 * about `share` of the pairs, at most 1000.
 */
export function holdOut(pairs: readonly Pair[], share: number): { train: Pair[]; dev: Pair[] } {
  const wanted = Math.min(Math.floor(share * pairs.length), LARGEST_HOLD_OUT);
  const threshold = (wanted / pairs.length) * 2 ** 32;
  const isHeldOut = (pair: Pair) => scramble(hashText(pair.source)) < threshold;
  const dev = pairs.filter(isHeldOut).slice(0, LARGEST_HOLD_OUT);
  const sources = new Set(dev.map((pair) => pair.source));
  return { train: pairs.filter((pair) => !sources.has(pair.source)), dev };
}

/** Spreads a 32-bit hash over its whole range (the finaliser of MurmurHash3). */
function scramble(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * Holds out as `holdOut` does. Of classes and tags none may be in dev alone, where no model could have learnt it: sources
 * with such a one stay in training.
 */
export function holdOutFor(recipe: Recipe, pairs: readonly Pair[]): { train: Pair[]; dev: Pair[] } {
  const { task } = recipe;
  // The lines of a language model are all target.
  if (task === "language-model") {
    const swapped = holdOut(pairs.map(asSource), recipe.data.holdOut);
    return { train: swapped.train.map(asTarget), dev: swapped.dev.map(asTarget) };
  }
  const split = holdOut(pairs, recipe.data.holdOut);
  if (task === "translate") return split;
  const tokenizer = task === "tag" ? fitTokenizer([], tokenizerOptions(recipe, "target")) : undefined;
  const labelsOf = ({ target }: Pair) => tokenizer?.encode(target) ?? [labelOf(target, recipe.target)];
  const known = new Set(split.train.flatMap(labelsOf));
  const kept = new Set(split.dev.filter((pair) => !labelsOf(pair).every((label) => known.has(label))).map(sourceOf));
  if (kept.size === 0) return split;
  const dev = split.dev.filter(({ source }) => !kept.has(source));
  const devSources = new Set(dev.map(sourceOf));
  return { train: pairs.filter(({ source }) => !devSources.has(source)), dev };
}

const sourceOf = ({ source }: Pair): string => source;
const asSource = ({ target, ...rest }: Pair): Pair => ({ ...rest, source: target, target: "" });
const asTarget = ({ source, ...rest }: Pair): Pair => ({ ...rest, source: "", target: source });

function tokenizerOptions(recipe: Recipe, which: Side): TokenizerOptions {
  const { tokenizer: kind, language, lowercase, normalization } = recipe[which];
  return { kind, language, lowercase, normalization };
}

/** Tokenisers that are there already and need not be learnt, such as those of `tokenizerFile`. */
export interface GivenTokenizers {
  source?: Tokenizer | undefined;
  target?: Tokenizer | undefined;
}

/** A fresh model for these pairs: tokenisers and vocabularies learnt from them, parameters drawn from the seed or read from `model.pretrained`. */
export async function prepareModel(
  backend: Backend,
  recipe: Recipe,
  pairs: readonly Pair[],
  given: GivenTokenizers = {},
): Promise<AnyModel> {
  if (recipe.train.extendVocabulary)
    throw new RecipeError(
      "train.extendVocabulary: true is refused: there is no model whose vocabulary could grow. Give one to go on from, or leave it out.",
    );
  if (pairs.length === 0) throw new DataError("train: expected at least one pair, got none. Give pairs to learn from.");
  const linesOf = (which: Side) => pairs.map((pair) => pair[which]);
  const isJoint = recipe.jointVocabulary || recipe.model.tieEmbeddings === "all";
  const both =
    isJoint && recipe.target.tokenizer === "bpe" && !given.source && !given.target
      ? await learnTokenizer(recipe, "target", [...linesOf("source"), ...linesOf("target")])
      : undefined;
  const read = async (which: Side) => {
    const known = given[which] ?? both;
    if (known === undefined && recipe[which].tokenizerFile !== undefined)
      throw new RecipeError(
        `${which}.tokenizerFile: expected the tokenizer of ${recipe[which].tokenizerFile}, which only the command reads, got none. Give it as tokenizers.${which}.`,
      );
    if (known) checkKind(known, recipe, which);
    const tokenizer = known
      ? inLanguage(known, recipe[which].language)
      : await learnTokenizer(recipe, which, linesOf(which));
    return { tokenizer, sentences: linesOf(which).map((line) => tokenizer.encode(line)) };
  };
  const build = (which: Side, { tokens }: Tokenizer, sentences: readonly string[][]) => {
    const { vocabSize, minFrequency } = recipe[which];
    return tokens
      ? Vocabulary.ofTokens(tokens, sentences)
      : Vocabulary.build(sentences, { maxSize: vocabSize, minFrequency });
  };
  const side = async (which: Side): Promise<TextSide> => {
    const { tokenizer, sentences } = await read(which);
    return { tokenizer, vocabulary: build(which, tokenizer, sentences) };
  };
  const bothSides = async (): Promise<Record<Side, TextSide>> => {
    if (!isJoint) return { source: await side("source"), target: await side("target") };
    const [source, target] = [await read("source"), await read("target")];
    if (JSON.stringify(source.tokenizer.tokens) !== JSON.stringify(target.tokenizer.tokens))
      throw new RecipeError(
        "train: expected tokenizers of the same tokens for one vocabulary, got two that differ. Give both sides the same one.",
      );
    const vocabulary = build("target", target.tokenizer, [...source.sentences, ...target.sentences]);
    return {
      source: { tokenizer: source.tokenizer, vocabulary },
      target: { tokenizer: target.tokenizer, vocabulary },
    };
  };
  switch (recipe.task) {
    case "translate":
      return pretrained(new Seq2Seq(backend, { recipe, ...(await bothSides()) }));
    case "classify": {
      const labels = Labels.build(pairs.map(({ target }) => labelOf(target, recipe.target)));
      return pretrained(new Classifier(backend, { recipe, source: await side("source"), labels }));
    }
    case "tag": {
      const [source, tags] = [await read("source"), await read("target")];
      for (const [i, { length }] of source.sentences.entries())
        if (length !== tags.sentences[i]!.length)
          throw unequalLengths(length, tags.sentences[i]!.length, pairName(pairs[i]!, i, "train"));
      return pretrained(
        new Tagger(backend, {
          recipe,
          source: { tokenizer: source.tokenizer, vocabulary: build("source", source.tokenizer, source.sentences) },
          tagTokenizer: tags.tokenizer,
          labels: Labels.build(tags.sentences.flat()),
        }),
      );
    }
    case "language-model":
      return pretrained(new DecoderOnly(backend, { recipe, target: await side("target") }));
  }
}

async function learnTokenizer(recipe: Recipe, which: Side, lines: readonly string[]): Promise<Tokenizer> {
  const { vocabSize, minFrequency, characterCoverage, language } = recipe[which];
  const { propose } = await wordProposer(language);
  return fitTokenizer(lines, tokenizerOptions(recipe, which), propose, { vocabSize, minFrequency, characterCoverage });
}

/** The model with the vectors its recipe names. */
async function pretrained<Kind extends AnyModel>(model: Kind): Promise<Kind> {
  try {
    await loadPretrained(model);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

type Side = "source" | "target";

function checkKind({ options }: Tokenizer, recipe: Recipe, which: Side): void {
  const { tokenizer: kind } = recipe[which];
  if (options.kind !== kind)
    throw new RecipeError(
      `${which}.tokenizer: expected ${options.kind}, as the tokenizer that was given is, got ${kind}. Make them agree.`,
    );
}

/** The same tokeniser, of a text in this language: a file does not name one, and both sides may share it. */
function inLanguage(tokenizer: Tokenizer, language: string): Tokenizer {
  return tokenizerFromJSON({ ...tokenizer.toJSON(), language });
}
