import { statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { DataError } from "tandem-seq2seq";
import type { ModelFacts, ModelFile } from "./protocol.js";

/** A model that is served. */
export interface ServedModel extends ModelFacts, ModelFile {
  /** Of its file. */
  bytes: number;
}

const FILE = "model.safetensors";
/** Names stand in addresses and file names. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}._-]{0,99}$/u;

/** The files of models given as `PATH` or `NAME=PATH`; a path is a file or a run folder. */
export function modelFiles(given: readonly string[]): (ModelFile & { bytes: number })[] {
  if (given.length === 0) throw new DataError("serve: expected at least one model, got none. Give a model file.");
  const files = given.map((text) => {
    const [, said, rest] = /^([^/\\=]+)=(.+)$/s.exec(text) ?? [];
    const { path, bytes } = fileAt(rest ?? text);
    const name = said ?? nameOf(path);
    if (!NAME.test(name))
      throw new DataError(
        `model ${text}: expected a name of letters, digits, "-", "_" and ".", got ${JSON.stringify(name)}. Give NAME=PATH.`,
      );
    return { name, path, bytes };
  });
  const names = files.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    throw new DataError(`serve: expected a name of its own for each model, got ${twice} twice. Give NAME=PATH.`);
  return files;
}

function fileAt(given: string): { path: string; bytes: number } {
  const look = (path: string) => statSync(path, { throwIfNoEntry: false });
  const path = look(given)?.isDirectory() ? join(given, FILE) : given;
  const found = look(path);
  if (!found?.isFile())
    throw new DataError(
      `model ${given}: expected ${path === given ? "a model file" : `a ${FILE} in this folder`}, got none. Check the path.`,
    );
  return { path: resolve(path), bytes: found.size };
}

/** `dates` of dates.safetensors, and of dates/model.safetensors. */
function nameOf(path: string): string {
  return basename(path) === FILE ? basename(dirname(path)) : basename(path, extname(path));
}
