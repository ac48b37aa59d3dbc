import { ShapeError } from "../../errors.js";
import type { Pointer } from "../../kernels/kernels.js";
import { addGradient, deferWeightGradient, record } from "../autograd.js";
import { Scope } from "../scope.js";
import { describeShape, empty, type Tensor } from "../tensor.js";
import { multiplyPacked, packedTransposedWeight, packedWeight } from "./linear.js";

/** The kinds of recurrent cells: Elman's with tanh or ReLU, LSTM, GRU. */
export type CellKind = "rnn" | "rnn-relu" | "lstm" | "gru";

/** Gate blocks in the weights, and vectors kept for the way back, per hidden unit. */
export const CELL_SIZES: Record<CellKind, { gates: number; saved: number }> = {
  rnn: { gates: 1, saved: 1 },
  "rnn-relu": { gates: 1, saved: 1 },
  lstm: { gates: 4, saved: 5 },
  gru: { gates: 3, saved: 4 },
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
  /** What the gates let through, [batch, time, kept · hidden]: h | i f g o tanh(c) | r z n gh_n; 0 on padding. */
  gates: Tensor;
}

/** How a scan goes over time. */
export interface RecurrenceOptions {
  /** [batch, time], 1 = real token. Where it is 0 the state is kept. */
  mask?: Tensor | undefined;
  /** From the last time to the first. */
  reverse?: boolean;
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
  const { gates, saved: savedCount } = CELL_SIZES[kind];
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
  const savedWidth = savedCount * hidden;
  const kept = empty([batch, time, savedWidth]);
  const saved = kept.pointer;
  const gh = scope.allocate(batch * gateWidth);
  const packed = packedWeight(weight, all);

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

  for (let step = 0; step < time; step++) {
    const t = timeAt(step);
    const last = step === time - 1;
    const next = last ? 0 : offset(timeAt(step + 1), hidden);
    const [h, ldh] = last ? [finalHidden.pointer, hidden] : [previous + next, time * hidden];
    const hPrev = previous + offset(t, hidden);
    multiplyPacked(weight, packed, {
      y: gh,
      ldy: gateWidth,
      x: hPrev,
      ldx: time * hidden,
      bias: bias.pointer,
      rows: batch,
      count: hidden,
    });
    const into = [outputs.pointer + offset(t, hidden), time * hidden] as const;
    const keep = [saved + offset(t, savedWidth), time * savedWidth] as const;
    const from = [projected.pointer + offset(t, gateWidth), time * gateWidth, gh, hPrev, time * hidden] as const;
    const masked = [mask ? mask.pointer + offset(t, 1) : 0, time, batch, hidden] as const;
    if (kind === "gru") kernels.gruForward(h, ldh, ...into, ...keep, ...from, ...masked);
    else if (kind === "lstm") {
      const c = last ? finalCell!.pointer : previousCells + next;
      const cPrev = previousCells + offset(t, hidden);
      kernels.lstmForward(h, ldh, c, ldh, ...into, ...keep, ...from, cPrev, time * hidden, ...masked);
    } else kernels.rnnForward(h, ldh, ...into, ...keep, ...from, ...masked, kind === "rnn-relu" ? 1 : 0);
  }

  const inputs = [projected, weight, bias, initial.hidden, ...(initial.cell ? [initial.cell] : [])];
  const results = [outputs, finalHidden, ...(finalCell ? [finalCell] : [])];
  record(inputs, results, () => {
    const dgx = scope.allocate(batch * time * gateWidth);
    // Only the GRU's new gate sees r between the two sums; elsewhere dgh = dgx.
    const dgh = kind === "gru" ? scope.allocate(batch * time * gateWidth) : dgx;
    const transposed = packedTransposedWeight(weight, all);
    const copyOrZero = (gradient: Pointer): Pointer => {
      const pointer = scope.allocate(batch * hidden);
      if (gradient) kernels.copyRows(pointer, hidden, gradient, hidden, batch, hidden, 0);
      else kernels.fill(pointer, 0, batch * hidden);
      return pointer;
    };
    /** Where dgx is still read for the weight: others may add to the gradient of `projected`. */
    const copyOf = (gradient: Pointer): Pointer => {
      const pointer = scope.allocate(projected.size);
      kernels.copyRows(pointer, gateWidth, gradient, gateWidth, batch * time, gateWidth, 0);
      return pointer;
    };
    let [dh, dhPrev] = [copyOrZero(finalHidden.gradient), scope.allocate(batch * hidden)];
    let [dc, dcPrev] = finalCell ? [copyOrZero(finalCell.gradient), scope.allocate(batch * hidden)] : [0, 0];
    for (let step = time - 1; step >= 0; step--) {
      const t = timeAt(step);
      const dout = [outputs.gradient ? outputs.gradient + offset(t, hidden) : 0, time * hidden] as const;
      const keptAt = [saved + offset(t, savedWidth), time * savedWidth] as const;
      const masked = [mask ? mask.pointer + offset(t, 1) : 0, time, batch, hidden] as const;
      const [dx, dg, ldg] = [dgx + offset(t, gateWidth), dgh + offset(t, gateWidth), time * gateWidth];
      const hPrev = previous + offset(t, hidden);
      if (kind === "gru")
        kernels.gruBackward(dx, ldg, dg, ldg, dhPrev, dh, ...dout, ...keptAt, hPrev, time * hidden, ...masked);
      else if (kind === "lstm") {
        const cPrev = previousCells + offset(t, hidden);
        kernels.lstmBackward(dx, ldg, dhPrev, dcPrev, dh, dc, ...dout, ...keptAt, cPrev, time * hidden, ...masked);
      } else kernels.rnnBackward(dx, ldg, dhPrev, dh, ...dout, ...keptAt, ...masked, kind === "rnn-relu" ? 1 : 0);
      kernels.product(dhPrev, hidden, dg, time * gateWidth, transposed, 0, batch, hidden, gateWidth, 1);
      [dh, dhPrev] = [dhPrev, dh];
      [dc, dcPrev] = [dcPrev, dc];
    }
    addGradient(projected, dgh === dgx && projected.needsGradient ? copyOf(dgx) : dgx);
    addGradient(initial.hidden, dh);
    if (initial.cell) addGradient(initial.cell, dc);
    deferWeightGradient(weight, bias, 0, hidden, { x: previous, dy: dgh, rows: batch * time });
  });
  const state = finalCell ? { hidden: finalHidden, cell: finalCell } : { hidden: finalHidden };
  return { outputs, state, gates: kept };
}
