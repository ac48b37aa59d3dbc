import { describe, expect, it } from "vitest";
import { BACKENDS } from "../../../test/support/backends.js";
import { numbers } from "../../../test/support/numbers.js";
import { quantizeRows } from "../../kernels/int8-rows.js";
import { bestTokens, int8Weight, likeliestTokens, Scope, tensor } from "../index.js";

// The vocabulary ends within a panel.
const [rows, size, vocabulary] = [4, 37, 2311];

describe.each(BACKENDS)("likeliestTokens on %s", (_, backend) => {
  const scope = new Scope(backend);
  const given = (features = numbers("features", rows * size)) => ({
    features: tensor(features, [rows, size]),
    weight: tensor(numbers("weight", vocabulary * size), [vocabulary, size]),
    bias: tensor(numbers("bias", vocabulary), [vocabulary]),
  });
  const none = () => [];
  const bestIds = ({ features, weight, bias }: ReturnType<typeof given>, count: number) =>
    bestTokens(features, weight, bias, count, new Int32Array(rows).fill(-1)).ids;

  it("finds what the float32 product has as the largest, over many rows", () => {
    for (let seed = 0; seed < 50; seed++)
      scope.run(() => {
        const some = given(numbers(`features ${seed}`, rows * size));
        expect(likeliestTokens(some.features, some.weight, some.bias, none)).toEqual(bestIds(some, 1));
        scope.reset();
      });
  });

  it("takes the next where the largest is refused", () => {
    scope.run(() => {
      const some = given();
      const two = bestIds(some, 2);
      const found = likeliestTokens(some.features, some.weight, some.bias, (row) => [two[2 * row]!, 0]);
      expect(found).toEqual(Int32Array.from({ length: rows }, (_, row) => two[2 * row + 1]!));
      scope.reset();
    });
  });

  it("tells apart what 8 bits cannot: rows that differ in the fourth place, and equal ones by id", () => {
    scope.run(() => {
      const { features, bias } = given();
      const weight = numbers("weight", vocabulary * size);
      const copy = weight.slice(0, size);
      const x = features.toArray().slice(0, size);
      // Far ahead of all others for the first row, by its own direction.
      for (let i = 0; i < size; i++) copy[i] = 4 * Math.sign(x[i]!);
      for (const id of [900, 1700, 2100]) weight.set(copy, id * size);
      weight[1700 * size] = copy[0]! * (1 + 2 ** -14);
      const level = tensor(bias.toArray().fill(0), [vocabulary]);
      const one = tensor(x, [1, size]);
      const first = likeliestTokens(one, tensor(weight, [vocabulary, size]), level, none);
      expect(first).toEqual(Int32Array.of(1700));
      weight.set(copy, 1700 * size);
      expect(likeliestTokens(one, tensor(weight, [vocabulary, size]), level, none)).toEqual(Int32Array.of(900));
      scope.reset();
    });
  });

  it("gives up where everything stays in question, and where numbers are not finite", () => {
    scope.run(() => {
      const { features, weight, bias } = given();
      const flat = tensor(new Float32Array(vocabulary * size).fill(0.25), [vocabulary, size]);
      const level = tensor(new Float32Array(vocabulary), [vocabulary]);
      expect(likeliestTokens(features, flat, level, none)).toBeUndefined();
      const broken = tensor(weight.toArray().fill(Number.NaN, 0, 5), weight.shape);
      expect(likeliestTokens(features, broken, bias, none)).toBeUndefined();
      scope.reset();
    });
  });

  it("refuses sizes that do not fit and weights of 8 bits", () => {
    scope.run(() => {
      const { features, weight, bias } = given();
      expect(() => likeliestTokens(features, weight, features, none)).toThrow(/^likeliestTokens: expected features/);
      const small = int8Weight({ shape: weight.shape, ...quantizeRows(weight.toArray(), size) });
      expect(() => likeliestTokens(features, small, bias, none)).toThrow(/a float32 weight/);
      scope.reset();
    });
  });
});
