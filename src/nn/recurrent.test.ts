import { describe, expect, it } from "vitest";
import { BACKENDS, wasm } from "../../test/support/backends.js";
import { type GoldenTensor, readGolden } from "../../test/support/golden.js";
import { backwardFrom } from "../../test/support/gradients.js";
import { expectClose, expectSame, numbers } from "../../test/support/numbers.js";
import type { Backend } from "../kernels/kernels.js";
import { CELL_SIZES, type CellKind, ints, type RecurrentState, Scope, type Tensor, tensor } from "../tensor/index.js";
import { Parameters } from "./parameters.js";
import { Recurrent, RecurrentCell, type RecurrentOptions } from "./recurrent.js";

type Named = Record<string, GoldenTensor>;
interface RecurrentCase {
  name: string;
  cell: "rnn" | "lstm" | "gru";
  nonlinearity: "tanh" | "relu" | null;
  bidirectional: boolean;
  layers: number;
  sizes: { batch: number; time: number; inputSize: number; hiddenSize: number };
  lengths: number[];
  mask: GoldenTensor;
  input: GoldenTensor;
  /** States [layers · directions, batch, hidden]; null where they start from zero. */
  initialHidden: GoldenTensor | null;
  initialCell?: GoldenTensor | null;
  parameters: Named;
  outputs: GoldenTensor;
  finalHidden: GoldenTensor;
  finalCell?: GoldenTensor;
  upstream: { outputs: GoldenTensor; finalHidden: GoldenTensor; finalCell?: GoldenTensor };
  gradients: {
    input: GoldenTensor;
    initialHidden: GoldenTensor | null;
    initialCell?: GoldenTensor | null;
    parameters: Named;
  };
}
interface CellCase {
  name: string;
  cell: "rnn" | "lstm" | "gru";
  nonlinearity: "tanh" | "relu" | null;
  sizes: { batch: number; inputSize: number; hiddenSize: number };
  input: GoldenTensor;
  state: Named;
  parameters: Named;
  next: Named;
  upstream: Named;
  gradients: { input: GoldenTensor; state: Named; parameters: Named };
}
// torch.nn.RNN, LSTM, GRU and their cells in PyTorch 2.13; script, command and seed stand in each file's header.
const layers = readGolden<{ cases: RecurrentCase[] }>("recurrent").cases;
const cells = readGolden<{ cases: CellCase[] }>("cells").cases;

const kindOf = ({ cell, nonlinearity }: { cell: "rnn" | "lstm" | "gru"; nonlinearity: string | null }): CellKind =>
  cell === "rnn" && nonlinearity === "relu" ? "rnn-relu" : cell;

/** A tensor of golden numbers that wants a gradient. */
function leaf({ data, shape }: GoldenTensor): Tensor {
  const made = tensor(data, shape);
  made.needsGradient = true;
  return made;
}

/** The part of states [layers · directions, batch, hidden] that is one direction's. */
const slice = ({ data, shape }: GoldenTensor, index: number): GoldenTensor => {
  const size = shape[1]! * shape[2]!;
  return { shape: shape.slice(1), data: data.slice(index * size, (index + 1) * size) };
};

function loadAll(parameters: Parameters, values: Named, nameOf: (name: string) => string): void {
  for (const [name, { shape, data }] of Object.entries(values)) parameters.load(nameOf(name), shape, data);
  expect([...parameters].map(([name]) => name)).toEqual(Object.keys(values).map(nameOf));
}

/** Runs with parameters in one scope and a training step in another, and ends both. */
function inScopes(backend: Backend, work: (parameters: Parameters) => void): void {
  const [persistent, step] = [new Scope(backend), new Scope(backend, { gradients: true })];
  try {
    step.run(() => work(new Parameters(persistent, 1)));
  } finally {
    step.dispose();
    persistent.dispose();
  }
}

