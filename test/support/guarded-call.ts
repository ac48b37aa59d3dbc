import { expect } from "vitest";
import type { Backend, Kernels, Pointer } from "../../src/kernels/kernels.js";

/** One argument of a kernel: `rows` rows of `columns` elements, `stride` apart. */
export interface BufferSpec {
  /** `input` must not change, `written` is NaN before the call, `added` holds numbers, `scratch` is the kernel's own. */
  role: "input" | "written" | "added" | "scratch";
  rows: number;
  columns: number;
  stride?: number;
  type?: "int" | "int8";
  /** What `input` and `added` hold, rows · columns numbers. */
  values?: ArrayLike<number>;
  /** Whether its rows belong to the rows of the batch, equally many to each. */
  batch?: boolean;
}

export type Buffers = Record<string, BufferSpec>;
export type Pointers = (name: string) => Pointer;

/** Elements before and after every buffer that nobody may touch. */
const GUARD = 16;
/** By type: what stands there, and in what has not been written yet. */
const INTEGERS = { int: { guard: 123_456_789, poison: -1 }, int8: { guard: 99, poison: -99 } };

/**
 * Calls kernels on buffers with guard zones around them and in the gaps between rows, and gives what `written` and
 * `added` buffers hold afterwards, without the gaps. A buffer that is not there is the null pointer.
 *
 * A guard of NaN shows reads that reach a result, a finite one shows every write.
 */
export function guardedCall(
  backend: Backend,
  buffers: Buffers,
  guard: number,
  call: (kernels: Kernels, pointer: Pointers) => void,
): Record<string, Float64Array> {
  const { memory, kernels } = backend;
  const places = Object.entries(buffers).map(([name, spec]) => {
    const stride = spec.stride ?? spec.columns;
    const length = spec.rows === 0 ? 0 : (spec.rows - 1) * stride + spec.columns;
    const size = spec.type === "int8" ? memory.bytesPerInt8 : memory.bytesPerElement;
    const bytes = (length + 2 * GUARD) * size;
    return { name, spec, stride, length, size, bytes, start: memory.reserve(bytes) };
  });
  type Place = (typeof places)[number];
  const view = ({ spec, start, length }: Place) => memory[`${spec.type ?? "float"}s`](start, length + 2 * GUARD);
  /** Where the rows of a place begin in its view. */
  const rowStarts = ({ spec, stride }: Place) => Array.from({ length: spec.rows }, (_, row) => GUARD + row * stride);
  for (const place of places) {
    const elements = view(place);
    const { role, type, values, columns, rows } = place.spec;
    const { guard: around, poison } = type ? INTEGERS[type] : { guard, poison: Number.NaN };
    elements.fill(around);
    const given =
      role === "input" || role === "added" ? Float64Array.from(values!).subarray(0, rows * columns) : undefined;
    for (const [row, start] of rowStarts(place).entries())
      if (given) elements.set(given.subarray(row * columns, (row + 1) * columns), start);
      else elements.fill(poison, start, start + columns);
  }

  const starts = new Map(places.map(({ name, start, size }) => [name, start + GUARD * size]));
  call(kernels, (name) => starts.get(name) ?? 0);

  const results: Record<string, Float64Array> = {};
  for (const place of places) {
    const elements = view(place);
    const { role, type, values, rows, columns } = place.spec;
    const around = type ? INTEGERS[type].guard : Math.fround(guard);
    const dense = new Float64Array(rows * columns);
    let outside = 0;
    for (const [row, start] of rowStarts(place).entries()) {
      checkGuard(elements, outside, start);
      outside = start + columns;
      dense.set(elements.subarray(start, outside), row * columns);
    }
    checkGuard(elements, outside, elements.length);
    if (role === "written" || role === "added") results[place.name] = dense;
    if (role === "input")
      for (let at = 0; at < dense.length; at++)
        if (dense[at] !== values![at])
          expect.fail(`${backend.name} ${place.name}: changed input element ${at} to ${dense[at]}.`);

    function checkGuard(elements: ArrayLike<number>, from: number, to: number): void {
      for (let index = from; index < to; index++)
        if (!Object.is(elements[index], around))
          expect.fail(
            `${backend.name} ${place.name}: wrote ${elements[index]} at element ${index - GUARD} of ${place.length}.`,
          );
    }
  }
  for (const { start, bytes } of places) memory.release(start, bytes);
  return results;
}
