import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { TandemError } from "../../errors.js";
import { packageFolder } from "../../node-package.js";
import type { NativeEngine } from "../backend.js";
import { BufferMemory } from "../buffer-memory.js";
import { defaultThreads } from "../default-threads.js";
import type { Backend, Kernels } from "../kernels.js";

/** What kernels/native/addon.c exports. */
interface Addon {
  instructionSets(): string[];
  attach(buffer: ArrayBuffer, instructionSet: string, threads: number, leastWork: number): Kernels;
  adviseLargePages(buffer: ArrayBuffer, reserved: number): void;
}

export interface NativeOptions {
  /** How many threads work on one kernel; TANDEM_THREADS unless given, else every core. The bits of the results do not depend on it. */
  threads?: number;
  /** One of `nativeStatus().instructionSets`; the environment variable TANDEM_ISA unless given, else the fastest. */
  instructionSet?: string;
  /** Operations (kernels.h counts them) from which a call is shared among threads. */
  leastWork?: number;
}

/** Whether the addon is here, what it can use, and if not, why not. */
export type NativeStatus = { addon: Addon; instructionSets: string[]; path: string } | { why: string };

/** An ArrayBuffer's longest in Node.js 20. Reserved as addresses; memory is taken as it is used. */
const LARGEST_BYTES = 2 ** 32 - 65_536;
const GROWTH_BYTES = 16 * 2 ** 20;
/** 0 is the null pointer. */
const HEAP_START = 64;
/** About two microseconds of products: what handing out the shares costs. */
const LEAST_WORK = 400_000;

/** A file or folder of this package. */
const inPackage = (path: string) => {
  const folder = packageFolder();
  return folder && join(folder, path);
};

/** Where the addon of this package is built; undefined where there is none around the code. */
export const addonFolder = (): string | undefined => inPackage("build/native");

/**
 * Where `tandem build-native` builds if the package's folder is read-only, in the user's cache and named for the sources, so that
 * no addon of another version is ever loaded. Undefined before the package is built.
 */
export function cacheFolder(): string | undefined {
  const hashFile = inPackage("dist/kernels/native/sources-hash.txt");
  if (hashFile === undefined || !existsSync(hashFile)) return undefined;
  const hash = readFileSync(hashFile, "utf8").slice(0, 16);
  const caches =
    process.platform === "darwin"
      ? join(homedir(), "Library/Caches")
      : process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(caches, "tandem-seq2seq", `native-${hash}-${process.platform}-${process.arch}`);
}

let status: NativeStatus | undefined;

/** Loads the addon at the first call. */
export function nativeStatus(): NativeStatus {
  status ??= load();
  return status;
}

function load(): NativeStatus {
  const folders = [addonFolder(), cacheFolder()].filter((folder) => folder !== undefined);
  const path = folders.map((folder) => join(folder, "tandem.node")).find(existsSync);
  if (path === undefined) {
    const reason = folders.map((folder) => join(folder, "why-not.txt")).find(existsSync);
    return {
      why: reason ? readFileSync(reason, "utf8").trim() : "it has not been built. Build it: npx tandem build-native",
    };
  }
  try {
    const addon = createRequire(import.meta.url)(path) as Addon;
    const instructionSets = addon.instructionSets().filter((name) => isRight(addon, name));
    if (instructionSets.length === 0) return { why: "its self-check failed for every instruction set" };
    return { addon, instructionSets, path };
  } catch (error) {
    const said = error instanceof Error ? error.message : error;
    return { why: `it does not load: ${said}. Build it again: npx tandem build-native` };
  }
}

/** The self-check: a product with odd sizes and a few elementary functions, against this language's own arithmetic. */
function isRight(addon: Addon, instructionSet: string): boolean {
  const buffer = new ArrayBuffer(1 << 16);
  const kernels = addon.attach(buffer, instructionSet, 1, 0);
  const floats = new Float32Array(buffer);
  const [m, n, k] = [9, 35, 5];
  const [x, w, y, packed] = [64, 1024, 2048, 4096];
  const number = (i: number) => Math.fround(Math.sin(i * 12.9898) * 2);
  for (let i = 0; i < m * k; i++) floats[x + i] = number(i);
  for (let i = 0; i < n * k; i++) floats[w + i] = number(i + 1000);
  kernels.pack(packed * 4, w * 4, k, n, k);
  kernels.product(y * 4, n, x * 4, k, packed * 4, 0, m, n, k, 0);
  kernels.tanhForward(packed * 4, y * 4, m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let expected = 0;
      for (let p = 0; p < k; p++) expected += floats[x + i * k + p]! * floats[w + j * k + p]!;
      const at = i * n + j;
      if (!(Math.abs(floats[y + at]! - expected) < 1e-5)) return false;
      if (!(Math.abs(floats[packed + at]! - Math.tanh(expected)) < 1e-5)) return false;
    }
  return true;
}

/** Makes the buffer reach `end`, in its place: the addresses that the addon holds stay true. */
function growTo(end: number, buffer: ArrayBuffer): ArrayBuffer {
  const bytes = Math.ceil(end / GROWTH_BYTES) * GROWTH_BYTES;
  try {
    if (end > LARGEST_BYTES) throw new RangeError("past the end of the address space");
    buffer.resize(Math.min(bytes, LARGEST_BYTES));
  } catch (cause) {
    throw new TandemError(
      `memory: expected at most 4096 MiB, or what is free, got a need of ${(end / 2 ** 20).toFixed(0)} MiB. Use smaller batches, a smaller vocabulary or a smaller hidden size.`,
      { cause },
    );
  }
  return buffer;
}

/** A backend of its own memory on the kernels of the addon. */
export function createNativeBackend(options: NativeOptions = {}): Backend {
  const found = nativeStatus();
  if ("why" in found)
    throw new TandemError(`backend native: expected the addon, got none: ${found.why}. Use the backend wasm.`);
  const { addon, instructionSets } = found;
  const { threads = defaultThreads(), leastWork = LEAST_WORK } = options;
  const instructionSet = options.instructionSet ?? process.env["TANDEM_ISA"] ?? instructionSets[0]!;
  if (!instructionSets.includes(instructionSet))
    throw new TandemError(
      `instruction set: expected one of ${instructionSets.join(", ")}, got ${JSON.stringify(instructionSet)}. Correct TANDEM_ISA.`,
    );
  const buffer = new ArrayBuffer(GROWTH_BYTES, { maxByteLength: LARGEST_BYTES });
  const memory = new BufferMemory(buffer, HEAP_START, (end) => growTo(end, buffer));
  addon.adviseLargePages(buffer, LARGEST_BYTES);
  const kernels = addon.attach(buffer, instructionSet, threads, leastWork);
  // The kernels work in the buffer: it lives as long as they do.
  Object.defineProperty(kernels, "buffer", { value: buffer });
  return { name: "native", instructionSet, threads, memory, kernels };
}

/** What `createBackend` takes the addon through. */
export const nativeEngine: NativeEngine = {
  create: ({ threads }) => createNativeBackend(threads === undefined ? {} : { threads }),
  whyNot() {
    const found = nativeStatus();
    return "why" in found ? found.why : undefined;
  },
};
