/**
 * A Seq2Seq with attention, built by hand from tensors: no layers, only numbers, products and one recurrence. It learns
 * sixty sentences in a few seconds. docs/by-hand.md walks through it, step by step and shape by shape.
 *
 *   node build/examples/by-hand.js [SENTENCE…]
 */
import { pathToFileURL } from "node:url";
import {
  attentionContext,
  attentionScores,
  backward,
  concat,
  createWasmBackend,
  crossEntropy,
  ints,
  linear,
  maskedSoftmax,
  RandomStream,
  recurrence,
  Scope,
  selectRows,
  selectTime,
  type Tensor,
  tanh,
  tensor,
  topK,
  zeros,
} from "tandem-seq2seq";
import { pairs } from "./by-hand-pairs.js";

const EMBEDDING_SIZE = 32;
const HIDDEN_SIZE = 64;
const STEP_COUNT = 100;
const LEARNING_RATE = 0.01;
const [PAD, UNKNOWN, START, END] = [0, 1, 2, 3];
const LONGEST_TARGET = 12;

/** Encoder step 1 · The sentence becomes tokens: at each place the longest known word, else one character. */
function tokenize(sentence: string, words: readonly string[]): string[] {
  const tokens: string[] = [];
  for (let rest = sentence; rest !== ""; rest = rest.slice(tokens.at(-1)!.length)) {
    const fitting = words.filter((word) => rest.startsWith(word)).sort((a, b) => b.length - a.length);
    tokens.push(fitting[0] ?? [...rest][0]!);
  }
  return tokens;
}

/** Encoder step 2 · The vocabulary: every token once, its id is its place; what it lacks reads as <unknown>. */
function makeVocabulary(sentences: readonly string[]) {
  const words = [
    "<pad>",
    "<unknown>",
    "<start>",
    "<end>",
    ...new Set(sentences.flatMap((sentence) => sentence.split(" "))),
  ];
  return { words, idOf: (word: string) => Math.max(UNKNOWN, words.indexOf(word)) };
}

/** Encoder step 3 · Tokens become ids, short rows filled up: ids [batch, time], and mask, 1 where a token stands. */
function toIds(rows: readonly (readonly number[])[]) {
  const shape = [rows.length, Math.max(...rows.map((row) => row.length))];
  const places = rows.flatMap((row) => Array.from({ length: shape[1]! }, (_, t) => row[t] ?? PAD));
  return { ids: ints(places, shape), mask: tensor(places.map(Math.sign), shape) };
}

/** A weight that is learnt, at first uniform in ±bound: a function of its name alone, so that each run is the same. */
function uniform(name: string, shape: number[], bound = 1 / Math.sqrt(HIDDEN_SIZE)): Tensor {
  const weight = zeros(shape);
  const stream = new RandomStream(1, "by hand", name);
  weight.set(Array.from({ length: weight.size }, (_, i) => (2 * stream.uniform(i) - 1) * bound));
  weight.needsGradient = true;
  return weight;
}

/** The weights of a GRU cell. Its three gates (r, z, n) are computed together, hence three times hidden. */
const makeCell = (name: string, inputSize: number) => ({
  inputWeight: uniform(`${name} W_ih`, [3 * HIDDEN_SIZE, inputSize]),
  inputBias: uniform(`${name} b_ih`, [3 * HIDDEN_SIZE]),
  hiddenWeight: uniform(`${name} W_hh`, [3 * HIDDEN_SIZE, HIDDEN_SIZE]),
  hiddenBias: uniform(`${name} b_hh`, [3 * HIDDEN_SIZE]),
});
type Cell = ReturnType<typeof makeCell>;

const makeWeights = (sourceVocab: number, targetVocab: number) => ({
  sourceEmbedding: uniform("source embedding", [sourceVocab, EMBEDDING_SIZE], 1),
  encoder: makeCell("encoder", EMBEDDING_SIZE),
  targetEmbedding: uniform("target embedding", [targetVocab, EMBEDDING_SIZE], 1),
  decoder: makeCell("decoder", EMBEDDING_SIZE + HIDDEN_SIZE),
  combine: uniform("combine", [HIDDEN_SIZE, 2 * HIDDEN_SIZE]),
  output: uniform("output W", [targetVocab, HIDDEN_SIZE]),
  outputBias: uniform("output b", [targetVocab]),
});
type Weights = ReturnType<typeof makeWeights>;
type Encoded = ReturnType<typeof encode>;