describe.each(BACKENDS)("PyTorch on %s", (_, backend, tolerance) => {
  it.each(layers.map((case_) => [case_.name, case_] as const))("layers: %s", (_, case_) => {
    inScopes(backend, (parameters) => {
      const { inputSize, hiddenSize } = case_.sizes;
      const { layers, bidirectional } = case_;
      const options = { kind: kindOf(case_), inputSize, hiddenSize, layers, bidirectional, dropout: 0 };
      const recurrent = new Recurrent(parameters, "encoder.recurrent", options);
      loadAll(parameters, case_.parameters, (name) => `encoder.recurrent.${name}`);
      const directions = bidirectional ? 2 : 1;
      /** `[layer][direction]` from what PyTorch keeps in one tensor. */
      const eachState = <Item>(make: (index: number) => Item): Item[][] =>
        Array.from({ length: layers }, (_, layer) =>
          Array.from({ length: directions }, (_, direction) => make(layer * directions + direction)),
        );
      const { initialHidden, initialCell, finalHidden, finalCell, upstream } = case_;
      const initial =
        initialHidden &&
        eachState((index): RecurrentState => {
          const hidden = leaf(slice(initialHidden, index));
          return initialCell ? { hidden, cell: leaf(slice(initialCell, index)) } : { hidden };
        });
      const input = leaf(case_.input);
      const padded = case_.lengths.some((length) => length < case_.sizes.time);
      const mask = padded ? tensor(case_.mask.data, case_.mask.shape) : undefined;
      const { outputs, states } = recurrent.forward(input, mask, initial ?? undefined);

      expect(outputs.shape).toEqual(case_.outputs.shape);
      expectClose(outputs.toArray(), case_.outputs.data, tolerance, "outputs");
      const flat = states.flat();
      for (const [index, { hidden, cell }] of flat.entries()) {
        expectClose(hidden.toArray(), slice(finalHidden, index).data, tolerance, `final hidden ${index}`);
        if (finalCell) expectClose(cell!.toArray(), slice(finalCell, index).data, tolerance, `final cell ${index}`);
      }

      backwardFrom([
        [outputs, upstream.outputs.data],
        ...flat.map(({ hidden }, i) => [hidden, slice(upstream.finalHidden, i).data] as const),
        ...(upstream.finalCell ? flat.map(({ cell }, i) => [cell!, slice(upstream.finalCell!, i).data] as const) : []),
      ]);
      const { gradients } = case_;
      expectClose(input.gradientArray()!, gradients.input.data, tolerance, "gradient of the input");
      for (const [name, { data }] of Object.entries(gradients.parameters)) {
        const found = parameters.get(`encoder.recurrent.${name}`).gradientArray()!;
        expectClose(found, data, tolerance, `gradient of ${name}`);
      }
      for (const [index, { hidden, cell }] of (initial ?? []).flat().entries()) {
        const wanted = slice(gradients.initialHidden!, index).data;
        expectClose(hidden.gradientArray()!, wanted, tolerance, `gradient of initial hidden ${index}`);
        if (!cell) continue;
        const wantedCell = slice(gradients.initialCell!, index).data;
        expectClose(cell.gradientArray()!, wantedCell, tolerance, `gradient of initial cell ${index}`);
      }
    });
  });

  it.each(cells.map((case_) => [case_.name, case_] as const))("one step: %s", (_, case_) => {
    inScopes(backend, (parameters) => {
      const { batch, inputSize, hiddenSize } = case_.sizes;
      const cell = new RecurrentCell(parameters, "cell", "", kindOf(case_), inputSize, hiddenSize);
      loadAll(parameters, case_.parameters, (name) => `cell.${name}`);
      const input = leaf({ ...case_.input, shape: [batch, 1, inputSize] });
      const hidden = leaf(case_.state["hidden"]!);
      const state: RecurrentState = case_.state["cell"] ? { hidden, cell: leaf(case_.state["cell"]) } : { hidden };
      const { outputs, state: next } = cell.scan(cell.project(input), state);
      const entries = Object.entries(next) as [string, Tensor][];
      expect(entries.map(([name]) => name)).toEqual(Object.keys(case_.next));
      for (const [name, found] of entries) expectClose(found.toArray(), case_.next[name]!.data, tolerance, name);
      expectSame(outputs.toArray(), next.hidden.toArray(), "output = next hidden");

      backwardFrom(entries.map(([name, found]) => [found, case_.upstream[name]!.data]));
      expectClose(input.gradientArray()!, case_.gradients.input.data, tolerance, "gradient of the input");
      for (const [name, given] of Object.entries(state) as [string, Tensor][])
        expectClose(given.gradientArray()!, case_.gradients.state[name]!.data, tolerance, `gradient of ${name}`);
      for (const [name, { data }] of Object.entries(case_.gradients.parameters))
        expectClose(parameters.get(`cell.${name}`).gradientArray()!, data, tolerance, `gradient of ${name}`);
    });
  });
});

