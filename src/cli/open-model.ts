import { readBytes } from "../data/node-files.js";
import { modelFromBytes } from "../decode/load.js";
import type { TranslationModel } from "../decode/translation-model.js";
import type { BackendName } from "../kernels/backend.js";

/** Opens a model file. The library's `loadModel` would bring zod and yaml along, which take longer to load than a model. */
export async function openModel(path: string, backend: BackendName | undefined): Promise<TranslationModel> {
  return modelFromBytes(await readBytes(path), backend ? { backend } : {}, path);
}
