import { afterAll, describe, expect, it } from "vitest";
import { BACKENDS, wasm } from "../../test/support/backends.js";
import { ShapeError } from "../errors.js";
import { RandomStream } from "../random.js";
import {
  add,
  addLinear,
  attentionContext,
  attentionScores,
  concat,
  crossEntropy,
  dropout,
  ints,
  linear,
  logSoftmax,
  maskedSoftmax,
  recurrence,
  reshape,
  Scope,
  type Shape,
  selectRows,
  selectTime,
  stackTime,
  tensor,
  topK,
  zeros,
} from "./index.js";

describe.each(BACKENDS)("numbers on %s", (_, backend) => {
  const scope = new Scope(backend);
  afterAll(() => scope.dispose());
  const inScope = (work: () => void) => () => scope.run(work);

  it(
    "go in and come out as a copy",
    inScope(() => {
      const x = tensor([1, 2.5, -3, 4, 5, 6], [2, 3]);
      const copy = x.toArray();
      x.set([0, 0, 0, 0, 0, 0]);
      expect(Array.from(copy)).toEqual([1, 2.5, -3, 4, 5, 6]);
      expect(Array.from(x.toArray())).toEqual([0, 0, 0, 0, 0, 0]);
      expect(Array.from(ints([7, -1, 2 ** 31 - 1], [3]).toArray())).toEqual([7, -1, 2 ** 31 - 1]);
      expect(tensor([42], [1, 1]).item()).toBe(42);
    }),
  );

  it(
    "survive the growth of the memory",
    inScope(() => {
      const x = tensor([1, 2, 3], [3]);
      zeros([20_000_000 / backend.memory.bytesPerElement]);
      expect(Array.from(x.toArray())).toEqual([1, 2, 3]);
    }),
  );

  it(
    "logSoftmax and topK read each row",
    inScope(() => {
      const logits = tensor([1, 3, 3, 0, 5, -2, 5, 5], [2, 4]);
      const { values, indices } = topK(logits, 3);
      expect(Array.from(values)).toEqual([3, 3, 1, 5, 5, 5]);
      expect(Array.from(indices)).toEqual([1, 2, 0, 0, 2, 3]);
      const probabilities = Array.from(logSoftmax(logits).toArray(), Math.exp);
      const total = (from: number) => probabilities.slice(from, from + 4).reduce((a, b) => a + b);
      expect(total(0)).toBeCloseTo(1, 6);
      expect(total(4)).toBeCloseTo(1, 6);
      expect(probabilities[4]! / probabilities[5]!).toBeCloseTo(Math.exp(7), 1);
    }),
  );
});

