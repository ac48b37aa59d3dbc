import type { Pair } from "../data/pairs.js";
import { labelOf } from "../models/classifier.js";
import { hashText } from "../random.js";
import type { Recipe } from "../recipe/index.js";
import { fitTokenizer } from "../text/tokenizer.js";
import { tokenizerOptions } from "./tokenizer-options.js";

const LARGEST_HOLD_OUT = 1000;
/** Candidates are looked through again when there are so many more. */
const CANDIDATE_STEP = 4096;

/** What is held out for dev, and which pairs are left to train on. */
export interface HeldOut {
  dev: Pair[];
  isTraining(pair: Pair): boolean;
}

interface HoldOutOptions {
  /** What has to fall on one side, by default the source. */
  textOf?: (pair: Pair) => string;
  labelsOf?: (pair: Pair) => readonly string[];
  /** Gives what is kept of a pair, by default the pair. */
  keep?: (pair: Pair) => Pair;
}

/**
 * Cuts a development set out of pairs that come one after another, by a hash of the source, so that all pairs of one source
 * fall on one side: about `share` of the pairs, at most 1000. Given `labelsOf`, no label is in dev alone, where no model
 * could have learnt it: sources with such a one stay in training. Only pairs that may be held out are kept in memory.
 */
export class HoldOut {
  #count = 0;
  /** Pairs whose hash is low enough for the share that they may be held out of. */
  #candidates: { pair: Pair; hash: number }[] = [];
  #nextLook = CANDIDATE_STEP;
  readonly #labelCounts = new Map<string, number>();

  constructor(
    readonly share: number,
    readonly options: HoldOutOptions = {},
  ) {}

  add(pair: Pair): void {
    this.#count++;
    for (const label of this.options.labelsOf?.(pair) ?? [])
      this.#labelCounts.set(label, (this.#labelCounts.get(label) ?? 0) + 1);
    const hash = scramble(hashText(this.#textOf(pair)));
    // The share falls as pairs come, so who is over it now is over it in the end.
    const most = 2 ** 32 * Math.min(this.share, LARGEST_HOLD_OUT / this.#count);
    if (hash >= most) return;
    this.#candidates.push({ pair: this.options.keep?.(pair) ?? pair, hash });
    if (this.#candidates.length < this.#nextLook) return;
    this.#candidates = this.#candidates.filter((candidate) => candidate.hash < most);
    this.#nextLook = this.#candidates.length + CANDIDATE_STEP;
  }

  /** After all pairs. */
  finish(): HeldOut {
    const wanted = Math.min(Math.floor(this.share * this.#count), LARGEST_HOLD_OUT);
    const threshold = (wanted / this.#count) * 2 ** 32;
    const held = this.#candidates.filter(({ hash }) => hash < threshold).map(({ pair }) => pair);
    let dev = held.slice(0, LARGEST_HOLD_OUT);
    let sources = new Set(dev.map((pair) => this.#textOf(pair)));
    const { labelsOf } = this.options;
    if (labelsOf) {
      const left = new Map(this.#labelCounts);
      for (const pair of held)
        if (sources.has(this.#textOf(pair))) for (const label of labelsOf(pair)) left.set(label, left.get(label)! - 1);
      const isLearnt = (pair: Pair) => labelsOf(pair).every((label) => left.get(label)! > 0);
      const kept = new Set(dev.filter((pair) => !isLearnt(pair)).map((pair) => this.#textOf(pair)));
      dev = dev.filter((pair) => !kept.has(this.#textOf(pair)));
      sources = new Set(dev.map((pair) => this.#textOf(pair)));
    }
    return { dev, isTraining: (pair) => !sources.has(this.#textOf(pair)) };
  }

  #textOf(pair: Pair): string {
    return this.options.textOf?.(pair) ?? pair.source;
  }
}

/** What holds out pairs of the recipe's task; the lines of a language model are all target. */
export function holdOutOf(recipe: Recipe, keep = (pair: Pair): Pair => pair): HoldOut {
  const { task, data } = recipe;
  if (task === "language-model") return new HoldOut(data.holdOut, { textOf: ({ target }) => target, keep });
  if (task === "translate") return new HoldOut(data.holdOut, { keep });
  const tokenizer = task === "tag" ? fitTokenizer([], tokenizerOptions(recipe, "target")) : undefined;
  const labelsOf = ({ target }: Pair) => tokenizer?.encode(target) ?? [labelOf(target, recipe.target)];
  return new HoldOut(data.holdOut, { labelsOf, keep });
}

/** Holds out of pairs that are all there. */
export function holdOutFor(recipe: Recipe, pairs: readonly Pair[]): { train: Pair[]; dev: Pair[] } {
  const holdOut = holdOutOf(recipe);
  for (const pair of pairs) holdOut.add(pair);
  const { dev, isTraining } = holdOut.finish();
  return { train: pairs.filter(isTraining), dev };
}

/** Spreads a 32-bit hash over its whole range (the finaliser of MurmurHash3). */
function scramble(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
