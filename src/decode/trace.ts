import { RecipeError } from "../errors.js";
import { type CopySource, extendedIds, extendedToken } from "../models/copying.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { decodeDefaults } from "../recipe/decode-options.js";
import { ints, type RecurrentState, Scope, type Tensor, tensor, topK } from "../tensor/index.js";
import { END, PAD, START } from "../text/vocabulary.js";
import type { BeamTrace } from "./beam-trace.js";
import { lengthLimits } from "./options.js";
import { numbers, rowsOf, type SourceTrace, traceSource } from "./source-trace.js";

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
  /** softmax(scores), or what was given in its place; sums to 1. Of several heads the mean of their weights. */
  weights?: number[];
  /** Σ weights · values, [contextSize] */
  context?: number[];
  /** Of several heads, each one's own. */
  heads?: { scores: number[]; weights: number[] }[];
  /** What the output projection reads. */
  features: number[];
  /** In a model that copies: p_gen, the share of this step that writes from the vocabulary; the rest points at the source. */
  generation?: number;
  /** The most probable next tokens, best first. `copied`, in a model that copies: the share of the probability that pointing gave. */
  candidates: { token: string; probability: number; copied?: number }[];
  /** The choice; `</s>` ends the sentence. */
  token: string;
  /** Whether it is of the prefix that was given, not the model's choice. */
  given: boolean;
  /** Of the token; it is the best candidate's but in a given prefix and where the longest length leaves only `</s>`. */
  probability: number;
  /** In a model that copies: the share of that probability that pointing at the source gave. */
  copied?: number;
}

/** Every intermediate value of one greedy prediction. */
export interface Trace extends SourceTrace {
  task: "translate";
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
  /** What the output begins with: a text, or tokens of the target's vocabulary (a last `</s>` ends it there). */
  prefix?: string | readonly string[];
  /**
   * Attention by hand: for steps counted from 0 a weight for every source token and its `</s>`, in place of softmax(scores).
   * None is below 0, and they sum to 1.
   */
  weights?: Readonly<Record<number, readonly number[]>>;
}

const GATES = {
  gru: ["reset", "update", "new"],
  lstm: ["input", "forget", "cell", "output"],
  rnn: ["state"],
  "rnn-relu": ["state"],
} as const;
const CANDIDATES = 5;

/**
 * Predicts `line` greedily, after the prefix given, and returns what happened at every stage. Besides the sentence itself memory holds one prefix
 * and two steps at a time, however long the line is.
 */
