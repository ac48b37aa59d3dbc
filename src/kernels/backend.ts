import { TandemError } from "../errors.js";
import type { Backend } from "./kernels.js";
import { createWasmBackend } from "./wasm/wasm.js";

/** Where can be computed, the fastest first. `reference` is plain TypeScript in float64: slow, and what the others are held against. */
export const BACKEND_NAMES = ["native", "wasm", "reference"] as const;
/** A name of `BACKEND_NAMES`. */
export type BackendName = (typeof BACKEND_NAMES)[number];

/** How a backend is made. */
export interface BackendOptions {
  /** How many threads compute; the bits of the results do not depend on it. Every core unless given. */
  threads?: number | undefined;
  /** Of WebAssembly: where its binary is fetched instead of taken from the package's code. See `WasmOptions`. */
  wasmUrl?: string | URL | undefined;
  /** Stops fetching it; the promise then rejects with AbortedError. */
  signal?: AbortSignal | undefined;
}

/** Where a model computes. */
export interface PlaceOptions extends BackendOptions {
  /** A name, or a backend made before: several models can share its memory and threads. The fastest unless given. */
  backend?: BackendName | Backend | undefined;
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

/** A backend, and whether it was made for this caller, who then ends it. */
export async function openBackend({
  backend,
  ...options
}: PlaceOptions): Promise<{ backend: Backend; isOwn: boolean }> {
  if (typeof backend !== "object") return { backend: await createBackend(backend, options), isOwn: true };
  const stray = (["threads", "wasmUrl"] as const).find((name) => options[name] !== undefined);
  if (stray)
    throw new TandemError(`${stray}: expected none beside a backend made before, got one. Give it to createBackend.`);
  return { backend, isOwn: false };
}

/**
 * The backend asked for, or the fastest there is: the native engine, else WebAssembly SIMD. With `wasmUrl` it is
 * WebAssembly unless said otherwise.
 *
 * ```ts
 * import { createBackend, loadModel, train } from "tandem-seq2seq";
 *
 * const backend = await createBackend("wasm", { threads: 1 });
 * const model = await train([["eins", "1"], ["zwei", "2"]], { backend, train: { epochs: 1 } });
 * const again = await loadModel(model.toBytes(), { backend }); // the same memory and threads
 * model.dispose();
 * again.dispose();
 * backend.dispose?.(); // a backend of one's own outlives the models on it
 * ```
 */
export async function createBackend(name?: BackendName, options: BackendOptions = {}): Promise<Backend> {
  const wanted = name ?? (whyNoNativeEngine() === undefined && options.wasmUrl === undefined ? "native" : "wasm");
  switch (wanted) {
    case "native":
      if (nativeEngine === undefined)
        throw new TandemError("backend native: expected Node.js, got a runtime without addons. Use the backend wasm.");
      return nativeEngine.create(options);
    case "wasm":
      return createWasmBackend(options);
    case "reference":
      // Loaded when it is asked for: pages that only translate have no use for it.
      return (await import("./reference/reference.js")).createReferenceBackend();
    default:
      throw new TandemError(`backend: expected one of ${BACKEND_NAMES.join(", ")}, got ${JSON.stringify(wanted)}.`);
  }
}
