import { makeBatch } from "../data/batches.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { ints, logSoftmax, Scope, type Tensor, topK } from "../tensor/index.js";
import { END, PAD, START } from "../text/vocabulary.js";

/** Rows decoded together. */
const BATCH_ROWS = 64;

export interface GreedyHypothesis {
  /** Without `</s>`. */
  ids: number[];
  /** Sum of log-probabilities, `</s>` included. */
  score: number;
  /** For each id, and for `</s>` if it came: the weights over the source tokens and its `</s>`; empty without attention. */
  attention: number[][];
  /** Where attention has several heads, whose mean `attention` is: for each id the weights of each head; else empty. */
  heads: number[][][];
  /** Whether `</s>` came before the length ran out. */
  finished: boolean;
}

/** Most tokens of an output for a source of `sourceLength` tokens. */
export function maximumLength(limit: Seq2Seq["recipe"]["decode"]["maxLength"], sourceLength: number): number {
  return typeof limit === "number" ? limit : Math.ceil(limit.timesSource * sourceLength) + limit.plus;
}

/**
 * The most probable token at every step, for many sources. Rows are grouped by length and put back in order; what a row
 * becomes does not depend on its neighbours.
 */
export function greedySearch(model: Seq2Seq, sources: readonly (readonly number[])[]): GreedyHypothesis[] {
  const order = sources.map((_, i) => i).sort((a, b) => sources[a]!.length - sources[b]!.length || a - b);
  const results: GreedyHypothesis[] = new Array(sources.length);
  // Packed weights outlive the batches; a session is one batch.
  const weights = new Scope(model.backend);
  const session = new Scope(model.backend, { parent: weights });
  const turns = [new Scope(model.backend, { parent: session }), new Scope(model.backend, { parent: session })] as const;
  try {
    for (let first = 0; first < order.length; first += BATCH_ROWS) {
      const rows = order.slice(first, first + BATCH_ROWS);
      const hypotheses = searchBatch(
        model,
        rows.map((row) => sources[row]!),
        session,
        turns,
      );
      for (const [i, row] of rows.entries()) results[row] = hypotheses[i]!;
    }
  } finally {
    for (const scope of [weights, session, ...turns]) scope.dispose();
  }
  return results;
}

/** Takes `<pad>` and `<s>` out of the choice: they are read, never written. logProbabilities [batch, vocabulary] */
export function writable(logProbabilities: Tensor): Tensor {
  const [rows, vocabulary] = logProbabilities.shape as [number, number];
  const values = logProbabilities.backend.memory.floats(logProbabilities.pointer, logProbabilities.size);
  for (let row = 0; row < rows; row++)
    for (const id of [PAD, START]) values[row * vocabulary + id] = Number.NEGATIVE_INFINITY;
  return logProbabilities;
}

/** Steps take turns in two scopes: a step reads its state from the other one. */
function searchBatch(
  model: Seq2Seq,
  sources: readonly (readonly number[])[],
  session: Scope,
  turns: readonly [Scope, Scope],
): GreedyHypothesis[] {
  const { network, recipe } = model;
  session.reset();
  for (const turn of turns) turn.reset();
  const batch = makeBatch(
    sources.map((source, index) => ({ index, source: Int32Array.from(source), target: new Int32Array(0) })),
  );
  let state = session.run(() => network.decoder.start(network.encode(batch)));
  const limits = sources.map((source) => maximumLength(recipe.decode.maxLength, source.length));
  const hypotheses = sources.map(
    (): GreedyHypothesis => ({ ids: [], score: 0, attention: [], heads: [], finished: false }),
  );
  const isOpen = (i: number) => !hypotheses[i]!.finished && hypotheses[i]!.ids.length < limits[i]!;
  let previous = new Int32Array(batch.size).fill(START);
  for (let t = 0; hypotheses.some((_, i) => isOpen(i)); t++) {
    const turn = turns[t % 2]!;
    turn.reset();
    const chosen = turn.run(() => {
      const step = network.decoder.step(ints(previous, [batch.size]), state);
      state = step.state;
      const logProbabilities = logSoftmax(network.decoder.logits(step.features));
      const { weights, heads } = step.attended ?? {};
      return {
        ...topK(writable(logProbabilities), 1),
        weights: weights?.toArray(),
        heads: heads?.weights.toArray(),
      };
    });
    for (const [i, hypothesis] of hypotheses.entries()) {
      if (!isOpen(i)) continue;
      hypothesis.score += chosen.values[i]!;
      /** The real tokens of one row of [·, sourceTime]. */
      const realOf = (weights: Float32Array | Float64Array | Int32Array, row: number) => [
        ...weights.subarray(row * batch.sourceTime, row * batch.sourceTime + sources[i]!.length + 1),
      ];
      const { weights, heads } = chosen;
      if (weights) hypothesis.attention.push(realOf(weights, i));
      if (heads) {
        const count = heads.length / (batch.size * batch.sourceTime);
        hypothesis.heads.push(Array.from({ length: count }, (_, head) => realOf(heads, i * count + head)));
      }
      if (chosen.indices[i] === END) hypothesis.finished = true;
      else hypothesis.ids.push(chosen.indices[i]!);
    }
    previous = chosen.indices.map((id, i) => (isOpen(i) ? id : PAD));
  }
  return hypotheses;
}
