import {
  CELL_SIZES,
  type CellKind,
  type ColumnRange,
  concat,
  linear,
  type RecurrentState,
  recurrence,
  type Tensor,
  zeros,
} from "../tensor/index.js";
import { Dropout, type DropoutContext } from "./layers.js";
import type { Parameters } from "./parameters.js";

/**
 * One cell with its weights, under PyTorch's names and gate order (`i f g o`, `r z n`):
 * `weight_ih` [gates · hidden, inputs], `weight_hh` [gates · hidden, hidden], `bias_ih`, `bias_hh`.
 */
export class RecurrentCell {
  readonly inputWeight: Tensor;
  readonly hiddenWeight: Tensor;
  readonly inputBias: Tensor;
  readonly hiddenBias: Tensor;

  /** `suffix` follows PyTorch's layers: "_l0", "_l1_reverse". */
  constructor(
    parameters: Parameters,
    name: string,
    suffix: string,
    readonly kind: CellKind,
    inputSize: number,
    readonly hiddenSize: number,
  ) {
    const rows = CELL_SIZES[kind].gates * hiddenSize;
    const bound = 1 / Math.sqrt(hiddenSize);
    this.inputWeight = parameters.uniform(`${name}.weight_ih${suffix}`, [rows, inputSize], bound);
    this.hiddenWeight = parameters.uniform(`${name}.weight_hh${suffix}`, [rows, hiddenSize], bound);
    this.inputBias = parameters.uniform(`${name}.bias_ih${suffix}`, [rows], bound);
    this.hiddenBias = parameters.uniform(`${name}.bias_hh${suffix}`, [rows], bound);
  }

  /**
   * W_ih x (+ b_ih): the part of the gates that needs no state, for all times in one product. `range`: the columns of
   * W_ih that x meets, where the input comes in parts; the bias belongs to the first part.
   */
  project(x: Tensor, range?: ColumnRange): Tensor {
    return linear(x, this.inputWeight, range === undefined || range.first === 0 ? this.inputBias : undefined, range);
  }

  /** The scan over `projected` [batch, time, gates · hidden]; a decoder's step is a scan over one time. */
  scan(projected: Tensor, state: RecurrentState, options?: { mask?: Tensor | undefined; reverse?: boolean }) {
    return recurrence(this.kind, projected, this.hiddenWeight, this.hiddenBias, state, options);
  }

  /** The state before the first token, each [batch, hidden]. */
  zeroState(batch: number): RecurrentState {
    const hidden = zeros([batch, this.hiddenSize]);
    return this.kind === "lstm" ? { hidden, cell: zeros([batch, this.hiddenSize]) } : { hidden };
  }
}

/** Sizes and shape of a stack of recurrent layers. */
export interface RecurrentOptions {
  kind: CellKind;
  inputSize: number;
  hiddenSize: number;
  layers: number;
  bidirectional: boolean;
  /** Dropout between layers. */
  dropout: number;
}

/** Stacked, possibly bidirectional recurrent layers over padded sequences, as PyTorch's nn.RNN, nn.LSTM and nn.GRU. */
export class Recurrent {
  /** `[layer][direction]` */
  readonly cells: RecurrentCell[][] = [];
  readonly #dropouts: Dropout[] = [];

  constructor(parameters: Parameters, name: string, options: RecurrentOptions) {
    const { kind, inputSize, hiddenSize, layers, bidirectional, dropout } = options;
    const directions = bidirectional ? ["", "_reverse"] : [""];
    for (let layer = 0; layer < layers; layer++) {
      const inputs = layer === 0 ? inputSize : hiddenSize * directions.length;
      this.cells.push(
        directions.map(
          (direction) => new RecurrentCell(parameters, name, `_l${layer}${direction}`, kind, inputs, hiddenSize),
        ),
      );
      this.#dropouts.push(new Dropout(`${name}.dropout.${layer}`, dropout));
    }
  }

  /**
   * x [batch, time, inputs], mask [batch, time] → outputs [batch, time, directions · hidden] (0 on padding) and the
   * final states, `[layer][direction]`, each [batch, hidden]. No initial states = zero states.
   */
  forward(
    x: Tensor,
    mask?: Tensor,
    initial?: RecurrentState[][],
    training?: DropoutContext,
  ): { outputs: Tensor; states: RecurrentState[][] } {
    const batch = x.shape[0]!;
    let outputs = x;
    const states = this.cells.map((directions, layer) => {
      const input = layer === 0 ? outputs : this.#dropouts[layer]!.forward(outputs, training);
      const results = directions.map((cell, direction) => {
        const state = initial?.[layer]?.[direction] ?? cell.zeroState(batch);
        return cell.scan(cell.project(input), state, { mask, reverse: direction === 1 });
      });
      outputs = concat(results.map((result) => result.outputs));
      return results.map((result) => result.state);
    });
    return { outputs, states };
  }
}
