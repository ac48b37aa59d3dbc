import { DataError } from "../errors.js";

/** Values in per cent. */
export interface ClassReport {
  readonly label: string;
  /** Of the predictions of this class, those that are right; 0 where there are none. */
  readonly precision: number;
  /** Of the examples of this class, those that are found; 0 where there are none. */
  readonly recall: number;
  /** 2 P R / (P + R) */
  readonly f1: number;
  /** Examples of this class. */
  readonly count: number;
}

/** How well labels were predicted, all together and class by class. */
export interface ClassificationReport {
  /** Per cent of the predictions that are right. */
  readonly accuracy: number;
  /** The mean of all classes' F1, each class counting the same (Yang and Liu 1999). */
  readonly macroF1: number;
  /** In the order of their labels' UTF-16 code units, as in `confusion`. */
  readonly classes: readonly ClassReport[];
  /** `confusion[i][j]`: how many examples of class i were predicted as class j. */
  readonly confusion: readonly (readonly number[])[];
}

/** How well labels were predicted. A class is every label that was expected or predicted. */
export function classificationReport(predicted: readonly string[], expected: readonly string[]): ClassificationReport {
  if (predicted.length !== expected.length || predicted.length === 0)
    throw new DataError(
      `f1: expected one label for each of at least one prediction, got ${predicted.length} predictions and ${expected.length} labels. Give both in the same order.`,
    );
  const labels = [...new Set([...expected, ...predicted])].sort();
  const indexes = new Map(labels.map((label, index) => [label, index]));
  const confusion = labels.map(() => labels.map(() => 0));
  for (const [i, label] of expected.entries()) confusion[indexes.get(label)!]![indexes.get(predicted[i]!)!]!++;

  const classes = labels.map((label, index): ClassReport => {
    const right = confusion[index]![index]!;
    const count = sum(confusion[index]!);
    const predictions = sum(confusion.map((row) => row[index]!));
    return {
      label,
      precision: predictions === 0 ? 0 : (100 * right) / predictions,
      recall: count === 0 ? 0 : (100 * right) / count,
      // 2 P R / (P + R) with both written out.
      f1: (200 * right) / (predictions + count),
      count,
    };
  });
  const right = sum(labels.map((_, index) => confusion[index]![index]!));
  return {
    accuracy: (100 * right) / expected.length,
    macroF1: sum(classes.map(({ f1 }) => f1)) / classes.length,
    classes,
    confusion,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
