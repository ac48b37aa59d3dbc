import { RandomStream } from "../random.js";
import {
  addLinear,
  type ColumnRange,
  dropout,
  ints,
  linear,
  reshape,
  selectRows,
  type Tensor,
} from "../tensor/index.js";
import type { Parameters } from "./parameters.js";

/** y = W x + b; `weight` [outputs, inputs] uniform in ±1/√inputs as in PyTorch. */
export class Linear {
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;

  /** `weight`: that of another layer, which this one shares. */
  constructor(
    parameters: Parameters,
    name: string,
    inputs: number,
    outputs: number,
    options: { bias?: boolean; weight?: Tensor | undefined } = {},
  ) {
    const bound = 1 / Math.sqrt(inputs);
    this.weight = options.weight ?? parameters.uniform(`${name}.weight`, [outputs, inputs], bound);
    this.bias = (options.bias ?? true) ? parameters.uniform(`${name}.bias`, [outputs], bound) : undefined;
  }

  /** y = x Wᵀ + b; with `range`, by those columns of W alone. */
  forward(x: Tensor, range?: ColumnRange): Tensor {
    return linear(x, this.weight, this.bias, range);
  }

  /** y = [x₁; x₂; …] Wᵀ + b, without putting the parts side by side. */
  forwardParts([first, ...others]: readonly [Tensor, ...Tensor[]]): Tensor {
    let column = first.shape.at(-1)!;
    let y = linear(first, this.weight, this.bias, { first: 0, count: column });
    for (const part of others) {
      y = this.addPart(y, part, column);
      column += part.shape.at(-1)!;
    }
    return y;
  }

  /** `sum` + W[:, column …] x, the next part, written over `sum`. */
  addPart(sum: Tensor, x: Tensor, column: number): Tensor {
    return addLinear(sum, x, this.weight, { first: column, count: x.shape.at(-1)! });
  }
}

/**
 * A vector for each id; `weight` [vocabulary, size], normal with deviation ½: small rows (1/√size) learn several times
 * slower. A table that is the output's weight too (Press & Wolf 2017) starts small all the same, or the first logits would be
 * far apart; and each of its rows has a gradient at every step.
 */
export class Embedding {
  readonly weight: Tensor;

  constructor(
    parameters: Parameters,
    name: string,
    vocabularySize: number,
    size: number,
    { isOutput = false }: { isOutput?: boolean } = {},
  ) {
    this.weight = parameters.normal(`${name}.weight`, [vocabularySize, size], isOutput ? 1 / Math.sqrt(size) : 0.5);
    this.weight.readByRows = !isOutput;
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

/**
 * Dropout of one place in a model, named by its path. `x` [batch, …].
 *
 * With `sameOverTime` the mask of [batch, time, size] is one of [batch, size] (Gal & Ghahramani 2016): what is dropped of a
 * sentence is dropped of all its tokens.
 */
export class Dropout {
  constructor(
    readonly path: string,
    readonly rate: number,
    readonly sameOverTime = false,
  ) {}

  /** `time` tells apart the uses in a decoder that goes step by step. */
  forward(x: Tensor, training: DropoutContext | undefined, time?: number): Tensor {
    if (training === undefined || this.rate === 0) return x;
    const { seed, step, examples } = training;
    const place = time === undefined || this.sameOverTime ? "" : `.${time}`;
    const stream = new RandomStream(seed, "dropout", this.path + place, step);
    if (!this.sameOverTime || x.shape.length === 2) return dropout(x, this.rate, stream, examples);
    const [batch, times, size] = x.shape as [number, number, number];
    const numbers = examples.backend.memory.ints(examples.pointer, batch);
    const repeated = Int32Array.from({ length: batch * times }, (_, i) => numbers[Math.floor(i / times)]!);
    const rows = reshape(x, [batch * times, size]);
    return reshape(dropout(rows, this.rate, stream, ints(repeated, [batch * times])), x.shape);
  }
}