/** state_t = GRU(x_t, state_{t−1}) for all times: x [batch, time, inputs], state [batch, hidden] → [batch, time, hidden]. */
function gru(cell: Cell, x: Tensor, hidden: Tensor, mask?: Tensor) {
  const projected = linear(x, cell.inputWeight, cell.inputBias); // W_ih x + b_ih [batch, time, 3 · hidden]
  return recurrence("gru", projected, cell.hiddenWeight, cell.hiddenBias, { hidden }, { mask });
}

/** ids, mask [batch, sourceTime] → the state at every token, h_1 … h_n, and the last, c. */
function encode(weights: Weights, { ids, mask }: ReturnType<typeof toIds>) {
  // Encoder step 4 · Each id picks its row of the embedding. [batch, sourceTime, embedding]
  const embedded = selectRows(weights.sourceEmbedding, ids);
  // Encoder step 5 · The GRU reads from left to right, from h_0 = 0. [batch, sourceTime, hidden]
  const { outputs, state } = gru(weights.encoder, embedded, zeros([ids.shape[0]!, HIDDEN_SIZE]), mask);
  // Encoder step 6 · The last hidden state is c. [batch, hidden]
  return { states: outputs, c: state.hidden, mask };
}

/** From the tokens before, [batch, targetTime], and the state before, [batch, hidden]. In training all times at once. */
function decode(weights: Weights, previous: Tensor, state: Tensor, { states, c, mask }: Encoded) {
  const time = previous.shape[1]!;
  // Decoder step 3 · The start symbol, and later each token written, is embedded. [batch, targetTime, embedding]
  const embedded = selectRows(weights.targetEmbedding, previous);
  // Decoder step 5 · c is put beside it at every step; W_hh s in the GRU is the third part of [token; c; s].
  const rowOf = Array.from({ length: previous.size }, (_, place) => Math.floor(place / time));
  const everywhere = selectRows(c, ints(rowOf, previous.shape)); // [batch, targetTime, hidden]
  const input = concat([embedded, everywhere]); // [batch, targetTime, embedding + hidden]
  // Decoder step 6 · s_t = GRU([y_{t−1}; c], s_{t−1}). [batch, targetTime, hidden]
  const { outputs: queries, state: last } = gru(weights.decoder, input, state);
  // Attention · Q = s_t, K = V = h_1 … h_n: softmax(Q Kᵀ / √d) V.
  const scores = attentionScores(queries, states, 1 / Math.sqrt(HIDDEN_SIZE));
  const attention = maskedSoftmax(scores, mask); // [batch, targetTime, sourceTime]
  const context = attentionContext(attention, states); // [batch, targetTime, hidden]
  // What was looked up and where we are, in one vector: tanh(W [context; s_t]). [batch, targetTime, hidden]
  const features = tanh(linear(concat([context, queries]), weights.combine));
  return { features, attention, state: last.hidden };
}

/** Decoder step 4 · S₀, the state before anything is written, is set on its own: to zero. [batch, hidden] */
const firstState = (batch: number) => zeros([batch, HIDDEN_SIZE]);

export interface Translation {
  source: string[];
  target: string[];
  /** How much of the look at each target token (<end> comes last) fell on each source token: [target + 1][source]. */
  attention: number[][];
}

