import { makeBatch } from "../data/batches.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { ints, logSoftmax, Scope, type Tensor, topK } from "../tensor/index.js";
import { END, PAD, START, UNKNOWN } from "../text/vocabulary.js";
import { lengthFor } from "./options.js";

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

/** One step of the decoder. */
export interface TracedStep {
  /** The token it was given: `<s>` or the choice of the step before. */
  previous: string;
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
  /** The most probable next tokens, best first. */
  candidates: { token: string; probability: number }[];
  /** The choice; `</s>` ends the sentence. */
  token: string;
}

/** Every intermediate value of one greedy prediction. */
export interface Trace {
  input: string;
  /** The source tokens, the last one `</s>`. */
  source: TracedToken[];
  /** The sentence's code c, [encoderSize] */
  code: number[];
  /** s_0 of each layer, [hidden] */
  initialState: number[][];
  steps: TracedStep[];
  output: string;
}

const GATES = {
  gru: ["reset", "update", "new"],
  lstm: ["input", "forget", "cell", "output"],
  rnn: ["state"],
  "rnn-relu": ["state"],
} as const;
const CANDIDATES = 5;

/** Predicts `line` greedily and returns what happened at every stage. */
export function traceLine(model: Seq2Seq, line: string): Trace {
  const { network, recipe } = model;
  const { tokens, ids } = model.encodeSource(line);
  const weights = new Scope(model.backend);
  const scope = new Scope(model.backend, { parent: weights });
  try {
    return scope.run(() => {
      const encode = (source: readonly number[]) =>
        network.encode(makeBatch([{ index: 0, source: Int32Array.from(source), target: new Int32Array(0) }]));
      const encoded = encode(ids);
      const code = numbers(encoded.code);
      const [embeddings, states] = [rowsOf(encoded.embedded), rowsOf(encoded.outputs)];
      const source = [...tokens, model.source.vocabulary.tokenOf(END)].map((token, i): TracedToken => {
        const id = ids[i] ?? END;
        const prefix = i < ids.length ? numbers(encode(ids.slice(0, i + 1)).code) : code;
        const similarityToCode = cosine(prefix, code);
        return { token, id, unknown: id === UNKNOWN, embedding: embeddings[i]!, state: states[i]!, similarityToCode };
      });

      let state = network.decoder.start(encoded);
      const initialState = state.layers.map((layer) => numbers(layer.hidden));
      const steps: TracedStep[] = [];
      const written: number[] = [];
      let previous = START;
      const limit = lengthFor(recipe.decode.maxLength, ids.length);
      for (;;) {
        const step = network.decoder.step(ints([previous], [1]), state);
        const vocabulary = model.target.vocabulary;
        const best = topK(
          writable(logSoftmax(network.decoder.logits(step.features))),
          Math.min(CANDIDATES, vocabulary.size),
        );
        const candidates = [...best.indices].map((id, i) => ({
          token: vocabulary.tokenOf(id),
          probability: Math.exp(best.values[i]!),
        }));
        const hidden = step.state.layers.at(-1)!.hidden;
        const width = hidden.size;
        const gates = Object.fromEntries(
          GATES[recipe.model.decoder.cell].map((name, gate) => [
            name,
            numbers(step.gates).slice(gate * width, (gate + 1) * width),
          ]),
        );
        const attention = step.attended && {
          scores: numbers(step.attended.scores),
          weights: numbers(step.attended.weights),
          context: numbers(step.attended.context),
          ...(step.attended.heads && { heads: headsOf(step.attended.heads) }),
        };
        // As the search does: at the longest length the end is all that may come.
        const id = written.length < limit ? best.indices[0]! : END;
        const token = vocabulary.tokenOf(id);
        steps.push({
          previous: vocabulary.tokenOf(previous),
          state: numbers(hidden),
          gates,
          ...attention,
          candidates,
          token,
        });
        if (id === END) break;
        written.push(id);
        previous = id;
        state = step.state;
      }
      const output = model.target.tokenizer.decode(model.target.vocabulary.toTokens(written));
      return { input: line, source, code, initialState, steps, output };
    });
  } finally {
    scope.dispose();
    weights.dispose();
  }
}

/** Takes `<pad>` and `<s>` out of the choice: they are read, never written. logProbabilities [1, vocabulary] */
function writable(logProbabilities: Tensor): Tensor {
  const values = logProbabilities.backend.memory.floats(logProbabilities.pointer, logProbabilities.size);
  for (const id of [PAD, START]) values[id] = Number.NEGATIVE_INFINITY;
  return logProbabilities;
}

const numbers = (tensor: Tensor): number[] => [...tensor.toArray()];

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
