// Builds the native addon with the system's C compiler, where there is one. Nothing else needs it: without the addon
// WebAssembly computes.
//
//   node scripts/native.js            builds if the sources changed, and says so
//   node scripts/native.js --install  the same for npm: never fails, one line at most
//
// `tandem build-native` does the same in a package whose install script npm has blocked.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseKernels } from "./kernel-list.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const kernels = join(root, "kernels");
const packageFolder = join(root, "build/native");

/** Each instruction set with the compiler's flags for it. */
export const INSTRUCTION_SETS = {
  x64: {
    avx512: ["-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mavx2", "-mfma", "-mprefer-vector-width=512"],
    avx2: ["-mavx2", "-mfma"],
    sse2: [],
  },
  arm64: { neon: [] },
};

/** No contraction and no fast-math: what is fused and in which order is written in the source. */
export const COMPILER_FLAGS = "-std=gnu11 -O3 -ffp-contract=off -fPIC -fvisibility=hidden -pthread -Wall -Wextra".split(
  " ",
);

export function tableHeader(list) {
  const types = list.map(({ result, name, parameters }) => {
    const declarations = parameters.map(({ declaration }) => declaration).join(", ");
    return `  ${result} (*${name})(${declarations});`;
  });
  const entries = list.map(({ name }) => name).join(", ");
  const most = Math.max(...list.map(({ parameters }) => parameters.length));
  return `// Made by scripts/native.js from kernels/kernels.h.\n#pragma once\n#include <stdint.h>\n\nstruct kernel_table {\n${types.join("\n")}\n};\n#define KERNEL_TABLE_ENTRIES {${entries}}\nenum { MOST_PARAMETERS = ${most} };\n`;
}

/** A struct of a kernel's arguments, and the function of it that each thread calls. */
export function sharedCall({ name, parameters }) {
  const fields = parameters.map(({ declaration }) => `  ${declaration};`).join("\n");
  const given = parameters.map((parameter) => `a->${parameter.name}`).join(", ");
  return `struct ${name}_arguments {\n  const struct kernel_table *kernels;\n${fields}\n};\nstatic void share_${name}(void *arguments) {\n  const struct ${name}_arguments *a = arguments;\n  a->kernels->${name}(${given});\n}\n`;
}

/** What JavaScript calls: numbers in, a struct of arguments for the threads, the kernel. */
function bindings(list) {
  const call = (kernel) => {
    const { result, name, work, parameters } = kernel;
    const count = parameters.length;
    const value = ({ type }, i) =>
      ({ pointer: `pointer_at(e, v[${i}])`, int: `integer(v[${i}])`, float: `(float)v[${i}]`, double: `v[${i}]` })[
        type
      ];
    const locals = parameters.map((parameter, i) => `  ${parameter.declaration} = ${value(parameter, i)};`);
    const names = parameters.map((parameter) => parameter.name);
    const read = `  double v[${count}];\n  const engine *e = arguments_of(env, info, ${count}, v);\n  if (!e) return 0;\n${locals.join("\n")}`;
    if (result === "int")
      return `static napi_value call_${name}(napi_env env, napi_callback_info info) {\n${read}\n  napi_value result;\n  napi_create_int32(env, e->kernels->${name}(${names.join(", ")}), &result);\n  return result;\n}\n`;
    if (work === "0")
      return `static napi_value call_${name}(napi_env env, napi_callback_info info) {\n${read}\n  e->kernels->${name}(${names.join(", ")});\n  return 0;\n}\n`;
    return `${sharedCall(kernel)}static napi_value call_${name}(napi_env env, napi_callback_info info) {\n${read}\n  struct ${name}_arguments arguments = {e->kernels, ${names.join(", ")}};\n  run_shared(e, share_${name}, &arguments, ${work});\n  return 0;\n}\n`;
  };
  const rows = list.map(({ name }) => `      {"${name}", 0, call_${name}, 0, 0, 0, napi_enumerable, data},`);
  return `// Made by scripts/native.js from kernels/kernels.h.\n${list.map(call).join("\n")}
static napi_status define_kernels(napi_env env, napi_value object, void *data) {
  const napi_property_descriptor properties[] = {
${rows.join("\n")}
  };
  return napi_define_properties(env, object, sizeof properties / sizeof *properties, properties);
}\n`;
}

