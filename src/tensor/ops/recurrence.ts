import { ShapeError } from "../../errors.js";
import type { Pointer } from "../../kernels/kernels.js";
import { addGradient, deferWeightGradient, record } from "../autograd.js";
import { Scope } from "../scope.js";
import { describeShape, empty, type Tensor } from "../tensor.js";
import { type ColumnRange, multiplyPacked, PANEL, packedTransposedWeight, packedWeight } from "./linear.js";

/** The kinds of recurrent cells: Elman's with tanh or ReLU, LSTM, GRU. */
export type CellKind = "rnn" | "rnn-relu" | "lstm" | "gru";

/** Gate blocks in the weights, and what is kept beside the gates for the way back: tanh(c) or gh_n, per hidden unit. */
export const CELL_SIZES: Record<CellKind, { gates: number; beside: 0 | 1 }> = {
  rnn: { gates: 1, beside: 0 },
  "rnn-relu": { gates: 1, beside: 0 },
  lstm: { gates: 4, beside: 1 },
  gru: { gates: 3, beside: 1 },
};

/** What a cell carries from step to step, each [batch, hidden]; `cell` for the LSTM alone. */
export interface RecurrentState {
  hidden: Tensor;
  cell?: Tensor;
}

/** What a scan over time leaves. */
export interface RecurrenceResult {
  /** [batch, time, hidden], 0 on padding. */
  outputs: Tensor;
  /** The state after the last real token (of a reversed scan: after the first). */
  state: RecurrentState;
  /** What the gates let through, [batch, time, gates · hidden]: h | i f g o | r z n; 0 on padding. Until `backward`. */
  gates: Tensor;
}

/** How a scan goes over time. */
export interface RecurrenceOptions {
  /** [batch, time], 1 = real token. Where it is 0 the state is kept. */
  mask?: Tensor | undefined;
  /** From the last time to the first. */
  reverse?: boolean;
}

/** Numbers of a weight that are multiplied at a time: a megabyte. */
const PIECE = 2 ** 18;
/** Of more rows computing takes longer than reading the weight. */
const FEW_ROWS = 4;

/**
 * The outputs of a weight that no nearby cache holds whole, in pieces. Steps take them from either end by turns: what one read
 * last is still near when the next begins.
 */
function piecesOf(outputs: number, inputs: number): ColumnRange[] {
  const most = Math.max(1, Math.floor(PIECE / inputs / PANEL)) * PANEL;
  return Array.from({ length: Math.ceil(outputs / most) }, (_, piece) => {
    const first = piece * most;
    return { first, count: Math.min(most, outputs - first) };
  });
}

/**
 * A cell scanned over time: the products W_hh h' + b_hh and the fused gates of every step.
 *
 *   rnn   h = tanh(gx + gh)
 *   lstm  i f g o = σ σ tanh σ (gx + gh);  c = f c' + i g;  h = o tanh(c)            (Hochreiter & Schmidhuber 1997)
 *   gru   r z = σ(gx + gh);  n = tanh(gx_n + r gh_n);  h = (1 − z) n + z h'          (Cho et al. 2014, as in PyTorch)
 *
 * `projected` [batch, time, gates · hidden] holds gx = W_ih x + b_ih, computed for all times in one product; `weight`
 * is W_hh [gates · hidden, hidden], `bias` b_hh. One step of a decoder is a scan over one time.
 *
 * The scan takes `projected` over: the gates are written into its place, and in `backward` its gradient over the gates.
 * It must not be read elsewhere.
 */
