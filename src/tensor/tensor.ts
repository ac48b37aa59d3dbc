import { ShapeError, TandemError } from "../errors.js";
import type { Backend, Pointer } from "../kernels/kernels.js";
import { Scope } from "./scope.js";

/** Sizes from the outermost axis to the innermost. */
export type Shape = readonly number[];

/** What an operation left behind for the way back: where its inputs came from and how gradients flow to them. */
export interface GraphNode {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** Adds to the gradients of the inputs, given those of the outputs. */
  readonly backward: () => void;
}

/** The gradient of some rows of a table: values[count, row size] belong to the rows whose numbers stand at `rows`. */
export interface RowGradient {
  rows: Pointer;
  count: number;
  values: Pointer;
}

/** Numbers of one shape in a backend's memory, row-major, living as long as the scope that made them. */
export class Tensor {
  static #count = 0;

  /** A number that no other tensor has. */
  readonly id = Tensor.#count++;
  readonly size: number;
  /** Whether gradients are wanted for it: parameters, and what was computed from them. */
  needsGradient = false;
  /** The tensor whose numbers, and whose gradient, it shows under another shape. */
  viewOf: Tensor | undefined;
  /** The operation that made it; absent on leaves. */
  node: GraphNode | undefined;
  /** Grows with every change of a parameter's numbers, by `set` or by an optimiser: what was packed from them is old then. */
  version = 0;
  /** Where its gradient stands; 0 until one flows in. */
  gradient: Pointer = 0;
  /** Of a table that is read by rows: the gradient of these rows alone, while all others have none. */
  rowGradient: RowGradient | undefined;
  /** Of an embedding's table: its gradient may be one of rows. */
  readByRows = false;
  /** Set by an optimiser that puts off work on rows without gradient: to be called before these rows, or all, are read. */
  bringUpToDate: ((rows?: { pointer: Pointer; count: number }) => void) | undefined;
  /** Of a weight of 8 bits: what the numbers of each row are multiplied by, [rows]. */
  scales: Tensor | undefined;

  constructor(
    readonly backend: Backend,
    readonly shape: Shape,
    readonly pointer: Pointer,
    readonly type: "float" | "int" | "int8" = "float",
  ) {
    this.size = sizeOf(shape);
  }

  /** A copy of the numbers, row-major; of a weight of 8 bits those it stands for. */
  toArray(): Float32Array | Float64Array | Int32Array {
    this.bringUpToDate?.();
    const { memory } = this.backend;
    if (this.scales) {
      const scales = this.scales.toArray();
      const width = this.size / scales.length;
      const values = new Float32Array(memory.int8s(this.pointer, this.size));
      for (let i = 0; i < values.length; i++) values[i]! *= scales[Math.floor(i / width)]!;
      return values;
    }
    return (
      this.type === "int" ? memory.ints(this.pointer, this.size) : memory.floats(this.pointer, this.size)
    ).slice();
  }

  /** A copy of the gradient, or undefined if none flowed in. */
  gradientArray(): Float32Array | Float64Array | undefined {
    const { memory } = this.backend;
    if (this.rowGradient) {
      const { rows, count, values } = this.rowGradient;
      const width = this.shape.at(-1)!;
      const all = memory.bytesPerElement === 8 ? new Float64Array(this.size) : new Float32Array(this.size);
      for (const [i, row] of memory.ints(rows, count).entries())
        all.set(memory.floats(values + i * width * memory.bytesPerElement, width), row * width);
      return all;
    }
    return this.gradient ? memory.floats(this.gradient, this.size).slice() : undefined;
  }

  /** The only number of a tensor of one element. */
  item(): number {
    if (this.size !== 1) throw new ShapeError(`item: expected one element, got [${this.shape.join(", ")}].`);
    return this.backend.memory.floats(this.pointer, 1)[0]!;
  }

  /** Writes all its numbers, in row-major order. */
  set(values: ArrayLike<number>): this {
    if (this.scales)
      throw new TandemError(
        "set: expected float32 weights, got int8 ones. Change those of the model they were made from.",
      );
    if (values.length !== this.size)
      throw new ShapeError(`set: expected ${this.size} numbers for [${this.shape.join(", ")}], got ${values.length}.`);
    this.bringUpToDate?.();
    this.version++;
    const { memory } = this.backend;
    (this.type === "int" ? memory.ints(this.pointer, this.size) : memory.floats(this.pointer, this.size)).set(values);
    return this;
  }
}

/** How many elements a tensor of this shape has. */
export function sizeOf(shape: Shape): number {
  let product = 1;
  for (const size of shape) product *= size;
  return product;
}

export const describeShape = (tensor: Tensor): string => `[${tensor.shape.join(", ")}]`;

/** An uninitialised tensor in the current scope. */
export function empty(shape: Shape): Tensor {
  const scope = Scope.current;
  return new Tensor(scope.backend, shape, scope.allocate(sizeOf(shape)));
}

/** A tensor of zeros in the current scope. */
export function zeros(shape: Shape): Tensor {
  const tensor = empty(shape);
  tensor.backend.kernels.fill(tensor.pointer, 0, tensor.size);
  return tensor;
}

/** Numbers from outside, in the current scope. */
export function tensor(values: ArrayLike<number>, shape: Shape): Tensor {
  return empty(shape).set(values);
}

/** Ids from outside, in the current scope. */
export function ints(values: ArrayLike<number>, shape: Shape): Tensor {
  const scope = Scope.current;
  return new Tensor(scope.backend, shape, scope.allocate(sizeOf(shape)), "int").set(values);
}

/** A weight [rows, columns] of 8 bits: row i of it is scales[i] · numbers[i]. */
export interface Int8Weight {
  shape: Shape;
  numbers: Int8Array;
  scales: Float32Array;
}

/** A weight of 8 bits from outside, in the current scope. Products and embeddings read it as it is; it is not trained. */
export function int8Weight({ shape, numbers, scales }: Int8Weight): Tensor {
  const size = sizeOf(shape);
  if (shape.length !== 2 || numbers.length !== size || scales.length !== shape[0])
    throw new ShapeError(
      `int8Weight: expected the numbers and row scales of a matrix [${shape.join(", ")}], got ${numbers.length} numbers and ${scales.length} scales.`,
    );
  const scope = Scope.current;
  const { backend } = scope;
  const weight = new Tensor(backend, shape, allocateInt8s(scope, size), "int8");
  weight.scales = tensor(scales, [scales.length]);
  backend.memory.int8s(weight.pointer, size).set(numbers);
  return weight;
}

/** Memory of `scope` for `count` numbers of 8 bits. */
export function allocateInt8s(scope: Scope, count: number): Pointer {
  const { bytesPerInt8, bytesPerElement } = scope.backend.memory;
  return scope.allocate(Math.ceil((count * bytesPerInt8) / bytesPerElement));
}

/** Kernels trust ids as they trust sizes; here each is seen to be one of 0 … count − 1. */
export function checkIds(operation: string, ids: Tensor, count: number): void {
  for (const id of ids.backend.memory.ints(ids.pointer, ids.size))
    if (!(id >= 0 && id < count)) throw new ShapeError(`${operation}: expected ids from 0 to ${count - 1}, got ${id}.`);
}
