import type { Pair } from "../data/pairs.js";
import { DataError, RecipeError } from "../errors.js";
import type { Backend } from "../kernels/kernels.js";
import { Classifier, labelOf } from "../models/classifier.js";
import { DecoderOnly } from "../models/decoder-only.js";
import { pairName, type TextSide } from "../models/model.js";
import type { AnyModel } from "../models/model-file.js";
import { Seq2Seq } from "../models/seq2seq.js";
import { Tagger, unequalLengths } from "../models/tagger.js";
import type { Recipe } from "../recipe/index.js";
import { Labels } from "../text/labels.js";
import { wordProposer } from "../text/proposers.js";
import { fitTokenizer, type Tokenizer, tokenizerFromJSON } from "../text/tokenizer.js";
import { TokenCounter, Vocabulary } from "../text/vocabulary.js";
import { loadPretrained } from "./pretrained.js";
import { tokenizerOptions } from "./tokenizer-options.js";
import { TextInMemory, type TrainingText } from "./training-text.js";

/** Tokenisers that are there already and need not be learnt, such as those of `tokenizerFile`. */
export interface GivenTokenizers {
  source?: Tokenizer | undefined;
  target?: Tokenizer | undefined;
}

/**
 * A fresh model for these pairs: tokenisers learnt from a sample of them, vocabularies and labels from all, parameters drawn
 * from the seed or read from `model.pretrained`.
 */
export async function prepareModel(
  backend: Backend,
  recipe: Recipe,
  pairs: TrainingText | readonly Pair[],
  given: GivenTokenizers = {},
): Promise<AnyModel> {
  if (recipe.train.extendVocabulary)
    throw new RecipeError(
      "train.extendVocabulary: true is refused: there is no model whose vocabulary could grow. Give one to go on from, or leave it out.",
    );
  const text = "chunks" in pairs ? pairs : new TextInMemory(pairs);
  if (text.size === 0) throw new DataError("train: expected at least one pair, got none. Give pairs to learn from.");
  const tokenizers = await tokenizersFor(recipe, text.sample, given);
  const counters = { source: new TokenCounter(), target: new TokenCounter() };
  const labels = new Set<string>();
  const { task } = recipe;
  let index = 0;
  for await (const some of text.chunks())
    for (const pair of some) {
      const source = tokenizers.source?.encode(pair.source);
      const target = tokenizers.target?.encode(pair.target);
      if (source) counters.source.add(source);
      if (task === "classify") labels.add(labelOf(pair.target, recipe.target));
      else if (task === "tag") {
        if (source!.length !== target!.length)
          throw unequalLengths(source!.length, target!.length, pairName(pair, index, "train"));
        for (const tag of target!) labels.add(tag);
      } else counters.target.add(target!);
      index++;
    }
  const side = (which: Side, counter = counters[which]): TextSide => {
    const tokenizer = tokenizers[which]!;
    const { vocabSize, minFrequency } = recipe[which];
    const vocabulary = tokenizer.tokens
      ? Vocabulary.ofTokens(tokenizer.tokens, counter)
      : Vocabulary.build(counter, { maxSize: vocabSize, minFrequency });
    return { tokenizer, vocabulary };
  };
  switch (task) {
    case "translate":
      return pretrained(new Seq2Seq(backend, { recipe, ...bothSides(recipe, side, counters) }));
    case "classify":
      return pretrained(new Classifier(backend, { recipe, source: side("source"), labels: Labels.build(labels) }));
    case "tag": {
      const [source, tagTokenizer] = [side("source"), tokenizers.target!];
      return pretrained(new Tagger(backend, { recipe, source, tagTokenizer, labels: Labels.build(labels) }));
    }
    case "language-model":
      return pretrained(new DecoderOnly(backend, { recipe, target: side("target") }));
  }
}

const isJoint = (recipe: Recipe) => recipe.jointVocabulary || recipe.model.tieEmbeddings === "all";

/** Both sides of a translation, with one vocabulary where the recipe wants one. */
function bothSides(
  recipe: Recipe,
  side: (which: Side, counter?: TokenCounter) => TextSide,
  counters: Record<Side, TokenCounter>,
): Record<Side, TextSide> {
  if (!isJoint(recipe)) return { source: side("source"), target: side("target") };
  counters.target.addAll(counters.source);
  const target = side("target");
  const { tokenizer } = side("source", counters.target);
  if (JSON.stringify(tokenizer.tokens) !== JSON.stringify(target.tokenizer.tokens))
    throw new RecipeError(
      "train: expected tokenizers of the same tokens for one vocabulary, got two that differ. Give both sides the same one.",
    );
  return { source: { tokenizer, vocabulary: target.vocabulary }, target };
}

/** The tokenisers of the sides that the task cuts, as they were given or learnt from the sample. */
async function tokenizersFor(
  recipe: Recipe,
  sample: readonly Pair[],
  given: GivenTokenizers,
): Promise<Partial<Record<Side, Tokenizer>>> {
  const linesOf = (which: Side) => sample.map((pair) => pair[which]);
  const both =
    isJoint(recipe) && recipe.target.tokenizer === "bpe" && !given.source && !given.target
      ? await learnTokenizer(recipe, "target", [...linesOf("source"), ...linesOf("target")])
      : undefined;
  const tokenizerOf = async (which: Side) => {
    const known = given[which] ?? both;
    if (known === undefined && recipe[which].tokenizerFile !== undefined)
      throw new RecipeError(
        `${which}.tokenizerFile: expected the tokenizer of ${recipe[which].tokenizerFile}, which only the command reads, got none. Give it as tokenizers.${which}.`,
      );
    if (known) checkKind(known, recipe, which);
    return known ? inLanguage(known, recipe[which].language) : learnTokenizer(recipe, which, linesOf(which));
  };
  return {
    ...(recipe.task !== "language-model" && { source: await tokenizerOf("source") }),
    ...(recipe.task !== "classify" && { target: await tokenizerOf("target") }),
  };
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
