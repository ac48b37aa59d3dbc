// The Worker's work: the model's answers with the binary inside the code, and with the one fetched.
import { loadModel } from "tandem-seq2seq";

async function translate(lines, options) {
  using model = await loadModel(new URL("/model.safetensors", self.location.origin), options);
  // Awaited here: the model ends with the block.
  return await model.translate(lines);
}

export async function answer(wasmUrl) {
  try {
    const lines = await (await fetch("/lines.json")).json();
    self.postMessage({ embedded: await translate(lines), fetched: await translate(lines, { wasmUrl }) });
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
}
