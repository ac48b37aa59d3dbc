import { FreeList } from "../free-list.js";
import type { Backend, Memory } from "../kernels.js";
import { createReferenceKernels } from "./reference-kernels.js";

/** Float64 memory as a plain array that is copied when it grows. Ids and weights of 8 bits are held as numbers. */
export class ReferenceMemory implements Memory {
  readonly bytesPerElement = 8;
  readonly bytesPerInt8 = 8;
  data = new Float64Array(1 << 16);
  readonly #list = new FreeList(64, (end) => {
    if (end <= this.data.byteLength) return;
    const grown = new Float64Array(Math.max(end, 2 * this.data.byteLength) / 8);
    grown.set(this.data);
    this.data = grown;
  });

  get reservedBytes(): number {
    return this.#list.reservedBytes;
  }

  reserve(bytes: number): number {
    return this.#list.reserve(bytes);
  }

  release(pointer: number, bytes: number): void {
    this.#list.release(pointer, bytes);
  }

  floats(pointer: number, count: number): Float64Array {
    return this.data.subarray(pointer / 8, pointer / 8 + count);
  }

  ints(pointer: number, count: number): Float64Array {
    return this.floats(pointer, count);
  }

  int8s(pointer: number, count: number): Float64Array {
    return this.floats(pointer, count);
  }
}

/** The oracle: plain TypeScript in float64, written for reading rather than speed. */
export function createReferenceBackend(): Backend {
  const memory = new ReferenceMemory();
  return { name: "reference", threads: 1, memory, kernels: createReferenceKernels(memory) };
}
