// The library in Node.js: everything of the browser's, and files.
import { readBytes } from "./data/node-files.js";
import { type LoadOptions, loadModel as loadFromWeb, modelFromBytes } from "./decode/load.js";
import { provideFileWriter, type TranslationModel } from "./decode/translation-model.js";
import { provideNativeEngine } from "./kernels/backend.js";
import { nativeEngine } from "./kernels/native/native.js";
import { writeFileWhole } from "./node-files.js";

provideFileWriter(writeFileWhole);
provideNativeEngine(nativeEngine);

export * from "./browser.js";
export { type ProgressReporter, progressReporter } from "./cli/progress.js";
export { prompt } from "./cli/prompt.js";
export { readPairs } from "./data/node-files.js";
export { writeFileWhole } from "./node-files.js";

/** Opens a model from a path, a URL (http, https or file) or bytes. */
export async function loadModel(from: string | URL | Uint8Array, options: LoadOptions = {}): Promise<TranslationModel> {
  const text = String(from);
  if (from instanceof Uint8Array || /^https?:/.test(text)) return loadFromWeb(from, options);
  const path = text.startsWith("file:") ? (await import("node:url")).fileURLToPath(text) : text;
  return modelFromBytes(await readBytes(path), options, path);
}
