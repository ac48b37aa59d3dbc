import { describe, expect, it } from "vitest";
import { createReferenceBackend } from "../kernels/reference/reference.js";
import { Scope, selectRows, tensor } from "../tensor/index.js";
import { TokenGates } from "./token-gates.js";

const backend = createReferenceBackend();
const VOCABULARY = 6;

/** Gates whose numbers tell the id, room for three tokens, and the ids that were computed. */
function gatesOf() {
  const weights = new Scope(backend);
  const table = weights.run(() =>
    tensor(
      Float64Array.from({ length: VOCABULARY * 2 }, (_, i) => i),
      [VOCABULARY, 2],
    ),
  );
  const computed: number[][] = [];
  const gates = new TokenGates(
    2,
    VOCABULARY,
    (ids) => {
      computed.push([...backend.memory.ints(ids.pointer, ids.size)]);
      return selectRows(table, ids);
    },
    3 * 2,
  );
  const packed = new Scope(backend);
  const step = new Scope(backend, { parent: packed });
  const of = (...ids: number[]) => {
    step.reset();
    return [...step.run(() => gates.of(Int32Array.from(ids)).toArray())];
  };
  return { of, computed, packed };
}
const expected = (...ids: number[]) => ids.flatMap((id) => [2 * id, 2 * id + 1]);

describe("what tokens add to the gates", () => {
  it("is computed once for each token, whichever rows and steps have it", () => {
    const { of, computed } = gatesOf();
    expect(of(4, 1, 4)).toEqual(expected(4, 1, 4));
    expect(of(1, 0)).toEqual(expected(1, 0));
    expect(of(0, 4)).toEqual(expected(0, 4));
    expect(computed).toEqual([[4, 1], [0]]);
  });

  it("makes room when a token more comes than can be kept", () => {
    const { of, computed } = gatesOf();
    of(0, 1, 2);
    expect(of(2, 3)).toEqual(expected(2, 3));
    expect(of(3, 2)).toEqual(expected(3, 2));
    expect(computed).toEqual([
      [0, 1, 2],
      [2, 3],
    ]);
  });

  it("is right of more tokens in one step than can be kept", () => {
    const { of } = gatesOf();
    expect(of(5, 4, 3, 2, 1)).toEqual(expected(5, 4, 3, 2, 1));
    expect(of(1, 2)).toEqual(expected(1, 2));
  });

  it("is computed anew when the packed weights are made anew", () => {
    const { of, computed, packed } = gatesOf();
    of(3);
    packed.reset();
    expect(of(3)).toEqual(expected(3));
    expect(computed).toEqual([[3], [3]]);
  });

  it("may be written over", () => {
    new Scope(backend).run(() => {
      const gates = new TokenGates(1, 2, (ids) => tensor(new Float64Array(ids.size).fill(7), [ids.size, 1]));
      const first = gates.of(Int32Array.of(1));
      backend.memory.floats(first.pointer, 1)[0] = 9;
      expect(gates.of(Int32Array.of(1)).item()).toBe(7);
    });
  });
});
