// The Worker of check-browser.js: the library as a page would bundle it, asked by name.
import { createWasmBackend, loadModel, train } from "tandem-seq2seq";

const message = (error) => `${error.name}: ${error.message}`;

/** Pieces that check-browser.js puts together; arguments and answers are plain JSON. A page may take them as they are, too. */
export const actions = {
  where: async () => ({ worker: typeof WorkerGlobalScope !== "undefined", node: typeof process !== "undefined" }),

  async train({ pairs, options }) {
    const losses = [];
    const onProgress = (progress) => progress.kind === "epoch" && losses.push(progress.trainLoss);
    const model = await train(pairs, { ...options, onProgress });
    const translations = await model.translate(pairs.map(([source]) => source));
    const digest = await sha256(model.toBytes());
    const trace = model.trace(pairs[0][0]);
    model.dispose();
    return { first: losses[0], last: losses.at(-1), texts: translations.map(({ text }) => text), digest, trace };
  },

  /** Many products, those that follow the first with as many workers as there will be. */
  async products({ threads }) {
    const backend = await createWasmBackend({ threads, leastWork: 0 });
    const { memory, kernels } = backend;
    const [m, n, k] = [67, 301, 129];
    const counts = [m * k, n * k, m * n, kernels.packedLength(n, k)];
    const [x, w, y, packed] = counts.map((count) => memory.reserve(4 * count));
    memory.floats(x, m * k).set(Float32Array.from({ length: m * k }, (_, i) => ((i * 7919) % 257) / 128 - 1));
    memory.floats(w, n * k).set(Float32Array.from({ length: n * k }, (_, i) => ((i * 104729) % 263) / 131 - 1));
    const multiply = () => {
      kernels.pack(packed, w, k, n, k);
      kernels.product(y, n, x, k, packed, 0, m, n, k, 0);
      kernels.tanhForward(y, y, m * n);
    };
    multiply();
    const until = performance.now() + 20_000;
    while ((backend.workers ?? 0) < backend.threads - 1 && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 5));
    for (let i = 0; i < 100; i++) multiply();
    const digest = await sha256(memory.floats(y, m * n).slice());
    backend.dispose?.();
    return {
      isolated: globalThis.crossOriginIsolated,
      threads: backend.threads,
      workers: backend.workers ?? 0,
      digest,
    };
  },

  async translate({ address, lines, options }) {
    const model = await loadModel(new URL(address, self.location.href));
    const translations = await model.translate(lines, options);
    model.dispose();
    return translations;
  },

  async roundTrip({ address, lines }) {
    const bytes = await bytesAt(address);
    const model = await loadModel(bytes);
    const again = model.toBytes();
    const reloaded = await loadModel(again);
    const same = JSON.stringify(await model.translate(lines)) === JSON.stringify(await reloaded.translate(lines));
    model.dispose();
    reloaded.dispose();
    return { read: await sha256(bytes), written: await sha256(again), sameTranslations: same };
  },

  async save({ address }) {
    const model = await loadModel(await bytesAt(address));
    return model.save("model.safetensors").then(() => "saved", message);
  },

  async abortTraining({ pairs, options }) {
    const controller = new AbortController();
    let steps = 0;
    let totalSteps = 0;
    const onProgress = (progress) => {
      if (progress.kind === "step") ({ step: steps, totalSteps } = progress);
      controller.abort("enough");
    };
    const outcome = await train(pairs, { ...options, onProgress, signal: controller.signal }).then(
      () => "finished",
      message,
    );
    return { outcome, steps, totalSteps };
  },

  abortTranslation: async ({ address, lines }) => {
    const model = await loadModel(await bytesAt(address));
    return model.translate(lines, { signal: AbortSignal.abort() }).then(() => "finished", message);
  },

  broken: async ({ address }) => {
    const bytes = await bytesAt(address);
    const outcome = (from) => loadModel(from).then(() => "loaded", message);
    return {
      missing: await outcome(new URL("/missing.safetensors", self.location.href)),
      truncated: await outcome(bytes.subarray(0, bytes.length - 1)),
    };
  },
};

async function bytesAt(address) {
  return new Uint8Array(await (await fetch(address)).arrayBuffer());
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

self.addEventListener("message", async ({ data: { id, action, input } }) => {
  try {
    self.postMessage({ id, answer: await actions[action](input) });
  } catch (error) {
    self.postMessage({ id, error: String(error?.stack ?? error) });
  }
});
