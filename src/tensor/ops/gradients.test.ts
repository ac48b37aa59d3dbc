import { describe, expect, it } from "vitest";
import { reference, wasm } from "../../../test/support/backends.js";
import { expectGradients } from "../../../test/support/gradients.js";
import { expectClose, numbers } from "../../../test/support/numbers.js";
import { RandomStream } from "../../random.js";
import {
  add,
  additiveScores,
  addLinear,
  addToEachTime,
  alignmentLoss,
  attentionContext,
  attentionScores,
  backward,
  CELL_SIZES,
  type CellKind,
  concat,
  coverageLoss,
  crossEntropy,
  dropout,
  ints,
  layerNorm,
  linear,
  maskedSoftmax,
  maxOverTime,
  meanOverTime,
  multiply,
  pointerCrossEntropy,
  pointerLogSoftmax,
  recurrence,
  repeatTime,
  reshape,
  Scope,
  selectColumns,
  selectRows,
  selectTime,
  sigmoid,
  stackTime,
  sum,
  swapAxes,
  type Tensor,
  tanh,
  tensor,
  timeFirst,
  unstack,
  whereReal,
  zeros,
} from "../index.js";

// Sizes are distinct primes, so that a swapped axis cannot pass.

describe("linear", () => {
  it("with and without bias", () => {
    expectGradients({
      inputs: { x: [2, 3, 5], w: [7, 5], b: [7] },
      build: ({ x, w, b }) => [linear(x, w, b), linear(x, w)],
    });
  });

  it("on columns of the weight, twice with one range, with ranges that start or end alike", () => {
    expectGradients({
      inputs: { x: [3, 2], y: [5, 3], z: [3, 5], w: [7, 5], b: [7] },
      build: ({ x, y, z, w, b }) => [
        linear(x, w, b, { first: 0, count: 2 }),
        linear(tanh(x), w, b, { first: 0, count: 2 }),
        linear(y, w, undefined, { first: 0, count: 3 }),
        linear(y, w, undefined, { first: 2, count: 3 }),
        linear(z, w, b),
      ],
    });
  });

  it("one weight used at every step, its own result fed back", () => {
    expectGradients({
      inputs: { x: [2, 3], w: [3, 3], b: [3] },
      build: ({ x, w, b }) => {
        let y = x;
        for (let step = 0; step < 5; step++) y = tanh(linear(y, w, b));
        return [y];
      },
    });
  });

  it("one weight with two biases", () => {
    expectGradients({
      inputs: { x: [2, 3], w: [5, 3], b: [5], c: [5] },
      build: ({ x, w, b, c }) => [linear(x, w, b), linear(tanh(x), w, c)],
    });
  });

  it("a weight and a bias that are computed themselves", () => {
    expectGradients({
      inputs: { x: [2, 3], w: [5, 3], b: [5] },
      build: ({ x, w, b }) => [linear(x, tanh(w), tanh(b)), linear(tanh(x), w, tanh(b))],
    });
  });

  it("into constants: only the weight, only the bias, only the input", () => {
    const x = () => tensor(numbers("x", 6), [2, 3]);
    const w = () => tensor(numbers("w", 15), [5, 3]);
    expectGradients({ inputs: { w: [5, 3] }, build: ({ w }) => [linear(x(), w)] });
    expectGradients({ inputs: { b: [5] }, build: ({ b }) => [linear(x(), w(), b)] });
    expectGradients({ inputs: { x: [2, 3] }, build: ({ x }) => [linear(x, w())] });
  });
});

