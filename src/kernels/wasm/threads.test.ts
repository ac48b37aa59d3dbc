import { execFileSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startWorkers, wasm } from "../../../test/support/backends.js";
import { numbers } from "../../../test/support/numbers.js";
import { trainedFile } from "../../../test/support/trained-file.js";
import { TandemError } from "../../errors.js";
import type { Backend } from "../kernels.js";
import { wasmBase64 } from "./binary-threads.generated.js";
import { STACK_BYTES, type ThreadExports } from "./job.js";
import { ThreadPool } from "./threads.js";
import { createWasmBackend } from "./wasm.js";

/** y[m, n] = x[m, k] · wᵀ of fixed numbers. */
function multiply({ memory, kernels }: Backend, m: number, n: number, k: number): Float32Array {
  const sizes = [m * k, n * k, m * n, kernels.packedLength(n, k)].map((count) => 4 * count);
  const [x, w, y, packed] = sizes.map((bytes) => memory.reserve(bytes)) as [number, number, number, number];
  memory.floats(x, m * k).set(numbers("x", m * k));
  memory.floats(w, n * k).set(numbers("w", n * k));
  kernels.pack(packed, w, k, n, k);
  kernels.product(y, n, x, k, packed, 0, m, n, k, 0);
  const result = memory.floats(y, m * n).slice() as Float32Array;
  for (const [i, pointer] of [x, w, y, packed].entries()) memory.release(pointer, sizes[i]!);
  return result;
}

/** A pool of three threads on a memory of its own; `stacks` is where those of the workers are said to be. */
async function pool(stacks?: number) {
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 256, shared: true });
  const module = await WebAssembly.compile(Buffer.from(wasmBase64, "base64"));
  const exports = (await WebAssembly.instantiate(module, { env: { memory } })).exports as unknown as ThreadExports;
  const heap = exports.__heap_base.value as number;
  const threads = new ThreadPool(module, memory, exports, stacks ?? heap, 3);
  const first = heap + 2 * STACK_BYTES;
  return { threads, kernels: threads.shareKernels(0), first, floats: new Float32Array(memory.buffer) };
}

describe("WebAssembly with threads", () => {
  it("has workers do shares, none twice and none left out", async () => {
    const { threads, kernels, first, floats } = await pool();
    const doubled = floats.subarray(first / 4, first / 4 + 100_000);
    for (const end = Date.now() + 20_000; threads.sharesOfWorkers === 0 && Date.now() < end; await setTimeout(1)) {
      kernels.fill(first, 1, doubled.length);
      kernels.addScaled(first, first, 1, doubled.length);
    }
    expect(threads.sharesOfWorkers).toBeGreaterThan(0);
    expect(doubled.every((value) => value === 2)).toBe(true);
    threads.close();
  });

  it("does everything alone where workers fail, and after they were closed", async () => {
    const broken = await pool(2 ** 31);
    broken.kernels.fill(broken.first, 1, 64);
    await setTimeout(200);
    broken.kernels.fill(broken.first, 3, 64);
    expect(broken.threads.workers).toBe(0);
    expect(broken.floats[broken.first / 4 + 63]).toBe(3);

    const closed = await createWasmBackend({ threads: 2, leastWork: 0 });
    await startWorkers(closed);
    closed.dispose!();
    expect(multiply(closed, 9, 17, 5)).toEqual(multiply(wasm, 9, 17, 5));
  });

  it("answers a trap in a share with an error, and works on", async () => {
    const backend = await createWasmBackend({ threads: 3, leastWork: 0 });
    await startWorkers(backend);
    expect(() => backend.kernels.fill(2 ** 32 - 65_536, 1, 4096)).toThrow(TandemError);
    expect(multiply(backend, 9, 17, 5)).toEqual(multiply(wasm, 9, 17, 5));
    backend.dispose!();
  });

  it("gives the bits of one thread, also when the memory grew while the workers were there", async () => {
    const backend = await createWasmBackend({ threads: 3, leastWork: 0 });
    await startWorkers(backend);
    expect(multiply(backend, 33, 65, 129)).toEqual(multiply(wasm, 33, 65, 129));
    backend.memory.reserve(64 * 2 ** 20);
    const grown = multiply(backend, 65, 300, 257);
    expect(grown).toEqual(multiply(wasm, 65, 300, 257));
    expect(grown.buffer).toBeInstanceOf(ArrayBuffer);
    backend.dispose!();
  });

  it("gives a whole training run the same bits for 1, 2, 3 and 4 threads", async () => {
    const expected = await trainedFile(wasm);
    for (const threads of [2, 3, 4]) {
      const backend = await createWasmBackend({ threads, leastWork: 0 });
      await startWorkers(backend);
      expect(await trainedFile(backend), `${threads} threads`).toBe(expected);
      backend.dispose!();
    }
  });

  it("keeps no process alive", () => {
    const library = new URL("../../../dist/node/index.js", import.meta.url);
    const script = `
      import { createWasmBackend } from ${JSON.stringify(library.href)};
      const { kernels, memory, threads } = await createWasmBackend({ threads: 3, leastWork: 0 });
      const pointer = memory.reserve(4096);
      for (let i = 0; i < 1000; i++) kernels.fill(pointer, i, 1024);
      console.log(threads, memory.floats(pointer, 1024).every((value) => value === 999));`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { timeout: 30_000 });
    expect(String(printed)).toBe("3 true\n");
  });
});

describe("without shared memory", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("the plain build computes on one thread", async () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    const backend = await createWasmBackend({ threads: 4, leastWork: 0 });
    expect(backend.threads).toBe(1);
    expect(multiply(backend, 9, 17, 5)).toEqual(multiply(wasm, 9, 17, 5));
  });
});
