import type { Pair } from "../data/pairs.js";
import type { Recipe } from "../recipe/schema.js";
import { type CheckedData, exampleOf, type Finding, howMany, levelOf, type Part, thingsOf } from "./finding.js";

/** What was seen in training says little: at a hundredth of dev or test a warning, at half no measure at all. */
const OVERLAP_BOUNDS = { warning: 0.01, error: 0.5 };
const REPEATED_BOUNDS = { warning: 0.2 };
/** Labels that contradict each other cannot be learnt; of translations several are usual. */
const CONTRADICTION_BOUNDS = { warning: 0.01 };

const SEPARATOR = "\u0000";
const keyOf = ({ source, target }: Pair) => `${source}${SEPARATOR}${target}`;

/** What stands in more than one place: pairs of dev and test that train has, repeated pairs, sources with several targets. */
export function overlapFindings(recipe: Recipe, data: CheckedData): Finding[] {
  const pairs = new Set(data.train.map(keyOf));
  const isLines = recipe.task === "language-model";
  const sources = isLines ? pairs : new Set(data.train.map(({ source }) => source));
  return [
    ...(["dev", "test"] as const).flatMap((part) => seenInTraining(recipe, data, part, pairs, sources)),
    ...repeated(recipe, data, pairs),
    ...(isLines ? [] : severalTargets(recipe, data)),
  ];
}

function seenInTraining(
  { task }: Recipe,
  data: CheckedData,
  part: Part,
  pairs: ReadonlySet<string>,
  sources: ReadonlySet<string>,
): Finding[] {
  const all = data[part];
  const isLines = task === "language-model";
  const things = thingsOf(task);
  const samePair = all.filter((pair) => pairs.has(keyOf(pair))).length;
  const isSeen = (pair: Pair) => (isLines ? pairs.has(keyOf(pair)) : sources.has(pair.source));
  const first = all.findIndex(isSeen);
  if (first < 0) return [];
  const count = all.filter(isSeen).length;
  const share = count / all.length;
  const said = isLines ? "are in train too" : `have a source that train has too, ${samePair} with the same target`;
  return [
    {
      kind: "overlap",
      level: levelOf(samePair / all.length, OVERLAP_BOUNDS),
      count,
      of: all.length,
      share,
      what: `${howMany(count, all.length, `${part} ${things}`)} ${said}`,
      example: exampleOf(all[first]!, first, part, task),
      advice: "Take them out of train: what it has seen measures its memory.",
    },
  ];
}

function repeated({ task }: Recipe, { train }: CheckedData, pairs: ReadonlySet<string>): Finding[] {
  const count = train.length - pairs.size;
  if (count === 0) return [];
  const seen = new Set<string>();
  const first = train.findIndex((pair) => seen.size === seen.add(keyOf(pair)).size);
  const share = count / train.length;
  return [
    {
      kind: "repeated",
      level: levelOf(share, REPEATED_BOUNDS),
      count,
      of: train.length,
      share,
      what: `${howMany(count, train.length, `training ${thingsOf(task)}`)} repeat an earlier one`,
      example: exampleOf(train[first]!, first, "train", task),
      advice: "Leave each once, unless frequent ones are to count more.",
    },
  ];
}

function severalTargets({ task }: Recipe, { train }: CheckedData): Finding[] {
  const targets = new Map<string, string>();
  const contested = new Set<string>();
  for (const { source, target } of train) {
    const known = targets.get(source);
    if (known === undefined) targets.set(source, target);
    else if (known !== target) contested.add(source);
  }
  if (contested.size === 0) return [];
  const count = train.filter(({ source }) => contested.has(source)).length;
  const share = count / train.length;
  const first = train.findIndex(({ source, target }) => contested.has(source) && targets.get(source) !== target);
  const pair = train[first]!;
  const example = exampleOf(pair, first, "train", task);
  const isTranslation = task === "translate";
  return [
    {
      kind: "several-targets",
      level: isTranslation ? "note" : levelOf(share, CONTRADICTION_BOUNDS),
      count,
      of: train.length,
      share,
      what: `${howMany(count, train.length, "training pairs")} have a source with several targets, of ${contested.size} sources`,
      example: { place: example.place, text: `${example.text}; before: ${targets.get(pair.source)}` },
      advice: isTranslation
        ? "Exact match then counts right answers as wrong; keep one target a source if one alone is right."
        : "Decide which one is right: labels that contradict each other cannot be learnt.",
    },
  ];
}
