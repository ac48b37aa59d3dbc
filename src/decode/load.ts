import { ModelFileError } from "../errors.js";
import { type BackendName, createBackend } from "../kernels/backend.js";
import { seq2seqFromBytes } from "../models/seq2seq.js";
import { TranslationModel } from "./translation-model.js";

export interface LoadOptions {
  backend?: BackendName;
  /** How many threads compute; every core unless given. The result does not depend on it. */
  threads?: number;
}

/** Opens a model from the bytes of its file; `name` is what messages call it. */
export async function modelFromBytes(
  bytes: Uint8Array,
  options: LoadOptions = {},
  name = "(bytes)",
): Promise<TranslationModel> {
  return new TranslationModel(
    seq2seqFromBytes(await createBackend(options.backend, { threads: options.threads }), bytes, name),
  );
}

/** Opens a model from a URL or bytes. */
export async function loadModel(from: string | URL | Uint8Array, options: LoadOptions = {}): Promise<TranslationModel> {
  if (from instanceof Uint8Array) return modelFromBytes(from, options);
  const response = await fetch(from).catch((cause: unknown) => {
    throw new ModelFileError(`model ${from}: expected an answer, got none. Check the address.`, { cause });
  });
  if (!response.ok)
    throw new ModelFileError(`model ${from}: expected a file, got HTTP status ${response.status}. Check the address.`);
  return modelFromBytes(new Uint8Array(await response.arrayBuffer()), options, String(from));
}
