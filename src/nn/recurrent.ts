import {
  add,
  addLinear,
  CELL_SIZES,
  type CellKind,
  type ColumnRange,
  concat,
  linear,
  type RecurrenceOptions,
  type RecurrenceResult,
  type RecurrentState,
  recurrence,
  type Tensor,
  zeros,
} from "../tensor/index.js";
import { Dropout, type DropoutContext } from "./layers.js";
import { type CellNorms, isNormalized, normalizedScan } from "./normalized-cell.js";
import type { Parameters } from "./parameters.js";

/**
 * One cell with its weights, under PyTorch's names and gate order (`i f g o`, `r z n`):
 * `weight_ih` [gates · hidden, inputs], `weight_hh` [gates · hidden, hidden], `bias_ih`, `bias_hh`.
 * With layer normalisation also the gains `norm_ih`, `norm_hh` and, in an LSTM, `norm_c` and `bias_c`.
 */
export class RecurrentCell {
  readonly inputWeight: Tensor;
  readonly hiddenWeight: Tensor;
  readonly inputBias: Tensor;
  readonly hiddenBias: Tensor;
  readonly #norms: CellNorms | undefined;

  /** `suffix` follows PyTorch's layers: "_l0", "_l1_reverse". */
  constructor(
    parameters: Parameters,
    name: string,
    suffix: string,
    readonly kind: CellKind,
    inputSize: number,
    readonly hiddenSize: number,
    { layerNorm = false }: { layerNorm?: boolean } = {},
  ) {
    const rows = CELL_SIZES[kind].gates * hiddenSize;
    const bound = 1 / Math.sqrt(hiddenSize);
    this.inputWeight = parameters.uniform(`${name}.weight_ih${suffix}`, [rows, inputSize], bound);
    this.hiddenWeight = parameters.uniform(`${name}.weight_hh${suffix}`, [rows, hiddenSize], bound);
    this.inputBias = parameters.uniform(`${name}.bias_ih${suffix}`, [rows], bound);
    this.hiddenBias = parameters.uniform(`${name}.bias_hh${suffix}`, [rows], bound);
    if (!layerNorm) return;
    const gain = (part: string, size: number) => parameters.constant(`${name}.norm_${part}${suffix}`, [size], 1);
    this.#norms = {
      input: { gain: gain("ih", rows), bias: this.inputBias },
      hidden: { gain: gain("hh", rows), bias: this.hiddenBias },
    };
    if (kind === "lstm") {
      const bias = parameters.constant(`${name}.bias_c${suffix}`, [hiddenSize], 0);
      this.#norms.cell = { gain: gain("c", hiddenSize), bias };
    }
  }

  /** Numbers that a step's gates have. */
  get gatesSize(): number {
    return this.inputWeight.shape[0]!;
  }

  /**
   * W_ih x + b_ih: the part of the gates that needs no state, for all times in one product. `range`: the columns of W_ih
   * that x meets, where the input comes in parts; the bias belongs to the first part. Where the cell is layer-normalised
   * the bias comes after that, in the scan.
   */
  project(x: Tensor, range?: ColumnRange): Tensor {
    const isFirst = range === undefined || range.first === 0;
    return linear(x, this.inputWeight, isFirst && !this.#norms ? this.inputBias : undefined, range);
  }

  /** `projected` + W_ih[:, range] x, the next part of the input, written over `projected`. */
  addProjection(projected: Tensor, x: Tensor, range: ColumnRange): Tensor {
    return addLinear(projected, x, this.inputWeight, range);
  }

  /** The scan over `projected` [batch, time, gates · hidden], which it takes over; a decoder's step is a scan over one time. */
  scan(projected: Tensor, state: RecurrentState, options?: RecurrenceOptions): RecurrenceResult {
    return this.#norms && isNormalized(this.kind)
      ? normalizedScan(this.kind, projected, this.hiddenWeight, this.#norms, state, options)
      : recurrence(this.kind, projected, this.hiddenWeight, this.hiddenBias, state, options);
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
  /** One dropout mask for all times. */
  variational?: boolean;
  /** From the second layer on, a layer's output is added to its input. */
  residual?: boolean;
  layerNorm?: boolean;
}

/** The results of all layers. */
interface Scanned {
  /** [batch, time, directions · hidden], 0 on padding */
  outputs: Tensor;
  /** `[layer][direction]` */
  results: RecurrenceResult[][];
}

/**
 * Stacked, possibly bidirectional recurrent layers over padded sequences, as PyTorch's nn.RNN, nn.LSTM and nn.GRU.
 * With `residual` what goes up from the second layer on is x + layer(dropout(x)) (Wu et al. 2016, section 3.1).
 */
export class Recurrent {
  /** `[layer][direction]` */
  readonly cells: RecurrentCell[][] = [];
  readonly #dropouts: Dropout[] = [];
  readonly #residual: boolean;

  constructor(parameters: Parameters, name: string, options: RecurrentOptions) {
    const { kind, inputSize, hiddenSize, layers, bidirectional, dropout, variational, layerNorm } = options;
    const directions = bidirectional ? ["", "_reverse"] : [""];
    this.#residual = options.residual ?? false;
    for (let layer = 0; layer < layers; layer++) {
      const inputs = layer === 0 ? inputSize : hiddenSize * directions.length;
      const suffixes = directions.map((direction) => `_l${layer}${direction}`);
      const cellOf = (suffix: string) =>
        new RecurrentCell(parameters, name, suffix, kind, inputs, hiddenSize, { layerNorm: layerNorm ?? false });
      this.cells.push(suffixes.map(cellOf));
      this.#dropouts.push(new Dropout(`${name}.dropout.${layer}`, dropout, variational));
    }
  }

  /** Where a decoder's input enters, in parts. */
  get bottom(): RecurrentCell {
    return this.cells[0]![0]!;
  }

  /** The zero state of each layer of one direction. */
  zeroStates(batch: number): RecurrentState[] {
    return this.cells.map(([cell]) => cell!.zeroState(batch));
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
    const projected = this.cells[0]!.map((cell) => cell.project(x));
    const states = initial ?? this.cells.map((directions) => directions.map((cell) => cell.zeroState(x.shape[0]!)));
    const { outputs, results } = this.#scan(projected, states, mask, training);
    return { outputs, states: results.map((directions) => directions.map((result) => result.state)) };
  }

  /**
   * In one direction, from the gates of the bottom layer on: projected [batch, time, gates · hidden]. `time` is that of a
   * single step. `gates` are those of the top layer.
   */
  follow(
    projected: Tensor,
    initial: readonly RecurrentState[],
    training?: DropoutContext,
    time?: number,
  ): { outputs: Tensor; states: RecurrentState[]; readonly gates: Tensor } {
    const states = initial.map((state) => [state]);
    const { outputs, results } = this.#scan([projected], states, undefined, training, time);
    return {
      outputs,
      states: results.map(([result]) => result!.state),
      get gates() {
        return results.at(-1)![0]!.gates;
      },
    };
  }

  #scan(
    bottom: readonly Tensor[],
    initial: readonly (readonly RecurrentState[])[],
    mask?: Tensor,
    training?: DropoutContext,
    time?: number,
  ): Scanned {
    let outputs: Tensor | undefined;
    const results = this.cells.map((directions, layer) => {
      const below = outputs;
      const input = below && this.#dropouts[layer]!.forward(below, training, time);
      const scanned = directions.map((cell, direction) => {
        const projected = input ? cell.project(input) : bottom[direction]!;
        return cell.scan(projected, initial[layer]![direction]!, { mask, reverse: direction === 1 });
      });
      const read = concat(scanned.map((result) => result.outputs));
      outputs = below && this.#residual ? add(below, read) : read;
      return scanned;
    });
    return { outputs: outputs!, results };
  }
}
