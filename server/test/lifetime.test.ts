import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { createServer, type ServerOptions } from "tandem-seq2seq-server";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { command } from "../../test/support/command.js";
import { clientOf, eventsOf } from "./support/client.js";
import { pairs, trainedModels } from "./support/models.js";

let models: Awaited<ReturnType<typeof trainedModels>>;
const texts = pairs.map(([source]) => source);
/** Takes many seconds unless it is stopped. */
const endless = {
  text: [...texts, ...texts, ...texts, ...texts],
  options: { beamSize: 64, minLength: 4000, maxLength: 4096 },
};
const toClose: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  models = await trainedModels();
}, 60_000);
afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
}, 60_000);
afterAll(() => models?.remove());

async function listening(options: Partial<ServerOptions> = {}) {
  const server = await createServer({
    ...{ models: [models.path("numbers")], port: 0, page: false, logLevel: "silent" },
    ...options,
  });
  toClose.push(() => server.close());
  return clientOf(await server.listen());
}

test("what takes too long is stopped, and the next request finds the thread free", async () => {
  const client = await listening({ timeLimit: 1 });
  const answer = await client.post("/v1/translate", endless);
  expect([answer.status, answer.json.error.code]).toEqual([503, "time_limit"]);
  expect(answer.headers.get("retry-after")).toBe("1");
  expect((await client.post("/v1/translate", { text: "two six" })).json.results[0].text).toBe("zwei sechs");
});

test("what nobody waits for any more is stopped", async () => {
  const client = await listening();
  const controller = new AbortController();
  const answer = client.post("/v1/translate", endless, { signal: controller.signal });
  answer.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 300));
  controller.abort();
  await expect(answer).rejects.toThrow(/abort/);
  const start = performance.now();
  expect((await client.post("/v1/translate", { text: "two six" })).status).toBe(200);
  expect(performance.now() - start).toBeLessThan(5000);
  const [, counted] =
    /^tandem_requests_total\{route="\/v1\/translate",status="499"\} (\d+)$/m.exec(
      (await client.get("/metrics")).text,
    ) ?? [];
  expect(counted).toBe("1");
});

test("more than may wait is refused with the time to come again; what was taken is answered", async () => {
  const client = await listening({ queueLimit: 3, textsLimit: 3, batchSize: 1 });
  const options = { beamSize: 64, minLength: 200, maxLength: 300 };
  const answers = await Promise.all(texts.slice(0, 12).map((text) => client.post("/v1/translate", { text, options })));
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 200).length + refused.length).toBe(12);
  expect(refused.length).toBeGreaterThan(4);
  for (const { json, headers } of refused) {
    expect(json.error).toMatchObject({ code: "queue_full", message: expect.stringMatching(/at most 3 texts to wait/) });
    expect(Number(headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  }
});

test("a thread that dies is answered for with one sentence, and the next request finds another", async () => {
  const threads = new Set<Worker>();
  const { postMessage } = Worker.prototype;
  vi.spyOn(Worker.prototype, "postMessage").mockImplementation(function (this: Worker, message) {
    threads.add(this);
    postMessage.call(this, message);
  });
  const client = await listening();
  const answer = client.post("/v1/translate", endless);
  await expect.poll(() => threads.size).toBe(1);
  for (const thread of threads) await thread.terminate();
  const { status, json } = await answer;
  expect([status, json.error.code]).toEqual([503, "worker_died"]);
  expect(json.error.message).toMatch(/has been started again\. Send the request again\.$/);
  expect((await client.post("/v1/translate", { text: "two six" })).json.results[0].text).toBe("zwei sechs");
  expect((await client.get("/metrics")).text).toMatch(/^tandem_worker_restarts_total 1$/m);
  vi.restoreAllMocks();
});

test("a fault behind a stream that has begun ends it with one sentence, and its stack is in the log", async () => {
  vi.spyOn(Worker.prototype, "postMessage").mockImplementation(function (this: Worker, { kind, id }) {
    if (kind !== "run") return;
    this.emit("message", { kind: "event", id, json: '{"text":"zwei"}' });
    this.emit("message", { kind: "done", id, outcomes: [{ code: "internal", message: "Error: why\n    at where" }] });
  });
  const logged: string[] = [];
  const client = await listening({ logLevel: "error", logStream: { write: (line) => logged.push(line) } });
  const { status, text } = await client.post("/v1/translate", { text: "two six", stream: true });
  vi.restoreAllMocks();
  expect(status).toBe(200);
  expect(eventsOf(text).at(-1)).toMatchObject({ name: "error", data: { error: { code: "internal" } } });
  expect(text).not.toContain("why");
  expect(logged.map((line) => JSON.parse(line).err.stack)).toEqual([expect.stringContaining("at where")]);
});

test.each([
  ["headers", "POST /v1/translate HTTP/1.1\r\nhost: localhost\r\nx-a: ", "b"],
  [
    "a body",
    'POST /v1/translate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"text":"',
    "a",
  ],
])("%s that dribble in are cut off", async (_, beginning, drop) => {
  const client = await listening({ receiveLimit: 1 });
  const socket = connect(Number(new URL(client.address).port), "127.0.0.1");
  let heard = "";
  socket.on("data", (data) => {
    heard += String(data);
  });
  socket.on("error", () => {});
  socket.write(beginning);
  const timer = setInterval(() => socket.write(drop), 100);
  await once(socket, "close");
  clearInterval(timer);
  expect(heard).toMatch(/^HTTP\/1.1 408 /);
  expect(heard).toContain('"code":"request_timeout"');
});

test.each([["SIGTERM"], ["SIGINT"]] as const)("on %s what was accepted is finished", async (signal) => {
  const child = spawn(process.execPath, [
    ...[command, "serve", models.path("numbers"), "--port", "0", "--log-level", "silent", "--no-page"],
  ]);
  toClose.push(async () => child.kill("SIGKILL"));
  const client = clientOf(await addressOf(child));
  // Callers that go at once must not be waited for.
  const gone = Array.from({ length: 20 }, (_, i) =>
    client.post("/v1/translate", endless, { signal: AbortSignal.timeout(i) }).catch(() => {}),
  );
  await Promise.all(gone);
  const waiting = async (): Promise<number> => (await client.get("/healthz")).json.waiting;
  await expect.poll(waiting).toBe(0);
  const options = { beamSize: 16, minLength: 40, maxLength: 60 };
  const answers = Array.from({ length: 12 }, () => client.post("/v1/translate", { text: texts, options }));
  await expect.poll(waiting).toBeGreaterThan(8 * texts.length);
  child.kill(signal);
  const ended = once(child, "exit");
  for (const { status, json } of await Promise.all(answers)) {
    expect(status).toBe(200);
    expect(json.results).toHaveLength(texts.length);
  }
  const answered = performance.now();
  expect(await ended).toEqual([0, null]);
  expect(performance.now() - answered).toBeLessThan(10_000);
  await expect(client.get("/healthz")).rejects.toThrow();
});

/** Where a process says that it listens. */
async function addressOf({ stderr }: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: stderr! })) {
    const [address] = /^http:\S+/.exec(line) ?? [];
    if (address !== undefined) return address;
    throw new Error(line);
  }
  throw new Error("it ended");
}
