import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BACKENDS } from "../../test/support/backends.js";
import { add, backward, linear, Scope, sum, tanh, tensor } from "./index.js";

describe.each(BACKENDS)("backward on %s", (_, backend) => {
  let scope: Scope;
  const inScope = (work: () => void) => () => scope.run(work);
  beforeEach(() => {
    scope = new Scope(backend, { gradients: true });
  });
  afterEach(() => scope.dispose());

  it(
    "goes through a graph 100,000 operations deep",
    inScope(() => {
      const x = tensor([0.5], [1]);
      const one = tensor([1], [1]);
      x.needsGradient = true;
      let y = x;
      for (let depth = 0; depth < 100_000; depth++) y = add(y, one);
      backward(y);
      expect(y.item()).toBe(100_000.5);
      expect(x.gradientArray()![0]).toBe(1);
    }),
  );

  it(
    "visits a shared part once: 2ⁿ paths in n operations",
    inScope(() => {
      const x = tensor([1], [1]);
      x.needsGradient = true;
      let y = x;
      for (let depth = 0; depth < 60; depth++) y = add(y, y);
      backward(y);
      expect(x.gradientArray()![0]).toBe(2 ** 60);
    }),
  );

  it(
    "waits for every use of a tensor before going below it",
    inScope(() => {
      const x = tensor([0.5], [1]);
      x.needsGradient = true;
      const early = add(x, x);
      const late = add(add(early, early), early);
      backward(add(late, early));
      expect(x.gradientArray()![0]).toBe(8);
    }),
  );

  it(
    "adds up over several calls until gradients are forgotten",
    inScope(() => {
      const w = tensor([2], [1, 1]);
      w.needsGradient = true;
      const loss = () => sum(linear(tensor([3], [1, 1]), w));
      backward(loss());
      expect(w.gradientArray()![0]).toBe(3);
      backward(loss());
      expect(w.gradientArray()![0]).toBe(6);
      w.gradient = 0;
      backward(loss());
      expect(w.gradientArray()![0]).toBe(3);
    }),
  );

  it(
    "gives no gradient to what wants none or has no part in the loss",
    inScope(() => {
      const [a, b, c] = [1, 2, 3].map((value) => tensor([value], [1]));
      for (const leaf of [a!, c!]) leaf.needsGradient = true;
      tanh(c!);
      backward(add(a!, b!));
      expect([a!, b!, c!].map((leaf) => leaf.gradientArray()?.[0])).toEqual([1, undefined, undefined]);
    }),
  );

  it(
    "refuses a loss of several elements",
    inScope(() => {
      const x = tensor([1, 2, 3], [3]);
      expect(() => backward(x)).toThrow("backward: expected a loss of one element, got [3].");
    }),
  );

  it("records nothing in a scope without gradients", () => {
    const plain = new Scope(backend);
    plain.run(() => {
      const x = tensor([1], [1]);
      x.needsGradient = true;
      const y = tanh(x);
      expect([y.node, y.needsGradient]).toEqual([undefined, false]);
      backward(y);
      expect(x.gradientArray()).toBe(undefined);
    });
    plain.dispose();
  });
});
