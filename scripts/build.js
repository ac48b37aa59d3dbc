// Builds everything: C kernels → WebAssembly (embedded as base64) and, with a C compiler, → native addon; src → dist → dist/node,
// server/src → server/dist, examples → build/examples, and with --page the page → web/dist and server/dist/page. A stamp of the inputs skips whatever is already up to date, so that `npm start` and `npm test` cost nothing twice.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleForNode } from "./bundle.js";
import { buildNative, nativeSources, nativeSourcesHash } from "./native.js";
import { buildWasm, wasmBinaries, wasmModules, wasmSources } from "./wasm.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const quiet = process.argv.includes("--quiet");
const withPage = process.argv.includes("--page");
const say = (line) => quiet || console.log(line);

/** Every file below the folders, or the files themselves, in a fixed order. */
function filesBelow(...places) {
  return places.flatMap((place) => {
    const path = join(root, place);
    if (!existsSync(path)) return [];
    const entries = readdirSync(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  });
}

function digest(paths) {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(path.slice(root.length)).update(readFileSync(path));
  return hash.digest("hex");
}

/** Runs `work` unless the inputs are those of its last success. */
async function step(name, inputs, outputs, work) {
  const stampFile = join(root, "build", `${name}.stamp`);
  const stamp = digest(inputs);
  const fresh = existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp && outputs.every(existsSync);
  if (fresh) return say(`${name}: up to date`);
  const start = performance.now();
  await work();
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
  say(`${name}: built in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

function tsc(project) {
  const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", join(root, project)], { stdio: "inherit" });
}

const bundler = join(root, "scripts/bundle.js");
const isSource = (path) => !path.endsWith(".test.ts");
const configs = ["package.json", "tsconfig.json", "tsconfig.build.json"].map((name) => join(root, name));

try {
  await step("kernels", wasmSources, [...wasmModules, ...wasmBinaries], buildWasm);
  const native = buildNative();
  say(typeof native === "string" ? `native engine: ${native}` : `native engine: none: ${native.why}`);
  const sources = filesBelow("src").filter(isSource);
  await step(
    "src",
    [...sources, ...nativeSources(), ...configs, bundler],
    [join(root, "dist/node/index.js")],
    async () => {
      rmSync(join(root, "dist"), { recursive: true, force: true });
      tsc("tsconfig.build.json");
      for (const path of wasmBinaries) copyFileSync(path, join(root, "dist", basename(path)));
      writeFileSync(join(root, "dist/kernels/native/sources-hash.txt"), `${nativeSourcesHash()}\n`);
      await bundleForNode();
      const schema = await import(join(root, "dist/recipe/json-schema.js"));
      writeFileSync(
        join(root, "dist/recipe/recipe.schema.json"),
        `${JSON.stringify(schema.recipeJsonSchema(), null, 2)}\n`,
      );
    },
  );
  const server = [
    ...filesBelow("server/src").filter(isSource),
    join(root, "server/package.json"),
    join(root, "server/tsconfig.json"),
  ];
  await step("server", [...server, ...sources, ...configs], [join(root, "server/dist/index.js")], () => {
    rmSync(join(root, "server/dist"), { recursive: true, force: true });
    tsc("server/tsconfig.json");
  });
  const examples = filesBelow("examples").filter(isSource);
  await step("examples", [...examples, ...sources, ...configs], [join(root, "build/examples")], () => {
    rmSync(join(root, "build/examples"), { recursive: true, force: true });
    tsc("examples/tsconfig.json");
  });
  if (withPage) {
    const files = ["index.html", "vite.config.js", "package.json", "src", "public", "models"].map(
      (name) => `web/${name}`,
    );
    const page = files.flatMap((name) => (name.includes(".") ? [join(root, name)] : filesBelow(name)));
    await step(
      "page",
      [...page, ...sources, ...wasmSources, ...configs],
      [join(root, "web/dist/index.html")],
      async () => {
        const { build } = await import("vite");
        await build({ root: join(root, "web"), configFile: join(root, "web/vite.config.js"), logLevel: "warn" });
      },
    );
  }
  const built = filesBelow("web/dist");
  if (built.length > 0)
    await step("page of the server", built, [join(root, "server/dist/page/index.html")], () => {
      rmSync(join(root, "server/dist/page"), { recursive: true, force: true });
      cpSync(join(root, "web/dist"), join(root, "server/dist/page"), { recursive: true });
    });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
