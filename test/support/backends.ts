import { setTimeout } from "node:timers/promises";
import type { Backend } from "../../src/kernels/kernels.js";
import { createNativeBackend, nativeStatus } from "../../src/kernels/native/native.js";
import { createReferenceBackend } from "../../src/kernels/reference/reference.js";
import { createWasmBackend } from "../../src/kernels/wasm/wasm.js";

export const reference: Backend = createReferenceBackend();
export const wasm: Backend = await createWasmBackend({ threads: 1 });
/** Shares even the least work, with workers that are ready. */
export const wasmThreads: Backend = await createWasmBackend({ threads: 3, leastWork: 0 });
await startWorkers(wasmThreads);

const status = nativeStatus();
if ("why" in status) console.warn(`NOT RUN: tests of the native engine: ${status.why}.`);

/** WebAssembly, alone and with threads. */
export const WASM: Backend[] = [wasm, wasmThreads];

/** The native engine for every instruction set that runs here, alone and with threads that share even the least work. */
export const NATIVE: Backend[] =
  "why" in status
    ? []
    : status.instructionSets.flatMap((instructionSet) =>
        [1, 3].map((threads) => createNativeBackend({ instructionSet, threads, leastWork: 0 })),
      );

export const describeBackend = ({ name, instructionSet, threads }: Backend): string =>
  [instructionSet ? `${name} ${instructionSet}` : name, ...(threads > 1 ? [`${threads} threads`] : [])].join(", ");

/** Each backend with how near it comes to numbers of 10 digits on small layers: float64 and float32. */
export const BACKENDS: [name: string, backend: Backend, tolerance: number][] = [
  ["reference", reference, 1e-8],
  ...[...WASM, ...NATIVE].map((backend): [string, Backend, number] => [describeBackend(backend), backend, 1e-5]),
];

/** Has WebAssembly with threads start its workers, by something to share, and waits for them. */
export async function startWorkers(backend: Backend): Promise<void> {
  const pointer = backend.memory.reserve(64);
  backend.kernels.fill(pointer, 0, 16);
  backend.memory.release(pointer, 64);
  while (backend.workers! < backend.threads - 1) await setTimeout(2);
}