/** The compiler's command, or why there is none. */
export function compiler() {
  if (!["linux", "darwin"].includes(process.platform))
    return { why: `the native engine is built on Linux and macOS, and this is ${process.platform}` };
  if (!(process.arch in INSTRUCTION_SETS)) return { why: `there are no native kernels for ${process.arch}` };
  // Without the command line tools macOS answers `cc` with a window that asks to install them.
  if (process.platform === "darwin" && spawnSync("xcode-select", ["-p"]).status !== 0)
    return { why: "there is no C compiler: the command line tools are not installed (xcode-select --install)" };
  const command = process.env.CC ?? "cc";
  if (spawnSync(command, ["--version"]).status !== 0)
    return {
      why: `there is no C compiler: \`${command}\` does not run. Install one (Debian: apt-get install gcc), then: npx tandem build-native`,
    };
  return { command };
}

/** The folder of node_api.h, or undefined where the package is not installed. */
function headers() {
  try {
    return createRequire(import.meta.url)("node-api-headers").include_dir;
  } catch {
    return undefined;
  }
}

/** Every source the addon is made from. */
export function nativeSources() {
  const below = (folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && /[.][ch]$/.test(entry.name))
      .map((entry) => join(folder, entry.name));
  return [...below(kernels), ...below(join(kernels, "native")), fileURLToPath(import.meta.url)].sort();
}

/** Tells an addon of these sources from one of others. */
export function nativeSourcesHash() {
  const hash = createHash("sha256");
  for (const path of nativeSources()) hash.update(readFileSync(path));
  return hash.digest("hex");
}

/**
 * Builds `tandem.node` in a folder, the package's own unless given, if it is not up to date. Throws where the folder cannot be
 * written to.
 * @returns {"built" | "up to date" | { why: string }}
 */
export function buildNative(output = packageFolder) {
  const why = (reason) => {
    mkdirSync(output, { recursive: true });
    rmSync(join(output, "tandem.node"), { force: true });
    writeFileSync(join(output, "why-not.txt"), `${reason}\n`);
    return { why: reason };
  };
  const { command, why: missing } = compiler();
  if (command === undefined) return why(missing);
  const include = headers();
  if (include === undefined)
    return why("the package node-api-headers is not installed. Install the dependencies again");
  const stamp = `${command} ${process.platform} ${process.arch} ${nativeSourcesHash()}`;
  const stampFile = join(output, "tandem.stamp");
  const addon = join(output, "tandem.node");
  if (existsSync(addon) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return "up to date";

  mkdirSync(output, { recursive: true });
  const list = parseKernels(readFileSync(join(kernels, "kernels.h"), "utf8"));
  writeFileSync(join(output, "table.generated.h"), tableHeader(list));
  writeFileSync(join(output, "bindings.generated.c"), bindings(list));
  const common = [...COMPILER_FLAGS, `-I${output}`, `-I${include}`, "-DTANDEM_NATIVE", "-DTANDEM_THREADS"];
  const compile = (source, object, flags) =>
    execFileSync(command, [...common, ...flags, "-c", join(kernels, "native", source), "-o", join(output, object)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
  try {
    const sets = Object.entries(INSTRUCTION_SETS[process.arch]);
    for (const [name, flags] of sets)
      compile("kernels.c", `kernels-${name}.o`, [...flags, `-DKERNEL_TABLE=kernels_${name}`]);
    for (const part of ["pool", "addon"]) compile(`${part}.c`, `${part}.o`, []);
    const objects = [...sets.map(([name]) => `kernels-${name}`), "pool", "addon"].map((name) =>
      join(output, `${name}.o`),
    );
    const link = process.platform === "darwin" ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared"];
    // Renamed into place: a process that has the old one open keeps it.
    execFileSync(command, [...link, "-pthread", ...objects, "-o", `${addon}.part`], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    renameSync(`${addon}.part`, addon);
    for (const object of objects) rmSync(object);
  } catch (error) {
    const said = String(error.stderr ?? error.message).trim();
    return why(`the C compiler failed: ${said.split("\n").find((line) => line.includes("error")) ?? said}`);
  }
  rmSync(join(output, "why-not.txt"), { force: true });
  writeFileSync(stampFile, stamp);
  return "built";
}

/** Whatever happens, in one answer: an install must not fail for want of speed. */
function tryBuildNative() {
  try {
    return buildNative();
  } catch (error) {
    return { why: error.message };
  }
}

// A path through a link is another path: the real ones are compared.
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const result = tryBuildNative();
  if (typeof result === "string") console.log(`native engine: ${result}`);
  else {
    console.log(`native engine: not built, WebAssembly computes instead: ${result.why}.`);
    if (!process.argv.includes("--install")) process.exitCode = 1;
  }
}
