import { expect, test } from "vitest";
import { collapseWarning } from "./collapse.js";

const sample = (source: string, reference: string, output: string) => ({ source, reference, output });

test("one output for several sources is told, with the output and its usual causes", () => {
  const warning = collapseWarning([sample("a", "x", "the the"), sample("b", "y", "the the")]);
  expect(warning).toMatch(
    /^warning: all 2 dev samples get the same output, "the the"\. .*learning rate.*unknown words/,
  );
});

test.each([
  ["outputs differ", [sample("a", "x", "p"), sample("b", "y", "q")]],
  ["one source", [sample("a", "x", "p"), sample("a", "y", "p")]],
  ["the same is right", [sample("a", "x", "x"), sample("b", "x", "x")]],
  ["no samples", []],
])("nothing is said where %s", (_, samples) => expect(collapseWarning(samples)).toBeUndefined());
