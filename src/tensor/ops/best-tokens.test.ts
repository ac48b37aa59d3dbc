import { describe, expect, it } from "vitest";
import { BACKENDS } from "../../../test/support/backends.js";
import { numbers } from "../../../test/support/numbers.js";
import { bestTokens, linear, logSoftmax, Scope, tensor } from "../index.js";

// Sizes that are cut: more rows than one strip, a vocabulary that ends within a stretch.
const [rows, size, vocabulary, count] = [171, 5, 2311, 7];

describe.each(BACKENDS)("bestTokens on %s", (_, backend) => {
  const scope = new Scope(backend);
  const given = () => ({
    features: tensor(numbers("features", rows * size), [rows, size]),
    weight: tensor(numbers("weight", vocabulary * size), [vocabulary, size]),
    bias: tensor(numbers("bias", vocabulary), [vocabulary]),
  });

  it("is what the whole rows of log-probabilities hold", () => {
    scope.run(() => {
      const { features, weight, bias } = given();
      const wanted = Int32Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? -1 : (row * 97) % vocabulary));
      const found = bestTokens(features, weight, bias, count, wanted);
      const whole = logSoftmax(linear(features, weight, bias)).toArray();
      for (let row = 0; row < rows; row++) {
        const values = whole.subarray(row * vocabulary, (row + 1) * vocabulary);
        const order = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
        for (let place = 0; place < count; place++) {
          const at = row * count + place;
          expect(found.values[at]).toBeCloseTo(values[order[place]!]!, 5);
          expect(values[found.ids[at]!]).toBeCloseTo(values[order[place]!]!, 5);
        }
        if (wanted[row]! >= 0) expect(found.wanted[row]).toBeCloseTo(values[wanted[row]!]!, 5);
      }
    });
  });

  it("gives a row alone the bits it has among others", () => {
    scope.run(() => {
      const { features, weight, bias } = given();
      const wanted = new Int32Array(rows).fill(2000);
      const together = bestTokens(features, weight, bias, count, wanted);
      for (const row of [0, 64, 170]) {
        const one = tensor(features.toArray().slice(row * size, (row + 1) * size), [1, size]);
        const alone = bestTokens(one, weight, bias, count, wanted.subarray(0, 1));
        expect(alone.values).toEqual(together.values.slice(row * count, (row + 1) * count));
        expect(alone.ids).toEqual(together.ids.slice(row * count, (row + 1) * count));
        expect(alone.wanted[0]).toBe(together.wanted[row]);
      }
    });
  });

  it("refuses sizes that do not meet", () => {
    scope.run(() => {
      const { features, weight, bias } = given();
      expect(() => bestTokens(features, weight, features, 1, new Int32Array(rows))).toThrow(
        /^bestTokens: sizes must match, got \[171, 5\] · \[2311, 5\]ᵀ \+ \[171, 5\] and 171 wanted\.$/,
      );
      expect(() => bestTokens(features, weight, bias, 513, new Int32Array(rows))).toThrow(
        "bestTokens: expected a count of at most 512, got 513.",
      );
    });
  });
});
