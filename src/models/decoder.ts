import {
  type Attended,
  type AttentionMemory,
  Dropout,
  type DropoutContext,
  Embedding,
  Linear,
  type Parameters,
  RecurrentCell,
  ScaledDotAttention,
} from "../nn/index.js";
import type { Recipe } from "../recipe/schema.js";
import {
  add,
  addToEachTime,
  concat,
  linear,
  type RecurrentState,
  repeatTime,
  reshape,
  selectRowsOf,
  selectTime,
  stackTime,
  type Tensor,
  tanh,
} from "../tensor/index.js";
import type { Encoded } from "./encoder.js";
import { RowGroups } from "./row-groups.js";

/** All that goes from one step to the next. A row is one unfinished output; a sentence may have several. */
export interface DecoderState {
  /** One for each layer, [rows, hidden] */
  layers: RecurrentState[];
  /** h̃ or the context of the step before, [rows, ·]; absent at the first step (zeros) and without input feeding. */
  fed?: Tensor | undefined;
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
}

export interface DecoderStep {
  /** What the output projection reads, [rows, featureSize] */
  features: Tensor;
  state: DecoderState;
  /** [rows, 1, …]; without attention absent */
  attended?: Attended | undefined;
  /** The gates of the top layer, as `recurrence` gives them. */
  gates: Tensor;
}

/** A whole target under teacher forcing. */
export interface Followed {
  /** What the output projection reads, [batch, targetTime, featureSize], before dropout */
  features: Tensor;
  /** [batch, targetTime, sourceTime]; without attention absent */
  weights?: Tensor;
}

/**
 * The decoder, one target token after another (the seed's steps 2–7). E = embed(y_{t−1}), c = the sentence's code.
 *
 *   without attention   s_t = cell([E; c], s_{t−1}),  features = [s_t; c; E]      context: every-step (Cho et al. 2014)
 *                       s_t = cell(E, s_{t−1}),       features = s_t              context: initial (Sutskever et al. 2014)
 *   with attention      s_t = cell([E; c?; fed], s_{t−1}),  h̃_t = tanh(W [context_t; s_t]),  features = h̃_t
 *                       (Luong et al. 2015, eq. 5 and section 3.3; fed = h̃_{t−1}, context_{t−1} or nothing)
 *
 * s_0 comes from the bridge: dense, tanh(W c + b) for each layer; or zero. An LSTM's cell state starts at 0.
 */
export class Decoder {
  readonly embedding: Embedding;
  readonly output: Linear;
  readonly #bridges: Linear[] = [];
  readonly #cells: RecurrentCell[] = [];
  readonly #attention: ScaledDotAttention | undefined;
  readonly #attentional: Linear | undefined;
  readonly #everyStep: boolean;
  readonly #feeding: "attentional" | "context" | "none";
  readonly #ranges: { embedding: Range; code: Range; fed: Range };
  readonly #embeddingDropout: Dropout;
  readonly #outputDropout: Dropout;
  readonly #layerDropouts: Dropout[];

  constructor(parameters: Parameters, recipe: Recipe, codeSize: number, vocabularySize: number) {
    const { embeddingSize, decoder, attention } = recipe.model;
    const { hiddenSize, layers } = decoder;
    this.#everyStep = decoder.context === "every-step";
    this.#feeding = decoder.inputFeeding;
    const fedSize = { attentional: hiddenSize, context: codeSize, none: 0 }[this.#feeding];
    const code = { first: embeddingSize, count: this.#everyStep ? codeSize : 0 };
    const fed = { first: embeddingSize + code.count, count: fedSize };
    this.#ranges = { embedding: { first: 0, count: embeddingSize }, code, fed };

    if (decoder.bridge === "dense")
      for (let layer = 0; layer < layers; layer++)
        this.#bridges.push(new Linear(parameters, `bridge.${layer}`, codeSize, hiddenSize));
    this.embedding = new Embedding(parameters, "decoder.embedding", vocabularySize, embeddingSize);
    for (let layer = 0; layer < layers; layer++) {
      const inputs = layer === 0 ? embeddingSize + code.count + fedSize : hiddenSize;
      this.#cells.push(
        new RecurrentCell(parameters, "decoder.recurrent", `_l${layer}`, decoder.cell, inputs, hiddenSize),
      );
    }
    let featureSize = hiddenSize + (this.#everyStep ? codeSize + embeddingSize : 0);
    if (attention.kind !== "none") {
      this.#attention = new ScaledDotAttention(parameters, "decoder.attention", hiddenSize, codeSize);
      this.#attentional = new Linear(parameters, "decoder.attentional", codeSize + hiddenSize, hiddenSize, {
        bias: false,
      });
      featureSize = hiddenSize;
    }
    this.output = new Linear(parameters, "decoder.output", featureSize, vocabularySize);
    this.#embeddingDropout = new Dropout("decoder.embedding", recipe.train.dropout);
    this.#outputDropout = new Dropout("decoder.output", recipe.train.dropout);
    this.#layerDropouts = this.#cells.map((_, layer) => new Dropout(`decoder.dropout.${layer}`, decoder.dropout));
  }

