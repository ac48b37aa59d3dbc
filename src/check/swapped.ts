import { evenly } from "../data/evenly.js";
import type { Pair } from "../data/pairs.js";
import type { Recipe } from "../recipe/schema.js";
import { type CheckedData, exampleOf, type Finding, howMany, levelOf, numbered, PARTS, type Part } from "./finding.js";
import { ColumnModels, type Odds } from "./language-models.js";

/** Pairs that are judged of each part, evenly chosen: enough for shares, and quick. */
const MOST_PAIRS = 20_000;
/** Fewer teach nothing about a language. */
const LEAST_PAIRS = 200;
/** Columns are of two languages if so many lines are told right on both sides; else nothing can be said. */
const SEPARABLE_SHARE = 0.85;
/** Log-odds in nats from which both lines of a pair together, or one of them alone, are in the wrong column. */
const SWAPPED_ODDS = 12;
const ALONE_ODDS = 10;
const ALONE_MEAN = 1;

const SWAPPED_BOUNDS = { warning: 0, error: 0.1 };
const LANGUAGE_BOUNDS = { warning: 0.005, error: 0.5 };

/** One judged pair with its place in its part. */
interface Judged {
  pair: Pair;
  index: number;
  source: Odds;
  target: Odds;
}

/**
 * Pairs whose source is written as targets are and the other way round, and lines that stand in the other column's
 * language: an untranslated line, a name. Nothing is said where the two columns are of one language.
 */
export function swappedFindings(recipe: Recipe, data: CheckedData): Finding[] {
  const { task } = recipe;
  if (task !== "translate" || data.train.length < LEAST_PAIRS) return [];
  const models = new ColumnModels(evenly(data.train, MOST_PAIRS));
  const judge = (pairs: ReturnType<typeof numbered>, isKnown: boolean): Judged[] =>
    evenly(pairs, MOST_PAIRS).map(([index, pair]) => ({
      pair,
      index,
      source: models.oddsOfOther(pair, "source", isKnown),
      target: models.oddsOfOther(pair, "target", isKnown),
    }));
  const train = judge(numbered(data.train), true);
  for (const side of ["source", "target"] as const)
    if (train.filter((pair) => pair[side].total < 0).length < SEPARABLE_SHARE * train.length) return [];
  return PARTS.flatMap((part) => findingsOf(task, part, part === "train" ? train : judge(numbered(data[part]), false)));
}

const isSwapped = ({ source, target }: Judged) =>
  source.total > 1 && target.total > 1 && source.total + target.total > SWAPPED_ODDS;

function findingsOf(task: Recipe["task"], part: Part, judged: readonly Judged[]): Finding[] {
  const swapped = judged.filter(isSwapped);
  const findings: Finding[] = [];
  const add = (finding: Pick<Finding, "kind" | "level" | "what" | "advice">, found: readonly Judged[]) =>
    findings.push({
      ...finding,
      count: found.length,
      of: judged.length,
      share: found.length / judged.length,
      example: exampleOf(found[0]!.pair, found[0]!.index, part, task),
    });
  if (swapped.length > 0)
    add(
      {
        kind: "swapped",
        level: levelOf(swapped.length / judged.length, SWAPPED_BOUNDS),
        what: `${howMany(swapped.length, judged.length, `${part} pairs`)} seem to have their columns swapped, compared with the rest of train`,
        advice:
          swapped.length > judged.length / 2
            ? `Swap the columns of ${part}, so that all files have the same order.`
            : "Swap or remove them.",
      },
      swapped,
    );
  for (const side of ["source", "target"] as const) {
    const odd = judged.filter(
      (pair) => !isSwapped(pair) && pair[side].total > ALONE_ODDS && pair[side].mean > ALONE_MEAN,
    );
    if (odd.length === 0) continue;
    const other = side === "source" ? "target" : "source";
    add(
      {
        kind: "language",
        level: levelOf(odd.length / judged.length, LANGUAGE_BOUNDS),
        what: `${howMany(odd.length, judged.length, `${part} ${side}s`)} look like the language of the ${other}s`,
        advice: "Remove what is not translated; names may stay.",
      },
      odd,
    );
  }
  return findings;
}
