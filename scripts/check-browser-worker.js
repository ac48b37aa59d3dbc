// The Worker of check-browser.js: the library as a page would bundle it, asked by name.
import { loadModel, train } from "tandem-seq2seq";

const message = (error) => `${error.name}: ${error.message}`;

/** Pieces that check-browser.js puts together; arguments and answers are plain JSON. */
const actions = {
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

  async translate({ address, lines }) {
    const model = await loadModel(new URL(address, self.location.href));
    const translations = await model.translate(lines);
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
