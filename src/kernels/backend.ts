import { TandemError } from "../errors.js";
import type { Backend } from "./kernels.js";
import { createReferenceBackend } from "./reference/reference.js";
import { createWasmBackend } from "./wasm/wasm.js";

export const BACKEND_NAMES = ["native", "wasm", "reference"] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

export interface BackendOptions {
  /** How many threads compute; the bits of the results do not depend on it. Every core unless given. */
  threads?: number | undefined;
}

/** Where the native engine comes from: Node.js provides it, browsers have none. */
export interface NativeEngine {
  create(options: BackendOptions): Backend;
  /** Why it cannot be had, or undefined where it can. */
  whyNot(): string | undefined;
}
let nativeEngine: NativeEngine | undefined;

export function provideNativeEngine(engine: NativeEngine): void {
  nativeEngine = engine;
}

export function whyNoNativeEngine(): string | undefined {
  return nativeEngine ? nativeEngine.whyNot() : "browsers have none";
}

/** The backend asked for, or the fastest there is: the native engine, else WebAssembly SIMD. */
export async function createBackend(name?: BackendName, options: BackendOptions = {}): Promise<Backend> {
  const wanted = name ?? (whyNoNativeEngine() === undefined ? "native" : "wasm");
  switch (wanted) {
    case "native":
      if (nativeEngine === undefined)
        throw new TandemError("backend native: expected Node.js, got a runtime without addons. Use the backend wasm.");
      return nativeEngine.create(options);
    case "wasm":
      return createWasmBackend(options);
    case "reference":
      return createReferenceBackend();
    default:
      throw new TandemError(`backend: expected one of ${BACKEND_NAMES.join(", ")}, got ${JSON.stringify(wanted)}.`);
  }
}