describe("shapes that do not go together are refused", () => {
  const of = (...shape: Shape) => zeros(shape);
  const scope = new Scope(wasm);
  afterAll(() => scope.dispose());
  const stream = new RandomStream(1, "dropout");
  const cases: [message: string, work: () => unknown][] = [
    ["set: expected 6 numbers for [2, 3], got 5.", () => tensor([1, 2, 3, 4, 5], [2, 3])],
    ["item: expected one element, got [2, 3].", () => of(2, 3).item()],
    ["linear: inner sizes must match, got [2, 3] · [7, 5]ᵀ.", () => linear(of(2, 3), of(7, 5))],
    [
      "linear: inner sizes must match, got [2, 3] · [7, 5]ᵀ.",
      () => linear(of(2, 3), of(7, 5), undefined, { first: 3, count: 3 }),
    ],
    [
      "addLinear: inner sizes must match, got [2, 3] · [7, 5]ᵀ.",
      () => addLinear(of(2, 7), of(2, 3), of(7, 5), { first: 3, count: 3 }),
    ],
    [
      "addLinear: expected a sum [2, 7], got [2, 5].",
      () => addLinear(of(2, 5), of(2, 3), of(7, 5), { first: 0, count: 3 }),
    ],
    ["add: shapes must be equal, got [2, 3] and [3, 2].", () => add(of(2, 3), of(3, 2))],
    [
      "dropout: expected 2 example numbers for [2, 3], got 3.",
      () => dropout(of(2, 3), 0.5, stream, ints([1, 2, 3], [3])),
    ],
    ["concat: expected at least one tensor, got none.", () => concat([])],
    ["concat: outer sizes must match, got [2, 3] and [3, 3].", () => concat([of(2, 3), of(3, 3)])],
    ["reshape: expected 6 elements as in [2, 3], got [5].", () => reshape(of(2, 3), [5])],
    ["selectTime: expected a time below 3 for [2, 3, 5], got 3.", () => selectTime(of(2, 3, 5), 3)],
    ["selectTime: expected a time below 3 for [2, 3, 5], got -1.", () => selectTime(of(2, 3, 5), -1)],
    ["stackTime: expected at least one step, got none.", () => stackTime([])],
    ["stackTime: shapes must be equal, got [2, 3] and [2, 5].", () => stackTime([of(2, 3), of(2, 5)])],
    [
      "attentionScores: sizes must match, got [2, 3, 5] · [2, 7, 3].",
      () => attentionScores(of(2, 3, 5), of(2, 7, 3), 1),
    ],
    ["maskedSoftmax: sizes must match, got [2, 3, 5] and [2, 3].", () => maskedSoftmax(of(2, 3, 5), of(2, 3))],
    [
      "attentionContext: sizes must match, got [2, 3, 5] · [2, 3, 5].",
      () => attentionContext(of(2, 3, 5), of(2, 3, 5)),
    ],
    [
      "recurrence gru: expected inputs [batch, time, 15] and a state [batch, 5], got [2, 3, 14] and [2, 5].",
      () => recurrence("gru", of(2, 3, 14), of(15, 5), of(15), { hidden: of(2, 5) }),
    ],
    [
      "recurrence rnn: expected inputs [batch, time, 5] and a state [batch, 5], got [2, 3, 5] and [3, 5].",
      () => recurrence("rnn", of(2, 3, 5), of(5, 5), of(5), { hidden: of(3, 5) }),
    ],
    [
      "recurrence lstm: expected a cell state beside the hidden one.",
      () => recurrence("lstm", of(2, 3, 20), of(20, 5), of(20), { hidden: of(2, 5) }),
    ],
    [
      "recurrence gru: expected no cell state beside the hidden one.",
      () => recurrence("gru", of(2, 3, 15), of(15, 5), of(15), { hidden: of(2, 5), cell: of(2, 5) }),
    ],
    [
      "crossEntropy: sizes must match, got [2, 3] · [7, 5]ᵀ and [2] targets.",
      () => crossEntropy(of(2, 3), of(7, 5), of(7), ints([1, 2], [2])),
    ],
    [
      "crossEntropy: sizes must match, got [2, 3] · [7, 3]ᵀ and [3] targets.",
      () => crossEntropy(of(2, 3), of(7, 3), of(7), ints([1, 2, 3], [3])),
    ],
    ["linear: expected a bias of 7 for [7, 3], got [3].", () => linear(of(2, 3), of(7, 3), of(3))],
    [
      "crossEntropy: expected a bias of 7 for [7, 3], got [3].",
      () => crossEntropy(of(2, 3), of(7, 3), of(3), ints([1, 2], [2])),
    ],
    [
      "recurrence gru: expected a weight [15, 5] and a bias [15], got [15, 5] and [5].",
      () => recurrence("gru", of(2, 3, 15), of(15, 5), of(5), { hidden: of(2, 5) }),
    ],
    [
      "recurrence gru: expected a weight [15, 5] and a bias [15], got [5, 5] and [15].",
      () => recurrence("gru", of(2, 3, 15), of(5, 5), of(15), { hidden: of(2, 5) }),
    ],
    [
      "recurrence lstm: expected a cell state [2, 5], got [3, 5].",
      () => recurrence("lstm", of(2, 3, 20), of(20, 5), of(20), { hidden: of(2, 5), cell: of(3, 5) }),
    ],
    [
      "recurrence rnn: expected a mask [2, 3], got [3, 3].",
      () => recurrence("rnn", of(2, 3, 5), of(5, 5), of(5), { hidden: of(2, 5) }, { mask: of(3, 3) }),
    ],
    ["selectRows: expected ids from 0 to 4, got 5.", () => selectRows(of(5, 2), ints([0, 5], [2]))],
    ["crossEntropy: expected ids from 0 to 2, got -1.", () => crossEntropy(of(1, 2), of(3, 2), of(3), ints([-1], [1]))],
    ["topK: expected at most 3 for [2, 3], got 4.", () => topK(of(2, 3), 4)],
  ];
  it.each(cases)("%s", (message, work) => {
    expect(() => scope.run(work)).toThrow(new ShapeError(message));
  });
});
