import type { Pair } from "../data/pairs.js";
import type { Recipe } from "../recipe/schema.js";
import {
  type CheckedData,
  exampleOf,
  type Finding,
  howMany,
  levelOf,
  PARTS,
  type Part,
  SIDES,
  type Side,
  thingsOf,
} from "./finding.js";

/** A line so many times as long as 95 of 100 lines are, and of so many characters, is an outlier. */
const TIMES_USUAL = 4;
const LEAST_CHARACTERS = 200;
/** A pair whose lengths stand in so many times the usual proportion, its longer side of so many characters. */
const TIMES_RATIO = 5;
const LEAST_RATIO_CHARACTERS = 40;
const RATIO_BOUNDS = { warning: 0.01 };
/** Where more pairs are so, as in conversations, lengths say nothing about what belongs together. */
const LOOSE_SHARE = 0.05;

/** Characters of the lines of one side of train. */
export interface LengthStatistics {
  median: number;
  /** 95 of 100 lines are no longer. */
  usual: number;
  longest: number;
}

/** Lengths in characters (UTF-16 units), of the sides that have text. */
export function lengthStatistics(recipe: Recipe, { train }: CheckedData): Partial<Record<Side, LengthStatistics>> {
  const statistics = (side: Side): LengthStatistics => {
    const lengths = Int32Array.from(train, (pair) => pair[side].length).sort();
    const at = (share: number) => lengths[Math.floor(share * (lengths.length - 1))]!;
    return { median: at(0.5), usual: at(0.95), longest: at(1) };
  };
  return Object.fromEntries(textSides(recipe).map((side) => [side, statistics(side)]));
}

/** A label is no line. */
function textSides({ task }: Recipe): readonly Side[] {
  if (task === "classify") return ["source"];
  return task === "language-model" ? ["target"] : SIDES;
}

/** Lines much longer than the others, and pairs of which one side is much longer than its partner asks for. */
export function lengthFindings(recipe: Recipe, data: CheckedData): Finding[] {
  const usual = lengthStatistics(recipe, data);
  return PARTS.filter((part) => data[part].length > 0).flatMap((part) => [
    ...tooLong(recipe, data[part], part, usual),
    ...(recipe.task === "translate" ? oddProportions(recipe, data, part) : []),
  ]);
}

function tooLong(
  { task }: Recipe,
  pairs: readonly Pair[],
  part: Part,
  usual: Partial<Record<Side, LengthStatistics>>,
): Finding[] {
  const limits = Object.entries(usual).map(
    ([side, lengths]) => [side as Side, Math.max(LEAST_CHARACTERS, TIMES_USUAL * lengths.usual)] as const,
  );
  const isLong = (pair: Pair) => limits.some(([side, limit]) => pair[side].length > limit);
  const count = pairs.filter(isLong).length;
  if (count === 0) return [];
  const longest = (pair: Pair) => Math.max(...limits.map(([side]) => pair[side].length));
  const at = pairs.reduce((most, pair, i) => (longest(pair) > longest(pairs[most]!) ? i : most), 0);
  const most = Math.max(...Object.values(usual).map((lengths) => lengths.usual));
  return [
    {
      kind: "length",
      level: "warning",
      count,
      of: pairs.length,
      share: count / pairs.length,
      what: `${howMany(count, pairs.length, `${part} ${thingsOf(task)}`)} are far longer than the rest, up to ${longest(pairs[at]!)} characters where 95 of 100 have at most ${most}`,
      example: exampleOf(pairs[at]!, at, part, task),
      advice:
        part === "train"
          ? "Cut or remove them: one long line takes the memory and the time of many."
          : "A model reads badly what is longer than all it was trained on; cut them into sentences.",
    },
  ];
}

/** How many times longer the target is, on a logarithmic scale; a character each more lets short lines be what they like. */
const logRatio = ({ source, target }: Pair) => Math.log((target.length + 1) / (source.length + 1));

function oddProportions({ task }: Recipe, { train, ...rest }: CheckedData, part: Part): Finding[] {
  const pairs = part === "train" ? train : rest[part];
  const ratios = Float64Array.from(train, logRatio).sort();
  const median = ratios[Math.floor(ratios.length / 2)]!;
  const oddness = (pair: Pair) =>
    Math.max(pair.source.length, pair.target.length) < LEAST_RATIO_CHARACTERS ? 0 : Math.abs(logRatio(pair) - median);
  const isOdd = (pair: Pair) => oddness(pair) > Math.log(TIMES_RATIO);
  if (train.filter(isOdd).length > LOOSE_SHARE * train.length) return [];
  const count = pairs.filter(isOdd).length;
  if (count === 0) return [];
  const at = pairs.reduce((most, pair, i) => (oddness(pair) > oddness(pairs[most]!) ? i : most), 0);
  const share = count / pairs.length;
  return [
    {
      kind: "ratio",
      level: levelOf(share, RATIO_BOUNDS),
      count,
      of: pairs.length,
      share,
      what: `${howMany(count, pairs.length, `${part} pairs`)} have one side more than ${TIMES_RATIO} times as long as its partner usually asks for`,
      example: exampleOf(pairs[at]!, at, part, task),
      advice: "Look whether their lines belong together.",
    },
  ];
}