export function traceLine(
  model: Seq2Seq,
  line: string,
  { prefix = "", weights: byHand = {} }: TraceOptions = {},
): Trace {
  const { network, recipe } = model;
  const session = () => new Scope(model.backend, { parent: model.packedWeights() });
  const [sentence, prefixes] = [session(), session()];
  const turns = [session(), session()] as [Scope, Scope];
  try {
    const { encoded, trace } = traceSource(model, line, sentence, prefixes);

    const copies = model.copySource(trace.source.slice(0, -1).map(({ token }) => token));
    const started = copies && { ids: [copies.ids], extraCount: copies.extraTokens.length };
    let state = sentence.run(() => network.decoder.start(encoded, started));
    const initialState = state.layers.map(tracedState);
    const steps: TracedStep[] = [];
    const written: number[] = [];
    let previous = START;
    const { minLength, maxLength } = lengthLimits({ ...decodeDefaults, ...recipe.decode }, trace.source.length - 1);
    const { vocabulary, tokenizer } = model.target;
    const tokenOf = (id: number) => (copies ? extendedToken(id, vocabulary, copies) : vocabulary.tokenOf(id));
    const begin = typeof prefix === "string" ? (prefix === "" ? [] : tokenizer.encode(prefix)) : prefix;
    const ends = begin.at(-1) === tokenOf(END);
    const beginIds = extendedIds(ends ? begin.slice(0, -1) : begin, vocabulary, copies ?? { extraTokens: [] });
    if (ends) beginIds.push(END);
    checkWeights(byHand, recipe.model.attention.kind, trace.source.length);
    const takeStep = (): number => {
      const at = byHand[written.length];
      const step = network.decoder.step(
        Int32Array.of(previous),
        state,
        at && tensor(Float64Array.from(at), [1, at.length]),
      );
      const isTooShort = written.length < minLength;
      const logProbabilities = network.decoder.logProbabilities(step);
      forbid(logProbabilities, isTooShort ? [PAD, START, END] : [PAD, START]);
      const values = numbers(logProbabilities);
      const best = topK(logProbabilities, Math.min(CANDIDATES, vocabulary.size));
      const generation = step.generation && 1 / (1 + Math.exp(-step.generation.item()));
      const ofCopying = (id: number): { copied?: number } =>
        generation === undefined
          ? {}
          : {
              copied: Math.min(
                1,
                ((1 - generation) * massOn(id, copies!, step.attended!.weights)) / Math.exp(values[id]!),
              ),
            };
      const candidates = [...best.indices].map((id) => ({
        token: tokenOf(id),
        probability: Math.exp(values[id]!),
        ...ofCopying(id),
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
        context: numbers(network.decoder.contextOf(step, encoded)),
        ...(step.attended.heads && { heads: headsOf(step.attended.heads) }),
      };
      // As the search does: at the longest length the end is all that may come.
      const wanted = beginIds[written.length];
      const id = written.length < maxLength ? (wanted ?? best.indices[0]!) : END;
      steps.push({
        previous: tokenOf(previous),
        embedding: numbers(
          network.decoder.embedding.forward(ints(network.decoder.readIds(Int32Array.of(previous)), [1])),
        ),
        layers,
        state: hidden,
        gates: Object.fromEntries(gates),
        ...attention,
        features: numbers(step.features),
        ...(generation !== undefined && { generation }),
        candidates,
        token: tokenOf(id),
        given: id === wanted,
        probability: Math.exp(values[id]!),
        ...ofCopying(id),
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
    const output = tokenizer.decode(written.map(tokenOf));
    return { task: "translate", ...trace, initialState, steps, output };
  } finally {
    for (const scope of [...turns, prefixes, sentence]) scope.dispose();
  }
}

function checkWeights(byHand: Readonly<Record<number, readonly number[]>>, kind: string, sourceTime: number): void {
  const steps = Object.entries(byHand);
  if (steps.length > 0 && kind === "none")
    throw new RecipeError("trace: weights: expected a model with attention, got one without. Leave them out.");
  for (const [step, weights] of steps) {
    const where = `trace: weights of step ${step}`;
    if (weights.length !== sourceTime)
      throw new RecipeError(
        `${where}: expected ${sourceTime}, one for each source token and its </s>, got ${weights.length}. Give as many.`,
      );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (!weights.every((weight) => weight >= 0) || Math.abs(sum - 1) > 1e-4)
      throw new RecipeError(
        `${where}: expected none below 0 and a sum of 1, got ${weights.join(", ")}. Divide them by their sum.`,
      );
  }
}

/** Takes tokens out of the choice: `<pad>` and `<s>` are read, never written. logProbabilities [1, vocabulary] */
function forbid(logProbabilities: Tensor, ids: readonly number[]): void {
  const values = logProbabilities.backend.memory.floats(logProbabilities.pointer, logProbabilities.size);
  for (const id of ids) values[id] = Number.NEGATIVE_INFINITY;
}

/** The weight of all places that write `id`, weights [1, 1, sourceTime]. */
function massOn(id: number, { ids }: CopySource, weights: Tensor): number {
  return numbers(weights).reduce((mass, weight, s) => mass + (ids[s] === id ? weight : 0), 0);
}

const tracedState = ({ hidden, cell }: RecurrentState): TracedState =>
  cell ? { hidden: numbers(hidden), cell: numbers(cell) } : { hidden: numbers(hidden) };

/** [1, heads, 1, time] → one entry for each head */
function headsOf({ scores, weights }: { scores: Tensor; weights: Tensor }): { scores: number[]; weights: number[] }[] {
  const shares = rowsOf(weights);
  return rowsOf(scores).map((row, head) => ({ scores: row, weights: shares[head]! }));
}