describe.each([
  ...(["rnn", "rnn-relu", "lstm", "gru"] as const).map((kind) => ({ kind, layerNorm: false })),
  ...(["rnn", "lstm", "gru"] as const).map((kind) => ({ kind, layerNorm: true })),
])("identities of $kind, layer-normalised: $layerNorm", ({ kind, layerNorm }) => {
  const [inputSize, hiddenSize, time] = [3, 7, 5];
  const options: RecurrentOptions = {
    kind,
    inputSize,
    hiddenSize,
    layers: 2,
    bidirectional: true,
    dropout: 0,
    layerNorm,
    residual: layerNorm,
  };
  const lengths = [3, 5, 1];
  const input = numbers("input", lengths.length * time * inputSize);

  it("no state is a zero state", () => {
    inScopes(wasm, (parameters) => {
      const recurrent = new Recurrent(parameters, "r", options);
      const x = tensor(input, [lengths.length, time, inputSize]);
      const zero = recurrent.cells.map((directions) => directions.map((cell) => cell.zeroState(lengths.length)));
      const none = recurrent.forward(x);
      const given = recurrent.forward(x, undefined, zero);
      expectSame(given.outputs.toArray(), none.outputs.toArray(), "outputs");
      const half = recurrent.cells.map((directions) =>
        directions.map((cell) => {
          const state = cell.zeroState(lengths.length);
          state.hidden.set(new Float64Array(state.hidden.size).fill(0.5));
          return state;
        }),
      );
      expect(recurrent.forward(x, undefined, half).outputs.toArray()).not.toEqual(none.outputs.toArray());
    });
  });

  it("a padded batch is its rows alone, bit for bit, whatever stands on the padding", () => {
    inScopes(wasm, (parameters) => {
      const recurrent = new Recurrent(parameters, "r", options);
      const x = Float64Array.from(input);
      const mask = lengths.flatMap((length) => Array.from({ length: time }, (_, t) => (t < length ? 1 : 0)));
      for (const [i, real] of mask.entries()) if (!real) x.fill(100, i * inputSize, (i + 1) * inputSize);
      const batch = recurrent.forward(
        tensor(x, [lengths.length, time, inputSize]),
        tensor(mask, [lengths.length, time]),
      );
      const together = batch.outputs.toArray();
      const width = 2 * hiddenSize;
      for (const [row, length] of lengths.entries()) {
        const from = row * time * inputSize;
        const alone = recurrent.forward(tensor(x.slice(from, from + length * inputSize), [1, length, inputSize]));
        const wanted = new Float64Array(time * width);
        wanted.set(alone.outputs.toArray());
        expectSame(together.subarray(row * time * width, (row + 1) * time * width), wanted, `outputs of row ${row}`);
        for (const [layer, directions] of alone.states.entries())
          for (const [direction, state] of directions.entries())
            for (const [name, value] of Object.entries(state) as ["hidden" | "cell", Tensor][]) {
              const all = batch.states[layer]![direction]![name]!.toArray();
              const part = all.subarray(row * hiddenSize, (row + 1) * hiddenSize);
              expectSame(part, value.toArray(), `${name} of row ${row}, layer ${layer}, direction ${direction}`);
            }
      }
    });
  });

  it("a scan is its steps repeated, bit for bit, and the reversed scan those from the end", () => {
    inScopes(wasm, (parameters) => {
      const cell = new RecurrentCell(parameters, "c", "", kind, inputSize, hiddenSize, { layerNorm });
      const x = tensor(input, [lengths.length, time, inputSize]);
      for (const reverse of [false, true]) {
        const scan = cell.scan(cell.project(x), cell.zeroState(lengths.length), { reverse });
        const outputs = scan.outputs.toArray();
        let state = cell.zeroState(lengths.length);
        for (let step = 0; step < time; step++) {
          const t = reverse ? time - 1 - step : step;
          const now = lengths.flatMap((_, row) =>
            Array.from(input.slice((row * time + t) * inputSize, (row * time + t + 1) * inputSize)),
          );
          state = cell.scan(cell.project(tensor(now, [lengths.length, 1, inputSize])), state).state;
          const hidden = state.hidden.toArray();
          for (const row of lengths.keys()) {
            const from = (row * time + t) * hiddenSize;
            const wanted = hidden.subarray(row * hiddenSize, (row + 1) * hiddenSize);
            expectSame(outputs.subarray(from, from + hiddenSize), wanted, `output of row ${row} at time ${t}`);
          }
        }
        for (const [name, value] of Object.entries(state) as ["hidden" | "cell", Tensor][])
          expectSame(scan.state[name]!.toArray(), value.toArray(), `final ${name}`);
      }
    });
  });

  it("an input in two parts meets the weight as the whole does", () => {
    inScopes(wasm, (parameters) => {
      const cell = new RecurrentCell(parameters, "c", "", kind, inputSize, hiddenSize, { layerNorm });
      const rows = lengths.length * time;
      const part = (first: number, count: number) =>
        tensor(
          Array.from({ length: rows }, (_, i) => Array.from(input.slice(i * inputSize + first).slice(0, count))).flat(),
          [lengths.length, time, count],
        );
      const whole = cell.project(part(0, 3)).toArray();
      const first = cell.project(part(0, 2), { first: 0, count: 2 }).toArray();
      const second = cell.project(part(2, 1), { first: 2, count: 1 }).toArray();
      expectClose(
        first.map((value, i) => value + second[i]!),
        whole,
        1e-6,
        "projection",
      );
    });
  });
});

