import { ShapeError } from "../../errors.js";
import type { Pointer } from "../../kernels/kernels.js";
import { addGradient, gradientOf, record } from "../autograd.js";
import { Scope } from "../scope.js";
import { checkIds, describeShape, empty, ints, type Shape, sizeOf, Tensor } from "../tensor.js";

/** Tensors side by side along the last axis: [a; b; …]. */
export function concat(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (first === undefined) throw new ShapeError("concat: expected at least one tensor, got none.");
  if (parts.length === 1) return first;
  const { kernels, memory } = first.backend;
  const outer = first.shape.slice(0, -1);
  for (const part of parts)
    if (part.shape.slice(0, -1).join() !== outer.join())
      throw new ShapeError(`concat: outer sizes must match, got ${parts.map(describeShape).join(" and ")}.`);
  const width = parts.reduce((total, part) => total + part.shape.at(-1)!, 0);
  const rows = first.size / first.shape.at(-1)!;
  const y = empty([...outer, width]);
  /** Calls `visit` with each part, its width and the byte offset of its first column. */
  const eachPart = (visit: (part: Tensor, columns: number, offset: number) => void) => {
    let column = 0;
    for (const part of parts) {
      visit(part, part.shape.at(-1)!, column * memory.bytesPerElement);
      column += part.shape.at(-1)!;
    }
  };
  eachPart((part, columns, offset) =>
    kernels.copyRows(y.pointer + offset, width, part.pointer, columns, rows, columns, 0),
  );
  record(parts, [y], () =>
    eachPart((part, columns, offset) => {
      if (part.needsGradient) kernels.copyRows(gradientOf(part), columns, y.gradient + offset, width, rows, columns, 1);
    }),
  );
  return y;
}

/** The columns first … first + count − 1 of the last axis. */
export function selectColumns(x: Tensor, first: number, count: number): Tensor {
  const width = x.shape.at(-1)!;
  if (first < 0 || first + count > width)
    throw new ShapeError(
      `selectColumns: expected columns below ${width} for ${describeShape(x)}, got ${first} to ${first + count - 1}.`,
    );
  const { kernels, memory } = x.backend;
  const rows = x.size / width;
  const offset = first * memory.bytesPerElement;
  const y = empty([...x.shape.slice(0, -1), count]);
  kernels.copyRows(y.pointer, count, x.pointer + offset, width, rows, count, 0);
  record([x], [y], () => kernels.copyRows(gradientOf(x) + offset, width, y.gradient, count, rows, count, 1));
  return y;
}

/** x[batch, m, n, size] → [batch, n, m, size] */
export function swapAxes(x: Tensor): Tensor {
  const [batch, m, n, size] = x.shape as [number, number, number, number];
  if (m === 1 || n === 1) return reshape(x, [batch, n, m, size]);
  const { kernels, memory } = x.backend;
  const y = empty([batch, n, m, size]);
  const at = (pointer: Pointer, row: number) => pointer + row * size * memory.bytesPerElement;
  for (let b = 0; b < batch; b++)
    for (let j = 0; j < n; j++)
      kernels.copyRows(at(y.pointer, (b * n + j) * m), size, at(x.pointer, b * m * n + j), n * size, m, size, 0);
  record([x], [y], () => {
    const dx = gradientOf(x);
    for (let b = 0; b < batch; b++)
      for (let j = 0; j < n; j++)
        kernels.copyRows(at(dx, b * m * n + j), n * size, at(y.gradient, (b * n + j) * m), size, m, size, 1);
  });
  return y;
}

