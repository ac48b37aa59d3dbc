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

/** Measures what `defaultsForSize` wants to know about the pairs. */
export function averageLengths(pairs: Iterable<readonly [source: string, target: string]>): AverageLengths {
  const source = { characters: 0, words: 0 };
  const target = { characters: 0, words: 0 };
  let count = 0;
  for (const [sourceText, targetText] of pairs) {
    count++;
    for (const [sum, text] of [[source, sourceText] as const, [target, targetText] as const]) {
      sum.characters += [...text].length;
      sum.words += text.match(word)?.length ?? 0;
    }
  }
  const mean = ({ characters, words }: AverageLength) => ({
    characters: characters / Math.max(count, 1),
    words: words / Math.max(count, 1),
  });
  return { source: mean(source), target: mean(target) };
}

const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;

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
