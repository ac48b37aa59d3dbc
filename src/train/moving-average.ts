import type { Pointer } from "../kernels/kernels.js";
import type { StoredTensor } from "../models/safetensors.js";
import type { Parameters } from "../nn/index.js";
import { Scope } from "../tensor/index.js";
import type { PartState, StatefulPart } from "./checkpoint.js";

/**
 * An exponential moving average of the parameters θ (Polyak and Juditsky 1992 in the form of TensorFlow's
 * ExponentialMovingAverage with `num_updates`, where it forgets sooner at first): θ̄_0 = θ_0, and after step t
 *
 *   d_t = min(decay, (1 + t) / (10 + t)),   θ̄_t = d_t θ̄_{t−1} + (1 − d_t) θ_t
 */
export class MovingAverage implements StatefulPart {
  readonly #scope: Scope;
  readonly #averages = new Map<string, Pointer>();
  #steps = 0;

  /** Begins at the parameters as they are. */
  constructor(
    readonly parameters: Parameters,
    readonly decay: number,
  ) {
    const { backend } = parameters.scope;
    this.#scope = new Scope(backend);
    for (const [name, { pointer, size }] of parameters) {
      const average = this.#scope.allocate(size);
      backend.kernels.copyRows(average, size, pointer, size, 1, size, 0);
      this.#averages.set(name, average);
    }
  }

  /** Takes in the parameters after a step: all of them, also rows that the optimiser put off. */
  update(): void {
    this.#steps++;
    const rate = 1 - Math.min(this.decay, (1 + this.#steps) / (10 + this.#steps));
    for (const [name, tensor] of this.parameters) {
      tensor.bringUpToDate?.();
      const average = this.#averages.get(name)!;
      const { kernels } = tensor.backend;
      kernels.addScaled(average, average, -rate, tensor.size);
      kernels.addScaled(average, tensor.pointer, rate, tensor.size);
    }
  }

  /** Makes the average the model's parameters while `work` goes on. */
  async lend<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#exchange();
    try {
      return await work();
    } finally {
      this.#exchange();
    }
  }

  #exchange(): void {
    for (const [name, tensor] of this.parameters) {
      const { memory } = tensor.backend;
      tensor.bringUpToDate?.();
      const parameter = memory.floats(tensor.pointer, tensor.size);
      const average = memory.floats(this.#averages.get(name)!, tensor.size);
      const kept = parameter.slice();
      parameter.set(average);
      average.set(kept);
      tensor.version++;
    }
  }

  state(): PartState {
    const tensors = new Map<string, StoredTensor>();
    for (const [name, { backend, size, shape }] of this.parameters)
      tensors.set(name, { shape, data: Float32Array.from(backend.memory.floats(this.#averages.get(name)!, size)) });
    return { numbers: { steps: this.#steps }, tensors };
  }

  restore({ numbers, tensors }: PartState): void {
    this.#steps = numbers["steps"]!;
    for (const [name, { backend, size }] of this.parameters)
      backend.memory.floats(this.#averages.get(name)!, size).set(tensors.get(name)!.data);
  }

  dispose(): void {
    this.#scope.dispose();
  }
}
