import { expect, test } from "vitest";
import { golden } from "../../test/support/metrics-golden.js";
import { DataError } from "../errors.js";
import { classificationReport } from "./classification.js";

test.each(golden.classification)("agrees with the oracle on $expected.length examples", (example) => {
  const { accuracy, macroF1, confusion } = classificationReport(example.predicted, example.expected);
  expect(accuracy).toBeCloseTo(example.accuracy, 10);
  expect(macroF1).toBeCloseTo(example.macroF1, 10);
  expect(confusion.flat().reduce((sum, count) => sum + count)).toBe(example.expected.length);
});

test("by hand: three classes, one of them never expected", () => {
  const expected = ["question", "question", "question", "greeting"];
  const predicted = ["question", "question", "greeting", "order"];
  expect(classificationReport(predicted, expected)).toEqual({
    accuracy: 50,
    // (0 + 0 + 2 · 1 · ⅔ / (1 + ⅔)) / 3
    macroF1: 80 / 3,
    classes: [
      { label: "greeting", precision: 0, recall: 0, f1: 0, count: 1 },
      { label: "order", precision: 0, recall: 0, f1: 0, count: 0 },
      { label: "question", precision: 100, recall: 200 / 3, f1: 80, count: 3 },
    ],
    confusion: [
      [0, 1, 0],
      [0, 0, 0],
      [1, 0, 2],
    ],
  });
});

test("refuses unequal or no labels", () => {
  expect(() => classificationReport(["a"], [])).toThrow(DataError);
  expect(() => classificationReport([], [])).toThrow(/f1: .* got 0 predictions and 0 labels/);
});
