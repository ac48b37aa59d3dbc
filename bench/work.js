// The cases and the arithmetic in them. A multiplication and an addition are two operations; products alone are counted.

/** The reference step: everything else is this with one thing changed. */
export const REFERENCE = { hidden: 256, vocabulary: 8000, batch: 64, time: 20, cell: "gru" };

/** Gate blocks of a cell. */
const gatesOf = (cell) => ({ gru: 3, lstm: 4 })[cell];

/** One training step of the attention seq2seq; embeddings are as wide as the hidden state. */
export function trainStep(changes = {}) {
  const shape = { ...REFERENCE, ...changes };
  const { hidden: H, vocabulary: V, batch: B, time: T, cell } = shape;
  const gates = gatesOf(cell) * H;
  // Two encoders [E; h], keys 2H → H, the decoder [E; context; h], attentional layer [context; h], output, attention.
  const perToken = 2 * gates * 2 * H + 2 * H * H + gates * 4 * H + 3 * H * H + H * V + T * 3 * H;
  const bridge = 2 * H * H;
  // Forward, and twice that backward.
  const flops = 3 * 2 * (B * T * perToken + B * bridge);
  return { kind: "train-step", name: "training step", ...shape, flops };
}

/** A recurrent layer over 20 steps of 64 rows; "both" is forward and backward, the gradient of its input included. */
export function layer(cell, inputs, hidden, what) {
  const { batch, time } = REFERENCE;
  const flops = (what === "both" ? 3 : 1) * 2 * time * batch * gatesOf(cell) * hidden * (inputs + hidden);
  const title = `${cell.toUpperCase()} ${inputs}→${hidden}, ${what === "both" ? "forward + backward" : "forward"}`;
  return { kind: "layer", name: title, cell, inputs, hidden, batch, time, what, flops };
}

/**
 * Sentences of 20 source tokens translated into 20 target tokens, both with `</s>`: greedily, or with a beam of `beam` rows
 * each. What one contender needs of the model, the lines and their ids is added by the suite.
 */
export function decoding(hidden, beam, sentences) {
  const { vocabulary: V, time: T, cell } = REFERENCE;
  const [H, gates] = [hidden, gatesOf(cell) * hidden];
  const encoder = sentences * T * (2 * gates * 2 * H + 2 * H * H) + sentences * 2 * H * H;
  const perStep = gates * 3 * H + T * 3 * H + 3 * H * H + H * V;
  // All beams begin with one row.
  const rows = sentences * (1 + (T - 1) * beam);
  const how = beam === 1 ? "greedy" : `beam ${beam}`;
  const name = `hidden ${hidden}, ${sentences === 1 ? "one sentence" : `${sentences} sentences`}, ${how}`;
  return { kind: "decode", name, hidden, beam, sentences, steps: T, flops: 2 * (encoder + rows * perStep) };
}

/** y[m, n] = x[m, k] · packed[n, k]ᵀ */
export function product(m, n, k, where) {
  return { kind: "product", name: `${m} × ${k} · ${k} × ${n}`, where, m, n, k, flops: 2 * m * n * k };
}

/** The products of the reference step, and those of decoding one sentence. */
export const PRODUCTS = [
  product(1, 768, 256, "a cell, one sentence"),
  product(1, 8000, 256, "output, one sentence"),
  product(64, 768, 256, "a cell, one step"),
  product(64, 768, 512, "input feeding, one step"),
  product(64, 256, 768, "attentional layer"),
  product(1280, 768, 256, "inputs, all times"),
  product(1280, 256, 512, "keys"),
  product(256, 8000, 256, "output, a block"),
];

/** What one sentence is, for models of float32 and of 8-bit weights. */
export const SENTENCE = { words: 10, tokens: 20, vocabulary: 8000 };

/** It is translated by a model that nothing has trained, into as many tokens however that goes. */
export function sentence(hidden, beamSize, weights) {
  return {
    kind: "sentence",
    name: `hidden ${hidden}, beam ${beamSize}, ${weights}`,
    hidden,
    beamSize,
    weights,
    ...SENTENCE,
  };
}

/** `pairs` made-up sentence pairs of 19 + 19 words: texts to ids, or the whole of one epoch at hidden 64. */
export function corpus(pairs, what) {
  return { kind: "corpus", name: what, pairs, what };
}
