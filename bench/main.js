// npm run bench [-- gemm|train-step]: medians over interleaved rounds, with their spread.
import { availableParallelism, cpus } from "node:os";
import { createBackend, Parameters, Scope } from "../dist/index.js";
import { Seq2SeqNetwork } from "../dist/models/network.js";
import { completeRecipe } from "../dist/recipe/index.js";
import { backward } from "../dist/tensor/index.js";
import { Adam, clippingScale } from "../dist/train/adam.js";

const ROUNDS = 9;

/** Runs each case once a round, so that a slow moment of the machine falls on all of them. */
function measure(cases) {
  const times = cases.map(() => []);
  for (let round = -1; round < ROUNDS; round++)
    for (const [i, { run }] of cases.entries()) {
      const start = performance.now();
      run();
      if (round >= 0) times[i].push(performance.now() - start);
    }
  return cases.map(({ name, flops }, i) => {
    const sorted = times[i].sort((a, b) => a - b);
    const median = sorted[ROUNDS >> 1];
    const gigaflops = flops / median / 1e6;
    return {
      name,
      "median ms": +median.toFixed(2),
      min: +sorted[0].toFixed(2),
      max: +sorted.at(-1).toFixed(2),
      "GFLOP/s": +gigaflops.toFixed(1),
    };
  });
}

/** y[m, n] = x[m, k] · packed, over and over. */
function productCases(backend) {
  const { kernels } = backend;
  const scope = new Scope(backend);
  const shapes = [
    [64, 768, 256],
    [64, 384, 128],
    [1280, 768, 256],
    [128, 8000, 256],
  ];
  return shapes.map(([m, n, k]) => {
    const [x, w, y] = [m * k, n * k, m * n].map((count) => scope.allocate(count));
    const packed = scope.allocate(kernels.packedLength(n, k));
    for (const [pointer, count] of [
      [x, m * k],
      [w, n * k],
    ])
      kernels.fill(pointer, 0.5, count);
    kernels.pack(packed, w, k, n, k);
    const repeats = Math.max(1, Math.round(4e8 / (2 * m * n * k)));
    const run = () => {
      for (let i = 0; i < repeats; i++) kernels.product(y, n, x, k, packed, 0, m, n, k, 0);
    };
    return { name: `product [${m}, ${k}] · [${k}, ${n}]`, flops: 2 * m * n * k * repeats, run };
  });
}

/** A whole training step: 64 rows, 20 + 20 tokens, vocabulary 8000, input feeding of the context, Adam, clipping at 5. */
function trainStepCases(backend) {
  const [size, time, vocabulary] = [64, 20, 8000];
  return [64, 128, 256].map((hidden) => {
    const recipe = completeRecipe({
      model: {
        embeddingSize: hidden,
        encoder: { hiddenSize: hidden },
        decoder: { hiddenSize: hidden, inputFeeding: "context" },
      },
      train: { dropout: 0 },
    });
    const parameters = new Parameters(new Scope(backend), 1);
    const network = new Seq2SeqNetwork(parameters, recipe, vocabulary, vocabulary);
    const adam = new Adam(backend, parameters);
    const scope = new Scope(backend, { gradients: true });
    const ids = (salt) =>
      Int32Array.from({ length: size * time }, (_, i) => 4 + ((i * 7919 + salt) % (vocabulary - 4)));
    const ones = new Float32Array(size * time).fill(1);
    const batch = {
      size,
      sourceTime: time,
      targetTime: time,
      source: ids(1),
      sourceMask: ones,
      targetIn: ids(2),
      targetOut: ids(3),
      targetMask: ones,
      examples: new Int32Array(size),
      targetTokens: size * time,
    };
    const run = () => {
      scope.reset();
      parameters.clearGradients();
      scope.run(() => {
        backward(network.loss(batch));
        adam.step(0.001, clippingScale(parameters, 5).scale);
      });
    };
    // Products only, forward and twice that backward: encoder, keys, decoder, attentional layer, output.
    const H = hidden;
    const perToken = 2 * 3 * H * 2 * H + 2 * H * H + 3 * H * 4 * H + 3 * H * H + H * vocabulary;
    return { name: `training step, hidden ${hidden}`, flops: 3 * 2 * size * time * perToken, run };
  });
}

const suites = { gemm: productCases, "train-step": trainStepCases };
const asked = process.argv[2];
if (asked !== undefined && !(asked in suites)) {
  console.error(`bench: expected one of ${Object.keys(suites).join(", ")}, got "${asked}".`);
  process.exit(2);
}
const backend = await createBackend("wasm", { threads: 1 });
console.log(
  `${cpus()[0].model}, ${availableParallelism()} cores; Node ${process.version}; backend ${backend.name}, 1 thread; ${ROUNDS} rounds`,
);
for (const [name, cases] of Object.entries(suites))
  if (asked === undefined || asked === name) console.table(measure(cases(backend)));
