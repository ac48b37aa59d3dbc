import type { Pair } from "../data/pairs.js";
import { RecipeError, TandemError } from "../errors.js";
import type { Backend } from "../kernels/kernels.js";
import { architectureDifference } from "../models/architecture.js";
import { Classifier, labelOf } from "../models/classifier.js";
import { DecoderOnly } from "../models/decoder-only.js";
import type { TextSide, TrainingHistory } from "../models/model.js";
import type { AnyModel } from "../models/model-file.js";
import { Seq2Seq } from "../models/seq2seq.js";
import { Tagger } from "../models/tagger.js";
import type { Recipe } from "../recipe/index.js";
import { extendTokenizer } from "../text/extend-tokenizer.js";
import type { Labels } from "../text/labels.js";
import { wordProposer } from "../text/proposers.js";
import { UNKNOWN, type Vocabulary } from "../text/vocabulary.js";

type Side = "source" | "target";

/**
 * A model that goes on from another (fine-tuning): its weights, tokenisers and vocabularies, the recipe's training. With
 * `train.extendVocabulary` words and labels that only these pairs have are added after those it has, and their rows are
 * drawn as a new model's are. `base` stays as it is.
 */
export async function continueModel(
  backend: Backend,
  recipe: Recipe,
  base: AnyModel,
  pairs: readonly Pair[],
): Promise<AnyModel> {
  if (base.weights === "int8")
    throw new TandemError(
      "train.from: expected a model of float32 weights, got int8 ones. Give the model it was made from.",
    );
  refuseAnother(recipe, base.recipe);
  const text = await continuedText(recipe, base, pairs);
  const model = build(backend, recipe, base, text);
  try {
    for (const [name, { shape, data }] of base.tensors()) loadRows(model, name, shape, data);
  } catch (error) {
    model.dispose();
    throw error;
  }
  const { source, target, labels } = text.added;
  const added = { ...(source && { source }), ...(target && { target }), ...(labels && { labels }) };
  const { name } = base.recipe;
  const from: TrainingHistory["from"] = { ...(name !== undefined && { name }), ...base.history };
  model.history = { ...model.history, from, ...(Object.keys(added).length > 0 && { added }) };
  return model;
}

/** Keys of a side by which a model's text was cut. */
const TEXT_KEYS = ["tokenizer", "language", "lowercase", "normalization", "characterCoverage"] as const;
/** Keys by which its vocabulary was chosen, and those are chosen that come into it. */
const VOCABULARY_KEYS = ["vocabSize", "minFrequency"] as const;

/** Refuses what the recipe says of the model and the model is not. */
function refuseAnother(recipe: Recipe, base: Recipe): void {
  const refuse = (key: string, has: unknown, asked: unknown, advice = "or train without train.from"): never => {
    throw new RecipeError(
      `${key}: expected ${has ?? "none"}, as the model of train.from has it, got ${asked ?? "none"}. Leave it out, ${advice}.`,
    );
  };
  const found = architectureDifference(base, recipe);
  if (found) refuse(found.key, found.first, found.second);
  if (recipe.jointVocabulary !== base.jointVocabulary)
    refuse("jointVocabulary", base.jointVocabulary, recipe.jointVocabulary);
  for (const side of ["source", "target"] as const) {
    for (const key of TEXT_KEYS)
      if (recipe[side][key] !== base[side][key]) refuse(`${side}.${key}`, base[side][key], recipe[side][key]);
    if (!recipe.train.extendVocabulary)
      for (const key of VOCABULARY_KEYS)
        if (recipe[side][key] !== base[side][key])
          refuse(
            `${side}.${key}`,
            base[side][key],
            recipe[side][key],
            "or let it grow with train.extendVocabulary: true",
          );
    const given = {
      [`${side}.tokenizerFile`]: recipe[side].tokenizerFile,
      [`model.pretrained.${side}`]: recipe.model.pretrained[side],
    };
    for (const [key, file] of Object.entries(given))
      if (file !== undefined)
        throw new RecipeError(`${key}: ${file} is refused: it comes from the model of train.from. Leave it out.`);
  }
}

/** What a model knows of text, and how much of it is new. */
interface ContinuedText {
  sides: Partial<Record<Side, TextSide>>;
  labels?: Labels;
  added: { source: number; target: number; labels: number };
}

