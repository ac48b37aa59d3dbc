import { makeBatch } from "../data/batches.js";
import type { CopySource } from "../models/copying.js";
import type { DecoderState, SentenceCopies } from "../models/decoder.js";
import type { DecoderOnly } from "../models/decoder-only.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { type BestTokens, bestTokens, likeliestTokens, Scope, type Tensor, tensor, topK } from "../tensor/index.js";
import type { Best, DecoderOutput, Numbers, StepDecoder } from "./step-decoder.js";

/** A source as ids, without `</s>` (none for a language model), and in a model that copies what may be copied from it. */
export interface Source {
  ids: readonly number[];
  copies?: CopySource | undefined;
}

/** The sources of one search. */
export type Sources = readonly Source[];

/** What is shared by the rows of a sentence is copied when this share of the sentences, or less, is still open. */
const OPEN_SHARE = 0.75;

/** Of few rows at most, and of an output table that no cache nearby holds (a megabyte), the likeliest tokens are screened. */
const MOST_SCREENED_ROWS = 4;
const LEAST_SCREENED_NUMBERS = 2 ** 18;

/**
 * A model as a search sees it, with the memory of one search at a time. However many steps are made, it holds two:
 * they take turns in two scopes, each reading its state from the other. Encoded sentences live in two scopes of their
 * own and move to the other one, without those that are done, when enough are. Packed weights are the model's.
 */
export class ModelDecoder implements StepDecoder<Sources, DecoderState> {
  /** In a model that copies, the words that the sources of this search add are among them. */
  vocabularySize: number;
  readonly #sentences: [current: Scope, spare: Scope];
  readonly #turns: [current: Scope, next: Scope];

  constructor(readonly model: Seq2Seq | DecoderOnly) {
    this.vocabularySize = model.target.vocabulary.size;
    const weights = model.packedWeights();
    const session = () => new Scope(model.backend, { parent: weights });
    this.#sentences = [session(), session()];
    this.#turns = [session(), session()];
  }

  /** Ends the search before, if there was one. */
  start(sources: Sources): DecoderState {
    this.model.checkAlive();
    const { network, target } = this.model;
    const batch = makeBatch(
      sources.map(({ ids }, index) => ({ index, source: Int32Array.from(ids), target: new Int32Array(0) })),
    );
    const copies = sentenceCopies(sources);
    this.vocabularySize = target.vocabulary.size + (copies?.extraCount ?? 0);
    for (const scope of [...this.#sentences, ...this.#turns]) scope.reset();
    return this.#sentences[0].run(() => network.decoder.start(network.encode(batch), copies));
  }

  step(previousIds: Int32Array, before: DecoderState): DecoderOutput<DecoderState> {
    // Between two steps of a stream anything may have happened.
    this.model.checkAlive();
    this.#turns.reverse();
    const turn = this.#turns[0];
    const { decoder } = this.model.network;
    turn.reset();
    return turn.run(() => {
      const step = decoder.step(previousIds, before);
      const { state, attended } = step;
      let whole: Tensor | undefined;
      const logProbabilities = () => {
        whole ??= turn.run(() => decoder.logProbabilities(step));
        return whole;
      };
      const { weight, bias } = decoder.output;
      const outlook = (count: number, wanted: Int32Array) =>
        turn.run(() => bestTokens(step.features, weight, bias!, count, wanted));
      const isScreened =
        previousIds.length <= MOST_SCREENED_ROWS &&
        weight.size >= LEAST_SCREENED_NUMBERS &&
        weight.scales === undefined;
      // Views are made anew at each look, for memory may move when it grows.
      const { memory } = this.model.backend;
      const likeliest = (refused: (row: number) => readonly number[]) => {
        const { pointer, size } = step.features;
        const ids = turn.run(() => likeliestTokens(step.features, weight, bias!, refused));
        return ids && { ids, features: memory.floats(pointer, size).slice() };
      };
      return {
        state,
        get logProbabilities(): Numbers {
          const { pointer, size } = logProbabilities();
          return memory.floats(pointer, size);
        },
        get attention(): Numbers | undefined {
          return attended && memory.floats(attended.weights.pointer, attended.weights.size);
        },
        get heads(): Numbers | undefined {
          const weights = attended?.heads?.weights;
          return weights && memory.floats(weights.pointer, weights.size);
        },
        best: (count): Best =>
          turn.run(() => {
            const { values, indices } = topK(logProbabilities(), count);
            return { values, ids: indices };
          }),
        // What may be copied changes every row's probabilities.
        ...(step.generation === undefined && { outlook, ...(isScreened && { likeliest }) }),
      };
    });
  }

  score(features: Numbers, written: Int32Array): BestTokens {
    const { weight, bias } = this.model.network.decoder.output;
    const rows = written.length;
    return this.#turns[0].run(() =>
      bestTokens(tensor(features, [rows, features.length / rows]), weight, bias!, 1, written),
    );
  }

  select(state: DecoderState, rows: Int32Array): DecoderState {
    const { decoder } = this.model.network;
    const selected = this.#turns[0].run(() => decoder.select(state, rows));
    const { sentenceOf, sentenceCount } = selected.groups!;
    const open = Int32Array.from(new Set(sentenceOf)).sort();
    if (open.length > OPEN_SHARE * sentenceCount) return selected;
    const [, spare] = this.#sentences;
    spare.reset();
    const kept = spare.run(() => decoder.keepSentences(selected, open));
    this.#sentences.reverse();
    return kept;
  }

  /** Gives back all memory. */
  dispose(): void {
    for (const scope of [...this.#turns, ...this.#sentences]) scope.dispose();
  }
}

/** Nothing where the model does not copy. */
function sentenceCopies(sources: Sources): SentenceCopies | undefined {
  const copies = sources.flatMap(({ copies }) => copies ?? []);
  if (copies.length === 0) return undefined;
  const extraCount = copies.reduce((most, { extraTokens }) => Math.max(most, extraTokens.length), 0);
  return { ids: copies.map(({ ids }) => ids), extraCount };
}
