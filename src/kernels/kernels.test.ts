import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import {
  describeBackend,
  NATIVE,
  wasm as plain,
  reference,
  startWorkers,
  WASM,
  wasmThreads,
} from "../../test/support/backends.js";
import { type BufferSpec, type Buffers, guardedCall, type Pointers } from "../../test/support/guarded-call.js";
import { expectClose, expectSame, integers, numbers } from "../../test/support/numbers.js";
import type { Backend, Flag, Kernels } from "./kernels.js";
import { createNativeBackend } from "./native/native.js";
import { createWasmBackend } from "./wasm/wasm.js";

// ── the backends, with a note of every kernel that was called ────────────────────────────────────────────────────────

const called = new Set<string>();
const noting = (backend: Backend): Backend => ({
  ...backend,
  kernels: new Proxy(backend.kernels, {
    get(kernels, name) {
      called.add(String(name));
      return Reflect.get(kernels, name);
    },
  }),
});
const wasm = noting(plain);
/** Every backend in float32; the kernels called on them are noted. */
const FAST: [name: string, backend: Backend][] = [...WASM, ...NATIVE].map((backend) => [
  describeBackend(backend),
  noting(backend),
]);
const header = readFileSync(new URL("../../kernels/kernels.h", import.meta.url), "utf8");
const kernelNames = [...header.matchAll(/^KERNEL\(\w+, (\w+),/gm)].map((match) => match[1]!);

// ── what every kernel takes ──────────────────────────────────────────────────────────────────────────────────────────

type Sizes = Record<string, number>;
type Outcome = ReturnType<typeof guardedCall>;

/** How a kernel's buffers are sized and filled, and how it is called. */
interface Contract {
  cases: Sizes[];
  buffers(sizes: Sizes, kernels: Kernels): Buffers;
  call(kernels: Kernels, pointer: Pointers, sizes: Sizes): void;
  /** Relative to max(1, |expected|); 2⁻¹⁹ unless given. */
  tolerance?(sizes: Sizes): number;
  /** The size that counts rows which must not see each other. */
  batch?: string;
}

const ODD = [1, 7, 8, 9, 17];
/** Every combination of the values of each size. */
function grid(choices: Record<string, readonly number[]>): Sizes[] {
  return Object.entries(choices).reduce<Sizes[]>(
    (cases, [name, values]) => cases.flatMap((sizes) => values.map((value) => ({ ...sizes, [name]: value }))),
    [{}],
  );
}

type Extra = Partial<BufferSpec>;
const written = (rows: number, columns: number, extra: Extra = {}): BufferSpec => ({
  role: "written",
  rows,
  columns,
  ...extra,
});
const scratch = (columns: number): BufferSpec => ({ role: "scratch", rows: 1, columns });
const input = (name: string, rows: number, columns: number, extra: Extra = {}): BufferSpec => ({
  role: "input",
  rows,
  columns,
  values: numbers(name, rows * columns),
  ...extra,
});
const added = (name: string, rows: number, columns: number, extra: Extra = {}): BufferSpec => ({
  ...input(name, rows, columns, extra),
  role: "added",
});
const ids = (rows: number, limit: number, extra: Extra = {}): BufferSpec =>
  input("ids", rows, 1, { values: integers("ids", rows, limit), type: "int", ...extra });
/** Written, or added to where `accumulate`. */
const result = (sizes: Sizes, rows: number, columns: number, extra: Extra = {}): BufferSpec =>
  sizes["accumulate"] ? added("y", rows, columns, extra) : written(rows, columns, extra);
/** A buffer unless its flag is 0. */
const given = (flag: number | undefined, name: string, spec: BufferSpec): Buffers => (flag ? { [name]: spec } : {});
const flag = (value: number | undefined): Flag => (value ? 1 : 0);

const batched = { batch: true };
/** Rows of the batch, with a gap between them. */
const spaced = (columns: number, gap = 2) => ({ batch: true, stride: columns + gap });
/** 1 and 0 in turns, its second row all padding, read with a stride. */
const timeMask = (rows: number) =>
  input("mask", rows, 1, { values: Float64Array.from({ length: rows }, (_, i) => 1 - (i % 2)), ...spaced(1) });
/** The second row of [rows, columns] all padding, the others padded towards the end. */
const rowMask = (rows: number, columns: number) =>
  input("mask", rows, columns, {
    values: Float64Array.from({ length: rows * columns }, (_, i) => {
      const row = Math.floor(i / columns);
      return row === 1 ? 0 : i % columns === 0 || i % columns < columns - 2 * row ? 1 : 0;
    }),
    ...batched,
  });

const products = [
  ...grid({ m: ODD, n: ODD, k: ODD, accumulate: [0, 1], bias: [0, 1] }),
  ...grid({ m: [5, 33, 257], n: [9, 65], k: [255, 256, 257, 513], accumulate: [0, 1], bias: [0, 1] }),
];
const sumTolerance = (length: string) => (sizes: Sizes) => 2 ** -19 * Math.sqrt(sizes[length]!);
/** y = x · packed from w in either layout. */
const product = (transposed: boolean): Contract => ({
  cases: products,
  tolerance: sumTolerance("k"),
  batch: "m",
  buffers: (sizes, kernels) => {
    const { m, n, k, bias } = sizes as { m: number; n: number; k: number; bias: number };
    const [rows, columns] = transposed ? [k, n] : [n, k];
    return {
      y: result(sizes, m, n, spaced(n)),
      x: input("x", m, k, spaced(k, 3)),
      w: input("w", rows, columns, { stride: columns + 1 }),
      packed: scratch(kernels.packedLength(n, k)),
      ...given(bias, "bias", input("bias", 1, n)),
    };
  },
  call: (kernels, at, { m, n, k, accumulate }) => {
    if (transposed) kernels.packTransposed(at("packed"), at("w"), n! + 1, n!, k!);
    else kernels.pack(at("packed"), at("w"), k! + 1, n!, k!);
    const weight = [at("packed"), at("bias")] as const;
    kernels.product(at("y"), n! + 2, at("x"), k! + 3, ...weight, m!, n!, k!, flag(accumulate));
  },
});

/** Every whole number of 8 bits. */
const int8s = (name: string, rows: number, columns: number, extra: Extra = {}): BufferSpec => {
  const values = integers(name, rows * columns, 256).map((value) => value - 128);
  return input(name, rows, columns, { values, type: "int8", ...extra });
};

const cellCases = grid({ B: [1, 4], H: ODD, mask: [0, 1], out: [0, 1] });
/** `state` names the state vectors; buffers shared by forward and backward stand here. */
const cellForward = (
  gates: number,
  kept: Record<string, number>,
  states: string[],
  call: Contract["call"],
  cases = cellCases,
): Contract => ({
  cases,
  batch: "B",
  buffers: ({ B, H, mask, out }) => ({
    ...Object.fromEntries(states.map((name) => [name, written(B!, H!, spaced(H!))])),
    ...Object.fromEntries(states.map((name) => [`${name}Prev`, input(`${name}Prev`, B!, H!, spaced(H!, 3))])),
    ...given(out, "out", written(B!, H!, spaced(H!, 1))),
    ...Object.fromEntries(
      Object.entries(kept).map(([name, blocks]) => [name, written(B!, blocks * H!, spaced(blocks * H!, 5))]),
    ),
    gx: { ...input("gx", B!, gates * H!, spaced(gates * H!, 4)) },
    gh: input("gh", B!, gates * H!, batched),
    ...given(mask, "mask", timeMask(B!)),
  }),
  call,
});
const cellBackward = (
  written_: Record<string, number>,
  inputs: Record<string, number>,
  kept: Record<string, number>,
  call: Contract["call"],
  cases = cellCases,
): Contract => ({
  cases,
  batch: "B",
  buffers: ({ B, H, mask, out }) => ({
    ...Object.fromEntries(
      Object.entries(written_).map(([name, blocks]) => [
        name,
        written(B!, blocks * H!, name.endsWith("Prev") ? batched : spaced(blocks * H!, 4)),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(inputs).map(([name, blocks]) => [
        name,
        input(name, B!, blocks * H!, name.endsWith("Prev") ? spaced(blocks * H!, 3) : batched),
      ]),
    ),
    ...given(out, "dout", input("dout", B!, H!, spaced(H!, 1))),
    ...Object.fromEntries(
      Object.entries(kept).map(([name, blocks]) => [name, input(name, B!, blocks * H!, spaced(blocks * H!, 5))]),
    ),
    ...given(mask, "mask", timeMask(B!)),
  }),
  call,
});

const attentionCases = grid({ B: [1, 3], Q: [1, 2], T: ODD, D: ODD });
const attention = ({ B, Q, T, D }: Sizes) => ({ B: B!, Q: Q!, T: T!, D: D!, dims: [B!, Q!, T!, D!] as const });
const nullable = [
  { first: 1, second: 1 },
  { first: 1, second: 0 },
  { first: 0, second: 1 },
];
/** With and without what was attended to before. */
const additiveCases = attentionCases.flatMap((sizes) => [0, 1].map((past) => ({ ...sizes, past })));
const additiveInputs = (sizes: Sizes): Buffers => {
  const { B, Q, T, D } = attention(sizes);
  return {
    query: input("query", B * Q, D, batched),
    keys: input("keys", B * T, D, batched),
    weight: input("weight", 1, D),
    ...given(sizes["past"], "past", input("past", B * Q, T, batched)),
    ...given(sizes["past"], "pastWeight", input("pastWeight", 1, D)),
  };
};
const vectorCases = [...ODD, 33].map((n) => ({ n }));

const rnnForward: Contract["call"] = (kernels, at, { B, H, relu }) => {
  const [h, x] = [H! + 2, H! + 4];
  const outputs = [at("h"), h, at("out"), H! + 1, at("saved"), H! + 5] as const;
  const inputs = [at("gx"), x, at("gh"), at("hPrev"), H! + 3, at("mask"), 3] as const;
  kernels.rnnForward(...outputs, ...inputs, B!, H!, flag(relu));
};
const reluCases = grid({ B: [1, 4], H: ODD, mask: [0, 1], out: [0, 1], relu: [0, 1] });

/** What gradient descent changes. */
const sgdState = (rows: number, columns: number, extra: Extra = {}): Buffers => ({
  parameter: added("parameter", rows, columns, extra),
  velocity: added("velocity", rows, columns, extra),
});
/** What Adam changes; second moments are not negative. */
const adamState = (rows: number, columns: number, extra: Extra = {}): Buffers => ({
  parameter: added("parameter", rows, columns, extra),
  moment1: added("moment1", rows, columns, extra),
  moment2: added("moment2", rows, columns, { values: numbers("moment2", rows * columns).map(Math.abs), ...extra }),
});
/** A table of six rows: never touched, up to date, one, four and eight steps behind, never touched. */
const TABLE_ROWS = 6;
const UPDATED = [-1, 12, 11, 8, 4, -1];
const ROWS_READ = [4, 0, 3, 1, 2];

const CONTRACTS: Record<string, Contract> = {
  "pack and product": product(false),
  "packTransposed and product": product(true),
  quantize: {
    cases: grid({ n: [1, 3, 8], k: [...ODD, 200] }),
    // The numbers are seen as those they stand for.
    buffers: ({ n, k }) => ({
      out: written(n!, k!),
      scales: written(n!, 1),
      numbers: { ...scratch(n! * k!), type: "int8" },
      w: input("w", n!, k!),
      ids: input("ids", n!, 1, { values: Float64Array.from({ length: n! }, (_, i) => i), type: "int" }),
    }),
    call: (kernels, at, { n, k }) => {
      kernels.quantize(at("numbers"), at("scales"), at("w"), n!, k!);
      kernels.gatherInt8(at("out"), at("numbers"), at("scales"), at("ids"), n!, k!);
    },
  },
  packInt8: {
    cases: grid({ n: [...ODD, 65], k: ODD }),
    // Seen through a product with the rows of the identity: a column of the weight each.
    buffers: ({ n, k }) => ({
      y: written(k!, n!),
      x: input("x", k!, k!, { values: Float64Array.from({ length: k! * k! }, (_, i) => (i % (k! + 1) === 0 ? 1 : 0)) }),
      numbers: int8s("numbers", n!, k!, { stride: k! + 3 }),
      packed: { ...scratch(k! * (n! + 64)), type: "int8" },
      scales: input("scales", 1, n!, { values: new Float64Array(n!).fill(1) }),
    }),
    tolerance: () => 0,
    call: (kernels, at, { n, k }) => {
      kernels.packInt8(at("packed"), at("numbers"), k! + 3, n!, k!);
      kernels.productInt8(at("y"), n!, at("x"), k!, at("packed"), at("scales"), 0, k!, n!, k!);
    },
  },
  productInt8: {
    cases: [
      ...grid({ m: [...ODD, 2, 3, 4, 5, 6], n: [...ODD, 70, 130, 200], k: ODD, bias: [0, 1] }),
      ...grid({ m: [5, 33, 257], n: [9, 65], k: [255, 256, 257, 513], bias: [0, 1] }),
    ],
    // The sum is one of x times numbers up to 128, and the scales bring it down again.
    tolerance: sumTolerance("k"),
    batch: "m",
    buffers: ({ m, n, k, bias }, kernels) => ({
      y: written(m!, n!, spaced(n!)),
      x: input("x", m!, k!, spaced(k!, 3)),
      numbers: int8s("numbers", n!, k!),
      packed: { ...scratch(kernels.packedLength(n!, k!)), type: "int8" },
      scales: input("scales", 1, n!, { values: numbers("scales", n!).map((value) => Math.fround(value / 128)) }),
      ...given(bias, "bias", input("bias", 1, n!)),
    }),
    call: (kernels, at, { m, n, k }) => {
      kernels.packInt8(at("packed"), at("numbers"), k!, n!, k!);
      const weight = [at("packed"), at("scales"), at("bias")] as const;
      kernels.productInt8(at("y"), n! + 2, at("x"), k! + 3, ...weight, m!, n!, k!);
    },
  },
  productPairs: {
    cases: [
      ...grid({ m: [1, 2, 3, 4, 5, 9], n: [...ODD, 70, 130, 200], k: ODD }),
      ...grid({ m: [1, 4], n: [9, 65], k: [511, 512, 1024, 1025, 3001] }),
    ],
    // x lost half a step of each number; the backends may round one that lies between to either side.
    tolerance: ({ k }) => 2 ** -15 * Math.sqrt(k!) * (k! > 516 ? k! / 516 : 1),
    batch: "m",
    buffers: ({ m, n, k }, kernels) => ({
      y: written(m!, n!, spaced(n!)),
      x: input("x", m!, k!, spaced(k!, 3)),
      pairs: { ...scratch(m! * k!), type: "int" },
      sizes: scratch(2 * m!),
      numbers: int8s("numbers", n!, k!, { stride: k! + 3 }),
      packed: { ...scratch(kernels.packedLength(n!, k! + (k! % 2))), type: "int8" },
      scales: input("scales", 1, n!, { values: numbers("scales", n!).map((value) => Math.fround(value / 128)) }),
      bias: input("bias", 1, n!),
    }),
    call: (kernels, at, { m, n, k }) => {
      kernels.quantizePairs(at("pairs"), at("sizes"), at("x"), k! + 3, m!, k!);
      kernels.packPairs(at("packed"), at("numbers"), k! + 3, n!, k!);
      const weight = [at("packed"), at("scales"), at("bias")] as const;
      kernels.productPairs(at("y"), n! + 2, at("pairs"), at("sizes"), ...weight, m!, n!, k!);
    },
  },
  outerProduct: {
    cases: [
      ...grid({ m: ODD, n: ODD, k: [0, ...ODD], accumulate: [0, 1], sums: [0, 1] }),
      ...grid({ m: [255, 256, 257, 513], n: [9, 33], k: [17, 65], accumulate: [0, 1], sums: [1] }),
    ],
    tolerance: sumTolerance("m"),
    buffers: (sizes, kernels) => {
      const { m, n, k } = sizes as { m: number; n: number; k: number };
      return {
        dw: { ...result(sizes, n, k), stride: k + 2 },
        ...given(sizes["sums"], "sums", sizes["accumulate"] ? added("sums", 1, n) : written(1, n)),
        dy: input("dy", m, n, { stride: n + 1 }),
        x: input("x", m, k, { stride: k + 3 }),
        packed: scratch(kernels.packedLength(k, m)),
      };
    },
    call: (kernels, at, { m, n, k, accumulate }) => {
      kernels.packTransposed(at("packed"), at("x"), k! + 3, k!, m!);
      const results = [at("dw"), k! + 2, at("sums")] as const;
      kernels.outerProduct(...results, at("dy"), n! + 1, at("packed"), m!, n!, k!, flag(accumulate));
    },
  },

  rnnForward: cellForward(1, { saved: 1 }, ["h"], rnnForward, reluCases),
  rnnBackward: cellBackward(
    { dgates: 1, dhPrev: 1 },
    { dh: 1 },
    { saved: 1 },
    (kernels, at, { B, H, relu }) => {
      const outputs = [at("dgates"), H! + 4, at("dhPrev")] as const;
      const inputs = [at("dh"), at("dout"), H! + 1, at("saved"), H! + 5, at("mask"), 3] as const;
      kernels.rnnBackward(...outputs, ...inputs, B!, H!, flag(relu));
    },
    reluCases,
  ),
  lstmForward: cellForward(4, { gates: 4, tanhC: 1 }, ["h", "c"], (kernels, at, { B, H }) => {
    const outputs = [at("h"), H! + 2, at("c"), H! + 2, at("out"), H! + 1] as const;
    const kept = [at("gates"), 4 * H! + 5, at("tanhC"), H! + 5] as const;
    const inputs = [at("gx"), 4 * H! + 4, at("gh"), at("hPrev"), H! + 3, at("cPrev"), H! + 3] as const;
    kernels.lstmForward(...outputs, ...kept, ...inputs, at("mask"), 3, B!, H!);
  }),
  lstmBackward: cellBackward(
    { dgates: 4, dhPrev: 1, dcPrev: 1 },
    { dh: 1, dc: 1, cPrev: 1 },
    { gates: 4, tanhC: 1 },
    (kernels, at, { B, H }) => {
      const outputs = [at("dgates"), 4 * H! + 4, at("dhPrev"), at("dcPrev")] as const;
      const kept = [at("gates"), 4 * H! + 5, at("tanhC"), H! + 5, at("cPrev"), H! + 3] as const;
      const inputs = [at("dh"), at("dc"), at("dout"), H! + 1, ...kept] as const;
      kernels.lstmBackward(...outputs, ...inputs, at("mask"), 3, B!, H!);
    },
  ),
  gruForward: cellForward(3, { gates: 3, ghn: 1 }, ["h"], (kernels, at, { B, H }) => {
    const outputs = [at("h"), H! + 2, at("out"), H! + 1, at("gates"), 3 * H! + 5, at("ghn"), H! + 5] as const;
    kernels.gruForward(
      ...outputs,
      at("gx"),
      3 * H! + 4,
      at("gh"),
      at("hPrev"),
      H! + 3,
      ...([at("mask"), 3, B!, H!] as const),
    );
  }),
  gruBackward: cellBackward(
    { dgx: 3, dghn: 1, dhPrev: 1 },
    { dh: 1, hPrev: 1 },
    { gates: 3, ghn: 1 },
    (kernels, at, { B, H }) => {
      const outputs = [at("dgx"), 3 * H! + 4, at("dghn"), H! + 4, at("dhPrev")] as const;
      const kept = [at("gates"), 3 * H! + 5, at("ghn"), H! + 5, at("hPrev"), H! + 3] as const;
      const inputs = [at("dh"), at("dout"), H! + 1, ...kept] as const;
      kernels.gruBackward(...outputs, ...inputs, at("mask"), 3, B!, H!);
    },
  ),

  attentionScores: {
    cases: attentionCases,
    batch: "B",
    buffers: (sizes) => {
      const { B, Q, T, D } = attention(sizes);
      return {
        scores: written(B * Q, T, batched),
        query: input("query", B * Q, D, batched),
        keys: input("keys", B * T, D, batched),
      };
    },
    call: (kernels, at, sizes) =>
      kernels.attentionScores(at("scores"), at("query"), at("keys"), 0.3, ...attention(sizes).dims),
  },
  attentionScoresBackward: {
    cases: attentionCases.flatMap((sizes) => nullable.map((flags) => ({ ...sizes, ...flags }))),
    batch: "B",
    buffers: (sizes) => {
      const { B, Q, T, D } = attention(sizes);
      return {
        ...given(sizes["first"], "dquery", added("dquery", B * Q, D, batched)),
        ...given(sizes["second"], "dkeys", added("dkeys", B * T, D, batched)),
        dscores: input("dscores", B * Q, T, batched),
        query: input("query", B * Q, D, batched),
        keys: input("keys", B * T, D, batched),
      };
    },
    call: (kernels, at, sizes) => {
      const inputs = [at("dscores"), at("query"), at("keys"), 0.3] as const;
      kernels.attentionScoresBackward(at("dquery"), at("dkeys"), ...inputs, ...attention(sizes).dims);
    },
  },
  maskedSoftmax: {
    cases: grid({ B: [1, 3], Q: [1, 2], T: ODD, mask: [0, 1] }),
    batch: "B",
    buffers: ({ B, Q, T, mask }) => ({
      weights: written(B! * Q!, T!, batched),
      scores: input("scores", B! * Q!, T!, batched),
      ...given(mask, "mask", rowMask(B!, T!)),
    }),
    call: (kernels, at, { B, Q, T }) => kernels.maskedSoftmax(at("weights"), at("scores"), at("mask"), B!, Q!, T!),
  },
  softmaxBackward: {
    cases: grid({ rows: [1, 3], T: ODD }),
    batch: "rows",
    buffers: ({ rows, T }) => ({
      dscores: added("dscores", rows!, T!, batched),
      dweights: input("dweights", rows!, T!, batched),
      weights: input("weights", rows!, T!, batched),
    }),
    call: (kernels, at, { rows, T }) =>
      kernels.softmaxBackward(at("dscores"), at("dweights"), at("weights"), rows!, T!),
  },
  attentionContext: {
    cases: attentionCases,
    batch: "B",
    buffers: (sizes) => {
      const { B, Q, T, D } = attention(sizes);
      return {
        context: written(B * Q, D, batched),
        weights: input("weights", B * Q, T, batched),
        values: input("values", B * T, D, batched),
      };
    },
    call: (kernels, at, sizes) =>
      kernels.attentionContext(at("context"), at("weights"), at("values"), ...attention(sizes).dims),
  },
  attentionContextBackward: {
    cases: attentionCases.flatMap((sizes) => nullable.map((flags) => ({ ...sizes, ...flags }))),
    batch: "B",
    buffers: (sizes) => {
      const { B, Q, T, D } = attention(sizes);
      return {
        ...given(sizes["first"], "dweights", added("dweights", B * Q, T, batched)),
        ...given(sizes["second"], "dvalues", added("dvalues", B * T, D, batched)),
        dcontext: input("dcontext", B * Q, D, batched),
        weights: input("weights", B * Q, T, batched),
        values: input("values", B * T, D, batched),
      };
    },
    call: (kernels, at, sizes) => {
      const inputs = [at("dcontext"), at("weights"), at("values")] as const;
      kernels.attentionContextBackward(at("dweights"), at("dvalues"), ...inputs, ...attention(sizes).dims);
    },
  },
  additiveScores: {
    cases: additiveCases,
    batch: "B",
    buffers: (sizes) => {
      const { B, Q, T } = attention(sizes);
      return { scores: written(B * Q, T, batched), ...additiveInputs(sizes) };
    },
    call: (kernels, at, sizes) => {
      const inputs = [at("query"), at("keys"), at("weight"), at("past"), at("pastWeight")] as const;
      kernels.additiveScores(at("scores"), ...inputs, ...attention(sizes).dims);
    },
  },
  additiveScoresBackward: {
    cases: additiveCases,
    batch: "B",
    buffers: (sizes) => {
      const { B, Q, T, D } = attention(sizes);
      return {
        dquery: added("dquery", B * Q, D, batched),
        dkeys: added("dkeys", B * T, D, batched),
        dweight: written(B, D, batched),
        ...given(sizes["past"], "dpast", added("dpast", B * Q, T, batched)),
        ...given(sizes["past"], "dpastWeight", written(B, D, batched)),
        dscores: input("dscores", B * Q, T, batched),
        ...additiveInputs(sizes),
      };
    },
    call: (kernels, at, sizes) => {
      const results = [at("dquery"), at("dkeys"), at("dweight"), at("dpast"), at("dpastWeight")] as const;
      const inputs = [at("query"), at("keys"), at("weight"), at("past"), at("pastWeight")] as const;
      kernels.additiveScoresBackward(...results, at("dscores"), ...inputs, ...attention(sizes).dims);
    },
  },
  maxOverTime: {
    // Numbers of few values, so that there are equals.
    cases: grid({ B: [1, 3], T: ODD, D: ODD, mask: [0, 1] }),
    tolerance: () => 0,
    batch: "B",
    buffers: ({ B, T, D, mask }) => ({
      y: written(B!, D!, batched),
      places: written(B!, D!, { type: "int", ...batched }),
      x: input("x", B! * T!, D!, { values: integers("x", B! * T! * D!, 5).map((value) => value - 2), ...batched }),
      ...given(mask, "mask", rowMask(B!, T!)),
    }),
    call: (kernels, at, { B, T, D }) => kernels.maxOverTime(at("y"), at("places"), at("x"), at("mask"), B!, T!, D!),
  },
  maxOverTimeBackward: {
    cases: grid({ B: [1, 3], T: ODD, D: ODD }),
    batch: "B",
    buffers: ({ B, T, D }) => ({
      dx: added("dx", B! * T!, D!, batched),
      dy: input("dy", B!, D!, batched),
      places: input("places", B!, D!, {
        values: integers("places", B! * D!, T! + 1).map((place) => place - 1),
        type: "int",
        ...batched,
      }),
    }),
    call: (kernels, at, { B, T, D }) => kernels.maxOverTimeBackward(at("dx"), at("dy"), at("places"), B!, T!, D!),
  },

  layerNorm: {
    // A row of one number has no variance: what is left of it is the bias.
    cases: grid({ m: [1, 7], n: [...ODD, 65] }),
    batch: "m",
    buffers: ({ m, n }) => ({
      y: written(m!, n!, spaced(n!)),
      statistics: written(m!, 2, batched),
      x: input("x", m!, n!, spaced(n!, 3)),
      gain: input("gain", 1, n!),
      bias: input("bias", 1, n!),
    }),
    call: (kernels, at, { m, n }) => {
      const inputs = [at("x"), n! + 3, at("gain"), at("bias")] as const;
      kernels.layerNorm(at("y"), n! + 2, at("statistics"), ...inputs, m!, n!);
    },
    tolerance: ({ n }) => (n === 1 ? 1e-4 : 2 ** -18),
  },
  layerNormBackward: {
    cases: grid({ m: [1, 7], n: [...ODD, 65] }),
    batch: "m",
    buffers: ({ m, n }) => ({
      dx: added("dx", m!, n!, spaced(n!)),
      products: written(m!, n!, batched),
      dy: input("dy", m!, n!, spaced(n!, 1)),
      x: input("x", m!, n!, spaced(n!, 3)),
      statistics: input("statistics", m!, 2, batched),
      gain: input("gain", 1, n!),
    }),
    call: (kernels, at, { m, n }) => {
      const inputs = [at("dy"), n! + 1, at("x"), n! + 3, at("statistics"), at("gain")] as const;
      kernels.layerNormBackward(at("dx"), n! + 2, at("products"), ...inputs, m!, n!);
    },
  },

  crossEntropy: {
    cases: grid({ m: [1, 7], V: [...ODD, 200], smoothing: [0, 0.1], scale: [0, 0.25] }),
    batch: "m",
    buffers: ({ m, V, scale }) => ({
      losses: written(m!, 1, batched),
      logits: (scale ? added : input)("logits", m!, V!, batched),
      targets: ids(m!, V!, batched),
    }),
    call: (kernels, at, { m, V, smoothing, scale }) =>
      kernels.crossEntropy(at("losses"), at("logits"), at("targets"), smoothing!, scale!, m!, V!),
  },
  logSoftmax: {
    cases: grid({ m: [1, 7], V: [...ODD, 200], inPlace: [0, 1] }),
    batch: "m",
    buffers: ({ m, V, inPlace }) => ({
      ...given(Number(!inPlace), "out", written(m!, V!, batched)),
      logits: (inPlace ? added : input)("logits", m!, V!, batched),
    }),
    call: (kernels, at, { m, V }) => kernels.logSoftmax(at("out") || at("logits"), at("logits"), m!, V!),
  },
  topK: {
    // Numbers of few values, so that there are equals.
    cases: grid({ m: [1, 7], n: [...ODD, 200], k: [1, 3, 8] }).filter(({ n, k }) => k! <= n!),
    tolerance: () => 0,
    batch: "m",
    buffers: ({ m, n, k }) => ({
      values: written(m!, k!, batched),
      indices: written(m!, k!, { type: "int", ...batched }),
      x: input("x", m!, n!, { values: integers("x", m! * n!, 5), ...batched }),
    }),
    call: (kernels, at, { m, n, k }) => kernels.topK(at("values"), at("indices"), at("x"), m!, n!, k!),
  },
  bestLogits: {
    cases: grid({ m: [1, 7], n: [...ODD, 200, 1024, 2500], k: [1, 3, 8], first: [0, 1024] }).filter(
      ({ n, k, first }) => first! > 0 || k! <= n!,
    ),
    batch: "m",
    buffers: ({ m, n, k, first }) => {
      const before = first! > 0;
      const state = (columns: number, value: (column: number) => number, extra: Extra = {}) => {
        const values = Float64Array.from({ length: m! * columns }, (_, i) => value(i % columns));
        return before
          ? added("state", m!, columns, { values, ...batched, ...extra })
          : written(m!, columns, { ...batched, ...extra });
      };
      return {
        // Some of the numbers below are among these, some are larger, some equal.
        values: state(k!, (place) => 0.75 - place / 4),
        indices: state(k!, (place) => 7 * place, { type: "int" }),
        statistics: state(3, (place) => [0.75, 300, 0][place]!),
        logits: input("logits", m!, n!, {
          values: numbers("logits", m! * n!).map((value) => Math.round(value * 64) / 64),
          ...batched,
        }),
      };
    },
    call: (kernels, at, { m, n, k, first }) =>
      kernels.bestLogits(at("values"), at("indices"), at("statistics"), at("logits"), first!, m!, n!, k!),
  },
  nearLargest: {
    cases: grid({ n: [...ODD, 200, 1030], most: [2, 500], per: [1, 4] }),
    tolerance: () => 0,
    buffers: ({ n, most }) => ({
      found: { ...added("found", 1, most! + 1, { values: new Float64Array(most! + 1).fill(-7), type: "int" }) },
      // Sums of sixty-fourths are exact: what just reaches the bound does so everywhere.
      x: input("x", 1, n!, {
        values: numbers("x", n!).map((value, i) =>
          i % 7 === 3 ? Number.NEGATIVE_INFINITY : Math.round(value * 64) / 64,
        ),
      }),
      scales: input("scales", 1, n!, {
        values: numbers("scales", n!).map((value) => Math.round(Math.abs(value) * 8) / 64),
      }),
    }),
    call: (kernels, at, { n, most, per }) =>
      kernels.nearLargest(at("found"), at("x"), at("scales"), per!, per! / 64, n!, most!),
  },

  gather: {
    cases: grid({ m: ODD, n: ODD }),
    tolerance: () => 0,
    batch: "m",
    buffers: ({ m, n }) => ({
      out: written(m!, n!, batched),
      table: input("table", 6, n!),
      ids: ids(m!, 6, batched),
    }),
    call: (kernels, at, { m, n }) => kernels.gather(at("out"), at("table"), at("ids"), m!, n!),
  },
  gatherInt8: {
    cases: grid({ m: ODD, n: ODD }),
    tolerance: () => 2 ** -23,
    batch: "m",
    buffers: ({ m, n }) => ({
      out: written(m!, n!, batched),
      table: int8s("table", 6, n!),
      scales: input("scales", 6, 1),
      ids: ids(m!, 6, batched),
    }),
    call: (kernels, at, { m, n }) => kernels.gatherInt8(at("out"), at("table"), at("scales"), at("ids"), m!, n!),
  },
  scatterAdd: {
    cases: grid({ m: ODD, n: ODD }),
    buffers: ({ m, n }) => ({
      dtable: added("dtable", 6, n!),
      dout: input("dout", m!, n!),
      ids: ids(m!, 6),
    }),
    call: (kernels, at, { m, n }) => kernels.scatterAdd(at("dtable"), at("dout"), at("ids"), m!, n!),
  },
  fill: {
    cases: vectorCases,
    tolerance: () => 0,
    buffers: ({ n }) => ({ y: written(1, n!) }),
    call: (kernels, at, { n }) => kernels.fill(at("y"), 0.75, n!),
  },
  copyRows: {
    cases: grid({ m: ODD, n: ODD, accumulate: [0, 1] }),
    batch: "m",
    buffers: (sizes) => {
      const { m, n } = sizes;
      return { y: result(sizes, m!, n!, spaced(n!)), x: input("x", m!, n!, spaced(n!, 3)) };
    },
    call: (kernels, at, { m, n, accumulate }) =>
      kernels.copyRows(at("y"), n! + 2, at("x"), n! + 3, m!, n!, flag(accumulate)),
  },
  addScaled: {
    cases: vectorCases,
    batch: "n",
    buffers: ({ n }) => ({ y: added("y", n!, 1, batched), x: input("x", n!, 1, batched) }),
    call: (kernels, at, { n }) => kernels.addScaled(at("y"), at("x"), -0.3, n!),
  },
  tanhForward: {
    cases: vectorCases,
    batch: "n",
    buffers: ({ n }) => ({ y: written(n!, 1, batched), x: input("x", n!, 1, batched) }),
    call: (kernels, at, { n }) => kernels.tanhForward(at("y"), at("x"), n!),
  },
  tanhBackward: {
    cases: vectorCases,
    batch: "n",
    buffers: ({ n }) => ({
      dx: added("dx", n!, 1, batched),
      dy: input("dy", n!, 1, batched),
      y: input("y", n!, 1, batched),
    }),
    call: (kernels, at, { n }) => kernels.tanhBackward(at("dx"), at("dy"), at("y"), n!),
  },
  sigmoidForward: {
    cases: vectorCases,
    batch: "n",
    buffers: ({ n }) => ({ y: written(n!, 1, batched), x: input("x", n!, 1, batched) }),
    call: (kernels, at, { n }) => kernels.sigmoidForward(at("y"), at("x"), n!),
  },
  sigmoidBackward: {
    cases: vectorCases,
    batch: "n",
    buffers: ({ n }) => ({
      dx: added("dx", n!, 1, batched),
      dy: input("dy", n!, 1, batched),
      y: input("y", n!, 1, batched),
    }),
    call: (kernels, at, { n }) => kernels.sigmoidBackward(at("dx"), at("dy"), at("y"), n!),
  },
  multiply: {
    cases: grid({ n: [...ODD, 33], accumulate: [0, 1] }),
    batch: "n",
    buffers: (sizes) => ({
      y: result(sizes, sizes["n"]!, 1, batched),
      a: input("a", sizes["n"]!, 1, batched),
      b: input("b", sizes["n"]!, 1, batched),
    }),
    call: (kernels, at, { n, accumulate }) => kernels.multiply(at("y"), at("a"), at("b"), n!, flag(accumulate)),
  },
  dropout: {
    cases: grid({ m: [1, 7], n: ODD, rate: [0.1, 0.5, 0.9], accumulate: [0, 1] }),
    batch: "m",
    buffers: (sizes) => {
      const { m, n } = sizes;
      return {
        y: result(sizes, m!, n!, batched),
        x: input("x", m!, n!, batched),
        examples: ids(m!, 1000, batched),
      };
    },
    call: (kernels, at, { m, n, rate, accumulate }) => {
      const [step, path, key0, key1] = [41, 0x9abcdef0, 0xfffffffe, 3];
      kernels.dropout(at("y"), at("x"), at("examples"), rate!, step, path, key0, key1, m!, n!, flag(accumulate));
    },
  },
  chunkSquares: {
    cases: [...vectorCases, { n: 4095 }, { n: 4096 }, { n: 4097 }, { n: 10_001 }],
    tolerance: () => 2 ** -19 * 4096,
    buffers: ({ n }) => ({ sums: written(1, Math.ceil(n! / 4096)), x: input("x", 1, n!) }),
    call: (kernels, at, { n }) => kernels.chunkSquares(at("sums"), at("x"), n!),
  },
  sum: {
    cases: [...vectorCases, { n: 4095 }, { n: 4096 }, { n: 4097 }, { n: 10_001 }],
    tolerance: sumTolerance("n"),
    buffers: ({ n }) => ({ result: written(1, 1), x: input("x", 1, n!) }),
    call: (kernels, at, { n }) => kernels.sum(at("result"), at("x"), n!),
  },
  adam: {
    cases: vectorCases,
    batch: "n",
    buffers: ({ n }) => ({ ...adamState(n!, 1, batched), gradient: input("gradient", n!, 1, batched) }),
    call: (kernels, at, { n }) => {
      const state = [at("parameter"), at("moment1"), at("moment2"), at("gradient")] as const;
      kernels.adam(...state, 0.7, 0.033, 0.22, 0.97, 0.9, 0.99, 1e-6, n!);
    },
  },
  adamRows: {
    cases: grid({ m: [1, 3, 5], n: ODD }),
    buffers: ({ m, n }) => ({
      ...adamState(TABLE_ROWS, n!),
      updated: added("updated", TABLE_ROWS, 1, { type: "int", values: UPDATED }),
      gradient: input("gradient", m!, n!),
      rows: input("rows", m!, 1, { type: "int", values: ROWS_READ.slice(0, m!) }),
    }),
    call: (kernels, at, { m, n }) => {
      const places = [
        at("parameter"),
        at("moment1"),
        at("moment2"),
        at("updated"),
        at("gradient"),
        at("rows"),
      ] as const;
      kernels.adamRows(...places, 0.7, 0.033, 0.22, 0.97, 0.9, 0.99, 1e-6, 13, m!, n!);
    },
  },
  adamReplay: {
    cases: grid({ m: [1, 3, 5], n: ODD }),
    buffers: ({ m, n }) => ({
      ...adamState(TABLE_ROWS, n!),
      updated: added("updated", TABLE_ROWS, 1, { type: "int", values: UPDATED }),
      rows: input("rows", m!, 1, { type: "int", values: ROWS_READ.slice(0, m!) }),
      history: input("history", 8, 3, { values: Array.from({ length: 24 }, (_, i) => Math.fround(0.02 + i / 100)) }),
    }),
    call: (kernels, at, { m, n }) => {
      const places = [at("parameter"), at("moment1"), at("moment2"), at("updated"), at("rows"), at("history")] as const;
      kernels.adamReplay(...places, 0.9, 0.99, 1e-6, 5, 12, m!, n!);
    },
  },
  sgd: {
    cases: grid({ n: [...ODD, 33], nesterov: [0, 1] }),
    batch: "n",
    buffers: ({ n }) => ({ ...sgdState(n!, 1, batched), gradient: input("gradient", n!, 1, batched) }),
    call: (kernels, at, { n, nesterov }) => {
      const places = [at("parameter"), at("velocity"), at("gradient")] as const;
      kernels.sgd(...places, 0.7, 0.033, 0.9, 0.02, flag(nesterov), n!);
    },
  },
  sgdRows: {
    cases: grid({ m: [1, 3, 5], n: ODD, nesterov: [0, 1] }),
    buffers: ({ m, n }) => ({
      ...sgdState(TABLE_ROWS, n!),
      updated: added("updated", TABLE_ROWS, 1, { type: "int", values: UPDATED }),
      gradient: input("gradient", m!, n!),
      rows: input("rows", m!, 1, { type: "int", values: ROWS_READ.slice(0, m!) }),
    }),
    call: (kernels, at, { m, n, nesterov }) => {
      const places = [at("parameter"), at("velocity"), at("updated"), at("gradient"), at("rows")] as const;
      kernels.sgdRows(...places, 0.7, 0.033, 0.9, 0.02, flag(nesterov), 13, m!, n!);
    },
  },
  sgdReplay: {
    cases: grid({ m: [1, 3, 5], n: ODD, nesterov: [0, 1] }),
    buffers: ({ m, n }) => ({
      ...sgdState(TABLE_ROWS, n!),
      updated: added("updated", TABLE_ROWS, 1, { type: "int", values: UPDATED }),
      rows: input("rows", m!, 1, { type: "int", values: ROWS_READ.slice(0, m!) }),
      history: input("history", 8, 1, { values: Array.from({ length: 8 }, (_, i) => Math.fround(0.02 + i / 100)) }),
    }),
    call: (kernels, at, { m, n, nesterov }) => {
      const places = [at("parameter"), at("velocity"), at("updated"), at("rows"), at("history")] as const;
      kernels.sgdReplay(...places, 0.9, 0.02, flag(nesterov), 5, 12, m!, n!);
    },
  },
};

const describeCase = (name: string, sizes: Sizes) =>
  `${name} ${Object.entries(sizes)
    .map(([size, value]) => `${size}=${value}`)
    .join(" ")}`;

/** The part of every batch buffer that belongs to one row. */
function rowAlone(buffers: Buffers, row: number, count: number): Buffers {
  return Object.fromEntries(
    Object.entries(buffers).map(([name, spec]) => {
      if (!spec.batch) return [name, spec];
      const rows = spec.rows / count;
      const values = spec.values && new Float64Array(spec.values).subarray(row * rows * spec.columns);
      return [name, { ...spec, rows, ...(values ? { values } : {}) }];
    }),
  );
}

// ── the tests ────────────────────────────────────────────────────────────────────────────────────────────────────────

describe.each(Object.entries(CONTRACTS))("%s", (name, { cases, buffers, call, tolerance, batch }) => {
  const run = (backend: Backend, sizes: Sizes, guard: number) =>
    guardedCall(backend, buffers(sizes, backend.kernels), guard, (kernels, at) => call(kernels, at, sizes));
  const expected = new Map<Sizes, Outcome>();
  /** Of each case the reference's results, which do not depend on what stands around the buffers. */
  const expectedOf = (sizes: Sizes) => {
    if (!expected.has(sizes)) {
      const [first, second] = [Number.NaN, -12345.5].map((guard) => run(reference, sizes, guard)) as [Outcome, Outcome];
      for (const [buffer, values] of Object.entries(first))
        expectSame(values, second[buffer]!, `reference, ${describeCase(name, sizes)}: ${buffer}`);
      expected.set(sizes, first);
    }
    return expected.get(sizes)!;
  };
  afterAll(() => expected.clear());

  describe.each(FAST)("%s", (_, fast) => {
    it("agrees with the float64 reference and touches nothing else", () => {
      for (const sizes of cases)
        for (const guard of [Number.NaN, -12345.5]) {
          const found = run(fast, sizes, guard);
          const bound = tolerance?.(sizes) ?? 2 ** -19;
          for (const [buffer, values] of Object.entries(expectedOf(sizes)))
            expectClose(found[buffer]!, values, bound, `${describeCase(name, sizes)}: ${buffer}`);
        }
    });

    if (batch === undefined) return;
    it("gives a row alone the bits it has in a batch", () => {
      for (const sizes of cases.filter((sizes) => sizes[batch]! > 1)) {
        const count = sizes[batch]!;
        const all = buffers(sizes, fast.kernels);
        const together = guardedCall(fast, all, 0, (kernels, at) => call(kernels, at, sizes));
        for (const row of new Set([0, 1, count - 1])) {
          const one = { ...sizes, [batch]: 1 };
          const alone = guardedCall(fast, rowAlone(all, row, count), 0, (kernels, at) => call(kernels, at, one));
          for (const [buffer, values] of Object.entries(alone)) {
            const inBatch = together[buffer]!.subarray(row * values.length, (row + 1) * values.length);
            expectSame(values, inBatch, `${describeCase(name, sizes)}: ${buffer} of row ${row}`);
          }
        }
      }
    });
  });
});

const counts = [2, 3, 4];
const nativeSets = [...new Set(NATIVE.map(({ instructionSet }) => instructionSet!))];
const manyWasm = await Promise.all(counts.map((threads) => createWasmBackend({ threads, leastWork: 0 })));
await Promise.all(manyWasm.map(startWorkers));
/** Each engine on one thread and on several that share even the least work. */
const THREADS: [name: string, alone: Backend, together: Backend[]][] = [
  ["wasm", plain, manyWasm],
  ...nativeSets.map((instructionSet): [string, Backend, Backend[]] => [
    `native ${instructionSet}`,
    createNativeBackend({ instructionSet, threads: 1 }),
    counts.map((threads) => createNativeBackend({ instructionSet, threads, leastWork: 0 })),
  ]),
];

describe.each(THREADS)("%s", (_, alone, together) => {
  it.each(Object.entries(CONTRACTS))(
    "%s gives the same bits for 1, 2, 3 and 4 threads",
    (name, { cases, buffers, call }) => {
      for (const sizes of cases) {
        const run = (backend: Backend) =>
          guardedCall(backend, buffers(sizes, backend.kernels), 0, (kernels, at) => call(kernels, at, sizes));
        const expected = run(alone);
        for (const backend of together)
          for (const [buffer, values] of Object.entries(run(backend)))
            expectSame(
              values,
              expected[buffer]!,
              `${describeCase(name, sizes)}: ${buffer}, ${backend.threads} threads`,
            );
      }
    },
  );
});

afterAll(() => {
  const missing = kernelNames.filter((name) => !called.has(name));
  expect(missing, "kernels of kernels.h that no contract calls").toEqual([]);
});

it("every backend holds exactly the kernels of kernels.h", () => {
  expect(Object.keys(reference.kernels).sort()).toEqual([...kernelNames].sort());
  for (const { kernels } of [wasmThreads, ...NATIVE])
    expect(Object.keys(kernels).sort()).toEqual([...kernelNames].sort());
  const exported = Object.keys(wasm.kernels).filter((name) => !name.startsWith("__") && name !== "memory");
  expect(exported.sort()).toEqual([...kernelNames].sort());
});

describe("padding", () => {
  it("changes no bit of attention", () => {
    const [B, Q, T, D] = [3, 2, 5, 7];
    const padded = 9;
    /** Rows of `width` numbers for each of `length` times, with garbage after them. */
    const pad = (values: ArrayLike<number>, rows: number, width: number, garbage: number) =>
      Array.from({ length: rows }, (_, row) => [
        ...Array.from(values).slice(row * T * width, (row + 1) * T * width),
        ...new Array((padded - T) * width).fill(garbage),
      ]).flat();
    const query = numbers("query", B * Q * D);
    const keys = numbers("keys", B * T * D);
    const values = numbers("values", B * T * D);
    const attend = (time: number, garbage: number) => {
      const wide = (from: ArrayLike<number>) => (time === T ? from : pad(from, B, D, garbage));
      const mask = time === T ? new Array(B * T).fill(1) : pad(new Array(B * T).fill(1), B, 1, 0);
      const buffers: Buffers = {
        scores: written(B * Q, time),
        weights: written(B * Q, time),
        context: written(B * Q, D),
        query: input("query", B * Q, D, { values: query }),
        keys: input("keys", B * time, D, { values: wide(keys) }),
        values: input("values", B * time, D, { values: wide(values) }),
        mask: input("mask", B, time, { values: mask }),
      };
      return guardedCall(wasm, buffers, Number.NaN, (kernels, at) => {
        kernels.attentionScores(at("scores"), at("query"), at("keys"), 0.3, B, Q, time, D);
        kernels.maskedSoftmax(at("weights"), at("scores"), at("mask"), B, Q, time);
        kernels.attentionContext(at("context"), at("weights"), at("values"), B, Q, time, D);
      });
    };
    const short = attend(T, 0);
    const long = attend(padded, 60);
    expectSame(long["context"]!, short["context"]!, "context");
    expectSame(long["weights"]!, pad(short["weights"]!, B * Q, 1, 0), "weights");
  });

  it("a row without a real token attends to nothing", () => {
    const buffers: Buffers = {
      weights: written(2, 5),
      scores: input("scores", 2, 5),
      mask: input("mask", 1, 5, { values: new Array(5).fill(0) }),
    };
    const { weights } = guardedCall(wasm, buffers, Number.NaN, (kernels, at) =>
      kernels.maskedSoftmax(at("weights"), at("scores"), at("mask"), 1, 2, 5),
    );
    expect(Array.from(weights!)).toEqual(new Array(10).fill(0));
  });
});

describe("elementary functions", () => {
  const count = 40_001;
  const range = (low: number, high: number) =>
    Float64Array.from({ length: count }, (_, i) => Math.fround(low + ((high - low) * i) / (count - 1)));
  const worst = (found: ArrayLike<number>, wanted: (i: number) => number, relative: boolean) => {
    let most = 0;
    for (let i = 0; i < found.length; i++) {
      const error = Math.abs(found[i]! - wanted(i)) / (relative ? wanted(i) : 1);
      if (!(error <= most)) most = error;
    }
    return most;
  };

  it.each([
    [-1, 1],
    [-20, 20],
    [-1e4, 1e4],
  ])("tanh is within 2⁻²² of Math.tanh in %d … %d", (low, high) => {
    const values = range(low, high);
    const buffers: Buffers = { y: written(1, count), x: input("x", 1, count, { values }) };
    const { y } = guardedCall(wasm, buffers, 0, (kernels, at) => kernels.tanhForward(at("y"), at("x"), count));
    expect(worst(y!, (i) => Math.tanh(values[i]!), false)).toBeLessThan(2 ** -22);
  });

  it("the exponential is within a relative 2⁻²¹ of Math.exp in −87 … 0, seen through pairs in a softmax", () => {
    const values = range(-87, 0);
    const scores = Array.from(values).flatMap((x) => [0, x]);
    const buffers: Buffers = { weights: written(count, 2), scores: input("x", count, 2, { values: scores }) };
    const { weights } = guardedCall(wasm, buffers, 0, (kernels, at) =>
      kernels.maskedSoftmax(at("weights"), at("scores"), 0, 1, count, 2),
    );
    const ratios = values.map((_, i) => weights![2 * i + 1]! / weights![2 * i]!);
    expect(worst(ratios, (i) => Math.exp(values[i]!), true)).toBeLessThan(2 ** -21);
  });

  it("the sigmoid is within 2⁻²² of 1 / (1 + e⁻ˣ) in −100 … 100, seen through the GRU's update gate", () => {
    const values = range(-100, 100);
    const gx = Array.from(values).flatMap((x) => [0, x, 0]);
    const zero = (columns: number) => input("zero", count, columns, { values: new Float64Array(count * columns) });
    const buffers: Buffers = {
      h: written(count, 1),
      gates: written(count, 3),
      ghn: written(count, 1),
      gx: input("gx", count, 3, { values: gx }),
      gh: zero(3),
      hPrev: zero(1),
    };
    const { gates } = guardedCall(wasm, buffers, 0, (kernels, at) => {
      const kept = [at("gates"), 3, at("ghn"), 1] as const;
      kernels.gruForward(at("h"), 1, 0, 0, ...kept, at("gx"), 3, at("gh"), at("hPrev"), 1, 0, 0, count, 1);
    });
    const updates = values.map((_, i) => gates![3 * i + 1]!);
    expect(worst(updates, (i) => 1 / (1 + Math.exp(-values[i]!)), false)).toBeLessThan(2 ** -22);
  });

  it("the logarithm of a sum is exact to 2⁻²¹ from one element to a thousand equal ones", () => {
    for (const count of [1, 2, 3, 10, 100, 1000]) {
      const logits = { ...input("x", 1, count, { values: new Float64Array(count).fill(3) }) };
      const { out } = guardedCall(wasm, { out: written(1, count), logits }, 0, (kernels, at) =>
        kernels.logSoftmax(at("out"), at("logits"), 1, count),
      );
      expectClose(out!, new Float64Array(count).fill(-Math.log(count)), 2 ** -21, `${count} equal logits`);
    }
  });
});

describe.each(["lstm", "gru", "rnn"] as const)("the %s cell", (kind) => {
  const [B, H] = [5, 17];
  const gates = { lstm: 4, gru: 3, rnn: 1 }[kind];
  it.each(FAST)("writes the same over what it reads as into a place of its own: %s", (_, backend) => {
    /** Forward and backward; what each writes stands under the names given, or over what it was computed from. */
    const run = (inPlace: boolean) => {
      const place = (apart: string, over: string) => (inPlace ? over : apart);
      const buffers: Buffers = {
        gx: added("gx", B, gates * H),
        gates: written(B, gates * H),
        kept: written(B, H),
        dgates: written(B, gates * H),
        dkept: written(B, H),
        ...Object.fromEntries(["h", "c", "dhPrev", "dcPrev"].map((name) => [name, written(B, H)])),
        ...Object.fromEntries(["hPrev", "cPrev", "dh", "dc"].map((name) => [name, input(name, B, H)])),
        gh: input("gh", B, gates * H),
        mask: timeMask(B),
      };
      const result = guardedCall(backend, buffers, 0, (kernels, at) => {
        // What is not asked for is filled, so that nothing depends on what was there.
        for (const name of ["gates", "kept", "dgates", "dkept", "c", "dcPrev"])
          kernels.fill(at(name), 0, name.endsWith("gates") ? B * gates * H : B * H);
        const g = [at(place("gates", "gx")), gates * H] as const;
        const k = [at("kept"), H] as const;
        const dg = [at(place("dgates", "gx")), gates * H] as const;
        const dk = [at(place("dkept", "kept")), H] as const;
        const from = [at("gx"), gates * H, at("gh"), at("hPrev"), H] as const;
        const rows = [at("mask"), 3, B, H] as const;
        const [h, c, dhPrev, dh] = [at("h"), at("c"), at("dhPrev"), at("dh")];
        if (kind === "gru") {
          kernels.gruForward(h, H, 0, 0, ...g, ...k, ...from, ...rows);
          kernels.gruBackward(...dg, ...dk, dhPrev, dh, 0, 0, ...g, ...k, at("hPrev"), H, ...rows);
        } else if (kind === "lstm") {
          kernels.lstmForward(h, H, c, H, 0, 0, ...g, ...k, ...from, at("cPrev"), H, ...rows);
          kernels.lstmBackward(...dg, dhPrev, at("dcPrev"), dh, at("dc"), 0, 0, ...g, ...k, at("cPrev"), H, ...rows);
        } else {
          kernels.rnnForward(h, H, 0, 0, ...g, ...from, ...rows, 0);
          kernels.rnnBackward(...dg, dhPrev, dh, 0, 0, ...g, ...rows, 0);
        }
      });
      const keptGradient = kind === "gru" ? [result[place("dkept", "kept")]] : [];
      return [result[place("dgates", "gx")], ...keptGradient, result["h"], result["dhPrev"], result["dcPrev"]];
    };
    expect(run(true)).toEqual(run(false));
  });
});

describe("numbers out of range", () => {
  const one = (x: number) => input("x", 1, 1, { values: [x] });

  it("a NaN is passed on, never hidden", () => {
    const nan = Number.NaN;
    const { y } = guardedCall(wasm, { y: written(1, 1), x: added("x", 1, 1, { values: [nan] }) }, 0, (kernels, at) =>
      kernels.tanhForward(at("y"), at("x"), 1),
    );
    expect(y).toEqual(Float64Array.of(nan));
    const logits = () => added("logits", 1, 9, { values: [1, 2, 3, nan, 5, 6, 7, 8, 9] });
    const { losses } = guardedCall(
      wasm,
      { losses: written(1, 1), logits: logits(), targets: input("t", 1, 1, { type: "int", values: [0] }) },
      0,
      (kernels, at) => kernels.crossEntropy(at("losses"), at("logits"), at("targets"), 0, 1, 1, 9),
    );
    expect(losses).toEqual(Float64Array.of(nan));
    const buffers: Buffers = { h: written(1, 1), saved: written(1, 1), gx: added("g", 1, 1, { values: [nan] }) };
    for (const relu of [0, 1] as const) {
      const { h } = guardedCall(wasm, { ...buffers, gh: one(0), hPrev: one(0) }, 0, (kernels, at) =>
        kernels.rnnForward(
          at("h"),
          1,
          0,
          0,
          at("saved"),
          1,
          at("gx"),
          1,
          at("gh"),
          at("hPrev"),
          1,
          ...([0, 0, 1, 1] as const),
          relu,
        ),
      );
      expect(h).toEqual(Float64Array.of(nan));
    }
  });

  it("the largest and smallest logits give a finite loss and gradient", () => {
    const values = [1e30, -1e30, 0, 5, 80];
    const targets = input("t", 1, 1, { type: "int", values: [0] });
    const { losses, logits } = guardedCall(
      wasm,
      { losses: written(1, 1), logits: added("logits", 1, 5, { values: values.map(Math.fround) }), targets },
      0,
      (kernels, at) => kernels.crossEntropy(at("losses"), at("logits"), at("targets"), 0, 1, 1, 5),
    );
    expect(losses![0]).toBe(0);
    expectClose(logits!, [0, 0, 0, 0, 0], 1e-30, "gradient");
  });
});