  /** s_0 and what every step needs of the sentence. Keys are projected here, once. */
  start(encoded: Encoded): DecoderState {
    const { code, outputs, mask } = encoded;
    const batch = code.shape[0]!;
    const layers = this.#cells.map((cell, layer) => {
      const state = cell.zeroState(batch);
      const bridge = this.#bridges[layer];
      return bridge ? { ...state, hidden: tanh(bridge.forward(code)) } : state;
    });
    const codeGates = this.#everyStep ? this.#bottom.project(code, this.#ranges.code) : undefined;
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
    const sentenceOf = Int32Array.from(rows, (row) => state.groups?.sentenceOf[row] ?? row);
    const groups = new RowGroups(sentenceOf, state.sentence.code.shape[0]!);
    return { layers, fed: state.fed && pick(state.fed), groups, sentence: state.sentence };
  }

  /** Copies what is shared by the rows of these sentences (in ascending order, each with a row at least) and no other. */
  keepSentences(state: DecoderState, sentences: Int32Array): DecoderState {
    const pick = (tensor: Tensor) => selectRowsOf(tensor, sentences);
    const { code, codeGates, memory } = state.sentence;
    const keys = memory && pick(memory.keys);
    const kept: DecodedSentences = {
      code: pick(code),
      codeGates: codeGates && pick(codeGates),
      memory: memory && {
        keys: keys!,
        values: memory.values === memory.keys ? keys! : pick(memory.values),
        mask: pick(memory.mask),
      },
    };
    const rows = state.layers[0]!.hidden.shape[0]!;
    const placeOf = new Map(Array.from(sentences, (sentence, place) => [sentence, place]));
    const sentenceOf = Int32Array.from(
      { length: rows },
      (_, row) => placeOf.get(state.groups?.sentenceOf[row] ?? row)!,
    );
    return { ...state, groups: new RowGroups(sentenceOf, sentences.length), sentence: kept };
  }

  /** previousIds int [rows] → the next state and the features of the next token */
  step(previousIds: Tensor, state: DecoderState): DecoderStep {
    const embedded = this.embedding.forward(previousIds);
    return this.#advance(embedded, this.#bottom.project(embedded, this.#ranges.embedding), state);
  }

  /** features → logits [batch, vocabulary] */
  logits(features: Tensor): Tensor {
    return this.output.forward(features);
  }

  /**
   * Every step under teacher forcing: targetIn int [batch, targetTime] (`<s>` y1 … yn) → features before dropout. Where
   * nothing is fed back from step to step, each layer is one scan and attention one product over all times.
   */
  follow(encoded: Encoded, targetIn: Tensor, training?: DropoutContext): Followed {
    const embedded = this.#embeddingDropout.forward(this.embedding.forward(targetIn), training);
    const projected = this.#bottom.project(embedded, this.#ranges.embedding);
    const state = this.start(encoded);
    return this.#attention === undefined || this.#feeding === "none"
      ? this.#followAtOnce(embedded, projected, state, training)
      : this.#followStepByStep(projected, state, training);
  }

  #followAtOnce(embedded: Tensor, projected: Tensor, state: DecoderState, training?: DropoutContext): Followed {
    const { code, codeGates, memory } = state.sentence;
    const times = projected.shape[1]!;
    let gates = codeGates ? addToEachTime(projected, codeGates) : projected;
    let hidden = projected;
    for (const [layer, cell] of this.#cells.entries()) {
      if (layer > 0) gates = cell.project(this.#layerDropouts[layer]!.forward(hidden, training));
      hidden = cell.scan(gates, state.layers[layer]!).outputs;
    }
    if (this.#attention === undefined || this.#attentional === undefined || memory === undefined)
      return { features: this.#everyStep ? concat([hidden, repeatTime(code, times), embedded]) : hidden };
    const { context, weights } = this.#attention.attend(hidden, memory);
    return { features: tanh(this.#attentional.forward(concat([context, hidden]))), weights };
  }

  #followStepByStep(projected: Tensor, start: DecoderState, training?: DropoutContext): Followed {
    const steps: DecoderStep[] = [];
    let state = start;
    for (let t = 0; t < projected.shape[1]!; t++) {
      const step = this.#advance(undefined, selectTime(projected, t), state, { training, time: t });
      steps.push(step);
      state = step.state;
    }
    const weights = steps.map(({ attended }) =>
      reshape(attended!.weights, [projected.shape[0]!, attended!.weights.shape[2]!]),
    );
    return { features: stackTime(steps.map((step) => step.features)), weights: stackTime(weights) };
  }

  /** Dropout before the output projection, features [batch, targetTime, featureSize]. */
  dropFeatures(features: Tensor, training: DropoutContext | undefined): Tensor {
    return this.#outputDropout.forward(features, training);
  }

  get #bottom(): RecurrentCell {
    return this.#cells[0]!;
  }

  #advance(
    embedded: Tensor | undefined,
    projected: Tensor,
    state: DecoderState,
    { training, time }: { training: DropoutContext | undefined; time: number } = { training: undefined, time: 0 },
  ): DecoderStep {
    const { sentence, fed, groups } = state;
    const batch = projected.shape[0]!;
    const spread = (tensor: Tensor) => (groups ? groups.spread(tensor) : tensor);
    let gates = projected;
    if (sentence.codeGates) gates = add(gates, spread(sentence.codeGates));
    if (fed) gates = add(gates, linear(fed, this.#bottom.inputWeight, undefined, this.#ranges.fed));
    const layers: RecurrentState[] = [];
    let kept = gates;
    for (const [layer, cell] of this.#cells.entries()) {
      if (layer > 0)
        gates = cell.project(this.#layerDropouts[layer]!.forward(layers[layer - 1]!.hidden, training, `.${time}`));
      const result = cell.scan(reshape(gates, [batch, 1, gates.shape[1]!]), state.layers[layer]!);
      kept = result.gates;
      layers.push(result.state);
    }
    const top = layers.at(-1)!.hidden;
    const next = { layers, groups, sentence };
    if (this.#attention === undefined || this.#attentional === undefined || sentence.memory === undefined) {
      const features = this.#everyStep ? concat([top, spread(sentence.code), embedded!]) : top;
      return { features, state: next, gates: kept };
    }
    const query = reshape(top, [batch, 1, top.shape[1]!]);
    const attended = groups
      ? this.#attendInGroups(query, groups, sentence.memory)
      : this.#attention.attend(query, sentence.memory);
    const context = reshape(attended.context, [batch, sentence.code.shape[1]!]);
    const features = tanh(this.#attentional.forward(concat([context, top])));
    const feeding = { attentional: features, context, none: undefined }[this.#feeding];
    return { features, state: { ...next, fed: feeding }, attended, gates: kept };
  }

  /** All rows of a sentence are queries to the same keys: [rows, 1, ·] → [sentences, width, ·] and back. */
  #attendInGroups(query: Tensor, groups: RowGroups, memory: AttentionMemory): Attended {
    const { context, scores, weights } = this.#attention!.attend(groups.gather(query), memory);
    return { context: groups.scatter(context), scores: groups.scatter(scores), weights: groups.scatter(weights) };
  }
}

interface Range {
  first: number;
  count: number;
}
