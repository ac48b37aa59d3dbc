import { describe, expect, it } from "vitest";
import { BACKENDS, reference, wasm } from "../../test/support/backends.js";
import { numbers } from "../../test/support/numbers.js";
import { TandemError } from "../errors.js";
import type { Backend } from "../kernels/kernels.js";
import {
  attentionContext,
  attentionScores,
  backward,
  crossEntropy,
  ints,
  linear,
  maskedSoftmax,
  recurrence,
  reshape,
  Scope,
  type Shape,
  selectRows,
  sizeOf,
  type Tensor,
  tensor,
  zeros,
} from "./index.js";

/** Parameters of a small model, and one step of it: embed, scan, attend, loss, gradients, descent. */
function smallModel(backend: Backend) {
  const [vocabulary, inputs, hidden, batch] = [backend.name === "reference" ? 101 : 1009, 5, 67, 3];
  const persistent = new Scope(backend);
  const parameters: Tensor[] = [];
  const parameter = (name: string, shape: Shape) => {
    const values = numbers(name, sizeOf(shape)).map((value) => value / 4);
    const made = persistent.run(() => tensor(values, shape));
    made.needsGradient = true;
    parameters.push(made);
    return made;
  };
  const embedding = parameter("embedding", [vocabulary, inputs]);
  const [inputWeight, inputBias] = [parameter("input", [3 * hidden, inputs]), parameter("input bias", [3 * hidden])];
  const [stateWeight, stateBias] = [parameter("state", [3 * hidden, hidden]), parameter("state bias", [3 * hidden])];
  const [outWeight, outBias] = [parameter("out", [vocabulary, hidden]), parameter("out bias", [vocabulary])];

  const step = (time: number) => {
    for (const each of parameters) each.gradient = 0;
    const values = Array.from({ length: batch * time }, (_, i) => (i * 5) % 19);
    const ids = ints(values, [batch, time]);
    const projected = linear(selectRows(embedding, ids), inputWeight, inputBias);
    const initial = { hidden: zeros([batch, hidden]) };
    const { outputs } = recurrence("gru", projected, stateWeight, stateBias, initial);
    const weights = maskedSoftmax(attentionScores(outputs, outputs, 0.4));
    const features = reshape(attentionContext(weights, outputs), [batch * time, hidden]);
    const loss = crossEntropy(features, outWeight, outBias, ids);
    backward(loss);
    for (const { pointer, gradient, size } of parameters) backend.kernels.addScaled(pointer, gradient, -0.5, size);
    return loss.item();
  };
  return { step, dispose: () => persistent.dispose() };
}

describe.each(BACKENDS)("%s", (_, backend) => {
  it("200 steps of a small model reserve nothing after the first two, and learn", () => {
    const before = backend.memory.reservedBytes;
    const model = smallModel(backend);
    const scope = new Scope(backend, { gradients: true });
    const losses: number[] = [];
    const live = new Set<number>();
    for (let step = 0; step < 200; step++) {
      // The longest batch comes first, then all lengths in turn.
      losses.push(scope.run(() => model.step(11 - (step % 5))));
      scope.reset();
      if (step >= 1) live.add(backend.memory.reservedBytes);
    }
    expect(live.size).toBe(1);
    expect([...live][0]! - before).toBeGreaterThan(0);
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 1);
    scope.dispose();
    model.dispose();
    expect(backend.memory.reservedBytes).toBe(before);
  });
});

describe("Scope", () => {
  it("joins its blocks at the first reset into one that holds a whole step", () => {
    const scope = new Scope(wasm);
    const before = wasm.memory.reservedBytes;
    const step = () => scope.run(() => Array.from({ length: 5 }, () => zeros([1 << 18]).pointer));
    step();
    expect(wasm.memory.reservedBytes - before).toBeGreaterThanOrEqual(5 << 20);
    scope.reset();
    const second = step();
    expect(wasm.memory.reservedBytes - before).toBe(5 << 20);
    expect(second.map((pointer) => pointer - second[0]!)).toEqual([0, 1, 2, 3, 4].map((i) => i << 20));
    scope.reset();
    expect(step()).toEqual(second);
    scope.dispose();
    expect(wasm.memory.reservedBytes).toBe(before);
  });

  it("gives tensors that do not overlap, aligned to 64 bytes", () => {
    const scope = new Scope(wasm);
    scope.run(() => {
      const made = [3, 16, 17, 1].map((size) => tensor(new Float64Array(size).fill(size), [size]));
      for (const each of made) {
        expect(each.pointer % 64).toBe(0);
        expect(Array.from(each.toArray())).toEqual(new Array(each.size).fill(each.size));
      }
    });
    scope.dispose();
  });

  it("packs a weight once for all scopes within a longer-lived one, and anew after its reset", () => {
    const session = new Scope(wasm);
    const weight = session.run(() => tensor(numbers("w", 6), [2, 3]));
    let packed = 0;
    const pack = (scope: Scope) => {
      packed++;
      return scope.allocate(16);
    };
    for (let step = 0; step < 3; step++) {
      const scope = new Scope(wasm, { parent: session });
      scope.cached(weight, "rows", pack);
      scope.reset();
      scope.cached(weight, "rows", pack);
      scope.dispose();
    }
    expect(packed).toBe(1);
    session.cached(weight, "columns", pack);
    expect(packed).toBe(2);
    session.reset();
    session.cached(weight, "rows", pack);
    expect(packed).toBe(3);
    session.dispose();
  });

  it("sees a changed weight after a reset", () => {
    const [persistent, scope] = [new Scope(wasm), new Scope(wasm)];
    const weight = persistent.run(() => tensor([2], [1, 1]));
    const apply = () => scope.run(() => linear(tensor([3], [1, 1]), weight).item());
    expect(apply()).toBe(6);
    scope.reset();
    weight.set([5]);
    expect(apply()).toBe(15);
    scope.dispose();
    persistent.dispose();
  });

  it("gives back the scope around it, also after an error", () => {
    const [outer, inner] = [new Scope(reference), new Scope(wasm)];
    outer.run(() => {
      inner.run(() => expect(Scope.current).toBe(inner));
      expect(() =>
        inner.run(() => {
          throw new Error("stop");
        }),
      ).toThrow("stop");
      expect(Scope.current).toBe(outer);
    });
    expect(() => Scope.current).toThrow("scope: expected tensor operations inside scope.run(…), got none running.");
  });

  it("refuses to allocate after dispose", () => {
    const scope = new Scope(wasm);
    scope.dispose();
    expect(() => scope.run(() => zeros([2]))).toThrow("scope: expected a live scope, got one that was disposed.");
  });

  it("says what to do when WebAssembly's memory ends", () => {
    const before = wasm.memory.reservedBytes;
    const scope = new Scope(wasm);
    const huge = () => scope.allocate(2 ** 31);
    expect(huge).toThrow(TandemError);
    expect(huge).toThrow(/^memory: expected at most 4096 MiB for WebAssembly, got a need of \d+ MiB\. Use smaller/);
    scope.dispose();
    expect(wasm.memory.reservedBytes).toBe(before);
  });
});
