import { labelOf } from "../models/classifier.js";
import type { TextSide } from "../models/model.js";
import type { AnyModel } from "../models/model-file.js";
import type { Tokenizer } from "../text/tokenizer.js";
import type { CheckedData, Finding, Level, Side } from "./finding.js";
import { headerFindings } from "./header.js";
import { type LabelCounts, labelCounts, labelFindings } from "./labels.js";
import { type LengthStatistics, lengthFindings, lengthStatistics } from "./lengths.js";
import { overlapFindings } from "./overlap.js";
import { scriptFindings } from "./scripts.js";
import { swappedFindings } from "./swapped.js";
import { type UnknownShares, vocabularyFindings } from "./unknown-words.js";

/** The data in numbers. */
export interface DataStatistics {
  pairs: { train: number; dev: number; test: number };
  /** Characters of a line, by side. */
  lengths: Partial<Record<Side, LengthStatistics>>;
  /** Share of the tokens without an id, by side and part. */
  unknown: UnknownShares;
  /** The most frequent labels or tags of a classifier or tagger. */
  labels?: LabelCounts;
}

/** What a check of data finds. */
export interface CheckResult {
  /** The gravest first. */
  findings: Finding[];
  statistics: DataStatistics;
}

const LISTED_LABELS = 20;
const order: readonly Level[] = ["error", "warning", "note"];

/**
 * Looks for what makes training worthless or worse, with the tokenisers, vocabularies and labels of a model that was prepared
 * for this data. Trains nothing.
 */
export function checkData(model: AnyModel, data: CheckedData): CheckResult {
  const { recipe } = model;
  const sides: Partial<Record<Side, TextSide>> = {
    ...("source" in model && { source: model.source }),
    ...("target" in model && { target: model.target }),
  };
  const { findings: unknown, shares } = vocabularyFindings(recipe, data, sides);
  const labelsOf = labelReader(model);
  const counts = labelsOf && labelCounts(data, labelsOf);
  const findings = [
    ...headerFindings(recipe, data),
    ...scriptFindings(recipe, data),
    ...swappedFindings(recipe, data),
    ...unknown,
    ...overlapFindings(recipe, data),
    ...(labelsOf && counts ? labelFindings(recipe, data, counts, labelsOf) : []),
    ...lengthFindings(recipe, data),
  ];
  return {
    findings: findings.sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level)),
    statistics: {
      pairs: { train: data.trainSize ?? data.train.length, dev: data.dev.length, test: data.test.length },
      lengths: lengthStatistics(recipe, data),
      unknown: shares,
      ...(counts && { labels: counts.slice(0, LISTED_LABELS) }),
    },
  };
}

/** What cuts a target into the labels it stands for, in the tasks that have any. */
function labelReader(model: AnyModel): ((target: string) => readonly string[]) | undefined {
  switch (model.task) {
    case "classify":
      return (target) => [labelOf(target, model.recipe.target)];
    case "tag": {
      const cut: Tokenizer = model.tagTokenizer;
      return (target) => cut.encode(target);
    }
    default:
      return undefined;
  }
}
