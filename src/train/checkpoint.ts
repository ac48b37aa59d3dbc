import { ModelFileError } from "../errors.js";
import type { TrainingHistory } from "../models/model.js";
import type { AnyModel } from "../models/model-file.js";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../models/safetensors.js";

/** What a part of training (the optimiser, the best epoch so far) keeps between steps: numbers and tensors by name. */
export interface PartState {
  numbers: Readonly<Record<string, number | null>>;
  tensors: ReadonlyMap<string, StoredTensor>;
}

/** A part of training that a checkpoint holds and that goes on from what it held. */
export interface StatefulPart {
  state(): PartState;
  /** Takes over what `state` of an equal part gave. */
  restore(state: PartState): void;
}

/** A part by the name under which a checkpoint keeps it: its tensors are `<name>.<tensor>`. */
export type TrainingParts = Readonly<Record<string, StatefulPart>>;

/** Where whoever writes the file puts the SHA-256 of all its bytes, these zeros included. */
export const NO_CHECKSUM = "0".repeat(64);

/** A file from which training goes on: the model's, with the state of each part of training added. */
export function writeCheckpoint(model: AnyModel, parts: TrainingParts, fingerprint: string): Uint8Array<ArrayBuffer> {
  const metadata = model.metadata();
  const tensors = model.tensors();
  const numbers: Record<string, PartState["numbers"]> = {};
  for (const [name, part] of Object.entries(parts)) {
    const state = part.state();
    numbers[name] = state.numbers;
    for (const [key, tensor] of state.tensors) tensors.set(`${name}.${key}`, tensor);
  }
  metadata.set("data", fingerprint);
  metadata.set("training", JSON.stringify(numbers));
  metadata.set("checksum", NO_CHECKSUM);
  return writeSafetensors({ metadata, tensors });
}

/** Takes up a checkpoint of the same recipe and data. `file` is its name, for messages. */
export function restoreCheckpoint(
  bytes: Uint8Array,
  { model, parts, fingerprint, file }: { model: AnyModel; parts: TrainingParts; fingerprint: string; file: string },
): void {
  const { metadata, tensors } = readSafetensors(bytes, file);
  const training = metadata.get("training");
  if (training === undefined)
    throw new ModelFileError(
      `checkpoint ${file}: expected a checkpoint, got a file without the state of training. Give one from checkpoints/.`,
    );
  const mine = model.metadata().set("data", fingerprint);
  for (const key of ["recipe", "data", ...model.text().map(([name]) => name)])
    if (metadata.get(key) !== mine.get(key))
      throw new ModelFileError(
        `checkpoint ${file}: expected one of the same recipe and data, got ${key === "data" ? "other data" : `another ${key}`}. Start a new run without --resume.`,
      );
  const damaged = (what: string, cause?: unknown) =>
    new ModelFileError(
      `checkpoint ${file}: expected ${what} that this version keeps, got something else. It is damaged or of another version; start a new run without --resume.`,
      { cause },
    );
  const parse = (key: string): unknown => {
    try {
      return JSON.parse(metadata.get(key)!);
    } catch (cause) {
      throw damaged(`the ${key}`, cause);
    }
  };
  const parameters = model.tensors();
  if (!areLike(tensors, parameters)) throw damaged("the parameters");
  const numbers = parse("training");
  const states = Object.entries(parts).map(([name, part]) => {
    const own = [...tensors].filter(([key]) => key.startsWith(`${name}.`));
    const named = own.map(([key, tensor]) => [key.slice(name.length + 1), tensor] as const);
    const state = { numbers: fieldOf(numbers, name), tensors: new Map(named) };
    if (!isStateLike(state, part.state(), parameters)) throw damaged(`the state of ${name}`);
    return { part, state };
  });
  const history = parse("history");
  if (!Array.isArray(fieldOf(history, "epochs"))) throw damaged("the history");
  model.history = history as TrainingHistory;
  for (const name of parameters.keys()) {
    const { shape, data } = tensors.get(name)!;
    model.parameters.load(name, shape, data);
  }
  for (const { part, state } of states) part.restore(state);
}

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;

/** Whether all of `own` are there, in their sizes. */
function areLike(stored: ReadonlyMap<string, StoredTensor>, own: ReadonlyMap<string, StoredTensor>): boolean {
  return [...own].every(([name, { data }]) => {
    const found = stored.get(name)?.data;
    return found instanceof Float32Array && found.length === data.length;
  });
}

/** Whether a part can go on from what is stored. A part that keeps no tensors yet may have kept those of the model. */
function isStateLike(
  stored: { numbers: unknown; tensors: PartState["tensors"] },
  own: PartState,
  parameters: PartState["tensors"],
): stored is PartState {
  const areNumbers = Object.entries(own.numbers).every(([key, value]) => {
    const found = fieldOf(stored.numbers, key);
    return typeof found === "number" || (found === null && value === null);
  });
  const expected = own.tensors.size > 0 || stored.tensors.size === 0 ? own.tensors : parameters;
  return areNumbers && stored.tensors.size === expected.size && areLike(stored.tensors, expected);
}
