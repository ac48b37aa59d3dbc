import { statSync } from "node:fs";
import { join } from "node:path";
import { readBytes } from "../data/node-files.js";
import { modelFromBytes } from "../decode/load.js";
import type { TranslationModel } from "../decode/translation-model.js";
import type { BackendName } from "../kernels/backend.js";

/** Opens a model file, or the one of a run folder. The library's `loadModel` would bring zod and yaml along, which take longer to load than a model. */
export async function openModel(
  path: string,
  { backend, threads }: { backend?: BackendName; threads?: number },
): Promise<TranslationModel> {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const file = isFolder ? join(path, "model.safetensors") : path;
  return modelFromBytes(await readBytes(file), { ...(backend && { backend }), ...(threads && { threads }) }, file);
}
