import type { Backend } from "../../src/kernels/kernels.js";
import { createReferenceBackend } from "../../src/kernels/reference/reference.js";
import { createWasmBackend } from "../../src/kernels/wasm/wasm.js";

export const reference: Backend = createReferenceBackend();
export const wasm: Backend = await createWasmBackend();

/** Each backend with how near it comes to numbers of 10 digits on small layers: float64 and float32. */
export const BACKENDS: [name: string, backend: Backend, tolerance: number][] = [
  ["reference", reference, 1e-8],
  ["wasm", wasm, 1e-5],
];
