// Bundles small apps of the packed package with Vite, webpack and esbuild and runs them in a real Chromium, under a content security
// policy: a Worker translates what Node.js translates, with the binary in the code and with the one fetched; a page trains. And
// prints how small an app can be. Takes a minute and the registry.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build as esbuild } from "esbuild";
import { chromium } from "playwright-core";
import { loadModel, train } from "tandem-seq2seq";
import { CHROMIUM_ARGUMENTS, findChromium } from "./chromium.js";
import { installConsumers, pack, root, runChecks } from "./packed.js";

const folder = join(root, "build/check-bundlers");
const project = join(folder, "consumers");
installConsumers(project, pack(folder).tarball);
const app = (name) => join(project, "app", name);
const output = (name) => join(folder, "output", name);
/** The project's own tools, not the ones of this repository. */
const { resolve } = createRequire(join(project, "package.json"));

const pairs = [
  ["one", "eins"],
  ["two", "zwei"],
  ["three", "drei"],
  ["four", "vier"],
];
const options = {
  source: { tokenizer: "chars" },
  target: { tokenizer: "chars" },
  data: { holdOut: 0 },
  model: { embeddingSize: 32, encoder: { hiddenSize: 32 }, decoder: { hiddenSize: 32 } },
  train: { batchSize: 4, epochs: 150, learningRate: 0.01 },
};
const lines = [...pairs.map(([source]) => source), "onetwo", "eleven", "x", ""];
const trained = await train(pairs, { ...options, backend: "wasm" });
const loaded = await loadModel(trained.toBytes(), { backend: "wasm" });
const expected = JSON.stringify(await loaded.translate(lines));

