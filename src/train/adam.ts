import type { Backend, Pointer } from "../kernels/kernels.js";
import type { StoredTensor } from "../models/safetensors.js";
import type { Parameters } from "../nn/index.js";
import { Scope, type Tensor } from "../tensor/index.js";
import type { PartState, StatefulPart } from "./checkpoint.js";

export interface AdamOptions {
  beta1?: number;
  beta2?: number;
  epsilon?: number;
}

interface Moments {
  first: Pointer;
  second: Pointer;
  size: number;
  /** Of a table that is read by rows, int [rows]: the last step each row has been through; −1 before its first gradient. */
  updated: Pointer;
}

/** Steps that rows may lie behind: after so many, all rows catch up. */
const HISTORY_STEPS = 1024;

/**
 * Adam (Kingma & Ba 2015, algorithm 1, arXiv:1412.6980), its moments in a scope of their own.
 *
 * Rows of an embedding that a step did not read have the gradient 0, and Adam moves them all the same, by their moments.
 * Here these steps are put off and made up for, in order and to the last bit, before the row is read again (or saved): a
 * step costs the rows it touched, not the vocabulary.
 */
export class Adam implements StatefulPart {
  /** Steps taken. */
  steps = 0;
  readonly #moments = new Map<string, Moments>();
  readonly #scope: Scope;
  readonly #options: Required<AdamOptions>;
  /** learningRate / (1 − β₁ᵗ) and √(1 − β₂ᵗ) of the steps after `#historyStart`, [HISTORY_STEPS, 2]. */
  readonly #history: Pointer;
  #historyStart = 0;

  constructor(
    readonly backend: Backend,
    readonly parameters: Parameters,
    options: AdamOptions = {},
  ) {
    this.#options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...options };
    this.#scope = new Scope(backend);
    this.#history = this.#scope.allocate(2 * HISTORY_STEPS);
    for (const [name, tensor] of parameters) {
      const { size, shape, readByRows } = tensor;
      const moments: Moments = {
        first: this.#scope.allocate(size),
        second: this.#scope.allocate(size),
        size,
        updated: 0,
      };
      for (const pointer of [moments.first, moments.second]) backend.kernels.fill(pointer, 0, size);
      if (readByRows) {
        moments.updated = this.#scope.allocate(shape[0]!);
        backend.memory.ints(moments.updated, shape[0]!).fill(-1);
        tensor.bringUpToDate = (rows) => this.#replay(tensor, moments, rows);
      }
      this.#moments.set(name, moments);
    }
  }