describe("in place", () => {
  const copy = (x: Tensor) => add(x, zeros(x.shape));

  it("addLinear, part by part, with the sum made of one that wants a gradient and of one that wants none", () => {
    expectGradients({
      inputs: { sum: [2, 5], x: [2, 3], z: [2, 4], w: [5, 7] },
      build: ({ sum, x, z, w }) => [
        addLinear(addLinear(copy(sum), x, w, { first: 0, count: 3 }), tanh(z), w, { first: 3, count: 4 }),
        addLinear(zeros([2, 5]), x, w, { first: 2, count: 3 }),
      ],
    });
  });

  it("timeFirst, and unstack with times whose gradient is its own, in place or absent", () => {
    expectGradients({
      inputs: { x: [2, 3, 5], bias: [3], state: [2, 1] },
      build: ({ x, bias, state }) => {
        const [first, , last] = unstack(timeFirst(linear(tanh(x), tensor(numbers("w", 15), [3, 5])))) as Tensor[];
        const projected = reshape(last!, [2, 1, 3]);
        const { outputs } = recurrence("gru", projected, tensor(numbers("v", 3), [3, 1]), bias, { hidden: state });
        return [tanh(first!), outputs];
      },
    });
  });
});

describe("elements", () => {
  it("add, also to itself", () => {
    expectGradients({ inputs: { a: [2, 3], b: [2, 3] }, build: ({ a, b }) => [add(a, tanh(b)), add(a, a)] });
  });

  it("add of a multiple", () => {
    expectGradients({ inputs: { a: [2, 3], b: [2, 3] }, build: ({ a, b }) => [add(a, b, -0.7), add(b, b, -3)] });
  });

  it("multiply, also by itself", () => {
    expectGradients({ inputs: { a: [2, 3], b: [2, 3] }, build: ({ a, b }) => [multiply(a, tanh(b)), multiply(a, a)] });
  });

  it("sigmoid", () => {
    expectGradients({
      inputs: { x: { shape: [7], values: [-5, -0.7, -0.1, 0, 0.2, 0.8, 3] } },
      build: ({ x }) => [sigmoid(x)],
    });
  });

  it("layerNorm, whole and in blocks", () => {
    expectGradients({
      inputs: { x: [2, 3, 7], gain: [7], bias: [7] },
      build: ({ x, gain, bias }) => [layerNorm(tanh(x), gain, bias), layerNorm(x, gain, bias, [5, 2])],
    });
  });

  it("tanh", () => {
    expectGradients({
      inputs: { x: { shape: [7], values: [-3, -0.7, -0.1, 0, 0.2, 0.8, 2.5] } },
      build: ({ x }) => [tanh(x)],
    });
  });

  it("sum", () => {
    expectGradients({ inputs: { x: [2, 3, 5] }, build: ({ x }) => [sum(tanh(x))] });
  });

  it("dropout, the same elements back as forth", () => {
    expectGradients({
      inputs: { x: [3, 7] },
      build: ({ x }) => [dropout(tanh(x), 0.4, new RandomStream(1, "dropout", "here", 2), ints([11, 5, 8], [3]))],
    });
  });

  it("dropout keeps 1 − rate of the elements, divided by it, and depends on the example and not on its row", () => {
    const scope = new Scope(reference);
    scope.run(() => {
      const stream = new RandomStream(1, "dropout", "here", 2);
      const drop = (examples: number[]) => {
        const ones = tensor(new Float64Array(examples.length * 1000).fill(1), [examples.length, 1000]);
        return dropout(ones, 0.3, stream, ints(examples, [examples.length])).toArray();
      };
      const two = drop([4, 9]);
      const kept = two.filter((value) => value !== 0);
      expectClose(kept, new Float64Array(kept.length).fill(1 / 0.7), 1e-12, "kept elements");
      expect(kept.length / two.length).toBeGreaterThan(0.66);
      expect(kept.length / two.length).toBeLessThan(0.74);
      expect(drop([9])).toEqual(two.slice(1000));
      expect(drop([4])).not.toEqual(two.slice(1000));
    });
    scope.dispose();
  });
});