/** Rows of x[batch, size] where mask[batch, time] is 1 at this `time`; elsewhere those of `otherwise`, or 0. */
export function whereReal(x: Tensor, otherwise: Tensor | undefined, mask: Tensor, time: number): Tensor {
  const [batch, size] = x.shape as [number, number];
  const { kernels, memory } = x.backend;
  const times = mask.size / batch;
  const ones = memory.floats(mask.pointer, mask.size);
  const isReal = Array.from({ length: batch }, (_, row) => ones[row * times + time] !== 0);
  if (isReal.every((real) => real)) return x;
  const y = empty(x.shape);
  /** One row of each, where it comes from or goes back to. */
  const eachRow = (visit: (chosen: Tensor | undefined, offset: number) => void) => {
    for (const [row, real] of isReal.entries()) visit(real ? x : otherwise, row * size * memory.bytesPerElement);
  };
  eachRow((chosen, offset) => {
    if (chosen) kernels.copyRows(y.pointer + offset, size, chosen.pointer + offset, size, 1, size, 0);
    else kernels.fill(y.pointer + offset, 0, size);
  });
  record(otherwise ? [x, otherwise] : [x], [y], () =>
    eachRow((chosen, offset) => {
      if (chosen?.needsGradient)
        kernels.copyRows(gradientOf(chosen) + offset, size, y.gradient + offset, size, 1, size, 1);
    }),
  );
  return y;
}

/** The same numbers, and the same gradient, under another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sizeOf(shape) !== x.size)
    throw new ShapeError(`reshape: expected ${x.size} elements as in ${describeShape(x)}, got [${shape.join(", ")}].`);
  const y = new Tensor(x.backend, shape, x.pointer, x.type);
  y.viewOf = x;
  record([x], [y], () => {});
  return y;
}

/** x[batch, time, size] → [batch, size] at one time. */
export function selectTime(x: Tensor, time: number): Tensor {
  const [batch, times, size] = x.shape as [number, number, number];
  if (time < 0 || time >= times)
    throw new ShapeError(`selectTime: expected a time below ${times} for ${describeShape(x)}, got ${time}.`);
  const { kernels, memory } = x.backend;
  const offset = time * size * memory.bytesPerElement;
  const y = empty([batch, size]);
  kernels.copyRows(y.pointer, size, x.pointer + offset, times * size, batch, size, 0);
  record([x], [y], () => kernels.copyRows(gradientOf(x) + offset, times * size, y.gradient, size, batch, size, 1));
  return y;
}

/** x[batch, time, size] → [time, batch, size]: each time in one piece. */
export function timeFirst(x: Tensor): Tensor {
  const [batch, times, size] = x.shape as [number, number, number];
  return reshape(swapAxes(reshape(x, [1, batch, times, size])), [times, batch, size]);
}

/**
 * x[time, …] → its times, each […], where they stand. Takes x over, which must not be read elsewhere: its gradient is
 * written in its place.
 */
export function unstack(x: Tensor): Tensor[] {
  const [times, ...shape] = x.shape as [number, ...number[]];
  const size = sizeOf(shape);
  const { kernels, memory } = x.backend;
  const parts = Array.from(
    { length: times },
    (_, time) => new Tensor(x.backend, shape, x.pointer + time * size * memory.bytesPerElement),
  );
  record([x], parts, () => {
    for (const { pointer, gradient } of parts)
      if (gradient === 0) kernels.fill(pointer, 0, size);
      else if (gradient !== pointer) kernels.copyRows(pointer, size, gradient, size, 1, size, 0);
    addGradient(x, x.pointer);
  });
  return parts;
}

/** x[batch, size] at every one of `times` → [batch, times, size]. */
export function repeatTime(x: Tensor, times: number): Tensor {
  return spread(x, times, undefined);
}

/** x[batch, time, size] + y[batch, size], the same y at every time. */
export function addToEachTime(x: Tensor, y: Tensor): Tensor {
  const [batch, times, size] = x.shape as [number, number, number];
  if (y.shape.join() !== `${batch},${size}`)
    throw new ShapeError(`addToEachTime: sizes must match, got ${describeShape(x)} and ${describeShape(y)}.`);
  return spread(y, times, x);
}

