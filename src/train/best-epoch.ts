import type { AnyModel } from "../models/model-file.js";
import type { StoredTensor } from "../models/safetensors.js";
import type { PartState, StatefulPart } from "./checkpoint.js";

/** The parameters of the best epoch so far. */
export class BestEpoch implements StatefulPart {
  /** Its number, 0 before the first. */
  epoch = 0;
  #score: number | null = null;
  #parameters: ReadonlyMap<string, StoredTensor> = new Map();

  constructor(readonly model: AnyModel) {}

  /** Keeps the model as it is now if its score, the lower the better, is the best so far; says whether it is. */
  offer(epoch: number, score: number): boolean {
    if (this.#score !== null && score >= this.#score) return false;
    this.epoch = epoch;
    this.#score = score;
    this.#parameters = this.model.tensors();
    return true;
  }

  /** Makes the model what it was after the best epoch; without one nothing changes. */
  load(): void {
    for (const [name, { shape, data }] of this.#parameters) this.model.parameters.load(name, shape, data);
  }

  state(): PartState {
    return { numbers: { epoch: this.epoch, score: this.#score }, tensors: this.#parameters };
  }

  restore({ numbers, tensors }: PartState): void {
    this.epoch = numbers["epoch"]!;
    this.#score = numbers["score"]!;
    this.#parameters = tensors;
  }
}
