/** Parallel lines (对联): a line of Chinese verse and the line that answers it, word for word and tone against tone. */
import type { Pair } from "tandem-seq2seq";
import { Draw } from "../made-data/draw.js";
import { type MadeData, type Published, type Split, writeMadeData } from "../made-data/files.js";
import { lexicon, opposite, type Tone, type WordPair } from "./lexicon.js";
import { type Pattern, patterns, tonesOf } from "./patterns.js";
import { published } from "./published.js";

export interface LineWord {
  readonly pair: WordPair;
  /** Which of the two words stands in the source; the answer is the other. */
  readonly tone: Tone;
}

export interface LinePair extends Pair {
  readonly pattern: string;
  readonly words: readonly LineWord[];
  /** The two pairs of words that this line joins, "" for a word alone. The same for the answer as a source. */
  readonly combination: string;
}

const SEED = 2026;
const LINES_PER_PATTERN = 520;
const heldOutCounts = { test: 1500, dev: 600 } as const;

/** How many lines of the training part a word of a held-out line is in at least. */
export const FEWEST_IN_TRAINING = 10;

/** The line that a user types first; its combination is in the test. */
export const showcase = "窗前明月光";

const nameOf = ({ level, oblique }: WordPair) => `${level}${oblique}`;

function write(pattern: string, words: readonly LineWord[], held: readonly number[]): LinePair {
  return {
    source: words.map(({ pair, tone }) => pair[tone]).join(""),
    target: words.map(({ pair, tone }) => pair[opposite[tone]]).join(""),
    pattern,
    words,
    combination: held
      .map((i) => nameOf(words[i]!.pair))
      .sort()
      .join("|"),
  };
}

/** The pair with its sides exchanged: the answer asks, the line answers. */
function answered({ pattern, words, combination, source, target }: LinePair): LinePair {
  const exchanged = words.map(({ pair, tone }) => ({ pair, tone: opposite[tone] }));
  return { source: target, target: source, pattern, words: exchanged, combination };
}

/** Good verse says no character twice, but for those that a word itself doubles (依依). */
function repeats(words: readonly LineWord[]): boolean {
  const sides = [({ tone }: LineWord) => tone, ({ tone }: LineWord) => opposite[tone]];
  return sides.some((side) => {
    const characters = words.flatMap((word) => [...new Set(word.pair[side(word)])]);
    return new Set(characters).size < characters.length;
  });
}

function drawLine(pattern: Pattern, draw: Draw): LinePair | undefined {
  const tones = tonesOf(pattern, draw.pick(["level", "oblique"]));
  const words = pattern.slots.map(({ kinds }, i) => ({ pair: draw.pick(lexicon[draw.pick(kinds)]), tone: tones[i]! }));
  return repeats(words) ? undefined : write(pattern.name, words, pattern.held);
}

/** Every word alone, then lines of each pattern, each with its answer as a source too. */
function allLines(): LinePair[] {
  const lines = new Map<string, LinePair>();
  const add = (line: LinePair) => {
    for (const each of [line, answered(line)]) {
      const known = lines.get(each.source);
      if (known && known.target !== each.target) {
        throw new Error(
          `parallel lines: expected one answer to ${each.source}, got ${known.target} (${known.pattern}) and ` +
            `${each.target} (${each.pattern}). Let a word stand in one pair only.`,
        );
      }
      if (!known) lines.set(each.source, each);
    }
  };
  for (const pair of Object.values(lexicon).flat()) add(write("word", [{ pair, tone: "level" }], []));
  add(showcaseLine());
  for (const [i, pattern] of patterns.entries()) {
    const draw = new Draw(SEED, "parallel-lines", `${i} ${pattern.name}`);
    for (let count = 0; count < LINES_PER_PATTERN; count++) {
      const line = drawLine(pattern, draw);
      if (line) add(line);
    }
  }
  return [...lines.values()];
}

function showcaseLine(): LinePair {
  const find = (level: string) =>
    Object.values(lexicon)
      .flat()
      .find((pair) => pair.level === level)!;
  const words: LineWord[] = [
    { pair: find("窗前"), tone: "level" },
    { pair: find("疏星"), tone: "oblique" },
    { pair: find("光"), tone: "level" },
  ];
  return write("glimpse", words, [0, 1]);
}

/** The three parts, the same at every call: a combination, in every pattern and direction, is in one part only. */
export function generateParallelLines(): MadeData<LinePair> {
  const lines = allLines();
  const draw = new Draw(SEED, "parallel-lines", "split");
  const groups = new Map<string, LinePair[]>();
  for (const line of lines) groups.set(line.combination, [...(groups.get(line.combination) ?? []), line]);
  const counts = new Map<WordPair, number>();
  for (const { words } of lines) for (const { pair } of words) counts.set(pair, (counts.get(pair) ?? 0) + 1);

  const parts = new Map<string, Split>();
  const hold = (combination: string, split: Split): number => {
    const group = groups.get(combination)!;
    parts.set(combination, split);
    for (const { words } of group) for (const { pair } of words) counts.set(pair, counts.get(pair)! - 1);
    return group.length;
  };
  hold(showcaseLine().combination, "test");
  const candidates = draw.shuffled([...groups.keys()].filter((combination) => combination && !parts.has(combination)));
  for (const split of ["test", "dev"] as const) {
    for (let missing: number = heldOutCounts[split]; missing > 0; ) {
      const combination = candidates.pop()!;
      const group = groups.get(combination)!;
      const rare = group.some(({ words }) =>
        words.some(({ pair }) => counts.get(pair)! - group.length < FEWEST_IN_TRAINING),
      );
      if (!rare) missing -= hold(combination, split);
    }
  }
  const data: Record<Split, LinePair[]> = { train: [], dev: [], test: [] };
  for (const line of draw.shuffled(lines)) data[parts.get(line.combination) ?? "train"].push(line);
  return data;
}

export function writeParallelLines(folder: string): Promise<Published> {
  return writeMadeData("parallel-lines", generateParallelLines(), published, folder);
}
