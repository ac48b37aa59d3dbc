// Runs the library in a Worker of a real Chromium and compares it with Node.js, bit for bit. The last line counts.
// Where there is no Chromium it says loudly what was not checked; with CI=true that is a failure.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadModel, train } from "tandem-seq2seq";
import { CHROMIUM_ARGUMENTS, findChromium } from "./chromium.js";
import { bundleWorker, openWorkerPage, serveFiles, WORKER_PAGE } from "./worker-page.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const quickStartModel = join(root, "runs/quick-start/phrase-book/model.safetensors");

const pairs = [
  ["我爱学习", "I love learning."],
  ["我爱北京", "I love Beijing."],
  ["她爱学习", "She loves learning."],
  ["欢迎来北京", "Welcome to Beijing."],
  ["欢迎来学校", "Welcome to the school."],
  ["现在几点了", "What time is it now?"],
  ["现在很晚了", "It is late now."],
  ["我们去学校", "We are going to school."],
];
/** Characters, not words: the words a runtime proposes depend on its version. */
const options = {
  source: { tokenizer: "chars" },
  target: { tokenizer: "words" },
  data: { holdOut: 0 },
  model: { embeddingSize: 32, encoder: { hiddenSize: 32 }, decoder: { hiddenSize: 32 } },
  train: { batchSize: 4, epochs: 60, learningRate: 0.01, dropout: 0.1, seed: 7 },
};
/** Short and long, known and unknown words, nothing at all. */
const sentences = [
  ...pairs.map(([source]) => source),
  "他昨天在图书馆看了两本书。",
  "你想去北京吗？",
  "老师没有喝咖啡",
  "我们明天在学校学习中文，好吗？",
  "鲸鱼 quantum",
  "我",
  "",
];
/** More rows than are decoded together. */
const lines = Array.from({ length: 5 }, (_, i) => sentences.map((line) => line.repeat(i === 4 ? 2 : 1))).flat();

/** `Math.exp`, which only a trace's probabilities come from, may differ between engines in the last bits of a double. */
const comparable = (trace) =>
  JSON.parse(JSON.stringify(trace, (key, value) => (key === "probability" ? value.toPrecision(12) : value)));

const model = "/model.safetensors";
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Layers wide enough that threads share their products. */
const wide = {
  ...options,
  model: { embeddingSize: 128, encoder: { hiddenSize: 128 }, decoder: { hiddenSize: 128 } },
  train: { ...options.train, batchSize: 8, epochs: 8 },
};

/**
 * What is checked; `ask` puts a question to the Worker, `node` holds Node's own results, `askIsolated` asks the Worker of a
 * page that is cross-origin isolated.
 */
