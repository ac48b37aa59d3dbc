import type { Recipe } from "../recipe/schema.js";
import { type CheckedData, exampleOf, type Finding, howMany, percent } from "./finding.js";

/** From this share on, always giving the most frequent label looks like a good model. */
const DOMINANT_SHARE = 0.8;
/** Of fewer examples no model learns a label. */
const LEAST_EXAMPLES = 5;
/** So many different labels for as many pairs are no labels but texts. */
const TEXT_SHARE = 0.5;
const LEAST_PAIRS = 20;
const LISTED_LABELS = 5;

/** How often each label or tag of train occurs, the most frequent first. */
export type LabelCounts = readonly (readonly [label: string, count: number])[];

/** Counts the labels of a classifier, or the tags of a tagger, as `labelsOf` cuts them out of a target. */
export function labelCounts({ train }: CheckedData, labelsOf: (target: string) => readonly string[]): LabelCounts {
  const counts = new Map<string, number>();
  for (const { target } of train) for (const label of labelsOf(target)) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** One label that outweighs all others, labels with hardly an example, and texts where labels should be. */
export function labelFindings(
  { task }: Recipe,
  data: CheckedData,
  counts: LabelCounts,
  labelsOf: (target: string) => readonly string[],
): Finding[] {
  const { train } = data;
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const exampleWith = (label: string) => {
    const at = train.findIndex(({ target }) => labelsOf(target).includes(label));
    return exampleOf(train[at]!, at, "train", task);
  };
  const things = task === "tag" ? "tags" : "labels";
  if (task === "classify" && train.length >= LEAST_PAIRS && counts.length > TEXT_SHARE * train.length)
    return [
      {
        kind: "labels",
        level: "error",
        count: counts.length,
        of: train.length,
        share: counts.length / train.length,
        what: `${counts.length} different labels stand in ${train.length} pairs, which looks like text`,
        example: exampleOf(train[0]!, 0, "train", task),
        advice: "Correct data.columns: the target is the column of the label.",
      },
    ];
  const findings: Finding[] = [];
  const [most, mostCount] = counts[0]!;
  if (mostCount / total >= DOMINANT_SHARE)
    findings.push({
      kind: "labels",
      level: "warning",
      count: mostCount,
      of: total,
      share: mostCount / total,
      what: `${howMany(mostCount, total, `training ${things}`)} are ${JSON.stringify(most)}`,
      example: exampleWith(most),
      advice: `Look at f1: always answering ${JSON.stringify(most)} has an accuracy of ${percent(mostCount / total)}. Bring more examples of the others.`,
    });
  const rare = counts.filter(([, count]) => count < LEAST_EXAMPLES);
  if (rare.length > 0) {
    const listed = rare.slice(0, LISTED_LABELS).map(([label, count]) => `${JSON.stringify(label)} ${count}`);
    findings.push({
      kind: "labels",
      level: "warning",
      count: rare.length,
      of: counts.length,
      share: rare.length / counts.length,
      what: `${rare.length} of ${counts.length} ${things} have fewer than ${LEAST_EXAMPLES} examples in train: ${listed.join(", ")}${rare.length > listed.length ? ", …" : ""}`,
      example: exampleWith(rare.at(-1)![0]),
      advice: "Bring more examples of them, or join them with others.",
    });
  }
  return findings;
}
