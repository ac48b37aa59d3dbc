import { FreeList } from "./free-list.js";
import type { Memory } from "./kernels.js";

/** Memory in the bytes of one buffer. It never shrinks; what is released is used again. */
export class BufferMemory implements Memory {
  readonly bytesPerElement = 4;
  readonly bytesPerInt8 = 1;
  readonly #list: FreeList;
  #floats!: Float32Array;
  #ints!: Int32Array;
  #int8s!: Int8Array;

  /** Bytes before `heapStart` are not given away. `grow` makes the buffer reach `end` and gives what it is from then on. */
  constructor(buffer: ArrayBufferLike, heapStart: number, grow: (end: number) => ArrayBufferLike) {
    this.#lookAt(buffer);
    this.#list = new FreeList(heapStart, (end) => {
      if (end > this.#int8s.byteLength) this.#lookAt(grow(end));
    });
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

  int8s(pointer: number, count: number): Int8Array {
    return this.#int8s.subarray(pointer, pointer + count);
  }

  /** The one place where views are made. */
  #lookAt(buffer: ArrayBufferLike): void {
    this.#floats = new Float32Array(buffer);
    this.#ints = new Int32Array(buffer);
    this.#int8s = new Int8Array(buffer);
  }
}
