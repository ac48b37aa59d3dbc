import {
  type Attended,
  type Attention,
  type AttentionMemory,
  createAttention,
  Dropout,
  type DropoutContext,
  Embedding,
  Linear,
  type Parameters,
  Recurrent,
} from "../nn/index.js";
import type { Recipe } from "../recipe/schema.js";
import {
  add,
  addToEachTime,
  attentionContext,
  type ColumnRange,
  concat,
  ints,
  logSoftmax,
  pointerLogSoftmax,
  type RecurrentState,
  repeatTime,
  reshape,
  selectRowsOf,
  selectTime,
  stackTime,
  type Tensor,
  tanh,
  timeFirst,
  unstack,
} from "../tensor/index.js";
import { UNKNOWN } from "../text/vocabulary.js";
import { Bridge } from "./bridge.js";
import type { Encoded } from "./encoder.js";
import { RowGroups } from "./row-groups.js";
import { TokenGates } from "./token-gates.js";

/** All that goes from one step to the next. A row is one unfinished output; a sentence may have several. */
export interface DecoderState {
  /** One for each layer, [rows, hidden] */
  layers: RecurrentState[];
  /** h̃ or the context of the step before, [rows, ·]; absent at the first step (zeros) and without input feeding. */
  fed?: Tensor | undefined;
  /** With coverage the sum of all weights so far, [rows, sourceTime]; absent at the first step (zeros). */
  coverage?: Tensor | undefined;
  /** Which sentence each row is of; absent where row i is of sentence i. */
  groups?: RowGroups | undefined;
  /** What all rows of a sentence share, [sentences, …]. */
  sentence: DecodedSentences;
}

/** Its code, what c adds to every step's gates, and the keys and values of attention. */
export interface DecodedSentences {
  code: Tensor;
  codeGates?: Tensor | undefined;
  memory?: AttentionMemory | undefined;
  /** Whether the values of `memory` have passed the attentional layer. */
  isPassed?: boolean;
  /** In a model that copies: what pointing at each source token writes. */
  copies?: SentenceCopies | undefined;
}

/** What may be copied from each sentence, in ids of its extended vocabulary. */
export interface SentenceCopies {
  /** One for each sentence, [its sourceTime] */
  ids: readonly Int32Array[];
  /** Words by which a sentence extends the vocabulary, at most. */
  extraCount: number;
}

export interface DecoderStep {
  /** What the output projection reads, [rows, featureSize] */
  features: Tensor;
  state: DecoderState;
  /** [rows, 1, …]; without attention absent */
  attended?: Omit<Attended, "context"> | undefined;
  /** [rows, 1, contextSize]; absent without attention and in a search that passes by it (`contextOf`). */
  context?: Tensor | undefined;
  /** What the top layer gives, [rows, 1, hidden]. */
  top: Tensor;
  /** In a model that copies: the logit of p_gen, [rows, 1, 1]. */
  generation?: Tensor | undefined;
  /** The gates of the top layer, as `recurrence` gives them. */
  readonly gates: Tensor;
}

/** A whole target under teacher forcing. */
export interface Followed {
  /** What the output projection reads, [batch, targetTime, featureSize], before dropout */
  features: Tensor;
  /** [batch, targetTime, sourceTime]; without attention absent */
  weights?: Tensor;
  /** In a model that copies: the logit of p_gen, [batch, targetTime, 1]. */
  generation?: Tensor | undefined;
}

/**
 * The decoder, one target token after another (the seed's steps 2–7). E = embed(y_{t−1}), c = the sentence's code.
 *
 *   without attention   s_t = cell([E; c], s_{t−1}),  features = [s_t; c; E]      context: every-step (Cho et al. 2014)
 *                       s_t = cell(E, s_{t−1}),       features = s_t              context: initial (Sutskever et al. 2014)
 *   attend: after       s_t = cell([E; c?; fed], s_{t−1}),  h̃_t = tanh(W [context_t; s_t]),  features = h̃_t
 *                       (Luong et al. 2015, eq. 5 and section 3.3; fed = h̃_{t−1}, context_{t−1} or nothing)
 *   attend: before      context_t answers s_{t−1},  s_t = cell([E; c?; context_t], s_{t−1}),
 *                       features = tanh(W [s_t; context_t; E])                    (Bahdanau et al. 2015, section 3.1)
 *
 * s_0 comes from the bridge; c? is there with `context: every-step`.
 *
 * With `copy` the token is written from the vocabulary with probability p_gen, else copied from where attention points
 * (See et al. 2017, eqs. 8 and 9):
 *
 *   p_gen = σ(w [context_t; s_t; E] + b),   P(y) = p_gen P_vocabulary(y) + (1 − p_gen) Σ_{j: x_j = y} weight_tj
 */