  /** One step on the gradients times `gradientScale`; a parameter without a gradient is left alone. */
  step(learningRate: number, gradientScale: number): void {
    const { beta1, beta2, epsilon } = this.#options;
    const { kernels, memory } = this.backend;
    if (this.steps - this.#historyStart === HISTORY_STEPS) this.#forgetHistory();
    this.steps++;
    const rate = learningRate / (1 - beta1 ** this.steps);
    const root = Math.sqrt(1 - beta2 ** this.steps);
    const constants = [rate, root, beta1, beta2, epsilon] as const;
    for (const [name, tensor] of this.parameters) {
      const { pointer, gradient, rowGradient, size } = tensor;
      const { first, second, updated } = this.#moments.get(name)!;
      if (gradient !== 0 || rowGradient) tensor.version++;
      if (rowGradient) {
        const { rows, count, values } = rowGradient;
        const places = [pointer, first, second, updated, values, rows] as const;
        kernels.adamRows(...places, gradientScale, ...constants, this.steps, count, tensor.shape.at(-1)!);
      } else if (gradient !== 0) {
        if (updated) {
          this.#replay(tensor, this.#moments.get(name)!, undefined, this.steps - 1);
          memory.ints(updated, tensor.shape[0]!).fill(this.steps);
        }
        kernels.adam(pointer, first, second, gradient, gradientScale, ...constants, size);
      }
    }
    memory.floats(this.#history, 2 * HISTORY_STEPS).set([rate, root], 2 * (this.steps - 1 - this.#historyStart));
  }

  /** The moments and the steps taken, when every row has made up for the steps it missed. */
  state(): PartState {
    for (const [, tensor] of this.parameters) tensor.bringUpToDate?.();
    const tensors = new Map<string, StoredTensor>();
    for (const [name, { first, second, size }] of this.#moments)
      for (const [moment, pointer] of Object.entries({ moment1: first, moment2: second })) {
        const data = Float32Array.from(this.backend.memory.floats(pointer, size));
        tensors.set(`${moment}.${name}`, { shape: [size], data });
      }
    return { numbers: { steps: this.steps }, tensors };
  }

  /** Takes up moments and count of a checkpoint: no row has anything to make up for. */
  restore({ numbers, tensors }: PartState): void {
    this.steps = numbers["steps"]!;
    this.#historyStart = this.steps;
    const { memory } = this.backend;
    for (const [name, tensor] of this.parameters) {
      const { first, second, size, updated } = this.#moments.get(name)!;
      memory.floats(first, size).set(tensors.get(`moment1.${name}`)!.data);
      memory.floats(second, size).set(tensors.get(`moment2.${name}`)!.data);
      if (updated) memory.ints(updated, tensor.shape[0]!).fill(this.steps);
    }
  }

  /** The steps of gradient 0 that `rows`, or all rows, have missed up to `step`. */
  #replay(tensor: Tensor, moments: Moments, rows?: { pointer: Pointer; count: number }, step = this.steps): void {
    if (step <= this.#historyStart) return;
    const { beta1, beta2, epsilon } = this.#options;
    const { kernels, memory } = this.backend;
    const replay = (pointer: Pointer, count: number) => {
      const places = [tensor.pointer, moments.first, moments.second, moments.updated, pointer, this.#history] as const;
      const first = this.#historyStart + 1;
      kernels.adamReplay(...places, beta1, beta2, epsilon, first, step, count, tensor.shape.at(-1)!);
    };
    if (rows) {
      replay(rows.pointer, rows.count);
      return;
    }
    const count = tensor.shape[0]!;
    const pointer = memory.reserve(count * memory.bytesPerElement);
    memory.ints(pointer, count).set(Int32Array.from({ length: count }, (_, row) => row));
    replay(pointer, count);
    memory.release(pointer, count * memory.bytesPerElement);
  }

  #forgetHistory(): void {
    for (const [, tensor] of this.parameters) tensor.bringUpToDate?.();
    this.#historyStart = this.steps;
  }

  /** Ends with the parameters up to date. */
  dispose(): void {
    for (const [, tensor] of this.parameters) {
      tensor.bringUpToDate?.();
      tensor.bringUpToDate = undefined;
    }
    this.#scope.dispose();
  }
}

/** Elements that `chunkSquares` adds up at a time. */
const CHUNK = 4096;

/**
 * What gradients are multiplied by so that their common norm is at most `clipNorm` (Pascanu et al. 2013; 0 is off), and
 * that norm. Sums of fixed chunks, joined in order. To be called in the step's scope.
 */
export function clippingScale(parameters: Parameters, clipNorm: number): { norm: number; scale: number } {
  let squares = 0;
  for (const [, { gradient, rowGradient, size, shape, backend }] of parameters) {
    if (gradient === 0 && rowGradient === undefined) continue;
    const count = rowGradient ? rowGradient.count * shape.at(-1)! : size;
    const chunks = Math.ceil(count / CHUNK);
    const sums = Scope.current.allocate(chunks);
    backend.kernels.chunkSquares(sums, rowGradient?.values ?? gradient, count);
    for (const sum of backend.memory.floats(sums, chunks)) squares += sum;
  }
  const norm = Math.sqrt(squares);
  return { norm, scale: clipNorm > 0 && norm > clipNorm ? clipNorm / (norm + 1e-6) : 1 };
}
