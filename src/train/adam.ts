import type { Backend, Pointer } from "../kernels/kernels.js";
import type { Parameters } from "../nn/index.js";
import { Optimizer, type Place, type Rows } from "./optimizer.js";

export interface AdamOptions {
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** λ of AdamW; 0 is Adam. */
  weightDecay?: number;
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1, arXiv:1412.6980), and with a weight decay AdamW (Loshchilov & Hutter 2019,
 * algorithm 2, arXiv:1711.05101). At step t, with the gradient g and the learning rate α:
 *
 *   m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
 *   θ ← θ (1 − α λ) − α / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
 *
 * λ is 0 for vectors: biases, the gains of layer normalisation.
 */
export class Adam extends Optimizer {
  readonly #options: Required<AdamOptions>;

  constructor(backend: Backend, parameters: Parameters, options: AdamOptions = {}) {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
    super(backend, parameters, {
      kept: ["moment1", "moment2"],
      constantCount: 3,
      movesFromRest: weightDecay > 0,
    });
    this.#options = { beta1, beta2, epsilon, weightDecay };
  }

  protected constantsOf(learningRate: number): [rate: number, root: number, keep: number] {
    const { beta1, beta2, weightDecay } = this.#options;
    const rate = learningRate / (1 - beta1 ** this.steps);
    const root = Math.sqrt(1 - beta2 ** this.steps);
    return [rate, root, 1 - learningRate * weightDecay];
  }

  protected update(place: Place, gradient: Pointer, gradientScale: number, constants: readonly number[]): void {
    const { beta1, beta2, epsilon } = this.#options;
    const [rate, root, keep] = constants as [number, number, number];
    const [moment1, moment2] = place.kept as [Pointer, Pointer];
    const places = [place.parameter, moment1, moment2, gradient] as const;
    const kept = place.decays ? keep : 1;
    this.backend.kernels.adam(...places, gradientScale, rate, root, kept, beta1, beta2, epsilon, place.size);
  }

  protected updateRows(
    place: Place,
    { pointer, count }: Rows,
    gradient: Pointer,
    gradientScale: number,
    constants: readonly number[],
  ): void {
    const { beta1, beta2, epsilon } = this.#options;
    const [rate, root, keep] = constants as [number, number, number];
    const [moment1, moment2] = place.kept as [Pointer, Pointer];
    const places = [place.parameter, moment1, moment2, place.updated, gradient, pointer] as const;
    const numbers = [gradientScale, rate, root, keep, beta1, beta2, epsilon, this.steps] as const;
    this.backend.kernels.adamRows(...places, ...numbers, count, place.width);
  }

  protected replay(place: Place, { pointer, count }: Rows, history: Pointer, first: number, last: number): void {
    const { beta1, beta2, epsilon } = this.#options;
    const [moment1, moment2] = place.kept as [Pointer, Pointer];
    const places = [place.parameter, moment1, moment2, place.updated, pointer, history] as const;
    this.backend.kernels.adamReplay(...places, beta1, beta2, epsilon, first, last, count, place.width);
  }
}
