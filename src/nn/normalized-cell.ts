import {
  add,
  type CellKind,
  concat,
  layerNorm,
  linear,
  multiply,
  type RecurrenceOptions,
  type RecurrenceResult,
  type RecurrentState,
  selectColumns,
  selectTime,
  sigmoid,
  stackTime,
  type Tensor,
  tanh,
  whereReal,
} from "../tensor/index.js";

/** α and β of the layer normalisations in a cell; each [gates · hidden], for the LSTM's cell state [hidden]. */
export interface CellNorms {
  input: { gain: Tensor; bias: Tensor };
  hidden: { gain: Tensor; bias: Tensor };
  cell?: { gain: Tensor; bias: Tensor };
}

/** What is normalised together, in hidden sizes: the GRU's new gate stands apart, for r comes between its two sums. */
const BLOCKS = { rnn: [1], lstm: [4], gru: [2, 1] } as const;

export type NormalizedKind = keyof typeof BLOCKS;

export const isNormalized = (kind: CellKind): kind is NormalizedKind => kind in BLOCKS;

/** One step: the next state, and what the gates let through in the order of `RecurrenceResult.gates`. */
interface Step {
  state: RecurrentState;
  kept: Tensor[];
}

/**
 * Layer-normalised cells scanned over time (Ba et al. 2016, eqs. 20–22 and, for the GRU, those after them). With
 * gx = LN(W_ih x; α₂, β₂) and gh = LN(W_hh h'; α₁, β₁):
 *
 *   rnn    h = tanh(gx + gh)
 *   lstm   i f g o = gx + gh;  c = σ(f) c' + σ(i) tanh(g);  h = σ(o) tanh(LN(c; α₃, β₃))
 *   gru    r z = σ(gx + gh);  n = tanh(gx_n + r gh_n);  h = (1 − z) n + z h'
 *
 * The βs are the cell's own `bias_ih` and `bias_hh`, so the b of eq. 20 is in them. `projected` [batch, time, gates · hidden]
 * is W_ih x without a bias. Steps are put together from operations; `recurrence` is the fused scan of the plain cells.
 */
export function normalizedScan(
  kind: NormalizedKind,
  projected: Tensor,
  weight: Tensor,
  norms: CellNorms,
  initial: RecurrentState,
  { mask, reverse = false }: RecurrenceOptions = {},
): RecurrenceResult {
  const times = projected.shape[1]!;
  const hiddenSize = weight.shape[1]!;
  const blocks = BLOCKS[kind].map((count) => count * hiddenSize);
  const inputs = layerNorm(projected, norms.input.gain, norms.input.bias, blocks);
  const outputs: Tensor[] = new Array(times);
  const kept: Tensor[][] = new Array(times);
  let state = initial;
  for (let step = 0; step < times; step++) {
    const t = reverse ? times - 1 - step : step;
    const x = selectTime(inputs, t);
    const fromState = layerNorm(linear(state.hidden, weight), norms.hidden.gain, norms.hidden.bias, blocks);
    const next = STEPS[kind](x, fromState, state, norms);
    outputs[t] = mask ? whereReal(next.state.hidden, undefined, mask, t) : next.state.hidden;
    kept[t] = next.kept;
    state = mask ? keepState(next.state, state, mask, t) : next.state;
  }
  return {
    outputs: stackTime(outputs),
    state,
    get gates() {
      return stackTime(kept.map(concat));
    },
  };
}

const keepState = (next: RecurrentState, previous: RecurrentState, mask: Tensor, time: number): RecurrentState => {
  const hidden = whereReal(next.hidden, previous.hidden, mask, time);
  return next.cell ? { hidden, cell: whereReal(next.cell, previous.cell, mask, time) } : { hidden };
};

/** gx and gh of one time [batch, gates · hidden], and the state before → the state after. */
type StepOf = (x: Tensor, fromState: Tensor, previous: RecurrentState, norms: CellNorms) => Step;

const gate = (x: Tensor, index: number, size: number) => selectColumns(x, index * size, size);

const STEPS: Record<NormalizedKind, StepOf> = {
  rnn(x, fromState) {
    const hidden = tanh(add(x, fromState));
    return { state: { hidden }, kept: [hidden] };
  },

  lstm(x, fromState, previous, norms) {
    const size = previous.hidden.shape[1]!;
    const sums = add(x, fromState);
    const [i, f, o] = [0, 1, 3].map((index) => sigmoid(gate(sums, index, size))) as [Tensor, Tensor, Tensor];
    const g = tanh(gate(sums, 2, size));
    const cell = add(multiply(f, previous.cell!), multiply(i, g));
    const shown = tanh(layerNorm(cell, norms.cell!.gain, norms.cell!.bias));
    return { state: { hidden: multiply(o, shown), cell }, kept: [i, f, g, o] };
  },

  gru(x, fromState, { hidden: previous }) {
    const size = previous.shape[1]!;
    const sums = sigmoid(add(selectColumns(x, 0, 2 * size), selectColumns(fromState, 0, 2 * size)));
    const [r, z, fromStateNew] = [gate(sums, 0, size), gate(sums, 1, size), gate(fromState, 2, size)];
    const n = tanh(add(gate(x, 2, size), multiply(r, fromStateNew)));
    const hidden = add(n, multiply(z, add(previous, n, -1)));
    return { state: { hidden }, kept: [r, z, n] };
  },
};
