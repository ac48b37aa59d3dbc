import { describe, expect, it } from "vitest";
import { BACKENDS } from "../../../test/support/backends.js";
import { expectClose, expectSame, numbers } from "../../../test/support/numbers.js";
import { Scope, tensor } from "../../tensor/index.js";
import { Parameters } from "../parameters.js";
import type { Attention } from "./attention.js";
import { type AttentionKind, createAttention } from "./kinds.js";

// What the kinds compute is compared with PyTorch in models/network.test.ts; here stand the identities.

const [batch, queries, time, querySize, encoderSize] = [3, 2, 5, 6, 7];
const lengths = [5, 2, 3];

describe.each(BACKENDS)("attention on %s", (_, backend, tolerance) => {
  const inScope = (work: (parameters: Parameters) => void) => {
    const scope = new Scope(backend);
    scope.run(() => work(new Parameters(scope, 1)));
    scope.dispose();
  };
  const mask = () =>
    tensor(
      lengths.flatMap((length) => Array.from({ length: time }, (_, t) => (t < length ? 1 : 0))),
      [batch, time],
    );
  const query = (count = queries, size = querySize) =>
    tensor(numbers("query", batch * count * size), [batch, count, size]);
  const states = (size = encoderSize) => tensor(numbers("states", batch * time * size), [batch, time, size]);
  const make = (
    parameters: Parameters,
    kind: AttentionKind,
    options: { encoderSize?: number; coverage?: boolean } = {},
  ) =>
    createAttention(parameters, "attention", {
      kind,
      querySize,
      encoderSize: kind === "dot" ? querySize : encoderSize,
      heads: 3,
      coverage: false,
      ...options,
    });
  const namesOf = (parameters: Parameters) => [...parameters].map(([name, { shape }]) => `${name} ${shape.join(",")}`);

  it("scaled-dot is softmax(q · kᵀ / √d) v, with the states as keys where sizes agree", () => {
    inScope((parameters) => {
      const attention = make(parameters, "scaled-dot", { encoderSize: querySize });
      expect([...parameters]).toEqual([]);
      const values = states(querySize);
      const { context, weights, scores } = attention.attend(query(), attention.remember(values, mask()));
      const [q, v] = [query().toArray(), values.toArray()];
      for (const [b, length] of lengths.entries())
        for (let i = 0; i < queries; i++) {
          const row = b * queries + i;
          const at = (t: number, j: number) => v[(b * time + t) * querySize + j]!;
          const wanted = Array.from({ length: time }, (_, t) => {
            let total = 0;
            for (let j = 0; j < querySize; j++) total += q[row * querySize + j]! * at(t, j);
            return total / Math.sqrt(querySize);
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
    });
  });

  it.each([
    ["scaled-dot", ["key.weight 6,7"]],
    ["dot", []],
    ["general", ["key.weight 6,7"]],
    ["additive", ["query.weight 6,6", "key.weight 6,7", "score.weight 1,6"]],
    ["multi-head", ["q_proj_weight 6,6", "k_proj_weight 6,7", "v_proj_weight 6,7", "out_proj.weight 6,6"]],
  ] as const)("%s has its parameters", (kind, names) => {
    inScope((parameters) => {
      make(parameters, kind);
      expect(namesOf(parameters)).toEqual(names.map((name) => `attention.${name}`));
    });
  });

  const kinds = ["scaled-dot", "dot", "general", "additive", "multi-head"] as const;
  const sizeOf = (kind: AttentionKind) => (kind === "dot" ? querySize : encoderSize);

  it.each(kinds)("%s gives weights that sum to 1 and are exactly 0 on padding, for each head too", (kind) => {
    inScope((parameters) => {
      const attention = make(parameters, kind);
      const attended = attention.attend(query(), attention.remember(states(sizeOf(kind)), mask()));
      expect(attended.weights.shape).toEqual([batch, queries, time]);
      expect(attended.context.shape).toEqual([batch, queries, attention.contextSize]);
      expect(attended.heads?.weights.shape).toEqual(kind === "multi-head" ? [batch, 3, queries, time] : undefined);
      for (const weights of [attended.weights, ...(attended.heads ? [attended.heads.weights] : [])]) {
        const values = weights.toArray();
        const rowsOfBatch = weights.size / time / batch;
        for (let row = 0; row < batch * rowsOfBatch; row++) {
          const part = values.subarray(row * time, (row + 1) * time);
          const length = lengths[Math.floor(row / rowsOfBatch)]!;
          expectClose([Array.from(part).reduce((a, b) => a + b)], [1], 1e-6, `sum of row ${row}`);
          expect(Array.from(part.subarray(length))).toEqual(new Array(time - length).fill(0));
          expect(Array.from(part.subarray(0, length)).every((value) => value > 0)).toBe(true);
        }
      }
    });
  });

  it.each(kinds)("%s: source tokens in another order get the same weights in that order, and one context", (kind) => {
    inScope((parameters) => {
      const attention = make(parameters, kind);
      const size = sizeOf(kind);
      const whole = () => tensor(new Float64Array(batch * time).fill(1), [batch, time]);
      const order = [3, 0, 4, 1, 2];
      const values = states(size).toArray();
      const turned = Array.from({ length: batch }, (_, b) =>
        order.map((t) => Array.from(values.subarray((b * time + t) * size, (b * time + t + 1) * size))),
      ).flat(2);
      const straight = attention.attend(query(), attention.remember(states(size), whole()));
      const moved = attention.attend(query(), attention.remember(tensor(turned, [batch, time, size]), whole()));
      const weights = straight.weights.toArray();
      const wanted = Array.from({ length: batch * queries }, (_, row) =>
        order.map((t) => weights[row * time + t]!),
      ).flat();
      expectClose(moved.weights.toArray(), wanted, tolerance, "weights");
      expectClose(moved.context.toArray(), straight.context.toArray(), tolerance, "context");
    });
  });

  it.each(kinds)("%s: several queries at once are each of them alone", (kind) => {
    inScope((parameters) => {
      const attention = make(parameters, kind);
      const memory = attention.remember(states(sizeOf(kind)), mask());
      const all = attention.attend(query(), memory);
      const values = query().toArray();
      for (let i = 0; i < queries; i++) {
        const rows = Array.from({ length: batch }, (_, b) =>
          Array.from(values.subarray((b * queries + i) * querySize, (b * queries + i + 1) * querySize)),
        ).flat();
        const alone = attention.attend(tensor(rows, [batch, 1, querySize]), memory);
        for (const [what, size] of [
          ["weights", time],
          ["context", attention.contextSize],
        ] as const) {
          const together = all[what].toArray();
          const mine = Array.from({ length: batch }, (_, b) =>
            Array.from(together.subarray((b * queries + i) * size, (b * queries + i + 1) * size)),
          ).flat();
          expectSame(alone[what].toArray(), mine, `${what} of query ${i}`);
        }
      }
    });
  });

  it.each(["scaled-dot", "dot", "general", "additive"] as const)("%s: nothing covered yet is no past", (kind) => {
    inScope((parameters) => {
      const attention: Attention = make(parameters, kind, { coverage: true });
      const memory = attention.remember(states(sizeOf(kind)), mask());
      const nothing = tensor(new Float64Array(batch * time), [batch, 1, time]);
      const without = attention.attend(query(1), memory).weights.toArray();
      expectSame(attention.attend(query(1), memory, nothing).weights.toArray(), without, "weights");
      const some = tensor(numbers("past", batch * time), [batch, 1, time]);
      expect(attention.attend(query(1), memory, some).weights.toArray()).not.toEqual(without);
    });
  });
});
