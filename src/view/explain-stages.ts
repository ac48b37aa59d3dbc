/** The stages of one prediction as "Hand-build a Seq2Seq" numbers them, each with the formula that this very model computes. */
import type { SourceTrace } from "../decode/source-trace.js";
import type { Trace } from "../decode/trace.js";
import type { AttentionMap } from "./attention-map.js";

export interface Stage {
  /** "Encoder 3" */
  name: string;
  title: string;
  /** What is computed, in the letters that the numbers below it carry. */
  formula?: string;
}

const CELL_FORMULAS: Record<string, string> = {
  rnn: "h_t = tanh(W x_t + U h_{t−1} + b)",
  "rnn-relu": "h_t = max(0, W x_t + U h_{t−1} + b)",
  gru: "r, z = σ(W x_t + U h_{t−1} + b);  n = tanh(W x_t + r ⊙ (U h_{t−1}));  h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}",
  lstm: "i, f, o = σ(W x_t + U h_{t−1} + b);  g = tanh(W x_t + U h_{t−1} + b);  c_t = f ⊙ c_{t−1} + i ⊙ g;  h_t = o ⊙ tanh(c_t)",
};

const BRIDGES: Record<string, string> = {
  dense: "s_0 = tanh(W c + b)",
  zero: "s_0 = 0",
  copy: "s_0 = the encoder's final state of the same layer",
  mean: "s_0 = tanh(W mean(h_1 … h_n) + b)",
};

export const SUMMARIES: Record<string, string> = {
  mean: "c = mean(h_1 … h_n)",
  max: "c = max(h_1 … h_n)",
  attention: "c = Σ_j α_j h_j,  α = softmax(q · tanh(W h_j + b))",
};

function scoreFormula({ model }: Trace, query: string): string {
  const { attention, encoder, decoder } = model;
  const isRaw = encoder.hiddenSize * (encoder.bidirectional ? 2 : 1) === decoder.hiddenSize;
  const scaled = isRaw ? `${query} · h_j / √${decoder.hiddenSize}` : `${query} · (W h_j) / √${decoder.hiddenSize}`;
  const formulas: Record<string, string> = {
    "scaled-dot": scaled,
    dot: `${query} · h_j`,
    general: `${query} · (W h_j)`,
    additive: `vᵀ tanh(W ${query} + U h_j${attention.coverage ? " + u · (sum of past weights_j)" : ""})`,
    "multi-head": `mean over heads of (W_q ${query}) · (W_k h_j) / √d`,
  };
  const past = attention.coverage && attention.kind !== "additive" ? " + u · (sum of past weights_j)" : "";
  return `score_j = ${formulas[attention.kind] ?? `${attention.kind}(${query}, h_j)`}${past}`;
}

function cellFormula({ cell, layerNorm }: { cell: string; layerNorm: boolean }): string {
  return `${CELL_FORMULAS[cell] ?? ""}${layerNorm ? ";  W x and U h are layer-normalised" : ""}`;
}

/** The stages from the line to its code by what they are about. */
export function sourceStages({ model, source, vocabularySizes, code }: SourceTrace) {
  const { encoder, embeddingSize } = model;
  const lastState = encoder.bidirectional ? "c = [→h_n; ←h_1]" : "c = h_n";
  const unknownCount = source.filter(({ unknown }) => unknown).length;
  return {
    tokens: {
      name: "Encoder 1",
      title: `The line is cut into ${source.length - 1} ${plural(source.length - 1, "token")}`,
    },
    vocabulary: {
      name: "Encoder 2",
      title: `The vocabulary knows ${vocabularySizes.source} tokens; ${unknownCount === 0 ? "all of these are among them" : `${unknownCount} of these ${unknownCount === 1 ? "is" : "are"} not and become${unknownCount === 1 ? "s" : ""} <unk>`}`,
    },
    ids: { name: "Encoder 3", title: "Each token becomes its number; </s> ends the line" },
    embedding: {
      name: "Encoder 4",
      title: `Embedding: each number becomes ${embeddingSize} learnt ones`,
      formula: "x_t = E[id_t]",
    },
    states: {
      name: "Encoder 5",
      title: `The ${encoder.cell.toUpperCase()} reads ${encoder.bidirectional ? "from both ends" : "from left to right"} (${layers(encoder.layers)})`,
      formula: `${cellFormula(encoder)}${encoder.bidirectional ? ";  h_t = [→h_t; ←h_t]" : ""}`,
    },
    code: {
      name: "Encoder 6",
      title: `The code c, ${code.length} numbers, holds the line; how it grows`,
      formula: `${SUMMARIES[encoder.summary] ?? lastState};  similarity = cos(c of the line so far, c)`,
    },
  } as const satisfies Record<string, Stage>;
}

