import { describe, expect, it } from "vitest";
import { BACKENDS } from "../../test/support/backends.js";
import { expectClose, expectSame, numbers } from "../../test/support/numbers.js";
import { Scope, tensor } from "../tensor/index.js";
import { ScaledDotAttention } from "./attention.js";
import { Parameters } from "./parameters.js";

describe.each(BACKENDS)("ScaledDotAttention on %s", (_, backend, tolerance) => {
  const [batch, queries, time, querySize] = [3, 2, 5, 7];
  const inScope = (work: (parameters: Parameters) => void) => () => {
    const scope = new Scope(backend);
    scope.run(() => work(new Parameters(scope, 1)));
    scope.dispose();
  };
  const lengths = [5, 2, 3];
  const mask = () =>
    tensor(
      lengths.flatMap((length) => Array.from({ length: time }, (_, t) => (t < length ? 1 : 0))),
      [batch, time],
    );
  const query = () => tensor(numbers("query", batch * queries * querySize), [batch, queries, querySize]);
  const states = (size: number) => numbers("states", batch * time * size);

  it(
    "is softmax(q · kᵀ / √d) v, with the states as keys where sizes agree",
    inScope((parameters) => {
      const attention = new ScaledDotAttention(parameters, "attention", querySize, querySize);
      expect([...parameters]).toEqual([]);
      const values = states(querySize);
      const memory = attention.remember(tensor(values, [batch, time, querySize]), mask());
      const { context, weights, scores } = attention.attend(query(), memory);
      const q = query().toArray();
      for (const [b, length] of lengths.entries())
        for (let i = 0; i < queries; i++) {
          const row = b * queries + i;
          const at = (t: number, j: number) => values[(b * time + t) * querySize + j]!;
          const wanted = Array.from({ length: time }, (_, t) => {
            let total = 0;
            for (let j = 0; j < querySize; j++) total += q[row * querySize + j]! * at(t, j);
            return total / Math.sqrt(7);
          });
          const powers = wanted.map((score, t) => (t < length ? Math.exp(score) : 0));
          const shares = powers.map((power) => power / powers.reduce((a, b) => a + b));
          const read = (from: typeof weights, size: number) => from.toArray().subarray(row * size, (row + 1) * size);
          expectClose(read(scores, time), wanted, tolerance, `scores of row ${row}`);
          expectClose(read(weights, time), shares, tolerance, `weights of row ${row}`);
          const mixed = Array.from({ length: querySize }, (_, j) =>
            shares.reduce((total, share, t) => total + share * at(t, j), 0),
          );
          expectClose(read(context, querySize), mixed, tolerance, `context of row ${row}`);
        }
    }),
  );

  it(
    "projects the keys where sizes differ, never the values",
    inScope((parameters) => {
      const attention = new ScaledDotAttention(parameters, "attention", querySize, 3);
      expect([...parameters].map(([name, { shape }]) => [name, shape])).toEqual([["attention.key.weight", [7, 3]]]);
      const outputs = tensor(states(3), [batch, time, 3]);
      const memory = attention.remember(outputs, mask());
      expect(memory.values).toBe(outputs);
      expectSame(memory.keys.toArray(), attention.key!.forward(outputs).toArray(), "keys");
      expect(attention.attend(query(), memory).context.shape).toEqual([batch, queries, 3]);
    }),
  );

  it(
    "gives weights that sum to 1 and are exactly 0 on padding",
    inScope((parameters) => {
      const attention = new ScaledDotAttention(parameters, "attention", querySize, 3);
      const weights = attention.attend(query(), attention.remember(tensor(states(3), [batch, time, 3]), mask()));
      const values = weights.weights.toArray();
      for (let row = 0; row < batch * queries; row++) {
        const part = values.subarray(row * time, (row + 1) * time);
        const length = lengths[Math.floor(row / queries)]!;
        expectClose([Array.from(part).reduce((a, b) => a + b)], [1], 1e-6, `sum of row ${row}`);
        expect(Array.from(part.subarray(length))).toEqual(new Array(time - length).fill(0));
        expect(Array.from(part.subarray(0, length)).every((value) => value > 0)).toBe(true);
      }
    }),
  );
});
