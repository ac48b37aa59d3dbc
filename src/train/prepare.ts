import type { Pair } from "../data/pairs.js";
import { DataError } from "../errors.js";
import type { Backend } from "../kernels/kernels.js";
import { Seq2Seq } from "../models/seq2seq.js";
import { hashText } from "../random.js";
import type { Recipe } from "../recipe/index.js";
import { wordProposer } from "../text/proposers.js";
import { fitTokenizer } from "../text/tokenizer.js";
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

/** A fresh model for these pairs: tokenisers and vocabularies learnt from them, parameters drawn from the seed or read from `model.pretrained`. */
export async function prepareModel(backend: Backend, recipe: Recipe, pairs: readonly Pair[]): Promise<Seq2Seq> {
  if (pairs.length === 0) throw new DataError("train: expected at least one pair, got none. Give pairs to learn from.");
  const read = async (which: "source" | "target") => {
    const { tokenizer: kind, language, lowercase, normalization } = recipe[which];
    const lines = pairs.map((pair) => pair[which]);
    const { propose } = await wordProposer(language);
    const tokenizer = fitTokenizer(lines, { kind, language, lowercase, normalization }, propose);
    return { tokenizer, sentences: lines.map((line) => tokenizer.encode(line)) };
  };
  const [source, target] = [await read("source"), await read("target")];
  const build = (which: "source" | "target", sentences: readonly string[][]) => {
    const { vocabSize, minFrequency } = recipe[which];
    return Vocabulary.build(sentences, { maxSize: vocabSize, minFrequency });
  };
  const shared =
    recipe.model.tieEmbeddings === "all" ? build("target", [...source.sentences, ...target.sentences]) : undefined;
  const model = new Seq2Seq(backend, {
    recipe,
    source: { tokenizer: source.tokenizer, vocabulary: shared ?? build("source", source.sentences) },
    target: { tokenizer: target.tokenizer, vocabulary: shared ?? build("target", target.sentences) },
  });
  try {
    await loadPretrained(model);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}