describe("arrange", () => {
  it("concat, a part twice", () => {
    expectGradients({
      inputs: { a: [2, 3, 5], b: [2, 3, 2] },
      build: ({ a, b }) => [concat([a, b, a]), concat([tanh(b)])],
    });
  });

  it("selectColumns, some twice", () => {
    expectGradients({
      inputs: { x: [2, 3, 7] },
      build: ({ x }) => [selectColumns(x, 0, 5), selectColumns(tanh(x), 2, 5), selectColumns(x, 6, 1)],
    });
  });

  it("swapAxes, there and back", () => {
    expectGradients({
      inputs: { x: [2, 3, 5, 7], y: [2, 1, 5, 3] },
      build: ({ x, y }) => [swapAxes(x), swapAxes(swapAxes(tanh(x))), swapAxes(y)],
    });
  });

  it("whereReal, the other rows of another tensor or 0", () => {
    const mask = () => tensor([1, 0, 1, 1, 0, 0], [3, 2]);
    expectGradients({
      inputs: { x: [3, 5], y: [3, 5] },
      build: ({ x, y }) =>
        [0, 1].flatMap((time) => [whereReal(x, y, mask(), time), whereReal(x, undefined, mask(), time)]),
    });
  });

  it("reshape, beside the tensor itself", () => {
    expectGradients({
      inputs: { x: [2, 3, 5] },
      build: ({ x }) => [x, reshape(tanh(x), [3, 10]), reshape(x, [30])],
    });
  });

  it("selectTime, one time twice", () => {
    expectGradients({
      inputs: { x: [2, 3, 5] },
      build: ({ x }) => [selectTime(x, 2), selectTime(x, 0), selectTime(x, 2)],
    });
  });

  it("stackTime, one step twice", () => {
    expectGradients({ inputs: { a: [2, 5], b: [2, 5] }, build: ({ a, b }) => [stackTime([a, b, a])] });
  });

  it("repeatTime and addToEachTime, one vector for all times", () => {
    expectGradients({
      inputs: { x: [2, 3, 5], y: [2, 5] },
      build: ({ x, y }) => [repeatTime(y, 7), addToEachTime(x, y), addToEachTime(x, tanh(y))],
    });
  });

  it("selectRows of a table that is read by rows: once, twice, and with a gradient of its own", () => {
    const rows = (table: Tensor, numbers: number[]) => {
      table.readByRows = true;
      return selectRows(table, ints(numbers, [numbers.length]));
    };
    expectGradients({ inputs: { table: [5, 3] }, build: ({ table }) => [rows(table, [4, 0, 4])] });
    expectGradients({ inputs: { table: [5, 3] }, build: ({ table }) => [rows(table, [4, 0, 4]), rows(table, [1, 0])] });
    expectGradients({ inputs: { table: [5, 3] }, build: ({ table }) => [rows(table, [4, 0, 4]), tanh(table)] });
    expectGradients({ inputs: { table: [5, 3] }, build: ({ table }) => [tanh(table), rows(table, [4, 0, 4])] });
  });

  it("selectRows, rows more than once and not at all", () => {
    expectGradients({
      inputs: { table: [5, 3] },
      build: ({ table }) => [selectRows(tanh(table), ints([4, 0, 4, 2, 4, 0], [2, 3]))],
    });
  });
});

