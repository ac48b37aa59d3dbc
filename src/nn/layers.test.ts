import { afterAll, describe, expect, it } from "vitest";
import { reference } from "../../test/support/backends.js";
import { expectClose, expectSame, numbers } from "../../test/support/numbers.js";
import { backward, ints, Scope, sum, type Tensor, tensor } from "../tensor/index.js";
import { Dropout, type DropoutContext, Embedding, Linear } from "./layers.js";
import { Parameters } from "./parameters.js";

const [persistent, scope] = [new Scope(reference), new Scope(reference, { gradients: true })];
afterAll(() => {
  scope.dispose();
  persistent.dispose();
});
const inScope = (work: (parameters: Parameters) => void) => () => scope.run(() => work(new Parameters(persistent, 1)));

describe("Linear", () => {
  it(
    "is W x + b under its names",
    inScope((parameters) => {
      const layer = new Linear(parameters, "out", 2, 3);
      parameters.load("out.weight", [3, 2], [1, 2, 3, 4, 5, 6]);
      parameters.load("out.bias", [3], [0.5, 0, -0.5]);
      expect(Array.from(layer.forward(tensor([1, 10], [1, 2])).toArray())).toEqual([21.5, 43, 64.5]);
      expect(Array.from(layer.forward(tensor([10], [1, 1]), { first: 1, count: 1 }).toArray())).toEqual([
        20.5, 40, 59.5,
      ]);
    }),
  );

  it(
    "has no bias where none is wanted",
    inScope((parameters) => {
      const layer = new Linear(parameters, "key", 2, 3, { bias: false });
      expect([layer.bias, parameters.has("key.bias")]).toEqual([undefined, false]);
      expect(Array.from(layer.forward(tensor([0, 0], [1, 2])).toArray())).toEqual([0, 0, 0]);
    }),
  );
});

describe("Embedding", () => {
  it(
    "gives a row for each id, and its gradient to that row alone",
    inScope((parameters) => {
      const layer = new Embedding(parameters, "embedding", 5, 3);
      const rows = Array.from(layer.weight.toArray());
      const y = layer.forward(ints([4, 1, 4, 0], [2, 2]));
      expect(y.shape).toEqual([2, 2, 3]);
      expect(Array.from(y.toArray())).toEqual([4, 1, 4, 0].flatMap((id) => rows.slice(id * 3, id * 3 + 3)));
      backward(sum(y));
      expect(Array.from(layer.weight.gradientArray()!)).toEqual([1, 1, 0, 0, 2].flatMap((n) => [n, n, n]));
    }),
  );
});

describe("Dropout", () => {
  const training = (step: number, examples = [3, 8]) => ({ seed: 1, step, examples: ints(examples, [2]) });
  const ones = () => tensor(new Float64Array(2 * 40).fill(1), [2, 40]);
  const kept = (x: Tensor) => Array.from(x.toArray(), (value) => value !== 0);

  it(
    "gives the tensor itself outside of training and at rate 0",
    inScope(() => {
      const x = ones();
      expect(new Dropout("a", 0.5).forward(x, undefined)).toBe(x);
      expect(new Dropout("a", 0).forward(x, training(1))).toBe(x);
    }),
  );

  it(
    "depends on seed, step, path and example",
    inScope(() => {
      const drop = (path: string, context: DropoutContext) => kept(new Dropout(path, 0.5).forward(ones(), context));
      const base = drop("a", training(1));
      expect(drop("a", training(1))).toEqual(base);
      expect(drop("b", training(1))).not.toEqual(base);
      expect(drop("a", training(2))).not.toEqual(base);
      expect(drop("a", { ...training(1), seed: 2 })).not.toEqual(base);
      expect(drop("a", training(1, [8, 3]))).toEqual([...base.slice(40), ...base.slice(0, 40)]);
    }),
  );
});

describe("Parameters", () => {
  const spread = (tensor: Tensor) => {
    const values = Array.from(tensor.toArray());
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
    return { mean, deviation: Math.sqrt(variance), largest: Math.max(...values.map(Math.abs)) };
  };

  it(
    "are uniform within a bound, or normal",
    inScope((parameters) => {
      const uniform = spread(parameters.uniform("u", [100, 100], 0.5));
      expectClose([uniform.mean, uniform.deviation], [0, 0.5 / Math.sqrt(3)], 0.01, "uniform");
      expect(uniform.largest).toBeLessThanOrEqual(0.5);
      expect(uniform.largest).toBeGreaterThan(0.499);
      const normal = spread(parameters.normal("n", [100, 100], 2));
      expectClose([normal.mean, normal.deviation], [0, 2], 0.04, "normal");
      expect(normal.largest).toBeGreaterThan(6);
    }),
  );

  it(
    "start from numbers that depend on the seed and the name alone",
    inScope((parameters) => {
      parameters.uniform("before", [7], 1);
      const found = parameters.uniform("w", [7], 1).toArray();
      const make = (seed: number, name: string) => new Parameters(persistent, seed).uniform(name, [7], 1).toArray();
      expectSame(make(1, "w"), found, "the same name");
      expect(make(1, "v")).not.toEqual(found);
      expect(make(2, "w")).not.toEqual(found);
    }),
  );

  it(
    "are found, counted, listed in order and loaded by name",
    inScope((parameters) => {
      parameters.uniform("b", [2, 3], 1);
      parameters.uniform("a", [5], 1);
      expect([...parameters].map(([name]) => name)).toEqual(["b", "a"]);
      expect(parameters.count).toBe(11);
      parameters.load("b", [2, 3], numbers("b", 6));
      expectSame(parameters.get("b").toArray(), numbers("b", 6), "loaded");
      expect(() => parameters.load("b", [3, 2], numbers("b", 6))).toThrow("parameter b: expected [2, 3], got [3, 2].");
      expect(() => parameters.get("c")).toThrow("parameter c: expected one of the model's, got none.");
      expect(() => parameters.normal("a", [5], 1)).toThrow("parameter a: expected a new name, got one in use.");
      backward(sum(parameters.get("a")));
      backward(sum(new Linear(parameters, "l", 1, 1).forward(tensor([2], [1, 1]))));
      expect(parameters.get("l.weight").gradient).not.toBe(0);
      parameters.clearGradients();
      expect([...parameters].map(([, { gradient }]) => gradient)).toEqual([0, 0, 0, 0]);
    }),
  );
});
