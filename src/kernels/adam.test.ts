import { describe, expect, it } from "vitest";
import { BACKENDS } from "../../test/support/backends.js";
import { type GoldenTensor, readGolden } from "../../test/support/golden.js";
import { expectClose } from "../../test/support/numbers.js";
import type { Backend, Pointer } from "./kernels.js";

interface AdamCase {
  name: string;
  learningRate: number;
  betas: [number, number];
  epsilon: number;
  parameter: GoldenTensor;
  steps: { gradient: GoldenTensor; parameter: GoldenTensor; firstMoment: GoldenTensor; secondMoment: GoldenTensor }[];
}
interface ClipCase {
  name: string;
  maxNorm: number;
  norm: number;
  gradients: Record<string, GoldenTensor>;
  clipped: Record<string, GoldenTensor>;
}
// torch.optim.Adam and torch.nn.utils.clip_grad_norm_ of PyTorch 2.13; see the header of test/golden/adam.json.
const golden = readGolden<{ cases: AdamCase[]; clipping: ClipCase[] }>("adam");

/** Memory for the numbers, and how to read it. */
function place({ memory }: Backend, values: ArrayLike<number>): { pointer: Pointer; read: () => ArrayLike<number> } {
  const pointer = memory.reserve(values.length * memory.bytesPerElement);
  memory.floats(pointer, values.length).set(values);
  return { pointer, read: () => memory.floats(pointer, values.length) };
}

describe.each(BACKENDS)("%s", (_, backend, tolerance) => {
  it.each(golden.cases.map((case_) => [case_.name, case_] as const))("adam follows PyTorch: %s", (_, case_) => {
    const count = case_.parameter.data.length;
    const zeros = new Float64Array(count);
    const [parameter, moment1, moment2] = [case_.parameter.data, zeros, zeros].map((v) => place(backend, v));
    const [beta1, beta2] = case_.betas;
    for (const [index, step] of case_.steps.entries()) {
      const gradient = place(backend, step.gradient.data);
      const pointers = [parameter!.pointer, moment1!.pointer, moment2!.pointer, gradient.pointer] as const;
      const rate = case_.learningRate / (1 - beta1 ** (index + 1));
      const root = Math.sqrt(1 - beta2 ** (index + 1));
      backend.kernels.adam(...pointers, 1, rate, root, 1, beta1, beta2, case_.epsilon, count);
      expectClose(parameter!.read(), step.parameter.data, tolerance / 10, `parameter after step ${index + 1}`);
      expectClose(moment1!.read(), step.firstMoment.data, tolerance / 10, `first moment after step ${index + 1}`);
      expectClose(moment2!.read(), step.secondMoment.data, tolerance / 10, `second moment after step ${index + 1}`);
    }
  });

  it.each(golden.clipping.map((case_) => [case_.name, case_] as const))(
    "the norm over all gradients and the scale of clipping are PyTorch's: %s",
    (_, { maxNorm, norm, gradients, clipped }) => {
      let squares = 0;
      for (const { data } of Object.values(gradients)) {
        const total = place(backend, [Number.NaN]);
        backend.kernels.chunkSquares(total.pointer, place(backend, data).pointer, data.length);
        squares += total.read()[0]!;
      }
      expectClose([Math.sqrt(squares)], [norm], tolerance / 10, "norm");
      const scale = Math.min(1, maxNorm / (Math.sqrt(squares) + 1e-6));
      for (const [name, { data }] of Object.entries(gradients)) {
        const scaled = place(backend, new Float64Array(data.length));
        backend.kernels.addScaled(scaled.pointer, place(backend, data).pointer, scale, data.length);
        expectClose(scaled.read(), clipped[name]!.data, tolerance / 10, name);
      }
    },
  );

  it("a gradient scale is a step on the scaled gradient", () => {
    const values = [0.3, -2, 0.01];
    const step = (gradient: number[], scale: number) => {
      const state = [[1, 2, 3], [0.1, 0, 0], [0.2, 0.1, 0], gradient].map((numbers) => place(backend, numbers));
      const pointers = state.map(({ pointer }) => pointer) as [number, number, number, number];
      backend.kernels.adam(...pointers, scale, 0.2, 0.55, 1, 0.9, 0.99, 1e-6, 3);
      return state.slice(0, 3).flatMap(({ read }) => Array.from(read()));
    };
    const quarter = step(values, 0.25);
    expect(quarter).toEqual(
      step(
        values.map((value) => value / 4),
        1,
      ),
    );
    expect(quarter).not.toEqual(step(values, 1));
  });
});
