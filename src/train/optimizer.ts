import type { Backend, Pointer } from "../kernels/kernels.js";
import type { StoredTensor } from "../models/safetensors.js";
import type { Parameters } from "../nn/index.js";
import { Scope, type Tensor } from "../tensor/index.js";
import type { PartState, StatefulPart } from "./checkpoint.js";

/** A parameter and what an optimiser keeps of it. */
export interface Place {
  parameter: Pointer;
  /** Numbers of the parameter's size, in the order of their names. */
  kept: readonly Pointer[];
  /** Numbers in each. */
  size: number;
  /** Of a table the size of a row. */
  width: number;
  /** Whether weight decay is meant for it: for matrices; biases, gains and other vectors keep their size. */
  decays: boolean;
  /** Of a table that is read by rows, int [rows]: the last step each row has been through; −1 where none moved it yet. */
  updated: Pointer;
}

/** What is told of some rows of a table. */
export interface Rows {
  pointer: Pointer;
  count: number;
}

/** What an optimiser is, besides its arithmetic. */
interface OptimizerShape {
  /** Names of the numbers kept for each element of a parameter. */
  kept: readonly string[];
  /** How many constants a step has. */
  constantCount: number;
  /** Whether an element that never had a gradient moves all the same, by weight decay. */
  movesFromRest: boolean;
}

/** Steps that rows may lie behind: after so many, all rows catch up. */
const HISTORY_STEPS = 1024;

/**
 * What all optimisers share: what they keep of each parameter, in a scope of their own, and rows that catch up.
 *
 * Rows of an embedding that a step did not read have the gradient 0, and momentum or decay moves them all the same. Here
 * these steps are put off and made up for, in order and to the last bit, before the row is read again (or saved): a step
 * costs the rows it touched, not the vocabulary.
 */
export abstract class Optimizer implements StatefulPart {
  /** Steps taken. */
  steps = 0;
  readonly #places = new Map<string, Place>();
  readonly #scope: Scope;
  readonly #shape: OptimizerShape;
  /** The constants of the steps after `#historyStart`, [HISTORY_STEPS, constantCount]. */
  readonly #history: Pointer;
  #historyStart = 0;

  constructor(
    readonly backend: Backend,
    readonly parameters: Parameters,
    shape: OptimizerShape,
  ) {
    this.#shape = shape;
    this.#scope = new Scope(backend);
    this.#history = this.#scope.allocate(shape.constantCount * HISTORY_STEPS);
    for (const [name, tensor] of parameters) {
      const { size, pointer: parameter } = tensor;
      const kept = shape.kept.map(() => this.#scope.allocate(size));
      for (const pointer of kept) backend.kernels.fill(pointer, 0, size);
      const place: Place = {
        parameter,
        kept,
        size,
        width: tensor.shape.at(-1)!,
        decays: tensor.shape.length > 1,
        updated: 0,
      };
      if (tensor.readByRows && tensor.needsGradient) {
        const rows = tensor.shape[0]!;
        place.updated = this.#scope.allocate(rows);
        backend.memory.ints(place.updated, rows).fill(shape.movesFromRest ? 0 : -1);
        tensor.bringUpToDate = (some) => this.#catchUp(tensor, place, some);
      }
      this.#places.set(name, place);
    }
  }

  /** The constants of the step that `steps` now counts. */
  protected abstract constantsOf(learningRate: number): readonly number[];

  /** The step on all elements of a place. */
  protected abstract update(place: Place, gradient: Pointer, gradientScale: number, constants: readonly number[]): void;

  /** The step on some rows of a table: `gradient` [rows, width] */
  protected abstract updateRows(
    place: Place,
    rows: Rows,
    gradient: Pointer,
    gradientScale: number,
    constants: readonly number[],
  ): void;

  /** The steps `first` … `last` of gradient 0, whose constants stand at `history`, for those of the rows that missed them. */
  protected abstract replay(place: Place, rows: Rows, history: Pointer, first: number, last: number): void;

  /** One step on the gradients times `gradientScale`; a parameter without a gradient is left alone. */
  step(learningRate: number, gradientScale: number): void {
    const { memory } = this.backend;
    const { constantCount } = this.#shape;
    if (this.steps - this.#historyStart === HISTORY_STEPS) this.#forgetHistory();
    this.steps++;
    const constants = this.constantsOf(learningRate);
    for (const [name, tensor] of this.parameters) {
      const { gradient, rowGradient } = tensor;
      const place = this.#places.get(name)!;
      if (gradient !== 0 || rowGradient) tensor.version++;
      if (rowGradient) {
        const { rows, count, values } = rowGradient;
        this.updateRows(place, { pointer: rows, count }, values, gradientScale, constants);
      } else if (gradient !== 0) {
        if (place.updated) {
          this.#catchUp(tensor, place, undefined, this.steps - 1);
          memory.ints(place.updated, tensor.shape[0]!).fill(this.steps);
        }
        this.update(place, gradient, gradientScale, constants);
      }
    }
    const history = memory.floats(this.#history, constantCount * HISTORY_STEPS);
    history.set(constants, constantCount * (this.steps - 1 - this.#historyStart));
  }

  /** What is kept of the parameters and the steps taken, when every row has made up for the steps it missed. */
  state(): PartState {
    for (const [, tensor] of this.parameters) tensor.bringUpToDate?.();
    const tensors = new Map<string, StoredTensor>();
    for (const [name, { kept, size }] of this.#places)
      for (const [i, pointer] of kept.entries()) {
        const data = Float32Array.from(this.backend.memory.floats(pointer, size));
        tensors.set(`${this.#shape.kept[i]}.${name}`, { shape: [size], data });
      }
    return { numbers: { steps: this.steps }, tensors };
  }

  /** Takes up what a checkpoint kept: no row has anything to make up for. */
  restore({ numbers, tensors }: PartState): void {
    this.steps = numbers["steps"]!;
    this.#historyStart = this.steps;
    const { memory } = this.backend;
    for (const [name, tensor] of this.parameters) {
      const { kept, size, updated } = this.#places.get(name)!;
      for (const [i, pointer] of kept.entries())
        memory.floats(pointer, size).set(tensors.get(`${this.#shape.kept[i]}.${name}`)!.data);
      if (updated) memory.ints(updated, tensor.shape[0]!).fill(this.steps);
    }
  }

  /** The steps of gradient 0 that `rows`, or all rows, have missed up to `step`. */
  #catchUp(tensor: Tensor, place: Place, rows?: Rows, step = this.steps): void {
    if (step <= this.#historyStart) return;
    const { memory } = this.backend;
    const first = this.#historyStart + 1;
    if (rows) {
      this.replay(place, rows, this.#history, first, step);
      return;
    }
    const count = tensor.shape[0]!;
    const pointer = memory.reserve(count * memory.bytesPerElement);
    memory.ints(pointer, count).set(Int32Array.from({ length: count }, (_, row) => row));
    this.replay(place, { pointer, count }, this.#history, first, step);
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
