import { afterAll, expect, it } from "vitest";
import { wasm } from "../../test/support/backends.js";
import { ints, Scope } from "../tensor/index.js";
import { PAD, START, UNKNOWN } from "../text/vocabulary.js";
import { dropWords } from "./word-dropout.js";

const scope = new Scope(wasm);
afterAll(() => scope.dispose());
const training = (step: number, examples: number[]) =>
  scope.run(() => ({ seed: 1, step, examples: ints(examples, [examples.length]) }));

it("reads a share of the words as unknown, by example and step, and never <s>, </s> or padding", () => {
  const row = [START, ...Array.from({ length: 997 }, (_, i) => 4 + i), PAD, PAD];
  const ids = Int32Array.from([...row, ...row]);
  const dropped = dropWords(ids, "source", 0.25, training(1, [5, 9]));
  const changed = [...dropped.keys()].filter((i) => dropped[i] !== ids[i]);
  expect(changed.every((i) => dropped[i] === UNKNOWN && ids[i]! > 3)).toBe(true);
  expect(changed.length / 1994).toBeGreaterThan(0.21);
  expect(changed.length / 1994).toBeLessThan(0.29);
  expect(dropWords(ids.slice(1000), "source", 0.25, training(1, [9]))).toEqual(dropped.slice(1000));
  expect(dropWords(ids, "source", 0.25, training(2, [5, 9]))).not.toEqual(dropped);
  expect(dropWords(ids, "target", 0.25, training(1, [5, 9]))).not.toEqual(dropped);
});

it("leaves the words alone outside of training and at rate 0", () => {
  const ids = Int32Array.of(4, 5, 6);
  expect(dropWords(ids, "source", 0.9, undefined)).toBe(ids);
  expect(dropWords(ids, "source", 0, training(1, [1]))).toBe(ids);
});
