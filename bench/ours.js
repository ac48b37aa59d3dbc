// The child that measures our own engine.  node bench/ours.js --backend native --threads 1 [--dist FOLDER]
import { parseArgs } from "node:util";
import { calledKernels } from "./kernel-times.js";
import { serveRounds } from "./serve-rounds.js";

const { values: given } = parseArgs({
  options: { backend: { type: "string" }, threads: { type: "string" }, dist: { type: "string" } },
});
const dist = given.dist ?? new URL("../dist/", import.meta.url).href;
const load = (path) => import(new URL(path, dist).href);
const [tandem, { Seq2SeqNetwork }, { completeRecipe }, autograd, { Adam, ...beside }] = await Promise.all(
  ["index.js", "models/network.js", "recipe/index.js", "tensor/autograd.js", "train/adam.js"].map(load),
);
// Revisions before there were other optimisers have it beside Adam.
const { clippingScale } = "clippingScale" in beside ? beside : await load("train/clipping.js");
const { createBackend, Parameters, RandomStream, Recurrent, Scope, Tensor } = tandem;

/** Numbers that are neither zero nor denormal nor all the same. */
const numbers = (count) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) * 0.5);

function productCall(backend, { m, n, k }) {
  const { kernels, memory } = backend;
  const scope = new Scope(backend);
  const [x, w, y] = [m * k, n * k, m * n].map((count) => scope.allocate(count));
  const packed = scope.allocate(kernels.packedLength(n, k));
  memory.floats(x, m * k).set(numbers(m * k));
  memory.floats(w, n * k).set(numbers(n * k));
  kernels.pack(packed, w, k, n, k);
  return () => kernels.product(y, n, x, k, packed, 0, m, n, k, 0);
}

function layerCall(backend, { cell, inputs, hidden, batch, time, what }) {
  const persistent = new Scope(backend);
  const parameters = new Parameters(persistent, 1);
  const options = { kind: cell, inputSize: inputs, hiddenSize: hidden, layers: 1, bidirectional: false, dropout: 0 };
  const recurrent = new Recurrent(parameters, "layer", options);
  const constant = (shape) => persistent.run(() => tandem.tensor(numbers(shape[0] * shape[1] * shape[2]), shape));
  const x = constant([batch, time, inputs]);
  const above = constant([batch, time, hidden]);
  // Where nothing is learnt the weights stay packed between calls, as they do in decoding.
  const scope = new Scope(backend, what === "both" ? { gradients: true } : { parent: persistent });
  x.needsGradient = true;
  return () => {
    scope.reset();
    parameters.clearGradients();
    x.gradient = 0;
    scope.run(() => {
      const { outputs } = recurrent.forward(x);
      if (what !== "both") return;
      // A loss whose gradient with respect to the outputs is `above`.
      const loss = new Tensor(backend, [1], scope.allocate(1));
      autograd.record([outputs], [loss], () => autograd.addGradient(outputs, above.pointer));
      autograd.backward(loss);
    });
  };
}

/** Uniform in 4 … vocabulary − 1. */
function ids(count, vocabulary, salt) {
  const random = new RandomStream(1, "benchmark ids", "", salt);
  return Int32Array.from({ length: count }, (_, i) => 4 + (random.at(i) % (vocabulary - 4)));
}

/** Batches that take turns: rows of the embeddings that one reads have missed the steps of the others. */
const BATCHES = 16;

function trainStepCall(backend, { hidden, vocabulary, batch: size, time, cell }) {
  const recipe = completeRecipe({
    model: {
      embeddingSize: hidden,
      encoder: { cell, hiddenSize: hidden },
      decoder: { cell, hiddenSize: hidden, inputFeeding: "context" },
    },
    train: { dropout: 0 },
  });
  const parameters = new Parameters(new Scope(backend), 1);
  const network = new Seq2SeqNetwork(parameters, recipe, vocabulary, vocabulary);
  const adam = new Adam(backend, parameters);
  const scope = new Scope(backend, { gradients: true });
  const tokens = size * time;
  const ones = new Float32Array(tokens).fill(1);
  const batches = Array.from({ length: BATCHES }, (_, i) => ({
    size,
    sourceTime: time,
    targetTime: time,
    source: ids(tokens, vocabulary, 3 * i),
    sourceMask: ones,
    targetIn: ids(tokens, vocabulary, 3 * i + 1),
    targetOut: ids(tokens, vocabulary, 3 * i + 2),
    targetMask: ones,
    examples: new Int32Array(size),
    targetTokens: tokens,
  }));
  let steps = 0;
  return () => {
    scope.reset();
    parameters.clearGradients();
    scope.run(() => {
      const loss = network.loss(batches[steps++ % BATCHES]);
      autograd.backward(loss);
      adam.step(0.001, clippingScale(parameters, 5).scale);
    });
  };
}