async function continuedText(recipe: Recipe, base: AnyModel, pairs: readonly Pair[]): Promise<ContinuedText> {
  const { extendVocabulary } = recipe.train;
  const sides: Partial<Record<Side, TextSide>> = {};
  if ("source" in base) sides.source = base.source;
  if ("target" in base) sides.target = base.target;
  const isClosed = ({ tokenizer }: TextSide) => tokenizer.tokens !== undefined;
  const present = Object.values(sides);
  if (extendVocabulary && !("labels" in base) && present.every(isClosed)) {
    const kinds = [...new Set(present.map(({ tokenizer }) => tokenizer.options.kind))].join(" and ");
    throw new RecipeError(
      `train.extendVocabulary: true is refused: the pieces of ${kinds} write any text already. Leave it out.`,
    );
  }
  const sentences: Partial<Record<Side, string[][]>> = {};
  for (const [name, { tokenizer, vocabulary }] of Object.entries(sides) as [Side, TextSide][]) {
    const lines = pairs.map((pair) => pair[name]);
    const isKnown = (token: string) => vocabulary.idOf(token) !== UNKNOWN;
    const { propose } = await wordProposer(recipe[name].language);
    const extended = extendVocabulary ? extendTokenizer(tokenizer, lines, isKnown, propose) : tokenizer;
    sentences[name] = lines.map((line) => extended.encode(line));
    sides[name] = { tokenizer: extended, vocabulary };
  }
  const added = { source: 0, target: 0, labels: 0 };
  const grow = (name: Side, read: readonly string[][]) => {
    const side = sides[name]!;
    const { vocabulary } = side;
    const isGrown = extendVocabulary && !isClosed(side);
    side.vocabulary = isGrown ? grown(recipe, name, vocabulary, read) : vocabulary.measuredOn(read);
    added[name] = side.vocabulary.size - vocabulary.size;
  };
  const isJoint = sides.source && sides.target && (recipe.jointVocabulary || recipe.model.tieEmbeddings === "all");
  if (isJoint) {
    grow("target", [...sentences.source!, ...sentences.target!]);
    sides.source!.vocabulary = sides.target!.vocabulary;
    added.source = added.target;
  } else for (const name of Object.keys(sides) as Side[]) grow(name, sentences[name]!);
  if (!("labels" in base)) return { sides, added };
  const labels = extendVocabulary ? base.labels.with(labelsOf(base, pairs)) : base.labels;
  added.labels = labels.size - base.labels.size;
  return { sides, labels, added };
}

/** All labels, or tags, of the pairs. */
function labelsOf(base: Classifier | Tagger, pairs: readonly Pair[]): string[] {
  if (base instanceof Tagger) return pairs.flatMap(({ target }) => base.tagTokenizer.encode(target));
  return pairs.map(({ target }) => labelOf(target, base.recipe.target));
}

/** The vocabulary with the words of these sentences that it has not, as many as the recipe has room for. */
function grown(recipe: Recipe, name: Side, vocabulary: Vocabulary, sentences: readonly string[][]): Vocabulary {
  const { vocabSize, minFrequency } = recipe[name];
  const all = vocabulary.extendedBy(sentences, { maxSize: Number.POSITIVE_INFINITY, minFrequency });
  if (all.size > vocabulary.size && vocabulary.size >= vocabSize)
    throw new RecipeError(
      `${name}.vocabSize: expected room for ${all.size - vocabulary.size} new words, got ${vocabSize}, which the model of train.from fills. Raise it, to ${all.size} for all of them.`,
    );
  return vocabulary.extendedBy(sentences, { maxSize: vocabSize, minFrequency });
}

/** A fresh model of the base's task. */
function build(backend: Backend, recipe: Recipe, base: AnyModel, { sides, labels }: ContinuedText): AnyModel {
  switch (base.task) {
    case "translate":
      return new Seq2Seq(backend, { recipe, source: sides.source!, target: sides.target! });
    case "classify":
      return new Classifier(backend, { recipe, source: sides.source!, labels: labels! });
    case "tag":
      return new Tagger(backend, { recipe, source: sides.source!, tagTokenizer: base.tagTokenizer, labels: labels! });
    case "language-model":
      return new DecoderOnly(backend, { recipe, target: sides.target! });
  }
}

/** Puts the base's numbers into a parameter that may have more rows than it: new words and labels come last. */
function loadRows(model: AnyModel, name: string, shape: readonly number[], data: ArrayLike<number>): void {
  const tensor = model.parameters.get(name);
  if (shape.slice(1).join() !== tensor.shape.slice(1).join() || shape[0]! > tensor.shape[0]!)
    throw new TandemError(
      `train.from: expected ${name} [${tensor.shape.join(", ")}], or fewer rows of it, got [${shape.join(", ")}]. The model does not fit its own recipe.`,
    );
  const values = tensor.toArray();
  values.set(data);
  tensor.set(values);
}