/** Layer normalisation with gain 1 and bias 0. */
function normalized(values: readonly number[]): number[] {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / Math.sqrt(variance + 1e-5));
}

it.each(["rnn", "lstm", "gru"] as const)("a layer-normalised %s shows the gates of every time", (kind) => {
  inScopes(wasm, (parameters) => {
    const [batch, time, hiddenSize] = [2, 3, 5];
    const cell = new RecurrentCell(parameters, "c", "", kind, 3, hiddenSize, { layerNorm: true });
    const { gates, outputs } = cell.scan(
      cell.project(tensor(numbers("x", batch * time * 3), [batch, time, 3])),
      cell.zeroState(batch),
    );
    const kept = CELL_SIZES[kind].gates * hiddenSize;
    expect(gates.shape).toEqual([batch, time, kept]);
    const [g, h] = [gates.toArray(), outputs.toArray()];
    /** One gate of one row and time. */
    const read = (row: number, slot: number) =>
      Array.from(g.subarray(row * kept + slot * hiddenSize).slice(0, hiddenSize));
    for (let row = 0; row < batch * time; row++) {
      const hidden = h.subarray(row * hiddenSize, (row + 1) * hiddenSize);
      const [first, second, third, fourth] = Array.from({ length: kept / hiddenSize }, (_, slot) => read(row, slot));
      if (kind === "rnn") expectClose(hidden, first!, 1e-6, `state of row ${row}`);
      else if (row % time === 0) {
        // From zero, h = (1 − z) n, and h = o tanh(LN(i g)).
        const cell = normalized(first!.map((i, j) => i * third![j]!));
        const shown =
          kind === "gru" ? second!.map((z, j) => (1 - z) * third![j]!) : cell.map((c, j) => fourth![j]! * Math.tanh(c));
        expectClose(hidden, shown, 1e-5, `state of row ${row}`);
      }
    }
  });
});

