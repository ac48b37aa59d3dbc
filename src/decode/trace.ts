import { makeBatch } from "../data/batches.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { decodeDefaults } from "../recipe/decode-options.js";
import { ints, logSoftmax, type RecurrentState, Scope, type Tensor, topK } from "../tensor/index.js";
import { END, PAD, START, UNKNOWN } from "../text/vocabulary.js";
import type { BeamTrace } from "./beam-trace.js";
import { lengthLimits } from "./options.js";

/** One token of the source on its way through the encoder. */
export interface TracedToken {
  token: string;
  id: number;
  /** Not in the vocabulary: the model sees `<unk>`. */
  unknown: boolean;
  /** [embeddingSize] */
  embedding: number[];
  /** The encoder's output here, [encoderSize]: forward state, then backward state. */
  state: number[];
  /** Cosine of c with the code of the sentence up to here: how c grows. */
  similarityToCode: number;
}

/** What a cell carries from step to step, each [hidden]; `cell` for the LSTM alone. */
export interface TracedState {
  hidden: number[];
  cell?: number[];
}

/** One step of the decoder. */
export interface TracedStep {
  /** The token it was given: `<s>` or the choice of the step before. */
  previous: string;
  /** Its embedding, [embeddingSize] */
  embedding: number[];
  /** Every layer's state after the step, the bottom one first. */
  layers: TracedState[];
  /** s_t of the top layer: the query. [hidden] */
  state: number[];
  /** The top layer's gates by name, each [hidden]. */
  gates: Record<string, number[]>;
  /** What the softmax is taken of, for every source token and its `</s>` (of several heads the mean); without attention absent. */
  scores?: number[];
  /** softmax(scores); sums to 1. Of several heads the mean of their weights. */
  weights?: number[];
  /** Σ weights · values, [contextSize] */
  context?: number[];
  /** Of several heads, each one's own. */
  heads?: { scores: number[]; weights: number[] }[];
  /** What the output projection reads. */
  features: number[];
  /** The most probable next tokens, best first. */
  candidates: { token: string; probability: number }[];
  /** The choice; `</s>` ends the sentence. */
  token: string;
  /** Of the choice; it is the best candidate's but where the longest length leaves only `</s>`. */
  probability: number;
}

/** Every intermediate value of one greedy prediction. */
export interface Trace {
  input: string;
  /** What the numbers are of: cells, sizes, attention, as the recipe has them. */
  model: Seq2Seq["recipe"]["model"];
  /** How many tokens each side knows. */
  vocabularySizes: { source: number; target: number };
  /** BCP 47 tags, or "auto". */
  languages: { source: string; target: string };
  /** The source tokens, the last one `</s>`. */
  source: TracedToken[];
  /** The sentence's code c, [encoderSize] */
  code: number[];
  /** s_0 of each layer. */
  initialState: TracedState[];
  steps: TracedStep[];
  output: string;
  /** The tree of a beam search over the same line, where a beam was asked for. */
  beam?: BeamTrace;
}

/** What is traced besides the greedy prediction. */
export interface TraceOptions {
  /** Also a beam of this size; its penalties and lengths are those of the recipe. */
  beamSize?: number;
}

const GATES = {
  gru: ["reset", "update", "new"],
  lstm: ["input", "forget", "cell", "output"],
  rnn: ["state"],
  "rnn-relu": ["state"],
} as const;
const CANDIDATES = 5;

/**
 * Predicts `line` greedily and returns what happened at every stage. Besides the sentence itself memory holds one prefix
 * and two steps at a time, however long the line is.
 */
