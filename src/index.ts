// The library in Node.js: everything of the browser's, and files.
import { readBytes, readUnpacked } from "./data/node-files.js";
import type { ModelOfTask, TaskName } from "./decode/any-model.js";
import { type LoadOptions, loadModel as loadFromWeb, modelFromBytes, refuseAborted } from "./decode/load.js";
import { provideFileWriter } from "./decode/task-model.js";
import { provideNativeEngine } from "./kernels/backend.js";
import { nativeEngine } from "./kernels/native/native.js";
import { writeFileWhole } from "./node-files.js";
import { provideVectorFiles } from "./train/pretrained.js";

provideFileWriter(writeFileWhole);
provideNativeEngine(nativeEngine);
provideVectorFiles(readUnpacked);

export * from "./browser.js";
export { type ProgressOptions, type ProgressReporter, type ProgressStream, progressReporter } from "./cli/progress.js";
export { type PromptOptions, prompt } from "./cli/prompt.js";
export { readPairs } from "./data/node-files.js";
export { writeFileWhole } from "./node-files.js";

/**
 * Opens a model from a path, a URL (http, https or file) or bytes. What it is given of memory and threads ends with
 * `dispose()`, or with the block where it stands after `using`.
 *
 * ```ts
 * import { loadModel, train } from "tandem-seq2seq";
 *
 * const trained = await train([["eins", "1"], ["zwei", "2"]], { train: { epochs: 1 } });
 * await trained.save("numbers.safetensors");
 * trained.dispose();
 *
 * using model = await loadModel("numbers.safetensors", { signal: AbortSignal.timeout(10_000) });
 * if (model.task === "translate") await model.translate(["eins"]); // the task narrows the type
 * using translator = await loadModel("numbers.safetensors", { task: "translate" }); // refuses a model of another task
 * const [translation] = await translator.translate(["eins"]);
 * ```
 */
export async function loadModel<Task extends TaskName = TaskName>(
  from: string | URL | Uint8Array,
  options: LoadOptions<Task> = {},
): Promise<ModelOfTask[Task]> {
  // Bytes are no text: as one they would be many times as long.
  if (from instanceof Uint8Array) return loadFromWeb(from, options);
  const text = String(from);
  if (/^https?:/.test(text)) return loadFromWeb(from, options);
  const path = text.startsWith("file:") ? (await import("node:url")).fileURLToPath(text) : text;
  const bytes = await readBytes(path, options.signal).catch((cause: unknown) => {
    refuseAborted(options.signal, path);
    throw cause;
  });
  return modelFromBytes(bytes, options, path);
}