/** Words of a made-up language of `vocabulary` words, 19 a sentence. */
function sentences(pairs, vocabulary, salt) {
  const words = ids(pairs * 19, vocabulary, salt);
  return Array.from({ length: pairs }, (_, i) =>
    Array.from(words.subarray(i * 19, i * 19 + 19), (id) => `w${id}`).join(" "),
  );
}

async function corpusCall(backend, { pairs: count, what }) {
  const [{ prepareModel }, { Trainer }] = await Promise.all(["train/prepare.js", "train/trainer.js"].map(load));
  const [sources, targets] = [sentences(count, 2000, 1), sentences(count, 2000, 2)];
  const pairs = sources.map((source, i) => ({ source, target: targets[i] }));
  const side = { tokenizer: "whitespace", vocabSize: 2000 };
  const hidden = { hiddenSize: 64 };
  const recipe = completeRecipe({
    source: side,
    target: side,
    model: { embeddingSize: 64, encoder: hidden, decoder: hidden },
    train: { epochs: 1, batchSize: 64, samples: 0 },
  });
  return async () => {
    const model = await prepareModel(backend, recipe, pairs);
    // Revisions before training data became an interface take the pairs themselves.
    const trainer = Trainer.onPairs ? Trainer.onPairs(model, pairs, []) : new Trainer(model, pairs, []);
    try {
      if (what === "epoch") await trainer.run(() => {});
    } finally {
      trainer.dispose();
      model.dispose();
    }
  };
}

/** Lines in, lines out, as a caller has it: tokenising included, attention weights not asked for. */
async function translateCall(backend, { model: file, lines, beam, steps }) {
  const model = await tandem.loadModel(file, { backend });
  // `</s>` is the last step of as many.
  const options = { beamSize: beam, attention: false, minLength: steps - 1, maxLength: steps - 1 };
  return () => model.translate(lines, options);
}

/** What a case of decoding gives: the ids without `</s>`, and the score of each line. */
async function outputsOf(backend, wanted) {
  const translations = await (await translateCall(backend, wanted))();
  const { core } = await tandem.loadModel(wanted.model, { backend });
  return {
    tokens: translations.map(({ tokens }) => core.target.vocabulary.toIds(tokens)),
    scores: translations.map(({ score }) => score),
  };
}

async function sentenceCall(backend, { hidden, beamSize, weights, words, tokens, vocabulary }) {
  const { prepareModel } = await load("train/prepare.js");
  // Each word once: all have an id.
  const pairs = Array.from({ length: vocabulary / words }, (_, i) => {
    const line = Array.from({ length: words }, (_, j) => `w${i * words + j}`).join(" ");
    return { source: line, target: line };
  });
  const side = { tokenizer: "whitespace", vocabSize: vocabulary };
  const recipe = completeRecipe({
    source: side,
    target: side,
    model: { embeddingSize: hidden, encoder: { hiddenSize: hidden }, decoder: { hiddenSize: hidden } },
  });
  const prepared = await prepareModel(backend, recipe, pairs);
  const bytes = prepared.toBytes(weights === "int8" ? { weights } : {});
  prepared.dispose();
  const model = await tandem.loadModel(bytes, { backend });
  return () => model.translate([pairs[0].source], { beamSize, minLength: tokens, maxLength: tokens });
}

const calls = {
  ...{ product: productCall, layer: layerCall, "train-step": trainStepCall },
  ...{ corpus: corpusCall, decode: translateCall, sentence: sentenceCall },
};

let backend;
let absent;
try {
  const threads = Number(given.threads);
  backend = await createBackend(given.backend, { threads });
  // Revisions before there were threads do not say how many.
  const { threads: has = 1 } = backend;
  if (has !== threads) absent = `the backend ${given.backend} has ${has} of ${threads} threads here`;
} catch (error) {
  absent = error.message;
}
const hello = absent ? { absent } : { backend: backend.name, instructionSet: backend.instructionSet };
await serveRounds(hello, (wanted) => calls[wanted.kind](backend, wanted), {
  outputs: (wanted) => outputsOf(backend, wanted),
  memory: () => ({ reservedBytes: backend.memory.reservedBytes }),
  kernels: (wanted) => calledKernels(backend, (timed) => calls[wanted.kind](timed, wanted)),
});