const layers = (count: number) => (count > 1 ? `${count} layers, the top one shown` : "1 layer");

/** The stages from the code to the output, and the formulas of a step. */
export function stagesOf(trace: Trace) {
  const { decoder, attention } = trace.model;
  const attends = attention.kind !== "none";
  const hasHeads = attention.kind === "multi-head";
  const before = attends && decoder.attend === "before";
  const fed = before
    ? "context_t"
    : attends
      ? { attentional: "h̃_{t−1}", context: "context_{t−1}", none: "" }[decoder.inputFeeding]
      : "";
  const inputs = ["E[y_{t−1}]", ...(decoder.context === "every-step" ? ["c"] : []), ...(fed ? [fed] : [])];
  const input = inputs.length === 1 ? inputs[0]! : `[${inputs.join("; ")}]`;
  const features = before
    ? "h̃_t = tanh(W [h_t; context_t; E[y_{t−1}]])"
    : attends
      ? "h̃_t = tanh(W [context_t; h_t])"
      : decoder.context === "every-step"
        ? "h̃_t = [h_t; c; E[y_{t−1}]]"
        : "h̃_t = h_t";
  return {
    given: { name: "Decoder 1", title: "The decoder is given c" },
    start: { name: "Decoder 2–3", title: "It starts from <s>, embedded", formula: "y_0 = <s>;  E[y_0]" },
    initial: { name: "Decoder 4", title: "Its first state S₀", formula: BRIDGES[decoder.bridge] ?? decoder.bridge },
    input: {
      name: "Decoder 5",
      title: `At each step the ${decoder.cell.toUpperCase()} reads ${inputs.length === 1 ? "this" : "these, joined"}`,
      formula: `x_t = ${input}`,
    },
    steps: {
      name: "Decoder 6",
      title: `Step by step (${layers(decoder.layers)})`,
      formula: cellFormula(decoder),
    },
    output: { name: "Decoder 7", title: "All choices joined are the output" },
    formulas: {
      query: before
        ? "query = h_{t−1}, the state before"
        : attends
          ? "query = h_t, the state now"
          : "h_t, the state now",
      scores: scoreFormula(trace, before ? "h_{t−1}" : "h_t"),
      weights: hasHeads ? "weights = mean over heads of softmax(its scores)" : "weights = softmax(scores)",
      context: hasHeads ? "context_t = W_o [Σ_j weight_j (W_v h_j) of each head]" : "context_t = Σ_j weight_j h_j",
      features,
      generation: "p_gen = σ(w [context_t; h_t; E[y_{t−1}]] + b)",
      candidates: trace.model.copy
        ? "p(y) = p_gen · softmax(W h̃_t + b)_y + (1 − p_gen) · Σ_{j: x_j = y} weight_j"
        : "p = softmax(W h̃_t + b)",
    },
  } as const satisfies Record<string, Stage | Record<string, string>>;
}

/** Where each step of a trace looked; it must have attention. */
export function mapOf({ input, output, source, steps, languages }: Trace): AttentionMap {
  return {
    title: `${input} → ${output}`,
    columns: source.map(({ token }) => token),
    rows: steps.map(({ token }) => token),
    weights: steps.map(({ weights }) => weights!),
    ...(languages.source !== "auto" && { columnsLanguage: languages.source }),
    ...(languages.target !== "auto" && { rowsLanguage: languages.target }),
  };
}

const plural = (count: number, word: string) => (count === 1 ? word : `${word}s`);

/** What a gate lets through, in words. */
export const GATE_MEANINGS: Record<string, string> = {
  reset: "r: how much of the old state n sees",
  update: "z: how much of the old state stays",
  new: "n: the new value",
  input: "i: how much of g enters the cell",
  forget: "f: how much of the old cell stays",
  cell: "g: the new value",
  output: "o: how much of the cell is shown",
  state: "the state itself",
};

/** Mean, smallest and largest of a gate. */
export function spread(values: readonly number[]): { mean: number; least: number; most: number } {
  let [sum, least, most] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    sum += value;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return { mean: sum / values.length, least, most };
}

/** |v|, the Euclidean norm. */
export const norm = (values: readonly number[]): number => Math.hypot(...values);

/** −0.5 → "−0.50", with a minus sign as long as a plus. */
export function formatNumber(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** 0.9317 → "93.2 %". Other than 0 and 1 nothing is shown as 0 % or 100 %. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0005) return "< 0.1 %";
  if (share < 1 && share > 0.9995) return "> 99.9 %";
  return `${(100 * share).toFixed(1)} %`;
}
