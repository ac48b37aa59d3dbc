import type { Backend, Pointer } from "../kernels/kernels.js";
import type { Parameters } from "../nn/index.js";
import { Optimizer, type Place, type Rows } from "./optimizer.js";

export interface SgdOptions {
  momentum?: number;
  /** Looks ahead along the momentum (Nesterov). */
  nesterov?: boolean;
  /** λ of the decay that is added to the gradient. */
  weightDecay?: number;
}

/**
 * Gradient descent with momentum μ (Sutskever et al. 2013, "On the importance of initialization and momentum in deep
 * learning", in PyTorch's form, where the learning rate α stands outside of the velocity):
 *
 *   g ← g + λ θ,   v ← μ v + g,   θ ← θ − α v,   with Nesterov's look ahead θ ← θ − α (g + μ v)
 *
 * λ is 0 for vectors: biases, the gains of layer normalisation.
 */
export class Sgd extends Optimizer {
  readonly #options: Required<SgdOptions>;

  constructor(backend: Backend, parameters: Parameters, options: SgdOptions = {}) {
    const { momentum = 0, nesterov = false, weightDecay = 0 } = options;
    super(backend, parameters, { kept: ["velocity"], constantCount: 1, movesFromRest: weightDecay > 0 });
    this.#options = { momentum, nesterov, weightDecay };
  }

  protected constantsOf(learningRate: number): [rate: number] {
    return [learningRate];
  }

  #numbersOf({ decays }: Place) {
    const { momentum, nesterov, weightDecay } = this.#options;
    return [momentum, decays ? weightDecay : 0, nesterov ? 1 : 0] as const;
  }

  protected update(place: Place, gradient: Pointer, gradientScale: number, constants: readonly number[]): void {
    const [rate] = constants as [number];
    const places = [place.parameter, place.kept[0]!, gradient] as const;
    this.backend.kernels.sgd(...places, gradientScale, rate, ...this.#numbersOf(place), place.size);
  }

  protected updateRows(
    place: Place,
    { pointer, count }: Rows,
    gradient: Pointer,
    gradientScale: number,
    constants: readonly number[],
  ): void {
    const [rate] = constants as [number];
    const places = [place.parameter, place.kept[0]!, place.updated, gradient, pointer] as const;
    const numbers = [gradientScale, rate, ...this.#numbersOf(place), this.steps] as const;
    this.backend.kernels.sgdRows(...places, ...numbers, count, place.width);
  }

  protected replay(place: Place, { pointer, count }: Rows, history: Pointer, first: number, last: number): void {
    const places = [place.parameter, place.kept[0]!, place.updated, pointer, history] as const;
    this.backend.kernels.sgdReplay(...places, ...this.#numbersOf(place), first, last, count, place.width);
  }
}
