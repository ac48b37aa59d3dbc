import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { readBytes } from "../data/node-files.js";
import type { TandemModel } from "../decode/any-model.js";
import { modelFromBytes } from "../decode/load.js";
import type { BackendName } from "../kernels/backend.js";

/** Where to compute: the fastest place, on every core, unless given. */
export interface Place {
  backend?: BackendName;
  threads?: number;
}

/** A model file, or the one in a run folder. */
export function modelFileOf(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? join(path, "model.safetensors") : path;
}

/** Opens a model file, or the one of a run folder. The library's `loadModel` would bring zod and yaml along, which take longer to load than a model. */
export async function openModel(path: string, { backend, threads }: Place): Promise<TandemModel> {
  const file = modelFileOf(path);
  return modelFromBytes(await readBytes(file), { ...(backend && { backend }), ...(threads && { threads }) }, file);
}

/** Opens the models of an ensemble: paths with commas between them. A file whose name has a comma is one model. */
export async function openModels(paths: string, place: Place): Promise<TandemModel[]> {
  const models: TandemModel[] = [];
  for (const path of existsSync(paths) ? [paths] : paths.split(",")) models.push(await openModel(path, place));
  return models;
}