export class Decoder {
  readonly embedding: Embedding;
  readonly output: Linear;
  readonly #bridge: Bridge;
  readonly #recurrent: Recurrent;
  readonly #attention: Attention | undefined;
  readonly #attentional: Linear | undefined;
  readonly #generation: Linear | undefined;
  readonly #vocabularySize: number;
  readonly #everyStep: boolean;
  readonly #attendsBefore: boolean;
  readonly #coverage: boolean;
  /** Whether a step reads E itself, not only what it adds to the gates. */
  readonly #readsEmbedding: boolean;
  /** Whether the context enters the attentional layer alone, as a weighted sum of encoder states. */
  readonly #passesValues: boolean;
  readonly #feeding: "attentional" | "context" | "none";
  /** The columns of the bottom layer's W_ih: E, then c, then what attention gives (h̃_{t−1}, or a context). */
  readonly #ranges: { embedding: ColumnRange; code: ColumnRange; fed: ColumnRange };
  readonly #tokenGates: TokenGates;
  readonly #embeddingDropout: Dropout;
  readonly #outputDropout: Dropout;

  /** `shared`: the encoder's table, where both sides and the output have one. */
  constructor(
    parameters: Parameters,
    recipe: Recipe,
    codeSize: number,
    vocabularySize: number,
    shared: Embedding | undefined,
  ) {
    const { embeddingSize, decoder, attention, tieEmbeddings, copy } = recipe.model;
    this.#vocabularySize = vocabularySize;
    const { hiddenSize, variational } = decoder;
    this.#everyStep = decoder.context === "every-step";
    this.#feeding = decoder.inputFeeding;
    this.#coverage = attention.coverage;
    const isTied = tieEmbeddings === "target" || tieEmbeddings === "all";
    this.embedding =
      shared ?? new Embedding(parameters, "decoder.embedding", vocabularySize, embeddingSize, { isOutput: isTied });
    if (attention.kind !== "none")
      this.#attention = createAttention(parameters, "decoder.attention", {
        ...attention,
        kind: attention.kind,
        querySize: hiddenSize,
        encoderSize: codeSize,
      });
    const contextSize = this.#attention?.contextSize ?? 0;
    this.#attendsBefore = this.#attention !== undefined && decoder.attend === "before";

    const fedSize = this.#attendsBefore
      ? contextSize
      : { attentional: hiddenSize, context: contextSize, none: 0 }[this.#feeding];
    const code = { first: embeddingSize, count: this.#everyStep ? codeSize : 0 };
    const fed = { first: embeddingSize + code.count, count: fedSize };
    this.#ranges = { embedding: { first: 0, count: embeddingSize }, code, fed };
    this.#bridge = new Bridge(parameters, decoder, codeSize);
    this.#recurrent = new Recurrent(parameters, "decoder.recurrent", {
      ...decoder,
      kind: decoder.cell,
      inputSize: fed.first + fed.count,
      bidirectional: false,
    });

    const { bottom } = this.#recurrent;
    this.#tokenGates = new TokenGates(bottom.gatesSize, vocabularySize, (ids) =>
      bottom.project(this.embedding.forward(ids), this.#ranges.embedding),
    );

    let featureSize = hiddenSize + (this.#everyStep ? codeSize + embeddingSize : 0);
    if (this.#attention !== undefined) {
      const inputs = contextSize + hiddenSize + (this.#attendsBefore ? embeddingSize : 0);
      this.#attentional = new Linear(parameters, "decoder.attentional", inputs, hiddenSize, { bias: false });
      featureSize = hiddenSize;
    }
    this.#readsEmbedding = this.#attendsBefore || copy || (this.#attention === undefined && this.#everyStep);
    this.#passesValues =
      !["none", "multi-head"].includes(attention.kind) && !this.#attendsBefore && !copy && this.#feeding !== "context";
    if (copy)
      this.#generation = new Linear(parameters, "decoder.generation", contextSize + hiddenSize + embeddingSize, 1);
    this.output = new Linear(parameters, "decoder.output", featureSize, vocabularySize, {
      weight: isTied ? this.embedding.weight : undefined,
    });
    this.#embeddingDropout = new Dropout("decoder.embedding", recipe.train.dropout, variational);
    this.#outputDropout = new Dropout("decoder.output", recipe.train.dropout, variational);
  }

  /**
   * s_0 and what every step of a search needs of the sentence. `copies`: what it may copy. What can be computed once is not
   * computed at every step: keys, and in place of W context_t the sum of values that have met W already,
   *
   *   W Σ_s weights_ts state_s = Σ_s weights_ts (W state_s)
   */
  start(encoded: Encoded, copies?: SentenceCopies): DecoderState {
    const { layers, sentence } = this.#begin(encoded);
    const { memory } = sentence;
    if (memory === undefined || !this.#passesValues) return { layers, sentence: { ...sentence, copies } };
    const values = this.#attentional!.forward(memory.values, { first: 0, count: memory.values.shape[2]! });
    return { layers, sentence: { ...sentence, memory: { ...memory, values }, isPassed: true } };
  }

  /** s_0, and of the sentence its keys and values and what c adds to the gates. */
  #begin(encoded: Encoded): DecoderState {
    const { code, outputs, mask } = encoded;
    const layers = this.#bridge.forward(encoded, this.#recurrent.zeroStates(code.shape[0]!));
    const codeGates = this.#everyStep ? this.#recurrent.bottom.project(code, this.#ranges.code) : undefined;
    return { layers, sentence: { code, codeGates, memory: this.#attention?.remember(outputs, mask) } };
  }

  /**
   * The rows of a state by their numbers: reordered, repeated, left out. What the rows of a sentence share is not
   * copied; `keepSentences` drops sentences that have no row any more.
   */
  select(state: DecoderState, rows: Int32Array): DecoderState {
    const pick = (tensor: Tensor) => selectRowsOf(tensor, rows);
    const layers = state.layers.map(({ hidden, cell }): RecurrentState => {
      const picked = pick(hidden);
      return cell ? { hidden: picked, cell: pick(cell) } : { hidden: picked };
    });
    const sentenceOf = rows.map((row) => state.groups?.sentenceOf[row] ?? row);
    const groups = new RowGroups(sentenceOf, state.sentence.code.shape[0]!);
    const { fed, coverage, sentence } = state;
    return { layers, fed: fed && pick(fed), coverage: coverage && pick(coverage), groups, sentence };
  }

  /** Copies what is shared by the rows of these sentences (in ascending order, each with a row at least) and no other. */
  keepSentences(state: DecoderState, sentences: Int32Array): DecoderState {
    const pick = (tensor: Tensor) => selectRowsOf(tensor, sentences);
    const { code, codeGates, memory, copies } = state.sentence;
    const keys = memory && pick(memory.keys);
    const kept: DecodedSentences = {
      ...state.sentence,
      code: pick(code),
      codeGates: codeGates && pick(codeGates),
      memory: memory && {
        keys: keys!,
        values: memory.values === memory.keys ? keys! : pick(memory.values),
        mask: pick(memory.mask),
      },
      copies: copies && { ...copies, ids: Array.from(sentences, (sentence) => copies.ids[sentence]!) },
    };
    const rows = state.layers[0]!.hidden.shape[0]!;
    const placeOf = new Map(Array.from(sentences, (sentence, place) => [sentence, place]));
    const sentenceOf = Int32Array.from(
      { length: rows },
      (_, row) => placeOf.get(state.groups?.sentenceOf[row] ?? row)!,
    );
    return { ...state, groups: new RowGroups(sentenceOf, sentences.length), sentence: kept };
  }

  /**
   * previousIds [rows] → the next state and the features of the next token. `weights` [rows, sourceTime]: where to look, in
   * place of where attention would.
   */
  step(previousIds: Int32Array, state: DecoderState, weights?: Tensor): DecoderStep {
    const ids = this.readIds(previousIds);
    const embedded = this.#readsEmbedding ? this.embedding.forward(ints(ids, [ids.length])) : undefined;
    const step = this.#advance(embedded, this.#tokenGates.of(ids), state, { weights });
    if (this.#generation) step.generation = this.#generationOf(step.context, step.top, withTime(embedded!));
    return step;
  }

  /** The logit of p_gen, […, 1], of a context, a state and an input of as many times; absent where nothing is copied. */
  #generationOf(context: Tensor | undefined, top: Tensor, embedded: Tensor): Tensor | undefined {
    return this.#generation?.forwardParts([context!, top, embedded]);
  }

  /** Ids as the decoder reads them: what was copied from outside the vocabulary is `<unk>`. */
  readIds(ids: Int32Array): Int32Array {
    return this.#generation ? ids.map((id) => (id < this.#vocabularySize ? id : UNKNOWN)) : ids;
  }

  /** log p(token) of a step, [rows, vocabulary], in a model that copies [rows, vocabulary + extra words]. */
  logProbabilities({ features, attended, generation, state }: DecoderStep): Tensor {
    const logits = this.logits(features);
    const { copies } = state.sentence;
    if (generation === undefined || copies === undefined) return logSoftmax(logits);
    const { groups } = state;
    const rows = logits.shape[0]!;
    const ids = Array.from({ length: rows }, (_, row) => copies.ids[groups?.sentenceOf[row] ?? row]!);
    return pointerLogSoftmax(logits, generation, attended!.weights, ids, copies.extraCount);
  }

  /** features → logits [batch, vocabulary] */
  logits(features: Tensor): Tensor {
    return this.output.forward(features);
  }

  /**
   * Every step under teacher forcing: targetIn int [batch, targetTime] (`<s>` y1 … yn) → features before dropout. Where
   * nothing that attention gives enters the next step, each layer is one scan and attention one product over all times.
   */
  follow(encoded: Encoded, targetIn: Tensor, training?: DropoutContext): Followed {
    const embedded = this.#embeddingDropout.forward(this.embedding.forward(targetIn), training);
    const project = (x: Tensor) => this.#recurrent.bottom.project(x, this.#ranges.embedding);
    const state = this.#begin(encoded);
    return this.#ranges.fed.count === 0 && !this.#coverage
      ? this.#followAtOnce(embedded, project(embedded), state, training)
      : this.#followStepByStep(embedded, unstack(project(timeFirst(embedded))), state, training);
  }

  #followAtOnce(embedded: Tensor, projected: Tensor, state: DecoderState, training?: DropoutContext): Followed {
    const { code, codeGates, memory } = state.sentence;
    const gates = codeGates ? addToEachTime(projected, codeGates) : projected;
    const hidden = this.#recurrent.follow(gates, state.layers, training).outputs;
    if (memory === undefined)
      return {
        features: this.#everyStep ? concat([hidden, repeatTime(code, projected.shape[1]!), embedded]) : hidden,
      };
    const { context, weights } = this.#attention!.attend(hidden, memory);
    const features = tanh(this.#attentional!.forwardParts([context, hidden]));
    return { features, weights, generation: this.#generationOf(context, hidden, embedded) };
  }

  #followStepByStep(
    embedded: Tensor,
    projected: readonly Tensor[],
    start: DecoderState,
    training?: DropoutContext,
  ): Followed {
    const steps: DecoderStep[] = [];
    let state = start;
    for (const [time, gates] of projected.entries()) {
      const current = this.#attendsBefore ? selectTime(embedded, time) : undefined;
      const step = this.#advance(current, gates, state, { training, time });
      steps.push(step);
      state = step.state;
    }
    const features = stackTime(steps.map((step) => step.features));
    const weights = stackTime(steps.map(({ attended }) => withoutTime(attended!.weights)));
    if (this.#generation === undefined) return { features, weights };
    const context = stackTime(steps.map((step) => withoutTime(step.context!)));
    const top = stackTime(steps.map((step) => withoutTime(step.top)));
    return { features, weights, generation: this.#generationOf(context, top, embedded) };
  }

  /** Dropout before the output projection, features [batch, targetTime, featureSize]. */
  dropFeatures(features: Tensor, training: DropoutContext | undefined): Tensor {
    return this.#outputDropout.forward(features, training);
  }

  /** One step. `embedded` [batch, embeddingSize] is needed where features hold it: without attention, and with attend: before. */
  #advance(
    embedded: Tensor | undefined,
    projected: Tensor,
    state: DecoderState,
    {
      training,
      time = 0,
      weights: given,
    }: { training?: DropoutContext | undefined; time?: number; weights?: Tensor | undefined } = {},
  ): DecoderStep {
    const { sentence, groups } = state;
    const spread = (tensor: Tensor) => (groups ? groups.spread(tensor) : tensor);
    const before = this.#attendsBefore ? this.#attend(withTime(state.layers.at(-1)!.hidden), state, given) : undefined;
    const fed = before ? withoutTime(before.context) : state.fed;
    let gates = projected;
    if (sentence.codeGates) gates = add(gates, spread(sentence.codeGates));
    if (fed) gates = this.#recurrent.bottom.addProjection(gates, fed, this.#ranges.fed);
    const scanned = this.#recurrent.follow(withTime(gates), state.layers, training, time);
    const hidden = scanned.outputs;
    const next: DecoderState = { layers: scanned.states, groups, sentence };
    let features: Tensor;
    let attended: Attended | undefined;
    let context: Tensor | undefined;
    if (sentence.memory === undefined) {
      const top = withoutTime(hidden);
      features = this.#everyStep ? concat([top, spread(sentence.code), embedded!]) : top;
    } else {
      attended = before ?? this.#attend(hidden, state, given);
      const attentional = this.#attentional!;
      let summed: Tensor;
      if (sentence.isPassed) summed = attentional.addPart(attended.context, hidden, this.#attention!.contextSize);
      else {
        context = attended.context;
        summed = attentional.forwardParts(before ? [hidden, context, withTime(embedded!)] : [context, hidden]);
      }
      features = withoutTime(tanh(summed));
      if (this.#feeding !== "none") next.fed = this.#feeding === "attentional" ? features : withoutTime(context!);
      if (this.#coverage) {
        const weights = withoutTime(attended.weights);
        next.coverage = state.coverage ? add(state.coverage, weights) : weights;
      }
    }
    return {
      features,
      state: next,
      attended,
      context,
      top: hidden,
      get gates() {
        return scanned.gates;
      },
    };
  }

  /** The context of a step, [rows, 1, contextSize], of a search too. `encoded`: what it started from; row i is of sentence i. */
  contextOf({ attended, context }: DecoderStep, { outputs }: Encoded): Tensor {
    return context ?? attentionContext(attended!.weights, outputs);
  }

  /** query [rows, 1, hidden]. Rows of one sentence are queries to the same keys: they meet them in one product. */
  #attend(query: Tensor, { sentence, groups, coverage }: DecoderState, byHand?: Tensor): Attended {
    const memory = sentence.memory!;
    const past = coverage && withTime(coverage);
    const given = byHand && withTime(byHand);
    if (groups === undefined) return this.#attention!.attend(query, memory, past, given);
    const { context, scores, weights, heads } = this.#attention!.attend(
      groups.gather(query),
      memory,
      past && groups.gather(past),
      given && groups.gather(given),
    );
    return {
      context: groups.scatter(context),
      scores: groups.scatter(scores),
      weights: groups.scatter(weights),
      ...(heads && {
        heads: { scores: groups.scatterHeads(heads.scores), weights: groups.scatterHeads(heads.weights) },
      }),
    };
  }
}

/** [batch, size] ↔ [batch, 1, size] */
const withTime = (x: Tensor) => reshape(x, [x.shape[0]!, 1, x.shape[1]!]);
const withoutTime = (x: Tensor) => reshape(x, [x.shape[0]!, x.shape[2]!]);
