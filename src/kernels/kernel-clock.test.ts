import { expect, test } from "vitest";
import { describeBackend, NATIVE, reference, WASM } from "../../test/support/backends.js";
import { KernelClock } from "./kernel-clock.js";

const backends = [reference, ...WASM, ...NATIVE].map((backend) => [describeBackend(backend), backend] as const);

test.each(backends)("%s: kernels do the same work in its memory, and are timed only when asked", (_, plain) => {
  const clock = new KernelClock(plain);
  const { memory, kernels } = clock.backend;
  expect([clock.backend.name, clock.backend.threads, memory]).toEqual([plain.name, plain.threads, plain.memory]);
  const pointer = memory.reserve(4 * memory.bytesPerElement);
  kernels.fill(pointer, 7, 4);
  expect(clock.take()).toEqual({ steps: 0, milliseconds: 0, kernels: {} });

  const answer = clock.time(() => {
    const { kernels } = clock.backend;
    kernels.fill(pointer, 3, 4);
    kernels.addScaled(pointer, pointer, 1, 4);
    kernels.fill(pointer, 5, 1);
    return kernels.packedLength(3, 5);
  });
  expect(answer).toBe(plain.kernels.packedLength(3, 5));
  expect([...memory.floats(pointer, 4)]).toEqual([5, 6, 6, 6]);
  clock.backend.kernels.fill(pointer, 1, 4);

  const times = clock.take();
  const calls = Object.entries(times.kernels).map(([kernel, time]) => [kernel, time.calls]);
  expect(new Map(calls as [string, number][])).toEqual(
    new Map([
      ["fill", 2],
      ["addScaled", 1],
      ["packedLength", 1],
    ]),
  );
  const inside = Object.values(times.kernels).reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  expect(times.steps).toBe(1);
  expect(inside).toBeGreaterThan(0);
  expect(inside).toBeLessThanOrEqual(times.milliseconds);
  expect(clock.take().steps).toBe(0);
});
