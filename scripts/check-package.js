// Packs the package and uses it as others do: installed into empty projects by several versions of npm and Node.js, install scripts
// blocked and not, then looked at by publint, are-the-types-wrong and TypeScript. Takes minutes and the registry.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { installConsumers, pack, root, run, runChecks } from "./packed.js";

/** Outside of the repository, in whose node_modules the server would be found. */
const folder = mkdtempSync(join(tmpdir(), "tandem-package-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const { tarball, size, unpackedSize, files } = pack(folder);
const server = pack(join(folder, "server"), join(root, "server"));
const tools = join(folder, "consumers");
const NOBODY = 65_534;

/** What belongs into the package besides package.json. */
const PARTS = [
  /^dist\/(?!.*\.test\.).+\.(js|d\.ts)$/,
  /^dist\/(kernels|kernels-threads)\.wasm$/,
  /^dist\/recipe\/recipe\.schema\.json$/,
  /^dist\/kernels\/native\/sources-hash\.txt$/,
  /^kernels\/([a-z]+\/)?[\w-]+\.[ch]$/,
  /^scripts\/(kernel-list|native)\.js$/,
  /^(README|README\.zh-CN|CHANGELOG)\.md$/,
  /^(LICENSE|package\.json)$/,
];
/** What nothing works without. */
const NEEDED = [
  ...["dist/index.d.ts", "dist/browser.js", "dist/node/index.js", "dist/node/tandem.js", "dist/kernels.wasm"],
  ...["dist/kernels/wasm/binary.generated.js", "kernels/kernels.h", "kernels/native/addon.c", "scripts/native.js"],
  ...["README.md", "LICENSE", "CHANGELOG.md"],
];

/** Node.js and npm by their paths, fetched where they are not those at hand. */
const node24 = () => run(["npx", "-y", "node@24", "-p", "process.execPath"]).stdout.trim();
const npm = (version) => realpathSync(run(["npx", "-y", "-p", `npm@${version}`, "-c", "command -v npm"]).stdout.trim());

/** An empty project, and how its commands are run. */
function project(name, node, npmCli) {
  const cwd = join(folder, name);
  rmSync(cwd, { recursive: true, force: true });
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  copyFileSync(join(root, "test/consumers/use.js"), join(cwd, "use.js"));
  const env = {
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
    XDG_CACHE_HOME: join(cwd, "cache"),
  };
  const start = (command, options) => run(command, { cwd, env, ...options });
  return {
    cwd,
    env,
    install: (...given) =>
      start([node, npmCli, "install", "--no-audit", "--no-fund", "--prefer-offline", ...given, tarball]),
    tandem: (...given) => start([node, npmCli, "exec", "--offline", "--", "tandem", ...given]),
    use: () => JSON.parse(start([node, "use.js"]).stdout),
  };
}

const WORDS = ["eins", "zwei", "drei", "vier"];

/** Without install scripts: WebAssembly, and the doctor says what to do; after `tandem build-native`: the native engine. */
function worksWithBlockedScripts(name, node, npmCli) {
  const { install, tandem, use } = project(name, node, npmCli);
  install("--ignore-scripts");
  const before = use();
  assert.deepEqual({ backend: before.backend, texts: before.texts }, { backend: "wasm", texts: WORDS });
  assert.match(
    tandem("doctor").stdout,
    /^native engine +no: it has not been built\. Build it: npx tandem build-native$[\s\S]*^backend +wasm$/m,
  );
  const said = tandem("build-native").stdout.trim();
  assert.match(
    said,
    /^native engine: built in \d+:\d\d, for .+node_modules\/tandem-seq2seq\/build\/native\/tandem\.node$/,
  );
  assert.match(tandem("build-native").stdout, /^native engine: up to date, for /);
  assert.match(tandem("doctor").stdout, /^native engine +yes, for [\s\S]*^backend +native$/m);
  const after = use();
  assert.deepEqual({ backend: after.backend, texts: after.texts }, { backend: "native", texts: WORDS });
  return `Node.js ${after.node}, npm ${run([node, npmCli, "--version"]).stdout.trim()}`;
}

const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const compile = (module, moduleResolution) => () => {
  const config = join(tools, "types", `tsconfig.${moduleResolution}.json`);
  const compilerOptions = {
    ...{ module, moduleResolution, target: "ES2022", lib: ["ES2022", "DOM"], types: [] },
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
  };
  writeFileSync(config, JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
  run([process.execPath, compiler, "-p", config]);
};

console.log(
  `${files.length} files, ${(size / 1000).toFixed(0)} kB packed, ${(unpackedSize / 1000).toFixed(0)} kB unpacked`,
);
await runChecks({
  "the tarball holds what is needed and nothing else": () => {
    assert.deepEqual(
      files.filter((path) => !PARTS.some((part) => part.test(path))),
      [],
    );
    assert.deepEqual(
      NEEDED.filter((path) => !files.includes(path)),
      [],
    );
  },
  "scripts blocked, this Node.js, npm 11": () => worksWithBlockedScripts("here-11", process.execPath, npm(11)),
  "scripts blocked, Node.js 24, npm 11": () => worksWithBlockedScripts("24-11", node24(), npm(11)),
  // npm 12 itself asks for Node.js 22 or newer.
  "scripts blocked, Node.js 24, npm 12": () => worksWithBlockedScripts("24-12", node24(), npm(12)),
  "scripts allowed: npm builds the native engine": () => {
    const { install, use } = project("scripts", process.execPath, npm(11));
    install();
    assert.equal(use().backend, "native");
  },
  "scripts allowed and no compiler: the install succeeds, WebAssembly computes, the doctor says why": () => {
    const { install, tandem, use, env } = project("no-compiler", process.execPath, npm(11));
    env.CC = "no-such-compiler";
    install();
    assert.equal(use().backend, "wasm");
    assert.match(
      tandem("doctor").stdout,
      /^native engine +no: there is no C compiler: .*then: npx tandem build-native$/m,
    );
  },
  "a package that cannot be written to: the native engine goes into the cache": () => {
    const { install, cwd, env } = project("read-only", process.execPath, npm(11));
    install("--ignore-scripts");
    run(["chmod", "-R", "a-w", join(cwd, "node_modules/tandem-seq2seq")]);
    mkdirSync(env.XDG_CACHE_HOME);
    run(["chmod", "a+rwx", env.XDG_CACHE_HOME]);
    // Permissions do not hold root back: nobody takes its place.
    const someone = process.getuid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    const main = join(cwd, "node_modules/tandem-seq2seq/dist/node/tandem.js");
    const tandem = (name) => run([process.execPath, main, name], { cwd, env, ...someone }).stdout;
    assert.match(tandem("build-native"), /^native engine: built in .*cache\/tandem-seq2seq\/native-/);
    assert.match(tandem("doctor"), /^backend +native$/m);
    run(["chmod", "-R", "u+w", join(cwd, "node_modules/tandem-seq2seq")]);
  },
  "the server's tarball installs beside it and answers": () => {
    const parts =
      /^(dist\/[\w-]+\.(js|d\.ts)|dist\/page\/(assets|models)\/[^/]+|dist\/page\/[\w-]+\.(html|json|svg)|README\.md|LICENSE|package\.json)$/;
    assert.deepEqual(
      server.files.filter((path) => !parts.test(path)),
      [],
    );
    for (const path of ["dist/index.js", "dist/worker.js", "dist/page/index.html", "README.md", "LICENSE"])
      assert.ok(server.files.includes(path), path);
    const { cwd, env, install } = project("server-beside", process.execPath, npm(11));
    const tandem = join(cwd, "node_modules/tandem-seq2seq/dist/node/tandem.js");
    install("--ignore-scripts");
    const without = run([process.execPath, tandem, "serve", "none"], { cwd, env, mayFail: true });
    assert.match(without.stderr, /^serve: expected the package tandem-seq2seq-server, got none\. Install it /);
    install("--ignore-scripts", server.tarball);
    copyFileSync(join(root, "test/consumers/serve.js"), join(cwd, "serve.js"));
    const { answer, page } = JSON.parse(run([process.execPath, "serve.js", tandem], { cwd, env }).stdout);
    assert.equal(typeof answer.results[0].text, "string");
    assert.match(page, /<script type="module"/);
  },
  "publint has nothing to say of the server": () => {
    installConsumers(tools, tarball);
    run([join(tools, "node_modules/.bin/publint"), "run", server.tarball, "--strict"], { cwd: tools });
  },
  "publint has nothing to say": () => {
    installConsumers(tools, tarball);
    const { output } = run([join(tools, "node_modules/.bin/publint"), "run", tarball, "--strict"], { cwd: tools });
    return output.trim().split("\n").at(-1);
  },
  "are the types wrong? (ESM only)": () => {
    const entries = ["kernels.wasm", "kernels-threads.wasm", "recipe.schema.json"];
    const { output } = run(
      [join(tools, "node_modules/.bin/attw"), tarball, "--profile", "esm-only", "--exclude-entrypoints", ...entries],
      { cwd: tools },
    );
    assert.match(output, /bundler .*🟢/);
  },
  "TypeScript, moduleResolution node16": compile("Node16", "Node16"),
  "TypeScript, moduleResolution nodenext": compile("NodeNext", "NodeNext"),
  "TypeScript, moduleResolution bundler": compile("ESNext", "Bundler"),
});