async function bundleWithVite() {
  const { build } = await import(pathToFileURL(join(project, "node_modules/vite/dist/node/index.js")));
  const bundle = (input, to) =>
    build({
      ...{ root: project, configFile: false, logLevel: "warn", base: "./", publicDir: false, worker: { format: "es" } },
      build: {
        ...{ outDir: to, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
        rollupOptions: { input, output: { entryFileNames: "[name].js" } },
      },
    });
  await bundle({ page: app("vite/page.js"), trainer: app("trainer.js") }, output("vite"));
}

async function bundleWithWebpack() {
  const webpack = createRequire(join(project, "package.json"))(resolve("webpack"));
  const compiler = webpack({
    ...{ context: project, mode: "production", target: ["web", "es2022"], performance: false },
    entry: { page: app("webpack/page.js"), trainer: app("trainer.js") },
    output: { path: output("webpack"), filename: "[name].js", publicPath: "auto", module: true },
    experiments: { outputModule: true },
  });
  const stats = await new Promise((done, fail) =>
    compiler.run((error, result) => (error ? fail(error) : done(result))),
  );
  const { errors, warnings } = stats.toJson();
  const messages = [...errors, ...warnings].map(({ message }) => message);
  assert.deepEqual(messages, []);
}

const forEsbuild = {
  ...{ bundle: true, format: "esm", platform: "browser", target: "es2022", minify: true, splitting: true },
  ...{ loader: { ".wasm": "file" }, metafile: true, logLevel: "silent", tsconfigRaw: {}, absWorkingDir: project },
};

async function bundleWithEsbuild() {
  // Two builds: what one of an esbuild build's entries needs, esbuild may put into a script that others load too.
  for (const entryPoints of [[app("esbuild/page.js"), app("esbuild/worker.js")], [app("trainer.js")]]) {
    const { warnings } = await esbuild({ ...forEsbuild, entryPoints, outdir: output("esbuild"), entryNames: "[name]" });
    assert.deepEqual(warnings, []);
  }
}

function scriptsBelow(name) {
  const entries = readdirSync(output(name), { recursive: true }).map(String);
  return entries.filter((path) => path.endsWith(".js"));
}

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const files = {
  "/model.safetensors": trained.toBytes(),
  "/lines.json": JSON.stringify(lines),
  "/pairs.json": JSON.stringify(pairs),
  "/options.json": JSON.stringify(options),
};

/** The data, and pages /<bundler>/page.html and /<bundler>/trainer.html with the scripts of that name. */
function serve() {
  const server = createServer(({ url }, response) => {
    const send = (type, body) =>
      response.writeHead(200, { "content-type": type, "content-security-policy": POLICY }).end(body);
    const [, bundler, page] = /^\/(\w+)\/(page|trainer)\.html$/.exec(url) ?? [];
    const path = join(folder, "output", decodeURI(url));
    if (page)
      send("text/html", `<!doctype html><title>${bundler}</title><script type="module" src="${page}.js"></script>`);
    else if (files[url]) send(TYPES[extname(url)] ?? "application/octet-stream", files[url]);
    else if (existsSync(path)) send(TYPES[extname(path)] ?? "application/octet-stream", readFileSync(path));
    else response.writeHead(404).end();
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

const executablePath = findChromium();
if (executablePath === undefined) throw new Error("NOT RUN: no Chromium was found. Install it, or set CHROMIUM_PATH.");
const server = await serve();
const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGUMENTS });

/** What the page's script answers, and what it asked the server for. */
async function open(path) {
  const page = await browser.newPage();
  const requests = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));
  const answered = new Promise((done, fail) => {
    page.exposeFunction("answer", done);
    page.on("pageerror", fail);
    setTimeout(() => fail(new Error("no answer within 60 s")), 60_000).unref();
  });
  await page.goto(`http://127.0.0.1:${server.address().port}${path}`);
  const answer = await answered;
  await page.close();
  assert.equal(answer.error, undefined);
  return { answer, requests };
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

async function checkApps(name, bundle) {
  mkdirSync(output(name), { recursive: true });
  await bundle();
  const { answer, requests } = await open(`/${name}/page.html`);
  assert.equal(JSON.stringify(answer.embedded), expected);
  assert.equal(JSON.stringify(answer.fetched), expected);
  assert.equal(requests.filter((path) => path.endsWith(".wasm")).length, 1);
  // A page that translates needs no recipe read.
  for (const path of requests.filter((path) => path.endsWith(".js")))
    assert.doesNotMatch(readFileSync(join(folder, "output", path), "utf8"), /ZodError|YAMLParseError/, path);
  const trainer = await open(`/${name}/trainer.html`);
  assert.deepEqual(
    trainer.answer.texts,
    pairs.map(([, target]) => target),
  );
  return `${scriptsBelow(name).length} scripts`;
}

/** An app that only translates, by esbuild: what it loads, and from which packages. */
async function measureSmallApp() {
  const entryPoints = [app("small.js")];
  const { outputFiles, metafile } = await esbuild({
    ...forEsbuild,
    entryPoints,
    outdir: output("small"),
    write: false,
  });
  const inputs = Object.keys(metafile.inputs);
  // What is imported on demand stands in files of its own, which an app that only translates never asks for.
  const used = outputFiles
    .filter(({ path }) => isLoadedFirst(metafile, path))
    .flatMap(({ path }) =>
      Object.entries(outputOf(metafile, path).inputs).flatMap(([input, { bytesInOutput }]) =>
        bytesInOutput > 0 ? [input] : [],
      ),
    );
  assert.ok(inputs.length > 30);
  assert.deepEqual(
    used.filter((path) => /node_modules\/(?!tandem-seq2seq\/)/.test(path)),
    [],
  );
  const find = (part) =>
    outputFiles.find(({ path }) => Object.keys(outputOf(metafile, path).inputs).some((input) => input.includes(part)));
  const parts = {
    code: outputFiles.filter(({ path }) => isLoadedFirst(metafile, path)),
    "WebAssembly, one thread": [find("wasm/binary.generated.js")],
    "or with threads": [find("wasm/binary-threads.generated.js")],
  };
  const described = Object.entries(parts).map(([part, list]) => {
    const bytes = list.reduce((sum, { contents }) => sum + contents.length, 0);
    const packed = list.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);
    return `${part} ${kilobytes(bytes)} (${kilobytes(packed)} gzipped)`;
  });
  writeFileSync(join(folder, "small.json"), JSON.stringify(metafile));
  return described.join(", ");
}

const outputOf = (metafile, path) =>
  Object.entries(metafile.outputs).find(([name]) => path.endsWith(name.replace(/^(\.\.\/)+/, "")))[1];

/** The entry and what it imports at once, not what it imports when that is needed. */
function isLoadedFirst(metafile, path) {
  // What is imported on demand is an entry too.
  const [entry] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint?.endsWith("app/small.js"));
  const loaded = new Set([entry]);
  for (const name of loaded)
    for (const { path: imported, kind } of metafile.outputs[name].imports)
      if (kind === "import-statement") loaded.add(imported);
  return [...loaded].some((name) => path.endsWith(name.replace(/^(\.\.\/)+/, "")));
}

try {
  console.log(`Chromium ${browser.version()}`);
  await runChecks({
    Vite: () => checkApps("vite", bundleWithVite),
    webpack: () => checkApps("webpack", bundleWithWebpack),
    esbuild: () => checkApps("esbuild", bundleWithEsbuild),
    "the smallest app that translates, no zod and no yaml in what it loads": measureSmallApp,
  });
} finally {
  await browser.close();
  server.close();
  loaded.dispose();
  trained.dispose();
}