export function traceLine(model: Seq2Seq, line: string): Trace {
  const { network, recipe } = model;
  const { tokens, ids } = model.encodeSource(line);
  const session = () => new Scope(model.backend, { parent: model.packedWeights() });
  const [sentence, prefixes] = [session(), session()];
  const turns = [session(), session()] as [Scope, Scope];
  try {
    const encode = (source: readonly number[]) =>
      network.encode(makeBatch([{ index: 0, source: Int32Array.from(source), target: new Int32Array(0) }]));
    const encoded = sentence.run(() => encode(ids));
    const code = numbers(encoded.code);
    const codeOfPrefix = (length: number): number[] => {
      if (length >= ids.length) return code;
      prefixes.reset();
      return prefixes.run(() => numbers(encode(ids.slice(0, length)).code));
    };
    const [embeddings, states] = [rowsOf(encoded.embedded), rowsOf(encoded.outputs)];
    const source = [...tokens, model.source.vocabulary.tokenOf(END)].map((token, i): TracedToken => {
      const id = ids[i] ?? END;
      const similarityToCode = cosine(codeOfPrefix(i + 1), code);
      return { token, id, unknown: id === UNKNOWN, embedding: embeddings[i]!, state: states[i]!, similarityToCode };
    });

    let state = sentence.run(() => network.decoder.start(encoded));
    const initialState = state.layers.map(tracedState);
    const steps: TracedStep[] = [];
    const written: number[] = [];
    let previous = START;
    const { minLength, maxLength } = lengthLimits({ ...decodeDefaults, ...recipe.decode }, ids.length);
    const { vocabulary, tokenizer } = model.target;
    const takeStep = (): number => {
      const given = ints([previous], [1]);
      const step = network.decoder.step(given, state);
      const isTooShort = written.length < minLength;
      const logProbabilities = logSoftmax(network.decoder.logits(step.features));
      forbid(logProbabilities, isTooShort ? [PAD, START, END] : [PAD, START]);
      const values = numbers(logProbabilities);
      const best = topK(logProbabilities, Math.min(CANDIDATES, vocabulary.size));
      const candidates = [...best.indices].map((id, i) => ({
        token: vocabulary.tokenOf(id),
        probability: Math.exp(best.values[i]!),
      }));
      const layers = step.state.layers.map(tracedState);
      const { hidden } = layers.at(-1)!;
      const kept = numbers(step.gates);
      const gates = GATES[recipe.model.decoder.cell].map((name, gate): [string, number[]] => [
        name,
        kept.slice(gate * hidden.length, (gate + 1) * hidden.length),
      ]);
      const attention = step.attended && {
        scores: numbers(step.attended.scores),
        weights: numbers(step.attended.weights),
        context: numbers(step.attended.context),
        ...(step.attended.heads && { heads: headsOf(step.attended.heads) }),
      };
      // As the search does: at the longest length the end is all that may come.
      const id = written.length < maxLength ? best.indices[0]! : END;
      steps.push({
        previous: vocabulary.tokenOf(previous),
        embedding: numbers(network.decoder.embedding.forward(given)),
        layers,
        state: hidden,
        gates: Object.fromEntries(gates),
        ...attention,
        features: numbers(step.features),
        candidates,
        token: vocabulary.tokenOf(id),
        probability: Math.exp(values[id]!),
      });
      state = step.state;
      return id;
    };
    for (;;) {
      // The state that this step reads lives in the other scope.
      turns.reverse();
      turns[0].reset();
      previous = turns[0].run(takeStep);
      if (previous === END) break;
      written.push(previous);
    }
    const output = tokenizer.decode(vocabulary.toTokens(written));
    return {
      input: line,
      model: recipe.model,
      vocabularySizes: { source: model.source.vocabulary.size, target: vocabulary.size },
      languages: { source: recipe.source.language, target: recipe.target.language },
      source,
      code,
      initialState,
      steps,
      output,
    };
  } finally {
    for (const scope of [...turns, prefixes, sentence]) scope.dispose();
  }
}

/** Takes tokens out of the choice: `<pad>` and `<s>` are read, never written. logProbabilities [1, vocabulary] */
function forbid(logProbabilities: Tensor, ids: readonly number[]): void {
  const values = logProbabilities.backend.memory.floats(logProbabilities.pointer, logProbabilities.size);
  for (const id of ids) values[id] = Number.NEGATIVE_INFINITY;
}

const numbers = (tensor: Tensor): number[] => [...tensor.toArray()];

const tracedState = ({ hidden, cell }: RecurrentState): TracedState =>
  cell ? { hidden: numbers(hidden), cell: numbers(cell) } : { hidden: numbers(hidden) };

/** […, size] → one array for each row */
function rowsOf(tensor: Tensor): number[][] {
  const size = tensor.shape.at(-1)!;
  const all = numbers(tensor);
  return Array.from({ length: all.length / size }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** [1, heads, 1, time] → one entry for each head */
function headsOf({ scores, weights }: { scores: Tensor; weights: Tensor }): { scores: number[]; weights: number[] }[] {
  const shares = rowsOf(weights);
  return rowsOf(scores).map((row, head) => ({ scores: row, weights: shares[head]! }));
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((total, value, i) => total + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
