import type { Pair } from "../data/pairs.js";
import { DataError } from "../errors.js";
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
import { fitTokenizer, type TokenizerOptions } from "../text/tokenizer.js";
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

function tokenizerOptions(recipe: Recipe, which: "source" | "target"): TokenizerOptions {
  const { tokenizer: kind, language, lowercase, normalization } = recipe[which];
  return { kind, language, lowercase, normalization };
}

/** A fresh model for these pairs: tokenisers and vocabularies learnt from them, parameters drawn from the seed or read from `model.pretrained`. */
export async function prepareModel(backend: Backend, recipe: Recipe, pairs: readonly Pair[]): Promise<AnyModel> {
  if (pairs.length === 0) throw new DataError("train: expected at least one pair, got none. Give pairs to learn from.");
  const read = async (which: "source" | "target") => {
    const lines = pairs.map((pair) => pair[which]);
    const { propose } = await wordProposer(recipe[which].language);
    const tokenizer = fitTokenizer(lines, tokenizerOptions(recipe, which), propose);
    return { tokenizer, sentences: lines.map((line) => tokenizer.encode(line)) };
  };
  const build = (which: "source" | "target", sentences: readonly string[][]) => {
    const { vocabSize, minFrequency } = recipe[which];
    return Vocabulary.build(sentences, { maxSize: vocabSize, minFrequency });
  };
  const side = async (which: "source" | "target"): Promise<TextSide> => {
    const { tokenizer, sentences } = await read(which);
    return { tokenizer, vocabulary: build(which, sentences) };
  };
  const bothSides = async () => {
    if (recipe.model.tieEmbeddings !== "all") return { source: await side("source"), target: await side("target") };
    const [source, target] = [await read("source"), await read("target")];
    const vocabulary = build("target", [...source.sentences, ...target.sentences]);
    return {
      source: { tokenizer: source.tokenizer, vocabulary },
      target: { tokenizer: target.tokenizer, vocabulary },
    };
  };
  switch (recipe.task) {
    case "translate": {
      const model = new Seq2Seq(backend, { recipe, ...(await bothSides()) });
      return pretrained(model);
    }
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
          source: { tokenizer: source.tokenizer, vocabulary: build("source", source.sentences) },
          tagTokenizer: tags.tokenizer,
          labels: Labels.build(tags.sentences.flat()),
        }),
      );
    }
    case "language-model":
      return pretrained(new DecoderOnly(backend, { recipe, target: await side("target") }));
  }
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
