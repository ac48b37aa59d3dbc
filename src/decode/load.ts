import { AbortedError, ModelFileError } from "../errors.js";
import { openBackend, type PlaceOptions } from "../kernels/backend.js";
import { seq2seqFromBytes } from "../models/seq2seq.js";
import { TranslationModel } from "./translation-model.js";

/** How a model is opened, and where it computes. */
export interface LoadOptions extends PlaceOptions {
  /** Stops loading; the promise then rejects with AbortedError. */
  signal?: AbortSignal | undefined;
}

/** Opens a model from the bytes of its file; `name` is what messages call it. */
export async function modelFromBytes(
  bytes: Uint8Array,
  place: LoadOptions = {},
  name = "(bytes)",
): Promise<TranslationModel> {
  const { signal } = place;
  refuseAborted(signal, name);
  const { backend, isOwn } = await openBackend(place);
  try {
    refuseAborted(signal, name);
    return new TranslationModel(seq2seqFromBytes(backend, bytes, name), isOwn ? backend : undefined);
  } catch (error) {
    if (isOwn) backend.dispose?.();
    throw error;
  }
}

/** Throws AbortedError when loading was stopped. */
export function refuseAborted(signal: AbortSignal | undefined, name: string): void {
  if (signal?.aborted) throw new AbortedError(`model ${name}: loading was stopped.`, { cause: signal.reason });
}

/**
 * Opens a model from a URL or bytes, in Node.js from a path too.
 *
 * ```ts
 * import { loadModel, train } from "tandem-seq2seq";
 *
 * const trained = await train([["eins", "1"], ["zwei", "2"]], { train: { epochs: 1 } });
 * using model = await loadModel(trained.toBytes(), { signal: AbortSignal.timeout(10_000) });
 * model.task; // "translate"
 * model.recipe.source.tokenizer; // "words"
 * ```
 */
export async function loadModel(from: string | URL | Uint8Array, options: LoadOptions = {}): Promise<TranslationModel> {
  if (from instanceof Uint8Array) return modelFromBytes(from, options);
  return modelFromBytes(await fetchModel(from, options.signal), options, String(from));
}

async function fetchModel(from: string | URL, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    const response = await fetch(from, signal ? { signal } : {});
    if (!response.ok)
      throw new ModelFileError(
        `model ${from}: expected a file, got HTTP status ${response.status}. Check the address.`,
      );
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    refuseAborted(signal, String(from));
    if (cause instanceof ModelFileError) throw cause;
    throw new ModelFileError(`model ${from}: expected an answer, got none. Check the address.`, { cause });
  }
}