export function recurrence(
  kind: CellKind,
  projected: Tensor,
  weight: Tensor,
  bias: Tensor,
  initial: RecurrentState,
  options: RecurrenceOptions = {},
): RecurrenceResult {
  const [batch, time, gateWidth] = projected.shape as [number, number, number];
  const hidden = weight.shape[1]!;
  const { gates, beside } = CELL_SIZES[kind];
  if (gateWidth !== gates * hidden || initial.hidden.shape.join() !== `${batch},${hidden}`)
    throw new ShapeError(
      `recurrence ${kind}: expected inputs [batch, time, ${gates * hidden}] and a state [batch, ${hidden}], ` +
        `got ${describeShape(projected)} and ${describeShape(initial.hidden)}.`,
    );
  if ((kind === "lstm") !== (initial.cell !== undefined))
    throw new ShapeError(
      `recurrence ${kind}: expected ${kind === "lstm" ? "a" : "no"} cell state beside the hidden one.`,
    );
  const { mask, reverse = false } = options;
  if (weight.shape[0] !== gateWidth || bias.size !== gateWidth)
    throw new ShapeError(
      `recurrence ${kind}: expected a weight [${gateWidth}, ${hidden}] and a bias [${gateWidth}], ` +
        `got ${describeShape(weight)} and ${describeShape(bias)}.`,
    );
  if (initial.cell && initial.cell.size !== initial.hidden.size)
    throw new ShapeError(
      `recurrence ${kind}: expected a cell state ${describeShape(initial.hidden)}, got ${describeShape(initial.cell)}.`,
    );
  if (mask && mask.size !== batch * time)
    throw new ShapeError(`recurrence ${kind}: expected a mask [${batch}, ${time}], got ${describeShape(mask)}.`);
  const { backend } = projected;
  const { kernels, memory } = backend;
  const scope = Scope.current;
  const all = { first: 0, count: hidden };

  const outputs = empty([batch, time, hidden]);
  const finalHidden = empty([batch, hidden]);
  const finalCell = kind === "lstm" ? empty([batch, hidden]) : undefined;
  const kept = beside ? scope.allocate(batch * time * hidden) : 0;
  const packed = packedWeight(weight, all);
  const pieces = time === 1 || batch > FEW_ROWS ? [{ first: 0, count: gateWidth }] : piecesOf(gateWidth, hidden);

  /** The byte offset of time t in rows of `width` per time. */
  const offset = (t: number, width: number) => t * width * memory.bytesPerElement;
  const timeAt = (step: number) => (reverse ? time - 1 - step : step);
  /** h' and c' of every time, [batch, time, hidden]. */
  const remember = (start: Tensor): Pointer => {
    if (time === 1) return start.pointer;
    const pointer = scope.allocate(batch * time * hidden);
    kernels.copyRows(pointer + offset(timeAt(0), hidden), time * hidden, start.pointer, hidden, batch, hidden, 0);
    return pointer;
  };
  const previous = remember(initial.hidden);
  const previousCells = initial.cell ? remember(initial.cell) : 0;
  /** Where the gates, and what is kept beside them, stand at time t. */
  const gatesAt = (t: number) => [projected.pointer + offset(t, gateWidth), time * gateWidth] as const;
  const keptAt = (t: number) => [kept + offset(t, hidden), time * hidden] as const;
  const maskAt = (t: number) => [mask ? mask.pointer + offset(t, 1) : 0, time, batch, hidden] as const;

  scope.temporarily(() => {
    const gh = scope.allocate(batch * gateWidth);
    for (let step = 0; step < time; step++) {
      const t = timeAt(step);
      const last = step === time - 1;
      const next = last ? 0 : offset(timeAt(step + 1), hidden);
      const [h, ldh] = last ? [finalHidden.pointer, hidden] : [previous + next, time * hidden];
      const before = [previous + offset(t, hidden), time * hidden] as const;
      const read = { x: before[0], ldx: before[1], rows: batch, count: hidden };
      for (let i = 0; i < pieces.length; i++) {
        const outputs = pieces[step % 2 === 0 ? i : pieces.length - 1 - i]!;
        const at = outputs.first * memory.bytesPerElement;
        multiplyPacked(weight, packed, { y: gh + at, ldy: gateWidth, bias: bias.pointer + at, outputs, ...read });
      }
      const into = [outputs.pointer + offset(t, hidden), time * hidden, ...gatesAt(t)] as const;
      const from = [...gatesAt(t), gh, ...before] as const;
      if (kind === "gru") kernels.gruForward(h, ldh, ...into, ...keptAt(t), ...from, ...maskAt(t));
      else if (kind === "lstm") {
        const c = last ? finalCell!.pointer : previousCells + next;
        const cell = [previousCells + offset(t, hidden), time * hidden] as const;
        kernels.lstmForward(h, ldh, c, ldh, ...into, ...keptAt(t), ...from, ...cell, ...maskAt(t));
      } else kernels.rnnForward(h, ldh, ...into, ...from, ...maskAt(t), kind === "rnn-relu" ? 1 : 0);
    }
  });

  const inputs = [projected, weight, bias, initial.hidden, ...(initial.cell ? [initial.cell] : [])];
  const results = [outputs, finalHidden, ...(finalCell ? [finalCell] : [])];
  record(inputs, results, () => {
    // dgh = dgx, but in the GRU the new gate sees r between the two sums: dgh_n stands where gh_n stood.
    const blocks = kind === "gru" ? [2 * hidden, hidden] : [gateWidth];
    const [transposed, transposedNew] = packedTransposedWeight(weight, all, blocks);
    const copyOrZero = (gradient: Pointer): Pointer => {
      const pointer = scope.allocate(batch * hidden);
      if (gradient) kernels.copyRows(pointer, hidden, gradient, hidden, batch, hidden, 0);
      else kernels.fill(pointer, 0, batch * hidden);
      return pointer;
    };
    let [dh, dhPrev] = [copyOrZero(finalHidden.gradient), scope.allocate(batch * hidden)];
    let [dc, dcPrev] = finalCell ? [copyOrZero(finalCell.gradient), scope.allocate(batch * hidden)] : [0, 0];
    for (let step = time - 1; step >= 0; step--) {
      const t = timeAt(step);
      const dout = [outputs.gradient ? outputs.gradient + offset(t, hidden) : 0, time * hidden] as const;
      const before = [previous + offset(t, hidden), time * hidden] as const;
      if (kind === "gru") {
        const from = [...dout, ...gatesAt(t), ...keptAt(t), ...before] as const;
        kernels.gruBackward(...gatesAt(t), ...keptAt(t), dhPrev, dh, ...from, ...maskAt(t));
      } else if (kind === "lstm") {
        const cell = [previousCells + offset(t, hidden), time * hidden] as const;
        const from = [...dout, ...gatesAt(t), ...keptAt(t), ...cell] as const;
        kernels.lstmBackward(...gatesAt(t), dhPrev, dcPrev, dh, dc, ...from, ...maskAt(t));
      } else {
        const from = [...dout, ...gatesAt(t)] as const;
        kernels.rnnBackward(...gatesAt(t), dhPrev, dh, ...from, ...maskAt(t), kind === "rnn-relu" ? 1 : 0);
      }
      kernels.product(dhPrev, hidden, ...gatesAt(t), transposed!, 0, batch, hidden, blocks[0]!, 1);
      if (transposedNew) kernels.product(dhPrev, hidden, ...keptAt(t), transposedNew, 0, batch, hidden, hidden, 1);
      [dh, dhPrev] = [dhPrev, dh];
      [dc, dcPrev] = [dcPrev, dc];
    }
    addGradient(projected, projected.pointer);
    addGradient(initial.hidden, dh);
    if (initial.cell) addGradient(initial.cell, dc);
    const dgates = { pointer: projected.pointer, stride: gateWidth, columns: blocks[0]! };
    const dnew = { pointer: kept, stride: hidden, columns: hidden };
    const dy = kind === "gru" ? [dgates, dnew] : [dgates];
    deferWeightGradient(weight, bias, all, { x: previous, dy, rows: batch * time });
  });
  const state = finalCell ? { hidden: finalHidden, cell: finalCell } : { hidden: finalHidden };
  return { outputs, state, gates: projected };
}
