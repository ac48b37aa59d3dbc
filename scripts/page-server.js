// Serves the built page on a free port of this machine, under the content security policy that docs/page.md states.
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

export const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; img-src 'self' blob:; object-src 'none'; base-uri 'none'";

const ISOLATION = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".safetensors": "application/octet-stream",
};

const dist = fileURLToPath(new URL("../web/dist", import.meta.url));

/**
 * Resolves with the page's address, `isolated`, where the same page is cross-origin isolated, and `close`. `files` (by path from
 * the page) stand before those of the build.
 */
export function servePage(files = {}) {
  const server = createServer(({ url }, response) => {
    const isolated = url.startsWith("/isolated/");
    const path = decodeURI(new URL(url, "http://page").pathname).replace(/^\/isolated\//, "/");
    const file = join(dist, normalize(path.endsWith("/") ? `${path}index.html` : path));
    const given = files[path.slice(1)];
    if (given === undefined && !statSync(file, { throwIfNoEntry: false })?.isFile())
      return response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-security-policy": POLICY,
      ...(isolated && ISOLATION),
    });
    if (given === undefined) createReadStream(file).pipe(response);
    else response.end(given);
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = `http://127.0.0.1:${server.address().port}/`;
      resolve({ address, isolated: `${address}isolated/`, close: () => server.close() });
    }),
  );
}
