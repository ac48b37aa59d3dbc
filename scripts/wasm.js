// Builds the kernels for WebAssembly, plain and for threads, and what shares them among threads. Each product is a module of
// TypeScript in src/kernels/wasm/, so that nothing has to be found at run time; the binaries are files as well, for pages that
// rather fetch them.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseKernels } from "./kernel-list.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const target = join(root, "src/kernels/wasm");
const below = (folder, suffix) =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && suffix.test(entry.name))
    .map((entry) => join(root, folder, entry.name))
    .sort();

const kernels = below("kernels", /[.][ch]$/);
const threads = below("kernels/wasm", /[.]c$/);
const worker = [join(target, "worker.ts"), join(target, "job.ts")];

/** Every source the modules are made from. */
export const wasmSources = [...kernels, ...threads, ...worker, fileURLToPath(import.meta.url)];
const names = ["binary", "binary-threads", "sharing", "worker"];
export const wasmModules = names.map((name) => join(target, `${name}.generated.ts`));
/** Copied into the package, next to its code. */
export const wasmBinaries = ["kernels.wasm", "kernels-threads.wasm"].map((name) => join(root, "build/wasm", name));

/** No contraction and no fast-math: what is fused and in which order is written in the source. */
const FLAGS =
  "--target=wasm32 -std=c11 -O3 -ffp-contract=off -msimd128 -mbulk-memory -ffreestanding -nostdlib -Wall -Wextra -Werror " +
  "-Wl,--no-entry -Wl,--import-memory -Wl,--export=__heap_base -Wl,--strip-all -Wl,-z,stack-size=65536 -o kernels.wasm";
/** One memory for all instances; each has its own stack and thread-local storage. */
const THREAD_FLAGS =
  "-matomics -DTANDEM_THREADS -Wl,--shared-memory -Wl,--max-memory=4294967296 -Wl,--export=__stack_pointer -Wl,--export=__wasm_init_tls";

/** Both builds carry it in a custom section of this name, so that code and a binary fetched from elsewhere can be compared. */
const SECTION = "tandem-kernels";
const sourcesHash = () => {
  const hash = createHash("sha256");
  for (const path of wasmSources) hash.update(readFileSync(path));
  return hash.digest("hex").slice(0, 16);
};

function withSection(binary, content) {
  const name = Buffer.from(SECTION);
  // Both lengths fit into one byte of LEB128.
  const body = [name.length, ...name, ...Buffer.from(content)];
  return Buffer.from([...binary, 0, body.length, ...body]);
}

async function compile(sources, flags) {
  const { runClang } = await import("@yowasp/clang");
  const files = Object.fromEntries(sources.map((path) => [basename(path), readFileSync(path, "utf8")]));
  const units = Object.keys(files).filter((name) => name.endsWith(".c"));
  let messages = "";
  const collect = (bytes) => {
    if (bytes) messages += new TextDecoder().decode(bytes);
  };
  try {
    const built = await runClang(["clang", ...flags.split(" "), ...units], files, { stdout: collect, stderr: collect });
    return withSection(built["kernels.wasm"], sourcesHash());
  } catch (error) {
    throw new Error(`kernels: clang failed.\n${messages}`, { cause: error });
  }
}

/** A function for each kernel that weighs a call by the `work` of kernels.h before it makes it. */
function sharing() {
  const list = parseKernels(readFileSync(join(root, "kernels/kernels.h"), "utf8"));
  const shared = list.filter(({ work }) => work !== "0");
  const functions = list.map((kernel) => {
    const { name, work, parameters } = kernel;
    if (work === "0") return `    ${name}: alone.${name},`;
    const taken = parameters.map((parameter) => parameter.name).join(", ");
    return `    ${name}: (${taken}) =>
      ${work} < leastWork ? alone.${name}(${taken}) : share(${shared.indexOf(kernel)}, [${taken}]),`;
  });
  return `import type { Kernels } from "../kernels.js";

/** What a binary of just these kernels has in its custom section \`${SECTION}\`. */
export const kernelsHash: string = "${sourcesHash()}";

/** The kernels that threads may share. Each is called by its place here. */
export const sharedKernels: readonly (keyof Kernels)[] = ${JSON.stringify(shared.map(({ name }) => name))};

/** As many parameters as a kernel has. */
export const MOST_PARAMETERS = ${Math.max(...shared.map(({ parameters }) => parameters.length))};

/** The kernels of \`alone\`, of whose calls those of at least \`leastWork\` operations go to \`share\`. */
export function shareKernels(
  alone: Kernels,
  leastWork: number,
  share: (kernel: number, values: number[]) => void,
): Kernels {
  return {
${functions.join("\n")}
  };
}
`;
}

async function workerSource() {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [worker[0]],
    bundle: true,
    format: "iife",
    target: "es2022",
    minify: true,
    write: false,
  });
  return `export const workerSource: string =\n  ${JSON.stringify(outputFiles[0].text)};\n`;
}

const embedded = (binary) => `export const wasmBase64: string =\n  "${binary.toString("base64")}";\n`;

/** Writes every one of `wasmModules` and `wasmBinaries`. */
export async function buildWasm() {
  const binaries = [await compile(kernels, FLAGS), await compile([...kernels, ...threads], `${FLAGS} ${THREAD_FLAGS}`)];
  const contents = [...binaries.map(embedded), sharing(), await workerSource()];
  mkdirSync(join(root, "build/wasm"), { recursive: true });
  for (const [i, path] of wasmBinaries.entries()) writeFileSync(path, binaries[i]);
  for (const [i, path] of wasmModules.entries()) writeFileSync(path, `// Made by scripts/wasm.js.\n${contents[i]}`);
}