it.each(BACKENDS)(
  "rows alone read a large weight in pieces, from either end, and give the bits of the batch on %s",
  (_, backend) => {
    // 307,200 numbers: more than are multiplied at a time where rows are few.
    const [batch, time, inputSize, hiddenSize] = [5, 4, 3, 320];
    const input = numbers("input", batch * time * inputSize);
    inScopes(backend, (parameters) => {
      const cell = new RecurrentCell(parameters, "c", "", "gru", inputSize, hiddenSize);
      const scan = (x: Float64Array, rows: number, reverse: boolean) =>
        cell
          .scan(cell.project(tensor(x, [rows, time, inputSize])), cell.zeroState(rows), { reverse })
          .outputs.toArray();
      for (const reverse of [false, true]) {
        const together = scan(input, batch, reverse);
        for (let row = 0; row < batch; row++) {
          const alone = scan(input.slice(row * time * inputSize, (row + 1) * time * inputSize), 1, reverse);
          const wanted = together.subarray(row * time * hiddenSize, (row + 1) * time * hiddenSize);
          expectSame(alone, wanted, `row ${row}, reverse ${reverse}`);
        }
      }
    });
  },
);

it("the normalised gates do not change when the input grows: only its direction counts", () => {
  inScopes(wasm, (parameters) => {
    const cell = new RecurrentCell(parameters, "c", "", "gru", 3, 7, { layerNorm: true });
    const outputsOf = (scale: number) =>
      cell
        .scan(
          cell.project(
            tensor(
              numbers("x", 15).map((x) => scale * x),
              [1, 5, 3],
            ),
          ),
          cell.zeroState(1),
        )
        .outputs.toArray();
    // 10⁻⁵ is added to the variance.
    expectClose(outputsOf(1000), outputsOf(100), 1e-4, "outputs");
    expect(outputsOf(1)).not.toEqual(outputsOf(-1));
  });
});

describe("dropout between layers", () => {
  const options: RecurrentOptions = {
    kind: "gru",
    inputSize: 3,
    hiddenSize: 7,
    layers: 2,
    bidirectional: false,
    dropout: 0.5,
  };
  const run = (parameters: Parameters, step: number | undefined, layers = 2) => {
    const recurrent = new Recurrent(parameters, `r${layers}`, { ...options, layers });
    const x = tensor(numbers("x", 2 * 5 * 3), [2, 5, 3]);
    const training = step === undefined ? undefined : { seed: 1, step, examples: ints([3, 8], [2]) };
    return Array.from(recurrent.forward(x, undefined, undefined, training).outputs.toArray());
  };
  const outputs = (step: number | undefined, layers?: number) => {
    let found: number[] = [];
    inScopes(wasm, (parameters) => {
      found = run(parameters, step, layers);
    });
    return found;
  };

  it("changes the result in training alone, otherwise at every step, and never below the first layer", () => {
    expect(outputs(1)).toEqual(outputs(1));
    expect(outputs(1)).not.toEqual(outputs(2));
    expect(outputs(1)).not.toEqual(outputs(undefined));
    expect(outputs(1, 1)).toEqual(outputs(undefined, 1));
  });

  it("keeps one mask for all times of a sentence where it is variational", () => {
    inScopes(wasm, (parameters) => {
      // The upper layer passes its input on: what is dropped is seen in its output.
      const recurrent = new Recurrent(parameters, "r", { ...options, kind: "rnn-relu", variational: true });
      for (const [name, parameter] of parameters)
        if (!name.includes("_l0")) parameter.set(new Float64Array(parameter.size));
      const identity = Float64Array.from({ length: 49 }, (_, i) => (i % 8 === 0 ? 1 : 0));
      parameters.get("r.weight_ih_l1").set(identity);
      parameters.get("r.weight_hh_l0").set(new Float64Array(49));
      parameters.get("r.weight_ih_l0").set(new Float64Array(21));
      parameters.get("r.bias_ih_l0").set(new Float64Array(7).fill(1));
      parameters.get("r.bias_hh_l0").set(new Float64Array(7));
      const x = tensor(numbers("x", 2 * 5 * 3), [2, 5, 3]);
      const training = { seed: 1, step: 1, examples: ints([3, 8], [2]) };
      const values = Array.from(recurrent.forward(x, undefined, undefined, training).outputs.toArray());
      const at = (row: number, time: number) => values.slice((row * 5 + time) * 7, (row * 5 + time + 1) * 7);
      for (const row of [0, 1]) for (let time = 1; time < 5; time++) expect(at(row, time)).toEqual(at(row, 0));
      expect(at(0, 0)).not.toEqual(at(1, 0));
      expect(new Set(values)).toEqual(new Set([0, 2]));
    });
  });
});