/** Trains on the pairs, then translates each of them token by token. */
export async function trainByHand({ log = (_line: string) => {} } = {}) {
  const backend = await createWasmBackend();
  const source = makeVocabulary(pairs.map(([chinese]) => chinese));
  const target = makeVocabulary(pairs.map(([, english]) => english));
  const read = (sentence: string) => tokenize(sentence, source.words);
  // What lives as long as the model, for one training step, for one translation.
  const [lasting, step, session] = [new Scope(backend), new Scope(backend, { gradients: true }), new Scope(backend)];

  const { weights, learnt, moments, batch } = lasting.run(() => {
    const weights = makeWeights(source.words.length, target.words.length);
    const { encoder, decoder, ...others } = weights;
    const learnt = [encoder, decoder, others].flatMap((group): Tensor[] => Object.values(group));
    const moments = learnt.map(({ shape }) => [zeros(shape), zeros(shape)] as const);
    const sources = toIds(pairs.map(([chinese]) => read(chinese.replaceAll(" ", "")).map(source.idOf)));
    // Decoder step 2 · A start symbol stands before the target; what is wanted after each token is the next, then <end>.
    const english = pairs.map(([, sentence]) => sentence.split(" ").map(target.idOf));
    const previous = toIds(english.map((ids) => [START, ...ids])).ids; // [batch, targetTime]
    const answers = english.flatMap((ids) => [...ids, END]);
    const places = english.flatMap((ids, row) => [...ids, END].map((_, t) => row * previous.shape[1]! + t));
    const [tokens, wanted] = [places, answers].map((numbers) => ints(numbers, [numbers.length])) as [Tensor, Tensor];
    return { weights, learnt, moments, batch: { sources, previous, tokens, wanted } };
  });

  /** All pairs at once: the right tokens go in ("teacher forcing"), and each next one should surprise less. */
  const train = (time: number): number => {
    const encoded = encode(weights, batch.sources); // Decoder step 1
    const { features } = decode(weights, batch.previous, firstState(pairs.length), encoded);
    const written = selectRows(features, batch.tokens); // [tokens, hidden], no padding
    const loss = crossEntropy(written, weights.output, weights.outputBias, batch.wanted); // mean of −log p(y_t)
    backward(loss);
    const [rate, root] = [LEARNING_RATE / (1 - 0.9 ** time), Math.sqrt(1 - 0.999 ** time)];
    for (const [i, { pointer, gradient, size }] of learnt.entries()) {
      const [first, second] = moments[i]!; // running means of the gradient and of its square
      const pointers = [pointer, first.pointer, second.pointer, gradient] as const;
      backend.kernels.adam(...pointers, 1, rate, root, 1, 0.9, 0.999, 1e-8, size);
      learnt[i]!.gradient = 0; // its memory ends with the step
    }
    return loss.item();
  };

  const translate = (sentence: string): Translation => {
    const tokens = read(sentence);
    const encoded = encode(weights, toIds([tokens.map(source.idOf)])); // Decoder step 1 · c and all states
    const written = [START]; // Decoder step 2 · the start symbol
    const attention: number[][] = [];
    let state = firstState(1);
    while (written.at(-1) !== END && written.length <= LONGEST_TARGET) {
      const previous = ints([written.at(-1)!], [1, 1]);
      const next = decode(weights, previous, state, encoded); // Decoder steps 3, 5 and 6
      const logits = linear(selectTime(next.features, 0), weights.output, weights.outputBias); // [1, targetVocab]
      written.push(topK(logits, 1).indices[0]!); // greedy: the likeliest token
      attention.push([...next.attention.toArray()]);
      state = next.state;
    }
    // Decoder step 7 · The tokens of all steps, joined, are the translation.
    const ids = written.slice(1).filter((id) => id !== END);
    return { source: tokens, target: ids.map((id) => target.words[id]!), attention };
  };

  /** Runs in a scope and gives its memory back. */
  const within = <Result>(scope: Scope, work: () => Result): Result => {
    const result = scope.run(work);
    scope.reset();
    return result;
  };
  const say = (sentence: string) => within(session, () => translate(sentence));
  const losses: number[] = [];
  for (let time = 1; time <= STEP_COUNT; time++) {
    losses.push(within(step, () => train(time)));
    if (time > 1 && time % 10 !== 0) continue;
    const soFar = say("我爱学习").target.join(" ");
    log(`step ${String(time).padStart(3)}   loss ${losses.at(-1)!.toFixed(4)}   我爱学习 → ${soFar}`);
  }
  const translations = pairs.map(([chinese]) => say(chinese.replaceAll(" ", "")));
  return { firstLoss: losses[0]!, finalLoss: losses.at(-1)!, translations, translate: say };
}

/** One line for each token written: what it looked at. */
function describeAttention({ source, target, attention }: Translation): string {
  const shares = (row: number[]) => row.map((weight, s) => `${source[s]} ${(100 * weight).toFixed(0).padStart(3)} %`);
  return attention.map((row, t) => `${(target[t] ?? "<end>").padEnd(10)} ${shares(row).join("   ")}`).join("\n");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { translations, translate } = await trainByHand({ log: console.log });
  for (const { source, target } of translations) console.log(`${source.join("")} → ${target.join(" ")}`);
  const asked = process.argv.slice(2);
  for (const sentence of asked.length > 0 ? asked : ["我爱学习"]) {
    const translation = translate(sentence);
    console.log(`\n${sentence} → ${translation.target.join(" ")}\n${describeAttention(translation)}`);
  }
}
