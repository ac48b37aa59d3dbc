import { AbortedError, ModelFileError } from "../errors.js";
import { openBackend, type PlaceOptions } from "../kernels/backend.js";
import { modelOfFile } from "../models/model-file.js";
import { type ModelOfTask, modelOf, type TandemModel, type TaskName } from "./any-model.js";

/** How a model is opened, and where it computes. */
export interface LoadOptions<Task extends TaskName = TaskName> extends PlaceOptions {
  /** What it must have learnt to do: the type of the model is that of the task then. Another one is refused. */
  task?: Task | undefined;
  /** Stops loading; the promise then rejects with AbortedError. */
  signal?: AbortSignal | undefined;
}

/** Opens a model from the bytes of its file; `name` is what messages call it. */
export async function modelFromBytes<Task extends TaskName = TaskName>(
  bytes: Uint8Array,
  { task, ...place }: LoadOptions<Task> = {},
  name = "(bytes)",
): Promise<ModelOfTask[Task]> {
  const { signal } = place;
  refuseAborted(signal, name);
  const { backend, isOwn } = await openBackend(place);
  try {
    refuseAborted(signal, name);
    const model = await modelOf(modelOfFile(backend, bytes, name), isOwn ? backend : undefined);
    if (isOfTask(model, task)) return model;
    model.core.dispose();
    throw new ModelFileError(
      `model ${name}: expected a model of task ${task}, got one of task ${model.task}. Give another model.`,
    );
  } catch (error) {
    if (isOwn) backend.dispose?.();
    throw error;
  }
}

function isOfTask<Task extends TaskName>(model: TandemModel, task: Task | undefined): model is ModelOfTask[Task] {
  return task === undefined || model.task === task;
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
 * model.recipe.source.tokenizer; // "words"
 * if (model.task === "translate") await model.translate(["eins"]); // the task narrows the type
 *
 * using translator = await loadModel(trained.toBytes(), { task: "translate" }); // refuses a model of another task
 * await translator.translate(["zwei"]);
 * ```
 */
export async function loadModel<Task extends TaskName = TaskName>(
  from: string | URL | Uint8Array,
  options: LoadOptions<Task> = {},
): Promise<ModelOfTask[Task]> {
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
