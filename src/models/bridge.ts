import { Linear, type Parameters } from "../nn/index.js";
import type { Recipe } from "../recipe/schema.js";
import { concat, meanOverTime, type RecurrentState, type Tensor, tanh } from "../tensor/index.js";
import type { Encoded } from "./encoder.js";

/**
 * The decoder's first state s_0, of each layer:
 *
 *   dense   tanh(W c + b)
 *   mean    tanh(W h̄ + b) with the mean h̄ of the encoder's states       (Sennrich et al. 2017, section 2)
 *   copy    the encoder's final state of the same layer, both directions side by side
 *   zero    0
 *
 * An LSTM's cell state starts at 0, but `copy` takes it from the encoder if that is an LSTM too.
 */
export class Bridge {
  readonly #kind: Recipe["model"]["decoder"]["bridge"];
  readonly #dense: Linear[] = [];

  constructor(parameters: Parameters, decoder: Recipe["model"]["decoder"], encoderSize: number) {
    this.#kind = decoder.bridge;
    if (decoder.bridge === "dense" || decoder.bridge === "mean")
      for (let layer = 0; layer < decoder.layers; layer++)
        this.#dense.push(new Linear(parameters, `bridge.${layer}`, encoderSize, decoder.hiddenSize));
  }

  /** What each layer of the decoder starts from, given its zero state. */
  forward(encoded: Encoded, zero: readonly RecurrentState[]): RecurrentState[] {
    if (this.#kind === "copy") return zero.map((state, layer) => copyOf(encoded.states[layer]!, state));
    if (this.#dense.length === 0) return [...zero];
    const from = this.#kind === "mean" ? meanOverTime(encoded.outputs, encoded.mask) : encoded.code;
    return zero.map((state, layer) => ({ ...state, hidden: tanh(this.#dense[layer]!.forward(from)) }));
  }
}

/** The final states of an encoder layer's directions as one state, with the parts the decoder's cell has. */
function copyOf(directions: readonly RecurrentState[], zero: RecurrentState): RecurrentState {
  const hidden = concat(directions.map((state) => state.hidden));
  if (zero.cell === undefined) return { hidden };
  const cells = directions.map((state) => state.cell).filter((cell): cell is Tensor => cell !== undefined);
  return { hidden, cell: cells.length > 0 ? concat(cells) : zero.cell };
}
