import { ShapeError, TandemError } from "../errors.js";
import { RandomStream } from "../random.js";
import { empty, type Int8Weight, int8Weight, type Scope, type Shape, type Tensor } from "../tensor/index.js";

/** The numbers of the parameter of this name, from a file. */
export type StoredParameters = (name: string) => { shape: Shape; data: ArrayLike<number> } | Int8Weight;

/**
 * The parameters of a model by their PyTorch names (`encoder.recurrent.weight_ih_l0`), in the order they were made.
 * They live in one persistent scope; layers ask for theirs when they are built.
 */
export class Parameters {
  readonly #tensors = new Map<string, Tensor>();

  /**
   * `seed` decides the initial numbers, a function of (seed, name, element) alone; with `stored` they are those of a file,
   * which has them all, and nothing is drawn.
   */
  constructor(
    readonly scope: Scope,
    readonly seed: number,
    readonly stored?: StoredParameters,
  ) {}

  /** A parameter drawn uniformly from [−bound, bound). */
  uniform(name: string, shape: Shape, bound: number): Tensor {
    const stream = new RandomStream(this.seed, "initialisation", name);
    return this.#add(name, shape, (i) => Math.fround((2 * stream.uniform(i) - 1) * bound));
  }

  /** A parameter from a normal distribution (Box–Muller). */
  normal(name: string, shape: Shape, deviation: number): Tensor {
    const stream = new RandomStream(this.seed, "initialisation", name);
    return this.#add(name, shape, (i) => {
      const radius = Math.sqrt(-2 * Math.log(1 - stream.uniform(2 * i)));
      return Math.fround(radius * Math.cos(2 * Math.PI * stream.uniform(2 * i + 1)) * deviation);
    });
  }

  /** A parameter that starts from one number everywhere. */
  constant(name: string, shape: Shape, value: number): Tensor {
    return this.#add(name, shape, () => value);
  }

  #add(name: string, shape: Shape, value: (element: number) => number): Tensor {
    if (this.#tensors.has(name)) throw new TandemError(`parameter ${name}: expected a new name, got one in use.`);
    const found = this.stored?.(name);
    if (found) checkShape(name, shape, found.shape);
    if (found && "scales" in found) {
      const weight = this.scope.run(() => int8Weight(found));
      this.#tensors.set(name, weight);
      return weight;
    }
    const tensor = this.scope.run(() => empty(shape));
    tensor.needsGradient = true;
    this.#tensors.set(name, tensor);
    if (found) return tensor.set(found.data);
    // Written in place: a table of 8000 words as a list of its own would be tens of megabytes.
    const elements = tensor.backend.memory.floats(tensor.pointer, tensor.size);
    for (let i = 0; i < elements.length; i++) elements[i] = value(i);
    tensor.version++;
    return tensor;
  }

  /** Names and tensors in the order they were made. */
  [Symbol.iterator](): IterableIterator<[string, Tensor]> {
    return this.#tensors.entries();
  }

  /** Numbers in all of them. */
  get count(): number {
    let total = 0;
    for (const tensor of this.#tensors.values()) total += tensor.size;
    return total;
  }

  /** Grows with every change of any parameter. */
  get version(): number {
    let total = 0;
    for (const tensor of this.#tensors.values()) total += tensor.version;
    return total;
  }

  /** The parameter of this name. */
  get(name: string): Tensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw new TandemError(`parameter ${name}: expected one of the model's, got none.`);
    return tensor;
  }

  /** Whether there is a parameter of this name. */
  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /** Puts numbers into a parameter, of exactly its shape. */
  load(name: string, shape: Shape, values: ArrayLike<number>): void {
    const tensor = this.get(name);
    checkShape(name, tensor.shape, shape);
    tensor.set(values);
  }

  /** Forgets the gradients of the last step, whose memory is gone. */
  clearGradients(): void {
    for (const tensor of this.#tensors.values()) {
      tensor.gradient = 0;
      tensor.rowGradient = undefined;
    }
  }
}

function checkShape(name: string, wanted: Shape, found: Shape): void {
  if (wanted.join() !== found.join())
    throw new ShapeError(`parameter ${name}: expected [${wanted.join(", ")}], got [${found.join(", ")}].`);
}
