import type { Recipe } from "../recipe/index.js";
import type { PartState, StatefulPart } from "./checkpoint.js";

/**
 * The schedule `plateau`: after more than `patience` epochs in a row without an improvement the learning rate is
 * multiplied by `factor`, down to `minimum`, and the count begins anew.
 */
export class Plateau implements StatefulPart {
  #scale = 1;
  #best: number | null = null;
  #missed = 0;

  constructor(readonly options: Pick<Recipe["train"], "plateau" | "learningRate">) {}

  /** What is left of a learning rate of the schedule. */
  reduce(learningRate: number): number {
    const { learningRate: highest, plateau } = this.options;
    return Math.min(learningRate, Math.max(plateau.minimum, highest * this.#scale));
  }

  /** Takes note of an epoch; the lower the score the better. */
  offer(score: number): void {
    const { factor, patience } = this.options.plateau;
    if (this.#best === null || score < this.#best) {
      this.#best = score;
      this.#missed = 0;
    } else if (++this.#missed > patience) {
      this.#scale *= factor;
      this.#missed = 0;
    }
  }

  state(): PartState {
    return { numbers: { scale: this.#scale, best: this.#best, missed: this.#missed }, tensors: new Map() };
  }

  restore({ numbers }: PartState): void {
    this.#scale = numbers["scale"]!;
    this.#best = numbers["best"]!;
    this.#missed = numbers["missed"]!;
  }
}
