import type { Pointer } from "./kernels.js";

const ALIGNMENT = 64;

/** Hands out and takes back ranges of one growing address space: first fit, neighbours joined when released. */
export class FreeList {
  /** Free ranges in address order. */
  readonly #free: { start: number; bytes: number }[] = [];
  #end: number;
  #reserved = 0;

  /**
   * @param start the first usable address
   * @param grow  makes everything below `end` usable, or throws
   */
  constructor(
    start: number,
    readonly grow: (end: number) => void,
  ) {
    this.#end = Math.ceil(start / ALIGNMENT) * ALIGNMENT;
  }

  get reservedBytes(): number {
    return this.#reserved;
  }

  reserve(bytes: number): Pointer {
    const wanted = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const found = this.#free.findIndex((range) => range.bytes >= wanted);
    if (found >= 0) {
      const range = this.#free[found]!;
      const pointer = range.start;
      range.start += wanted;
      range.bytes -= wanted;
      if (range.bytes === 0) this.#free.splice(found, 1);
      this.#reserved += wanted;
      return pointer;
    }
    const last = this.#free.at(-1);
    const pointer = last && last.start + last.bytes === this.#end ? last.start : this.#end;
    this.grow(pointer + wanted);
    if (pointer !== this.#end) this.#free.pop();
    this.#end = pointer + wanted;
    this.#reserved += wanted;
    return pointer;
  }

  release(pointer: Pointer, bytes: number): void {
    const size = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    this.#reserved -= size;
    const after = this.#free.findIndex((range) => range.start > pointer);
    const at = after < 0 ? this.#free.length : after;
    this.#free.splice(at, 0, { start: pointer, bytes: size });
    for (const left of [at, at - 1]) {
      const range = this.#free[left];
      const next = this.#free[left + 1];
      if (range && next && range.start + range.bytes === next.start) {
        range.bytes += next.bytes;
        this.#free.splice(left + 1, 1);
      }
    }
  }
}
