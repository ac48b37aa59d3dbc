import { expect, it } from "vitest";
import { DataError, ModelFileError } from "../errors.js";
import { Labels } from "./labels.js";

it("has each label once, sorted, and knows which it does not have", () => {
  const labels = Labels.build(["体育", "b", "a", "b", "<s>"]);
  expect(labels.names).toEqual(["<s>", "a", "b", "体育"]);
  expect(labels.names.map((name) => labels.idOf(name))).toEqual([0, 1, 2, 3]);
  expect(labels.nameOf(3)).toBe("体育");
  expect([labels.idOf("c"), labels.size]).toEqual([undefined, 4]);
  expect(Labels.fromJSON(JSON.parse(JSON.stringify(labels))).names).toEqual(labels.names);
});

it("refuses fewer than two, and a damaged list", () => {
  expect(() => Labels.build(["a", "a"])).toThrow(DataError);
  expect(() => Labels.build([])).toThrow("labels: expected at least two different ones, got none.");
  for (const damaged of [["a", "a"], ["a"], [1, 2] as unknown as string[], {} as string[]])
    expect(() => Labels.fromJSON(damaged)).toThrow(ModelFileError);
});
