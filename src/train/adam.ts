import type { Backend, Pointer } from "../kernels/kernels.js";
import type { Parameters } from "../nn/index.js";
import { Scope } from "../tensor/index.js";

export interface AdamOptions {
  beta1?: number;
  beta2?: number;
  epsilon?: number;
}

/** Adam (Kingma & Ba 2015, algorithm 1, arXiv:1412.6980), its moments in a scope of their own. */
export class Adam {
  /** Steps taken. */
  steps = 0;
  readonly moments = new Map<string, { first: Pointer; second: Pointer; size: number }>();
  readonly #scope: Scope;
  readonly #options: Required<AdamOptions>;

  constructor(
    readonly backend: Backend,
    readonly parameters: Parameters,
    options: AdamOptions = {},
  ) {
    this.#options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...options };
    this.#scope = new Scope(backend);
    for (const [name, { size }] of parameters) {
      const moments = { first: this.#scope.allocate(size), second: this.#scope.allocate(size), size };
      for (const pointer of [moments.first, moments.second]) backend.kernels.fill(pointer, 0, size);
      this.moments.set(name, moments);
    }
  }

  /** One step on the gradients times `gradientScale`; a parameter without a gradient is left alone. */
  step(learningRate: number, gradientScale: number): void {
    const { beta1, beta2, epsilon } = this.#options;
    this.steps++;
    const correction1 = 1 - beta1 ** this.steps;
    const correction2 = 1 - beta2 ** this.steps;
    for (const [name, { pointer, gradient, size }] of this.parameters) {
      if (gradient === 0) continue;
      const { first, second } = this.moments.get(name)!;
      this.backend.kernels.adam(
        pointer,
        first,
        second,
        gradient,
        gradientScale,
        learningRate,
        beta1,
        beta2,
        epsilon,
        correction1,
        correction2,
        size,
      );
    }
  }

  dispose(): void {
    this.#scope.dispose();
  }
}

/**
 * What gradients are multiplied by so that their common norm is at most `clipNorm` (Pascanu et al. 2013; 0 is off), and
 * that norm. To be called in the step's scope.
 */
export function clippingScale(parameters: Parameters, clipNorm: number): { norm: number; scale: number } {
  let squares = 0;
  for (const [, { gradient, size, backend }] of parameters) {
    if (gradient === 0) continue;
    const result = Scope.current.allocate(1);
    backend.kernels.sumSquares(result, gradient, size);
    squares += backend.memory.floats(result, 1)[0]!;
  }
  const norm = Math.sqrt(squares);
  return { norm, scale: clipNorm > 0 && norm > clipNorm ? clipNorm / (norm + 1e-6) : 1 };
}
