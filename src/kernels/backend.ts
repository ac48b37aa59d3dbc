import { TandemError } from "../errors.js";
import type { Backend } from "./kernels.js";
import { createReferenceBackend } from "./reference/reference.js";
import { createWasmBackend } from "./wasm/wasm.js";

export const BACKEND_NAMES = ["wasm", "reference"] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

/** The backend asked for, or the fastest there is: WebAssembly SIMD. */
export async function createBackend(name: BackendName = "wasm"): Promise<Backend> {
  switch (name) {
    case "wasm":
      return createWasmBackend();
    case "reference":
      return createReferenceBackend();
    default:
      throw new TandemError(`backend: expected one of ${BACKEND_NAMES.join(", ")}, got ${JSON.stringify(name)}.`);
  }
}