describe("attention", () => {
  it("attentionScores", () => {
    expectGradients({
      inputs: { query: [2, 3, 5], keys: [2, 7, 5] },
      build: ({ query, keys }) => [attentionScores(query, keys, 0.3)],
    });
  });

  it("attentionScores of states with themselves", () => {
    expectGradients({ inputs: { x: [2, 3, 5] }, build: ({ x }) => [attentionScores(x, x, 0.3)] });
  });

  const mask = () => tensor([1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], [3, 5]);
  it("maskedSoftmax, with a row of padding only, and without a mask", () => {
    expectGradients({
      inputs: { scores: [3, 2, 5] },
      build: ({ scores }) => [maskedSoftmax(scores, mask()), maskedSoftmax(scores)],
    });
  });

  it("attentionContext", () => {
    expectGradients({
      inputs: { weights: [2, 3, 7], values: [2, 7, 5] },
      build: ({ weights, values }) => [attentionContext(weights, values)],
    });
  });

  it("additiveScores, with and without a past, one weight at several steps", () => {
    expectGradients({
      inputs: { query: [2, 3, 5], one: [2, 1, 5], keys: [2, 7, 5], weight: [5], sums: [2, 7], pastWeight: [5] },
      build: ({ query, one, keys, weight, sums, pastWeight }) => [
        additiveScores(query, keys, weight),
        additiveScores(one, keys, weight, { sums, weight: pastWeight }),
        additiveScores(tanh(one), tanh(keys), weight, { sums: tanh(sums), weight: pastWeight }),
      ],
    });
  });

  it("maxOverTime and meanOverTime, over real times only", () => {
    expectGradients({
      inputs: { x: [3, 5, 7] },
      build: ({ x }) => {
        const some = tensor([1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0], [3, 5]);
        return [maxOverTime(x, some), meanOverTime(x, some)];
      },
    });
  });

  it("coverageLoss and alignmentLoss, over real target times only", () => {
    const real = () => tensor([1, 1, 1, 1, 1, 0], [2, 3]);
    const guide = Array.from({ length: 30 }, (_, i) => (i % 4 === 1 && i % 15 > 4 ? 1 : 0));
    expectGradients({
      inputs: { scores: [2, 3, 5] },
      build: ({ scores }) => {
        const weights = maskedSoftmax(scores);
        return [coverageLoss(weights, real(), 0.3), alignmentLoss(weights, guide, 0.7)];
      },
    });
  });

  it("with heads is each head for itself", () => {
    expectGradients({
      inputs: { query: [2, 3, 1, 5], keys: [2, 3, 7, 5] },
      build: ({ query, keys }) => {
        const weights = maskedSoftmax(attentionScores(query, keys, 0.3));
        return [weights, attentionContext(weights, keys)];
      },
    });
  });

  it("the three in a row, keys = values", () => {
    expectGradients({
      inputs: { query: [3, 2, 7], states: [3, 5, 7] },
      build: ({ query, states }) => {
        const weights = maskedSoftmax(attentionScores(query, states, 0.4), mask());
        return [attentionContext(weights, states)];
      },
    });
  });
});

describe("recurrence", () => {
  const batch = 3;
  const hidden = 2;
  const kinds = Object.keys(CELL_SIZES) as CellKind[];
  const choices = kinds.flatMap((kind) =>
    [1, 5].flatMap((time) =>
      [false, true].flatMap((masked) => [false, true].map((reverse) => ({ kind, time, masked, reverse }))),
    ),
  );
  /** Rows of lengths all, 2 and 0. */
  const maskOf = (time: number) =>
    tensor(
      [time, 2, 0].flatMap((length) => Array.from({ length: time }, (_, t) => (t < length ? 1 : 0))),
      [batch, time],
    );
  const inputsOf = (kind: CellKind, time: number) => {
    const gates = CELL_SIZES[kind].gates * hidden;
    return {
      projected: [batch, time, gates],
      weight: [gates, hidden],
      bias: [gates],
      hidden: [batch, hidden],
      // Only the LSTM reads it.
      cell: [batch, hidden],
    };
  };
  const mayBeZero = (kind: CellKind): "cell"[] => (kind === "lstm" ? [] : ["cell"]);

  it.each(choices)("$kind over $time times, masked: $masked, reverse: $reverse", ({ kind, time, masked, reverse }) => {
    const upstreams = ["outputs", "state", "both"] as const;
    for (const upstream of upstreams)
      expectGradients({
        inputs: inputsOf(kind, time),
        mayBeZero: mayBeZero(kind),
        build: ({ projected, weight, bias, hidden, cell }) => {
          const state = kind === "lstm" ? { hidden, cell } : { hidden };
          const mask = masked ? maskOf(time) : undefined;
          const result = recurrence(kind, projected, weight, bias, state, { mask, reverse });
          const final = Object.values(result.state);
          return upstream === "outputs" ? [result.outputs] : upstream === "state" ? final : [result.outputs, ...final];
        },
      });
  });

  it.each(kinds)("%s: one input read by two scans and once more, one weight", (kind) => {
    expectGradients({
      inputs: inputsOf(kind, 3),
      mayBeZero: mayBeZero(kind),
      build: ({ projected, weight, bias, hidden, cell }) => {
        const state = kind === "lstm" ? { hidden, cell } : { hidden };
        // A scan takes over what it reads.
        const copy = () => add(projected, zeros(projected.shape));
        const forward = recurrence(kind, copy(), weight, bias, state);
        const reversed = recurrence(kind, copy(), weight, bias, forward.state, { reverse: true });
        return [forward.outputs, tanh(projected), reversed.outputs, ...Object.values(reversed.state)];
      },
    });
  });
});

