import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AbortedError, TandemError } from "../../errors.js";
import type { Backend } from "../kernels.js";
import { createWasmBackend } from "./wasm.js";

const binary = (name: string) => readFileSync(new URL(`../../../build/wasm/${name}`, import.meta.url));

/** The kernels' source hash, which the binary ends with, changed in its last digit. */
function ofOtherSources(): Buffer {
  const bytes = binary("kernels.wasm");
  bytes[bytes.length - 1]! ^= 1;
  return bytes;
}

const files: Record<string, { type: string; body: Buffer | string }> = {
  "/kernels.wasm": { type: "application/wasm", body: binary("kernels.wasm") },
  "/untyped.wasm": { type: "application/octet-stream", body: binary("kernels.wasm") },
  "/threads.wasm": { type: "application/wasm", body: binary("kernels-threads.wasm") },
  "/other.wasm": { type: "application/wasm", body: ofOtherSources() },
  "/page": { type: "text/html", body: "<p>Not found</p>" },
};

let server: Server;
let address: string;
beforeAll(async () => {
  server = createServer(({ url = "" }, response) => {
    const file = files[url];
    if (!file) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": file.type }).end(file.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

function tanh(backend: Backend): number[] {
  const { memory, kernels } = backend;
  const pointer = memory.reserve(64);
  memory.floats(pointer, 16).set(Array.from({ length: 16 }, (_, i) => i / 4 - 2));
  kernels.tanhForward(pointer, pointer, 16);
  return [...memory.floats(pointer, 16)];
}

it.each(["kernels", "untyped", "threads"])("%s.wasm computes what the binary in the package does", async (name) => {
  const fetched = await createWasmBackend({ wasmUrl: `${address}/${name}.wasm`, threads: 2 });
  expect(fetched.threads).toBe(name === "threads" ? 2 : 1);
  expect(tanh(fetched)).toEqual(tanh(await createWasmBackend({ threads: 1 })));
  fetched.dispose?.();
});

it.each([
  ["missing.wasm", /expected a file, got HTTP status 404\. Check the address/],
  ["page", /expected a WebAssembly binary, got something else/],
  ["other.wasm", /expected the kernels [0-9a-f]{16}, got [0-9a-f]{15}.\. Copy kernels\.wasm/],
])("%s is answered in one sentence", async (name, sentence) => {
  const refused = createWasmBackend({ wasmUrl: new URL(name, address) });
  await expect(refused).rejects.toThrow(TandemError);
  await expect(refused).rejects.toThrow(sentence);
});

it("an address where nobody answers, and a signal", async () => {
  await expect(createWasmBackend({ wasmUrl: "http://127.0.0.1:9/kernels.wasm" })).rejects.toThrow("got none");
  const stopped = createWasmBackend({ wasmUrl: `${address}/kernels.wasm`, signal: AbortSignal.abort() });
  await expect(stopped).rejects.toThrow(AbortedError);
});
