import { evenly } from "../data/evenly.js";
import type { Recipe } from "../recipe/schema.js";
import { expectedScripts, namesOf, type ScriptCounts, scriptsOf, sumOf } from "../text/scripts.js";
import {
  type CheckedData,
  exampleOf,
  type Finding,
  howMany,
  levelOf,
  numbered,
  PARTS,
  percent,
  SIDES,
  type Side,
  thingsOf,
} from "./finding.js";

const MOST_PAIRS = 20_000;
/** A script with fewer of a column's letters is foreign to it. */
const FOREIGN_SHARE = 0.02;
/** Fewer letters are a name or a sign, no line in another script. */
const LEAST_LETTERS = 4;
/** A language that the recipe names should have this share of the letters. */
const EXPECTED_SHARE = 0.5;
const SCRIPT_BOUNDS = { warning: 0.005, error: 0.5 };

/** The script of most letters; undefined where there are none. */
function dominantScript(counts: ScriptCounts): string | undefined {
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** Columns that are not in the script of the language the recipe names, and lines in a script that train has not. */
export function scriptFindings(recipe: Recipe, data: CheckedData): Finding[] {
  const { task } = recipe;
  const sides: readonly Side[] = {
    translate: SIDES,
    classify: ["source"],
    tag: ["source"],
    "language-model": ["target"],
  }[task] as readonly Side[];
  const counts = Object.fromEntries(
    sides.map((side) => {
      const found: ScriptCounts = new Map();
      for (const pair of evenly(data.train, MOST_PAIRS)) scriptsOf(pair[side], found);
      return [side, found];
    }),
  ) as Partial<Record<Side, ScriptCounts>>;
  return sides.flatMap((side) => [
    ...wrongColumn(recipe, data, side, counts),
    ...foreignLines(recipe, data, side, counts[side]!),
  ]);
}

function wrongColumn(
  recipe: Recipe,
  { train }: CheckedData,
  side: Side,
  counts: Partial<Record<Side, ScriptCounts>>,
): Finding[] {
  const expected = expectedScripts(recipe[side].language);
  const letters = sumOf(counts[side]!);
  if (expected === undefined || letters === 0) return [];
  const shareOf = (found: ScriptCounts) =>
    expected.reduce((sum, code) => sum + (found.get(code) ?? 0), 0) / Math.max(1, sumOf(found));
  const share = shareOf(counts[side]!);
  if (share >= EXPECTED_SHARE) return [];
  const other = counts[side === "source" ? "target" : "source"];
  const foreign = (line: string) => {
    const found = scriptsOf(line);
    return sumOf(found) > 0 && shareOf(found) < EXPECTED_SHARE;
  };
  const at = train.findIndex((pair) => foreign(pair[side]));
  const swap = other !== undefined && shareOf(other) >= EXPECTED_SHARE;
  return [
    {
      kind: swap ? "swapped" : "script",
      level: "error",
      count: Math.round((1 - share) * letters),
      of: letters,
      share: 1 - share,
      what: `${side}.language is ${recipe[side].language}, yet ${percent(share)} of the training ${side}s' letters are ${namesOf(expected)}`,
      example: exampleOf(train[at]!, at, "train", recipe.task),
      advice: swap
        ? "The columns are swapped: exchange data.columns.source and data.columns.target."
        : `Correct ${side}.language or data.columns.${side}.`,
    },
  ];
}

function foreignLines({ task }: Recipe, data: CheckedData, side: Side, counts: ScriptCounts): Finding[] {
  const letters = sumOf(counts);
  const usual = new Set([...counts].filter(([, count]) => count >= FOREIGN_SHARE * letters).map(([code]) => code));
  const isForeign = (line: string) => {
    const found = scriptsOf(line);
    const own = [...found].reduce((sum, [code, count]) => sum + (usual.has(code) ? count : 0), 0);
    const all = sumOf(found);
    return all >= LEAST_LETTERS && own < all / 2;
  };
  return PARTS.flatMap((part): Finding[] => {
    const looked = evenly(numbered(data[part]), MOST_PAIRS);
    const odd = looked.filter(([, pair]) => isForeign(pair[side]));
    if (odd.length === 0) return [];
    const [index, pair] = odd[0]!;
    const code = dominantScript(scriptsOf(pair[side]))!;
    const share = odd.length / looked.length;
    return [
      {
        kind: "script",
        level: levelOf(share, SCRIPT_BOUNDS),
        count: odd.length,
        of: looked.length,
        share,
        what: `${howMany(odd.length, looked.length, task === "language-model" ? `${part} ${thingsOf(task)}` : `${part} ${side}s`)} are in a script that training ${side}s hardly have, ${namesOf([code])} for instance`,
        example: exampleOf(pair, index, part, task),
        advice: share > 0.5 ? `Look at the columns of ${part}.` : "Remove them, or bring more of their kind.",
      },
    ];
  });
}