describe("crossEntropy", () => {
  const targets = (rows: number, vocabulary: number) =>
    ints(
      Array.from({ length: rows }, (_, i) => (i * i) % vocabulary),
      [rows],
    );
  const inputs = { features: [5, 3], weight: [7, 3], bias: [7] };

  it.each([
    ["plain", {}],
    ["smoothed", { smoothing: 0.2 }],
    ["with its own normalizer", { normalizer: 3 }],
    ["smoothed with its own normalizer", { smoothing: 0.1, normalizer: 17 }],
  ])("%s", (_, options) => {
    expectGradients({
      inputs,
      build: ({ features, weight, bias }) => [crossEntropy(tanh(features), weight, bias, targets(5, 7), options)],
    });
  });

  it("in several blocks of tokens", () => {
    expectGradients({
      inputs: { features: [259, 2], weight: [3, 2], bias: [3] },
      build: ({ features, weight, bias }) => [
        crossEntropy(features, weight, bias, targets(259, 3), { smoothing: 0.1, normalizer: 50 }),
      ],
    });
  });

  it("twice on one weight, and the features read elsewhere too", () => {
    expectGradients({
      inputs,
      build: ({ features, weight, bias }) => [
        crossEntropy(features, weight, bias, targets(5, 7)),
        crossEntropy(tanh(features), weight, bias, targets(5, 7), { smoothing: 0.3 }),
        linear(features, weight),
      ],
    });
  });

  it("is −log softmax(W x + b)[target], averaged", () => {
    const scope = new Scope(reference);
    scope.run(() => {
      const [x, w, b] = [tensor([0.5, -1], [1, 2]), tensor([1, 2, 3, 4, 5, 6], [3, 2]), tensor([0.1, 0.2, 0.3], [3])];
      const logits = [-1.4, -2.3, -3.2];
      const total = Math.log(logits.reduce((all, logit) => all + Math.exp(logit), 0));
      expect(crossEntropy(x, w, b, ints([1], [1])).item()).toBeCloseTo(total + 2.3, 12);
      const smoothed = 0.8 * (total + 2.3) + 0.2 * (total + 2.3);
      expect(crossEntropy(x, w, b, ints([1], [1]), { smoothing: 0.2 }).item()).toBeCloseTo(smoothed, 12);
      expect(crossEntropy(x, w, b, ints([1], [1]), { normalizer: 4 }).item()).toBeCloseTo((total + 2.3) / 4, 12);
    });
    scope.dispose();
  });
});

