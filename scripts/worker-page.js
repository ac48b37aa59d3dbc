// A page with the library in a Worker, for the checks that need a browser.
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The Worker's script, check-browser-worker.js: the package by its own name, through the `browser` condition of its exports. */
export async function bundleWorker() {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [join(root, "scripts/check-browser-worker.js")],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2023",
    write: false,
    // Without the paths of tsconfig.json, which lead to the sources.
    tsconfigRaw: {},
  });
  return outputFiles[0].text;
}

/** Has a Worker and asks it, or itself, for the actions of check-browser-worker.js. */
export const WORKER_PAGE = `<!doctype html><meta charset="utf-8"><title>Tandem in a Worker</title><link rel="icon" href="data:,">
<script type="module">
  const worker = new Worker("worker.js", { type: "module" });
  const waiting = new Map();
  worker.addEventListener("message", ({ data }) => {
    const { resolve, reject } = waiting.get(data.id);
    if ("error" in data) reject(new Error(data.error)); else resolve(data.answer);
  });
  worker.addEventListener("error", ({ message }) => waiting.forEach(({ reject }) => reject(new Error(message))));
  window.inPage = async (action, input) => {
    const { actions } = await import("./worker.js");
    return actions[action](input);
  };
  window.ask = (action, input) => new Promise((resolve, reject) => {
    const id = waiting.size;
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, action, input });
  });
</script>`;

/** What makes a page cross-origin isolated. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** Serves `files`, and all of them again isolated below /isolated, on a free port of this machine; resolves with the server. */
export function serveFiles(files) {
  const server = createServer((request, response) => {
    const isolated = request.url.startsWith("/isolated/");
    const file = files[isolated ? request.url.slice("/isolated".length) : request.url];
    if (file === undefined) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": file.type, ...(isolated && ISOLATION) }).end(file.body);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** Opens a page that `serveFiles` serves; gives what puts a question to its Worker, or with "inPage" to itself. */
export async function openWorkerPage(browser, server, path) {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}${path}`);
  await page.waitForFunction(() => "ask" in window);
  return (action, input, where = "ask") =>
    page.evaluate(([place, name, value]) => window[place](name, value), [where, action, input]);
}
