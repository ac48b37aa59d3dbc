import { countCharacters, countWords } from "../text/word-count.js";
import type { Recipe, RecipeInput } from "./schema.js";

type Task = Recipe["task"];

/** Means over the lines of one side of the data. */
export interface AverageLength {
  readonly characters: number;
  /** Stretches between white space; a Chinese or Japanese character counts as a word of its own. */
  readonly words: number;
}

export interface AverageLengths {
  readonly source: AverageLength;
  readonly target: AverageLength;
}

/** Measures what `defaultsForSize` wants to know, pair by pair. */
export class LengthMeter {
  /** Pairs so far. */
  count = 0;
  readonly #sums = { source: { characters: 0, words: 0 }, target: { characters: 0, words: 0 } };

  add(source: string, target: string): void {
    this.count++;
    for (const [side, text] of [["source", source] as const, ["target", target] as const]) {
      this.#sums[side].characters += countCharacters(text);
      this.#sums[side].words += countWords(text);
    }
  }

  averages(): AverageLengths {
    const count = Math.max(this.count, 1);
    const mean = ({ characters, words }: AverageLength) => ({ characters: characters / count, words: words / count });
    return { source: mean(this.#sums.source), target: mean(this.#sums.target) };
  }
}

/** The same of pairs that are all there. */
export function averageLengths(pairs: Iterable<readonly [source: string, target: string]>): AverageLengths {
  const meter = new LengthMeter();
  for (const [source, target] of pairs) meter.add(source, target);
  return meter.averages();
}

/** From how many pairs on a model gets this size. Fewer pairs: a smaller model, more dropout, smaller batches. */
const tiers = [
  { pairs: 0, hiddenSize: 64, dropout: 0.2, batchTokens: 512 },
  { pairs: 2_000, hiddenSize: 128, dropout: 0.2, batchTokens: 1024 },
  { pairs: 20_000, hiddenSize: 256, dropout: 0.1, batchTokens: 2048 },
  { pairs: 500_000, hiddenSize: 512, dropout: 0.1, batchTokens: 4096 },
];

/** Small data is gone through until about so many steps are done, within 10 to 100 epochs. */
const usualSteps = 3000;

/** What to train with when there are pairs and no recipe. A label is no sequence, and lines of a language model have no source. */
export function defaultsForSize(
  pairCount: number,
  { source, target }: AverageLengths,
  task: Task = "translate",
): RecipeInput {
  const lengths = {
    translate: { source, target },
    classify: { source, target: source },
    tag: { source, target },
    "language-model": { source: target, target },
  }[task];
  const tier = tiers.findLast(({ pairs }) => pairCount >= pairs)!;
  const { hiddenSize, dropout, batchTokens } = tier;
  // Tags are one to one with what stands between white space, or with characters.
  const tokenizer = looksInsideWords(lengths) ? "chars" : task === "tag" ? "whitespace" : "words";
  const unit = tokenizer === "chars" ? "characters" : "words";
  const tokensAnEpoch = pairCount * Math.max(lengths.source[unit], lengths.target[unit], 1);
  const epochs = Math.ceil((usualSteps * batchTokens) / Math.max(tokensAnEpoch, 1));
  const [reads, writes] = [task !== "language-model", task === "translate" || task === "language-model"];
  return {
    ...(reads && { source: { tokenizer } }),
    ...(task !== "classify" && { target: { tokenizer } }),
    model: {
      embeddingSize: hiddenSize,
      ...(reads && { encoder: { hiddenSize } }),
      ...(writes && { decoder: { hiddenSize } }),
    },
    train: { batchTokens, dropout, epochs: Math.min(Math.max(epochs, 10), 100) },
  };
}

/**
 * Dates, names, pronunciations, typos: short lines, one side of them a single word. What is learned there lies inside
 * the words, and a vocabulary of words would know next to none of the next lines.
 */
function looksInsideWords({ source, target }: AverageLengths): boolean {
  const shortLines = Math.max(source.characters, target.characters) <= 40;
  return shortLines && Math.min(source.words, target.words) < 1.5;
}
