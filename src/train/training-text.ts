import { type Corpus, type CorpusOptions, corpusName, type OpenFile, readCorpus } from "../data/corpus.js";
import { type FilterReport, refuseNothingKept } from "../data/filters.js";
import type { Pair } from "../data/pairs.js";
import type { Recipe } from "../recipe/index.js";
import { inOwnMemory } from "../text/own-memory.js";
import { type HeldOut, holdOutOf } from "./hold-out.js";
import { pairFilter } from "./pair-filter.js";

/** Pairs to learn from, wherever they lie. */
export interface TrainingText {
  /** How many pairs. */
  readonly size: number;
  /** Evenly chosen pairs, all of them where they are few: what tokenisers learn from and what is looked at. */
  readonly sample: readonly Pair[];
  /** All pairs in order, some at a time; they can be gone through again. */
  chunks(): Iterable<readonly Pair[]> | AsyncIterable<readonly Pair[]>;
}

/** Characters of a sample: some 30 MB of memory, and more text than a tokeniser of usual size can learn from. */
const SAMPLE_CHARACTERS = 1 << 24;

/** Keeps every nth pair of those that come, n doubling whenever there are too many. */
export class EvenSample {
  #kept: Pair[] = [];
  #characters = 0;
  #stride = 1;
  /** Pairs that have come. */
  count = 0;

  /** `keep` gives what is kept of a pair. */
  constructor(
    readonly mostCharacters = SAMPLE_CHARACTERS,
    readonly keep = (pair: Pair): Pair => pair,
  ) {}

  add(pair: Pair): void {
    if (this.count++ % this.#stride !== 0) return;
    this.#kept.push(this.keep(pair));
    this.#characters += charactersOf(pair);
    while (this.#characters > this.mostCharacters && this.#kept.length > 1) {
      this.#stride *= 2;
      this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
      this.#characters = this.#kept.reduce((sum, kept) => sum + charactersOf(kept), 0);
    }
  }

  pairs(): readonly Pair[] {
    return this.#kept;
  }
}

const charactersOf = ({ source, target }: Pair) => source.length + target.length;

/** Pairs that are all in memory. */
export class TextInMemory implements TrainingText {
  readonly sample: readonly Pair[];

  constructor(readonly pairs: readonly Pair[]) {
    const sample = new EvenSample();
    for (const pair of pairs) sample.add(pair);
    this.sample = sample.pairs();
  }

  get size(): number {
    return this.pairs.length;
  }

  chunks(): Iterable<readonly Pair[]> {
    return [this.pairs];
  }
}

/** Pairs that are read from files each time they are gone through. */
export class TextInFiles implements TrainingText {
  constructor(
    readonly size: number,
    readonly sample: readonly Pair[],
    readonly chunks: () => AsyncIterable<readonly Pair[]>,
  ) {}
}

/** What one look at a corpus tells. */
export interface SurveyedCorpus {
  train: TextInFiles;
  /** What was held out of it, if that was asked for. */
  dev: Pair[];
  filtered: FilterReport;
}

/**
 * Goes once through a training corpus: what the recipe's filters take, what is held out for dev (unless `hasDev`), and a
 * sample of what is left. Memory is bounded, whatever the size of the corpus.
 */
export async function surveyCorpus(
  recipe: Recipe,
  corpus: Corpus,
  { hasDev, open, ...options }: CorpusOptions & { hasDev: boolean; open: OpenFile },
): Promise<SurveyedCorpus> {
  const holdsOut = !hasDev && recipe.data.holdOut > 0;
  const filter = pairFilter(recipe);
  const holdOut = holdOutOf(recipe, inOwnMemory);
  let sample = new EvenSample(SAMPLE_CHARACTERS, inOwnMemory);
  for await (const pairs of readCorpus(corpus, options, open))
    for (const pair of pairs) if (filter.keeps(pair)) (holdsOut ? holdOut : sample).add(pair);
  const filtered = filter.report();
  refuseNothingKept(filtered, corpusName(corpus));
  const { dev, isTraining }: HeldOut = holdsOut ? holdOut.finish() : { dev: [], isTraining: () => true };
  const chunks = async function* () {
    const filter = pairFilter(recipe);
    for await (const pairs of readCorpus(corpus, options, open))
      yield pairs.filter((pair) => filter.keeps(pair) && isTraining(pair));
  };
  // What is left to sample is known only when all pairs have been seen.
  if (holdsOut) {
    sample = new EvenSample(SAMPLE_CHARACTERS, inOwnMemory);
    for await (const pairs of chunks()) for (const pair of pairs) sample.add(pair);
  }
  return { train: new TextInFiles(sample.count, sample.pairs(), chunks), dev, filtered };
}