describe("pointerCrossEntropy", () => {
  /** Of 7 words in the vocabulary and 2 more, what each of 4 source tokens is; of every third row none is to be written. */
  const rowsOf = (rows: number) => {
    const copied = Array.from({ length: rows }, (_, row) => Int32Array.of(7, row % 7, 8, row % 2 === 0 ? 7 : 3));
    const targets = Int32Array.from(copied, (ids, row) => (row % 3 === 0 ? (row + 5) % 7 : ids[row % 4]!));
    return { copied, targets };
  };

  it.each([
    ["a block", 5],
    ["several blocks", 259],
  ])("of %s of tokens", (_, rows) => {
    expectGradients({
      inputs: { features: [rows, 2], weight: [7, 2], bias: [7], generation: [rows, 1], raw: [rows, 4] },
      build: ({ features, weight, bias, generation, raw }) => [
        pointerCrossEntropy({ features, weight, bias, generation, weights: sigmoid(raw), ...rowsOf(rows) }),
        tanh(generation),
      ],
    });
  });

  it("is −log of what pointerLogSoftmax gives the target, averaged; the mixture sums to 1", () => {
    const scope = new Scope(reference);
    scope.run(() => {
      const [rows, columns] = [6, 4];
      const { copied, targets } = rowsOf(rows);
      const features = tensor(numbers("features", rows * 2), [rows, 2]);
      const [weight, bias] = [tensor(numbers("weight", 14), [7, 2]), tensor(numbers("bias", 7), [7])];
      const generation = tensor(numbers("generation", rows), [rows, 1]);
      const mask = tensor(new Float64Array(rows * columns).fill(1), [rows, columns]);
      const scores = tensor(numbers("scores", rows * columns), [rows, 1, columns]);
      const weights = reshape(maskedSoftmax(scores, mask), [rows, columns]);
      const logits = linear(features, weight, bias);
      const found = pointerLogSoftmax(logits, generation, weights, copied, 3).toArray();
      let total = 0;
      for (let row = 0; row < rows; row++) {
        const values = Array.from(found.slice(row * 10, (row + 1) * 10));
        expect(values.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 12);
        expect(values[9]).toBe(Number.NEGATIVE_INFINITY);
        total -= values[targets[row]!]!;
      }
      const loss = pointerCrossEntropy({ features, weight, bias, generation, weights, copied, targets });
      expect(loss.item()).toBeCloseTo(total / rows, 12);
    });
    scope.dispose();
  });

  it("stays finite where the pointer has given up the only place that has the word", () => {
    const scope = new Scope(wasm, { gradients: true });
    scope.run(() => {
      const leaf = (values: number[], shape: number[]) => Object.assign(tensor(values, shape), { needsGradient: true });
      const inputs = {
        features: leaf([1, 2], [1, 2]),
        weight: leaf([1, 2, 3, 4], [2, 2]),
        bias: leaf([0, 0], [2]),
        generation: leaf([90], [1, 1]),
        weights: leaf([0, 1], [1, 2]),
      };
      const loss = pointerCrossEntropy({ ...inputs, targets: Int32Array.of(2), copied: [Int32Array.of(2, 0)] });
      expect(loss.item()).toBeGreaterThan(100);
      backward(loss);
      for (const [name, input] of Object.entries(inputs))
        for (const slope of input.gradientArray()!) expect([name, Number.isFinite(slope)]).toEqual([name, true]);
    });
    scope.dispose();
  });

  it("refuses rows that do not belong together", () => {
    new Scope(reference).run(() => {
      const x = (...shape: number[]) =>
        tensor(
          numbers(
            "x",
            shape.reduce((a, b) => a * b),
          ),
          shape,
        );
      const options = { features: x(2, 3), weight: x(5, 3), bias: x(5), generation: x(2, 1), weights: x(2, 4) };
      const copied = [new Int32Array(4), new Int32Array(4)];
      expect(() => pointerCrossEntropy({ ...options, targets: Int32Array.of(1), copied })).toThrow(
        "pointerCrossEntropy: expected as many rows everywhere, got [2, 3], [2, 1], [2, 4], 1 targets and 2 sources.",
      );
    });
  });
});
