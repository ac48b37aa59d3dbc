import type { Pair } from "../data/pairs.js";
import { DataError, RecipeError } from "../errors.js";
import type { Backend } from "../kernels/kernels.js";
import { Seq2Seq } from "../models/seq2seq.js";
import { hashText } from "../random.js";
import type { Recipe } from "../recipe/index.js";
import { wordProposer } from "../text/proposers.js";
import { fitTokenizer, type Tokenizer, tokenizerFromJSON } from "../text/tokenizer.js";
import { Vocabulary } from "../text/vocabulary.js";

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

/** Tokenisers that are there already and need not be learnt, such as those of `tokenizerFile`. */
export interface GivenTokenizers {
  source?: Tokenizer | undefined;
  target?: Tokenizer | undefined;
}

/** A fresh model for these pairs: tokenisers and vocabularies learnt from them, parameters drawn from the seed. */
export async function prepareModel(
  backend: Backend,
  recipe: Recipe,
  pairs: readonly Pair[],
  given: GivenTokenizers = {},
): Promise<Seq2Seq> {
  if (pairs.length === 0) throw new DataError("train: expected at least one pair, got none. Give pairs to learn from.");
  const isJoint = recipe.jointVocabulary || recipe.model.tieEmbeddings === "all";
  const linesOf = (which: Side) => pairs.map((pair) => pair[which]);
  const learn = async (which: Side, lines: readonly string[]): Promise<Tokenizer> => {
    const {
      tokenizer: kind,
      language,
      lowercase,
      normalization,
      vocabSize,
      minFrequency,
      characterCoverage,
    } = recipe[which];
    const { propose } = await wordProposer(language);
    return fitTokenizer(lines, { kind, language, lowercase, normalization }, propose, {
      vocabSize,
      minFrequency,
      characterCoverage,
    });
  };
  const both =
    isJoint && recipe.target.tokenizer === "bpe" && !given.source && !given.target
      ? await learn("target", [...linesOf("source"), ...linesOf("target")])
      : undefined;
  const read = async (which: Side) => {
    const known = given[which] ?? both;
    if (known === undefined && recipe[which].tokenizerFile !== undefined)
      throw new RecipeError(
        `${which}.tokenizerFile: expected the tokenizer of ${recipe[which].tokenizerFile}, which only the command reads, got none. Give it as tokenizers.${which}.`,
      );
    if (known) checkKind(known, recipe, which);
    const tokenizer = known ? inLanguage(known, recipe[which].language) : await learn(which, linesOf(which));
    return { tokenizer, sentences: linesOf(which).map((line) => tokenizer.encode(line)) };
  };
  const [source, target] = [await read("source"), await read("target")];
  const build = (which: Side, { tokens }: Tokenizer, sentences: readonly string[][]) => {
    const { vocabSize, minFrequency } = recipe[which];
    return tokens
      ? Vocabulary.ofTokens(tokens, sentences)
      : Vocabulary.build(sentences, { maxSize: vocabSize, minFrequency });
  };
  if (isJoint && JSON.stringify(source.tokenizer.tokens) !== JSON.stringify(target.tokenizer.tokens))
    throw new RecipeError(
      "train: expected tokenizers of the same tokens for one vocabulary, got two that differ. Give both sides the same one.",
    );
  const shared = isJoint ? build("target", target.tokenizer, [...source.sentences, ...target.sentences]) : undefined;
  return new Seq2Seq(backend, {
    recipe,
    source: { tokenizer: source.tokenizer, vocabulary: shared ?? build("source", source.tokenizer, source.sentences) },
    target: { tokenizer: target.tokenizer, vocabulary: shared ?? build("target", target.tokenizer, target.sentences) },
  });
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
