import { RandomStream } from "../random.js";
import { type ColumnRange, dropout, linear, selectRows, type Tensor } from "../tensor/index.js";
import type { Parameters } from "./parameters.js";

/** y = W x + b; `weight` [outputs, inputs] uniform in ±1/√inputs as in PyTorch. */
export class Linear {
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;

  constructor(parameters: Parameters, name: string, inputs: number, outputs: number, options: { bias?: boolean } = {}) {
    const bound = 1 / Math.sqrt(inputs);
    this.weight = parameters.uniform(`${name}.weight`, [outputs, inputs], bound);
    this.bias = (options.bias ?? true) ? parameters.uniform(`${name}.bias`, [outputs], bound) : undefined;
  }

  /** y = x Wᵀ + b; with `range`, by those columns of W alone. */
  forward(x: Tensor, range?: ColumnRange): Tensor {
    return linear(x, this.weight, this.bias, range);
  }
}

/** A vector for each id; `weight` [vocabulary, size], normal with deviation ½: small rows (1/√size) learn several times slower. */
export class Embedding {
  readonly weight: Tensor;

  constructor(parameters: Parameters, name: string, vocabularySize: number, size: number) {
    this.weight = parameters.normal(`${name}.weight`, [vocabularySize, size], 0.5);
    this.weight.readByRows = true;
  }

  /** ids [batch, time] → [batch, time, size] */
  forward(ids: Tensor): Tensor {
    return selectRows(this.weight, ids);
  }
}

/** What dropout in a training step depends on. Without it nothing is dropped. */
export interface DropoutContext {
  seed: number;
  step: number;
  /** The example numbers, int [batch]. */
  examples: Tensor;
}

/** Dropout of one place in a model, named by its path. `x` [batch, …]. */
export class Dropout {
  constructor(
    readonly path: string,
    readonly rate: number,
  ) {}

  /** `place` tells apart uses in one step, such as the times of a decoder that goes step by step. */
  forward(x: Tensor, training: DropoutContext | undefined, place = ""): Tensor {
    if (training === undefined || this.rate === 0) return x;
    const stream = new RandomStream(training.seed, "dropout", this.path + place, training.step);
    return dropout(x, this.rate, stream, training.examples);
  }
}
