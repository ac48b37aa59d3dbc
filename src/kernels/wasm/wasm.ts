import { AbortedError, TandemError } from "../../errors.js";
import { BufferMemory } from "../buffer-memory.js";
import { defaultThreads } from "../default-threads.js";
import type { Backend, Kernels } from "../kernels.js";
import { MOST_THREADS, STACK_BYTES, type ThreadExports } from "./job.js";
import { kernelsHash } from "./sharing.generated.js";
import { canShareMemory, LEAST_WORK, ThreadPool } from "./threads.js";

/** How the kernels in WebAssembly are made ready. */
export interface WasmOptions {
  /** How many threads work on one kernel; TANDEM_THREADS unless given, else every core. No bit depends on it. */
  threads?: number | undefined;
  /** Operations (kernels.h counts them) from which a call is shared among threads. */
  leastWork?: number;
  /**
   * Where the binary is fetched instead of taken from the package's code: a copy of `tandem-seq2seq/kernels.wasm`, or of
   * `tandem-seq2seq/kernels-threads.wasm`, which has threads and needs memory that can be shared (a page that is cross-origin
   * isolated, or Node.js). It is compiled while it arrives and cached as other files are.
   */
  wasmUrl?: string | URL | undefined;
  /** Stops fetching it; the promise then rejects with AbortedError. */
  signal?: AbortSignal | undefined;
}

const PAGE = 65_536;
/** 4 GiB: all that 32-bit addresses reach. Browsers reserve addresses, not memory. */
const MAXIMUM_PAGES = 65_536;
/** Memory is grown in steps of 16 MiB, so that views are seldom renewed. */
const GROWTH_PAGES = 256;

const bufferMemory = (memory: WebAssembly.Memory, heapStart: number): BufferMemory =>
  new BufferMemory(memory.buffer, heapStart, (end) => growTo(end, memory));

function growTo(end: number, memory: WebAssembly.Memory): ArrayBufferLike {
  const missing = end - memory.buffer.byteLength;
  const pages = Math.ceil(missing / PAGE / GROWTH_PAGES) * GROWTH_PAGES;
  try {
    memory.grow(pages);
  } catch (cause) {
    const asked = (end / 2 ** 20).toFixed(0);
    throw new TandemError(
      `memory: expected at most 4096 MiB for WebAssembly, got a need of ${asked} MiB. Use smaller batches, a smaller vocabulary or a smaller hidden size.`,
      { cause },
    );
  }
  return memory.buffer;
}

/**
 * A backend of its own memory on the kernels compiled to WebAssembly SIMD; of one thread where memory cannot be shared.
 *
 * ```ts
 * import { createWasmBackend } from "tandem-seq2seq";
 *
 * const backend = await createWasmBackend({ threads: 2 });
 * backend.name; // "wasm"
 * backend.dispose?.(); // ends its threads
 * ```
 */
export async function createWasmBackend(options: WasmOptions = {}): Promise<Backend> {
  const { threads = defaultThreads(), leastWork = LEAST_WORK, wasmUrl, signal } = options;
  const most = Math.min(threads, MOST_THREADS);
  if (wasmUrl !== undefined) {
    const module = await fetchModule(wasmUrl, signal);
    if (!isShared(module)) return createPlain(module);
    const memory = canShareMemory() ? sharedMemory() : undefined;
    if (memory) return createShared(module, memory, most, leastWork);
    throw new TandemError(
      `wasmUrl ${wasmUrl}: expected the build without threads, got the one with them, in a page that is not cross-origin isolated. Give kernels.wasm.`,
    );
  }
  const memory = threads > 1 && canShareMemory() ? sharedMemory() : undefined;
  return memory ? createShared(await sharedModule(), memory, most, leastWork) : createPlain(await plainModule());
}

const isShared = (module: WebAssembly.Module): boolean =>
  WebAssembly.Module.exports(module).some(({ name }) => name === "__wasm_init_tls");

/** The binary at `url`, if it is of the kernels this code knows. */
async function fetchModule(url: string | URL, signal: AbortSignal | undefined): Promise<WebAssembly.Module> {
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok)
      throw new TandemError(`wasmUrl ${url}: expected a file, got HTTP status ${response.status}. Check the address.`);
    const module = await compileResponse(response);
    const [section] = WebAssembly.Module.customSections(module, "tandem-kernels");
    const hash = section && new TextDecoder().decode(section);
    if (hash !== kernelsHash)
      throw new TandemError(
        `wasmUrl ${url}: expected the kernels ${kernelsHash}, got ${hash ?? "others"}. Copy kernels.wasm from the installed tandem-seq2seq again.`,
      );
    return module;
  } catch (cause) {
    if (signal?.aborted) throw new AbortedError(`wasmUrl ${url}: fetching was stopped.`, { cause: signal.reason });
    if (cause instanceof TandemError) throw cause;
    const got = cause instanceof WebAssembly.CompileError ? "something else" : "none";
    throw new TandemError(`wasmUrl ${url}: expected a WebAssembly binary, got ${got}. Check the address.`, { cause });
  }
}

/** While it arrives, where the server calls it by its type: no other is compiled so. */
async function compileResponse(response: Response): Promise<WebAssembly.Module> {
  return response.headers.get("content-type") === "application/wasm"
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

async function createPlain(module: WebAssembly.Module): Promise<Backend> {
  const memory = new WebAssembly.Memory({ initial: GROWTH_PAGES, maximum: MAXIMUM_PAGES });
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const heapStart = (exports["__heap_base"] as WebAssembly.Global).value as number;
  return {
    name: "wasm",
    threads: 1,
    memory: bufferMemory(memory, heapStart),
    kernels: exports as unknown as Kernels,
  };
}

async function createShared(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  threads: number,
  leastWork: number,
): Promise<Backend> {
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const exports = instance.exports as unknown as ThreadExports;
  const stacks = Math.ceil((exports.__heap_base.value as number) / 64) * 64;
  const pool = new ThreadPool(module, memory, exports, stacks, threads);
  return {
    name: "wasm",
    threads,
    get workers() {
      return pool.workers;
    },
    memory: bufferMemory(memory, stacks + (threads - 1) * STACK_BYTES),
    kernels: pool.shareKernels(leastWork),
    dispose: () => pool.close(),
  };
}

/** Some browsers reserve all that a shared memory may grow to, and not every device has it. */
function sharedMemory(): WebAssembly.Memory | undefined {
  try {
    return new WebAssembly.Memory({ initial: GROWTH_PAGES, maximum: MAXIMUM_PAGES, shared: true });
  } catch {
    return undefined;
  }
}

/** Compiles a build of the kernels at the first call. Its bytes are loaded only then. */
function compileOnce(load: () => Promise<{ wasmBase64: string }>): () => Promise<WebAssembly.Module> {
  let compiled: Promise<WebAssembly.Module> | undefined;
  return () => (compiled ??= load().then(({ wasmBase64 }) => WebAssembly.compile(bytesOfBase64(wasmBase64))));
}
const plainModule = compileOnce(() => import("./binary.generated.js"));
const sharedModule = compileOnce(() => import("./binary-threads.generated.js"));

function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
