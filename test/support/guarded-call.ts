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
  /** Calls `visit` with each element's index in the view and in the dense rows; −1 for guards and gaps. */
  const eachElement = ({ spec, stride, length }: Place, visit: (index: number, dense: number) => void) => {
    for (let index = 0; index < length + 2 * GUARD; index++) {
      const at = index - GUARD;
      const inside = at >= 0 && at < length && at % stride < spec.columns;
      visit(index, inside ? Math.floor(at / stride) * spec.columns + (at % stride) : -1);
    }
  };
  for (const place of places) {
    const elements = view(place);
    const { role, type, values } = place.spec;
    const { guard: around, poison } = type ? INTEGERS[type] : { guard, poison: Number.NaN };
    eachElement(place, (index, dense) => {
      elements[index] = dense < 0 ? around : role === "input" || role === "added" ? values![dense]! : poison;
    });
  }

  const starts = new Map(places.map(({ name, start, size }) => [name, start + GUARD * size]));
  call(kernels, (name) => starts.get(name) ?? 0);

  const results: Record<string, Float64Array> = {};
  for (const place of places) {
    const elements = view(place);
    const { role, type, values, rows, columns } = place.spec;
    const around = type ? INTEGERS[type].guard : Math.fround(guard);
    const dense = new Float64Array(rows * columns);
    eachElement(place, (index, at) => {
      const found = elements[index]!;
      if (at >= 0) dense[at] = found;
      if (at < 0 && !Object.is(found, around))
        expect.fail(`${backend.name} ${place.name}: wrote ${found} at element ${index - GUARD} of ${place.length}.`);
      if (at >= 0 && role === "input" && found !== values![at])
        expect.fail(`${backend.name} ${place.name}: changed input element ${at} to ${found}.`);
    });
    if (role === "written" || role === "added") results[place.name] = dense;
  }
  for (const { start, bytes } of places) memory.release(start, bytes);
  return results;
}
