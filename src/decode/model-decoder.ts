import { makeBatch } from "../data/batches.js";
import type { DecoderState } from "../models/decoder.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { bestTokens, ints, logSoftmax, Scope, type Tensor, topK } from "../tensor/index.js";
import type { Best, DecoderOutput, Numbers, StepDecoder } from "./step-decoder.js";

/** Sources as ids, without `</s>`. */
export type Sources = readonly (readonly number[])[];

/** What is shared by the rows of a sentence is copied when this share of the sentences, or less, is still open. */
const OPEN_SHARE = 0.75;

/**
 * A model as a search sees it, with the memory of one search at a time. However many steps are made, it holds two:
 * they take turns in two scopes, each reading its state from the other. Encoded sentences live in two scopes of their
 * own and move to the other one, without those that are done, when enough are. Packed weights are the model's.
 */
export class ModelDecoder implements StepDecoder<Sources, DecoderState> {
  readonly vocabularySize: number;
  readonly #sentences: [current: Scope, spare: Scope];
  readonly #turns: [current: Scope, next: Scope];

  constructor(readonly model: Seq2Seq) {
    this.vocabularySize = model.target.vocabulary.size;
    const weights = model.packedWeights();
    const session = () => new Scope(model.backend, { parent: weights });
    this.#sentences = [session(), session()];
    this.#turns = [session(), session()];
  }

  /** Ends the search before, if there was one. */
  start(sources: Sources): DecoderState {
    this.model.checkAlive();
    const { network } = this.model;
    const batch = makeBatch(
      sources.map((source, index) => ({ index, source: Int32Array.from(source), target: new Int32Array(0) })),
    );
    for (const scope of [...this.#sentences, ...this.#turns]) scope.reset();
    return this.#sentences[0].run(() => network.decoder.start(network.encode(batch)));
  }

  step(previousIds: Int32Array, before: DecoderState): DecoderOutput<DecoderState> {
    // Between two steps of a stream anything may have happened.
    this.model.checkAlive();
    this.#turns.reverse();
    const turn = this.#turns[0];
    const { decoder } = this.model.network;
    turn.reset();
    return turn.run(() => {
      const { features, state, attended } = decoder.step(ints(previousIds, [previousIds.length]), before);
      const { weight, bias } = decoder.output;
      let whole: Tensor | undefined;
      const logProbabilities = () => {
        whole ??= turn.run(() => logSoftmax(decoder.logits(features)));
        return whole;
      };
      // Views are made anew at each look, for memory may move when it grows.
      const { memory } = this.model.backend;
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
        outlook: (count, wanted) => turn.run(() => bestTokens(features, weight, bias!, count, wanted)),
      };
    });
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
