import { type Backend, createWasmBackend } from "tandem-seq2seq";
import { beforeAll, describe, expect, it } from "vitest";
import { attend, type Meeting, normalMeetings, saturation, sensitivities, sizesUpTo } from "../../web/src/mechanism.js";

let backend: Backend;
beforeAll(async () => {
  backend = await createWasmBackend();
});

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
const softmax = (scores: readonly number[]) => {
  const powers = scores.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
};
const expectClose = (actual: readonly number[], expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 5);
};

describe("attention by itself", () => {
  const meeting: Meeting = {
    query: [0.5, -1.25, 2],
    keys: [
      [1, 0.5, 0.25],
      [-0.5, 1, 1.5],
    ],
  };
  const values = [
    [1, -2],
    [0.5, 3],
  ];

  it.each([true, false])("is softmax(q Kᵀ / √d) V; divided by √d: %s", (scaled) => {
    const products = meeting.keys.map((key) => dot(meeting.query, key));
    const scores = products.map((product) => product / (scaled ? Math.sqrt(3) : 1));
    const weights = softmax(scores);
    const made = attend(backend, meeting, values, scaled);
    expectClose(made.products, products);
    expectClose(made.scores, scores);
    expectClose(made.weights, weights);
    const columns = [0, 1].map((column) => values.map((value) => value[column]!));
    expectClose(
      made.context,
      columns.map((column) => dot(weights, column)),
    );
  });

  it("differentiates every weight by every score: ∂w_i/∂score_j = w_i (δ_ij − w_j)", () => {
    const { weights, jacobian } = sensitivities(backend, [meeting], 3, true)[0]!;
    for (const [i, row] of jacobian.entries())
      expectClose(
        row,
        weights.map((weight, j) => weights[i]! * ((i === j ? 1 : 0) - weight)),
      );
  });

  it("gives a query with few keys the same numbers beside one with many", () => {
    const [long] = normalMeetings(3, 1, 5, 3) as [Meeting];
    const [, beside] = sensitivities(backend, [long, meeting], 3, false);
    expect(beside).toEqual(sensitivities(backend, [meeting], 3, false)[0]);
    expect(beside!.weights).toHaveLength(2);
  });

  it("takes the first numbers of longer vectors", () => {
    const cut: Meeting = {
      query: Array.from(meeting.query).slice(0, 2),
      keys: meeting.keys.map((key) => Array.from(key).slice(0, 2)),
    };
    expect(sensitivities(backend, [meeting], 2, true)).toEqual(sensitivities(backend, [cut], 2, true));
  });
});

describe("what the division by √d does", () => {
  it("draws the same normal numbers from the same seed", () => {
    const drawn = normalMeetings(7, 40, 5, 101).flatMap(({ query, keys }) =>
      [query, ...keys].flatMap((v) => [...Array.from(v)]),
    );
    expect(drawn).toEqual(
      normalMeetings(7, 40, 5, 101).flatMap(({ query, keys }) => [query, ...keys].flatMap((v) => [...Array.from(v)])),
    );
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
    expect(drawn.filter((value) => Math.abs(value) > 2).length / drawn.length).toBeCloseTo(0.0455, 2);
  });

  it("keeps the weights and their gradient as they are while d grows; without it they saturate", () => {
    const meetings = normalMeetings(1, 100, 8, 256);
    const sizes = sizesUpTo(256);
    const [plain, scaled] = [saturation(backend, meetings, sizes, false), saturation(backend, meetings, sizes, true)];
    expect(plain[0]).toEqual(scaled[0]);
    const [plainEnd, scaledEnd, scaledMiddle] = [plain.at(-1)!, scaled.at(-1)!, scaled[4]!];
    expect(plainEnd.evenness.middle).toBeLessThan(0.02);
    expect(plainEnd.largest.middle).toBeGreaterThan(0.99);
    expect(plainEnd.slope.middle).toBeLessThan(0.02);
    for (const measure of ["evenness", "largest", "slope"] as const)
      expect(Math.abs(scaledEnd[measure].middle - scaledMiddle[measure].middle)).toBeLessThan(0.06);
  });

  it("goes by doublings up to the whole size", () => {
    expect(sizesUpTo(96)).toEqual([1, 2, 4, 8, 16, 32, 64, 96]);
    expect(sizesUpTo(1)).toEqual([1]);
  });
});