/** What stands at each time: y, added to `onto` if that is given. */
function spread(y: Tensor, times: number, onto: Tensor | undefined): Tensor {
  const [batch, size] = y.shape as [number, number];
  const { kernels, memory } = y.backend;
  const result = empty([batch, times, size]);
  if (onto) kernels.copyRows(result.pointer, result.size, onto.pointer, result.size, 1, result.size, 0);
  const at = (pointer: Pointer, t: number) => pointer + t * size * memory.bytesPerElement;
  for (let t = 0; t < times; t++)
    kernels.copyRows(at(result.pointer, t), times * size, y.pointer, size, batch, size, onto ? 1 : 0);
  record(onto ? [y, onto] : [y], [result], () => {
    if (y.needsGradient)
      for (let t = 0; t < times; t++)
        kernels.copyRows(gradientOf(y), size, at(result.gradient, t), times * size, batch, size, 1);
    if (onto?.needsGradient) kernels.addScaled(gradientOf(onto), result.gradient, 1, result.size);
  });
  return result;
}

/** Tensors [batch, size], one for each time → [batch, time, size]. */
export function stackTime(steps: readonly Tensor[]): Tensor {
  const [first] = steps;
  if (first === undefined) throw new ShapeError("stackTime: expected at least one step, got none.");
  for (const step of steps)
    if (step.shape.join() !== first.shape.join())
      throw new ShapeError(`stackTime: shapes must be equal, got ${describeShape(first)} and ${describeShape(step)}.`);
  const [batch, size] = first.shape as [number, number];
  const { kernels, memory } = first.backend;
  const y = empty([batch, steps.length, size]);
  const stride = steps.length * size;
  for (const [t, step] of steps.entries())
    kernels.copyRows(y.pointer + t * size * memory.bytesPerElement, stride, step.pointer, size, batch, size, 0);
  record(steps, [y], () => {
    for (const [t, step] of steps.entries())
      if (step.needsGradient) {
        const from = y.gradient + t * size * memory.bytesPerElement;
        kernels.copyRows(gradientOf(step), size, from, stride, batch, size, 1);
      }
  });
  return y;
}

/**
 * Rows of `table[rows, size]` by their numbers `ids[…]` → [...ids, size]. Embeddings, and the real tokens out of a
 * padded batch. The gradient of a table that is read by rows is one of rows, as long as nothing else adds to it.
 */
export function selectRows(table: Tensor, ids: Tensor): Tensor {
  const size = table.shape.at(-1)!;
  checkIds("selectRows", ids, table.size / size);
  const { kernels } = table.backend;
  const wanted = table.needsGradient && Scope.current.gradients;
  const distinct = table.readByRows && (table.bringUpToDate || wanted) ? distinctRows(ids, table) : undefined;
  table.bringUpToDate?.(distinct && { pointer: distinct.rows.pointer, count: distinct.rows.size });
  const y = empty([...ids.shape, size]);
  kernels.gather(y.pointer, table.pointer, ids.pointer, ids.size, size);
  record([table], [y], () => {
    if (distinct === undefined || table.gradient !== 0 || table.rowGradient !== undefined)
      return kernels.scatterAdd(gradientOf(table), y.gradient, ids.pointer, ids.size, size);
    const { rows, places } = distinct;
    const values = Scope.current.allocate(rows.size * size);
    kernels.fill(values, 0, rows.size * size);
    kernels.scatterAdd(values, y.gradient, places.pointer, places.size, size);
    table.rowGradient = { rows: rows.pointer, count: rows.size, values };
  });
  return y;
}

/** x[rows, …] → [numbers, …]: rows by their numbers, whatever a row holds. */
export function selectRowsOf(x: Tensor, numbers: Int32Array): Tensor {
  const [rows, ...inner] = x.shape as [number, ...number[]];
  const flat = reshape(x, [rows, x.size / rows]);
  return reshape(selectRows(flat, ints(numbers, [numbers.length])), [numbers.length, ...inner]);
}

/** The distinct rows that `ids` names, in the order of their first appearance, and where among them each id is. */
function distinctRows(ids: Tensor, table: Tensor): { rows: Tensor; places: Tensor } {
  const numbers = ids.backend.memory.ints(ids.pointer, ids.size);
  const placeOf = new Int32Array(table.shape[0]!).fill(-1);
  const rows: number[] = [];
  const places = Int32Array.from(numbers, (row) => {
    if (placeOf[row]! < 0) placeOf[row] = rows.push(row) - 1;
    return placeOf[row]!;
  });
  return { rows: ints(rows, [rows.length]), places: ints(places, [places.length]) };
}