const checks = {
  "the Worker is one, and no Node.js": async (ask) => {
    assert.deepEqual(await ask("where"), { worker: true, node: false });
  },
  "a model trained in the Worker learns its pairs": async (ask, node) => {
    node.browserTraining = await ask("train", { pairs, options });
    const { first, last, texts } = node.browserTraining;
    assert.ok(last < first / 10, `expected a loss below a tenth of ${first}, got ${last}`);
    assert.deepEqual(
      texts,
      pairs.map(([, target]) => target),
    );
  },
  "it is the model Node.js trains, byte for byte": async (_ask, node) => {
    assert.equal(node.browserTraining.digest, sha256(node.trained.toBytes()));
  },
  "its trace is that of Node.js": async (_ask, node) => {
    assert.deepEqual(comparable(node.browserTraining.trace), comparable(node.trained.trace(pairs[0][0])));
  },
  "a model file of Node.js gives the same texts, scores and attention, bit for bit": async (ask, node) => {
    const here = await node.loaded.translate(lines);
    const there = await ask("translate", { address: model, lines });
    const read = here.filter(({ source }) => source.tokens.length > 0);
    assert.ok(read.length > 10 && read.every(({ attention }) => attention?.weights.length > 0));
    for (const [i, line] of lines.entries()) assert.equal(JSON.stringify(there[i]), JSON.stringify(here[i]), line);
  },
  "toBytes gives back the file that was read": async (ask, node) => {
    const digest = sha256(node.bytes);
    const answer = await ask("roundTrip", { address: model, lines: sentences });
    assert.deepEqual(answer, { read: digest, written: digest, sameTranslations: true });
  },
  "save is refused in one sentence that names toBytes": async (ask) => {
    assert.match(
      await ask("save", { address: model }),
      /^TandemError: save: expected Node\.js, got a browser\..*toBytes/,
    );
  },
  "an AbortSignal stops training": async (ask) => {
    const long = { ...options, train: { ...options.train, epochs: 100_000 } };
    const { outcome, steps, totalSteps } = await ask("abortTraining", { pairs, options: long });
    assert.match(outcome, /^AbortedError: train: stopped by its signal after \d+ steps\.$/);
    assert.ok(steps < totalSteps / 2, `${steps} of ${totalSteps} steps`);
  },
  "an AbortSignal stops translating": async (ask) => {
    assert.match(
      await ask("abortTranslation", { address: model, lines }),
      /^AbortedError: translate: stopped after 0 of/,
    );
  },
  "without isolation the plain build computes, on one thread": async (ask, node) => {
    node.products = await ask("products", { threads: 3 });
    const { isolated, threads, workers } = node.products;
    assert.deepEqual({ isolated, threads, workers }, { isolated: false, threads: 1, workers: 0 });
  },
  "in a cross-origin isolated page threads compute, with the same bits": async (_ask, node, askIsolated) => {
    const { digest } = node.products;
    assert.deepEqual(await askIsolated("products", { threads: 3 }), { isolated: true, threads: 3, workers: 2, digest });
  },
  "the main thread of such a page, which may not sleep, has threads too": async (_ask, node, askIsolated) => {
    const { digest } = node.products;
    const answer = await askIsolated("products", { threads: 3 }, "inPage");
    assert.deepEqual(answer, { isolated: true, threads: 3, workers: 2, digest });
  },
  "training is the same with and without isolation, byte for byte": async (ask, _node, askIsolated) => {
    const [alone, shared] = [
      await ask("train", { pairs, options: wide }),
      await askIsolated("train", { pairs, options: wide }),
    ];
    assert.equal(shared.digest, alone.digest);
  },
  "a missing and a truncated model are answered in one sentence": async (ask) => {
    const { missing, truncated } = await ask("broken", { address: model });
    assert.match(missing, /^ModelFileError: model .*missing\.safetensors: expected a file, got HTTP status 404\./);
    assert.match(truncated, /^ModelFileError: model \(bytes\): expected .*cut short/);
  },
};

function sayNotRun() {
  const width = 100;
  const framed = [
    "NOT RUN: the checks in a browser. No Chromium was found.",
    "Install Debian's package chromium, or set CHROMIUM_PATH. What nobody checked just now:",
    ...Object.keys(checks).map((name) => `  · ${name}`),
  ];
  const edge = "!".repeat(width);
  console.log([edge, ...framed.map((line) => `!! ${line.padEnd(width - 6)} !!`), edge].join("\n"));
}

async function runChecks(executablePath) {
  const { chromium } = await import("playwright-core");
  const trained = await train(pairs, { ...options, backend: "wasm" });
  const fromQuickStart = existsSync(quickStartModel);
  const bytes = fromQuickStart ? new Uint8Array(readFileSync(quickStartModel)) : trained.toBytes();
  const node = { trained, bytes, loaded: await loadModel(bytes, { backend: "wasm" }) };
  const server = await serveFiles({
    "/": { type: "text/html", body: WORKER_PAGE },
    "/worker.js": { type: "text/javascript", body: await bundleWorker() },
    [model]: { type: "application/octet-stream", body: bytes },
  });
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGUMENTS });
  let failed = 0;
  try {
    console.log(
      `Chromium ${browser.version()}, model file: ${fromQuickStart ? "the quick start's" : "trained just now (no quick start's yet)"}`,
    );
    const open = (path) => openWorkerPage(browser, server, path);
    const ask = await open("/");
    const askIsolated = await open("/isolated/");
    for (const [name, check] of Object.entries(checks)) {
      try {
        await check(ask, node, askIsolated);
        console.log(`  ✓ ${name}`);
      } catch (error) {
        failed++;
        console.log(`  ✗ ${name}\n${String(error.message).replace(/^/gm, "      ")}`);
      }
    }
  } finally {
    await browser.close();
    server.close();
    node.loaded.dispose();
    trained.dispose();
  }
  return failed;
}

const total = Object.keys(checks).length;
try {
  const chromium = findChromium();
  if (chromium === undefined) {
    sayNotRun();
    const failed = process.env.CI === "true" ? total : 0;
    if (failed > 0) process.exitCode = 1;
    console.log(`0 passed, ${failed} failed`);
  } else {
    const failed = await runChecks(chromium);
    if (failed > 0) process.exitCode = 1;
    console.log(`${total - failed} passed, ${failed} failed`);
  }
} catch (error) {
  console.log(error);
  console.log(`0 passed, ${total} failed`);
  process.exitCode = 1;
}
