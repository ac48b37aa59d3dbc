import { TandemError } from "../../errors.js";
import { FreeList } from "../free-list.js";
import type { Backend, Kernels, Memory } from "../kernels.js";
import { kernelsWasmBase64 } from "./binary.generated.js";

const PAGE = 65_536;
/** 4 GiB: all that 32-bit addresses reach. Browsers reserve addresses, not memory. */
const MAXIMUM_PAGES = 65_536;
/** Memory is grown in steps of 16 MiB, so that views are seldom renewed. */
const GROWTH_PAGES = 256;

/** One WebAssembly memory. It never shrinks; what is released is used again. */
class WasmMemory implements Memory {
  readonly bytesPerElement = 4;
  readonly #memory: WebAssembly.Memory;
  readonly #list: FreeList;
  #floats: Float32Array;
  #ints: Int32Array;

  constructor(memory: WebAssembly.Memory, heapStart: number) {
    this.#memory = memory;
    this.#floats = new Float32Array(memory.buffer);
    this.#ints = new Int32Array(memory.buffer);
    this.#list = new FreeList(heapStart, (end) => this.#growTo(end));
  }

  get reservedBytes(): number {
    return this.#list.reservedBytes;
  }

  reserve(bytes: number): number {
    return this.#list.reserve(bytes);
  }

  release(pointer: number, bytes: number): void {
    this.#list.release(pointer, bytes);
  }

  floats(pointer: number, count: number): Float32Array {
    return this.#floats.subarray(pointer / 4, pointer / 4 + count);
  }

  ints(pointer: number, count: number): Int32Array {
    return this.#ints.subarray(pointer / 4, pointer / 4 + count);
  }

  /** The one place where the memory grows and its views are renewed. */
  #growTo(end: number): void {
    const missing = end - this.#memory.buffer.byteLength;
    if (missing <= 0) return;
    const pages = Math.ceil(missing / PAGE / GROWTH_PAGES) * GROWTH_PAGES;
    try {
      this.#memory.grow(pages);
    } catch (cause) {
      const asked = (end / 2 ** 20).toFixed(0);
      throw new TandemError(
        `memory: expected at most 4096 MiB for WebAssembly, got a need of ${asked} MiB. Use smaller batches, a smaller vocabulary or a smaller hidden size.`,
        { cause },
      );
    }
    this.#floats = new Float32Array(this.#memory.buffer);
    this.#ints = new Int32Array(this.#memory.buffer);
  }
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** A backend of its own memory on the kernels compiled to WebAssembly SIMD. */
export async function createWasmBackend(): Promise<Backend> {
  compiled ??= WebAssembly.compile(bytesOfBase64(kernelsWasmBase64));
  const memory = new WebAssembly.Memory({ initial: GROWTH_PAGES, maximum: MAXIMUM_PAGES });
  const { exports } = await WebAssembly.instantiate(await compiled, { env: { memory } });
  const heapStart = (exports["__heap_base"] as WebAssembly.Global).value as number;
  return {
    name: "wasm",
    threads: 1,
    memory: new WasmMemory(memory, heapStart),
    kernels: exports as unknown as Kernels,
  };
}

function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
