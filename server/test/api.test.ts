import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel, TandemError } from "tandem-seq2seq";
import { createServer, type TandemServer } from "tandem-seq2seq-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { command } from "../../test/support/command.js";
import { errorSchema, modelListSchema, modelsSchema, resultSchemas, resultsOf, traceSchema } from "../src/schemas.js";
import { clientOf, eventsOf } from "./support/client.js";
import { pairs, trainedModels } from "./support/models.js";

const texts = pairs.map(([source]) => source);
let models: Awaited<ReturnType<typeof trainedModels>>;
let server: TandemServer;
let client: ReturnType<typeof clientOf>;
const logged: string[] = [];

beforeAll(async () => {
  models = await trainedModels();
  server = await createServer({
    models: ["numbers", "sizes", "parity", "lines"].map(models.path),
    ...{ port: 0, page: false, logStream: { write: (line) => logged.push(line) } },
  });
  client = clientOf(await server.listen());
}, 60_000);
afterAll(async () => {
  await server?.close();
  models?.remove();
}, 60_000);

describe("answers", () => {
  test("are the translations of the library and of the command", async () => {
    const options = { beamSize: 4, nbest: 2, attention: true };
    const { json } = await client.post("/v1/translate", { text: texts, options });
    using library = await loadModel(models.path("numbers"), { task: "translate" });
    expect(json.results).toEqual(await library.translate(texts, options));
    const { stdout } = spawnSync(process.execPath, [command, "predict", models.path("numbers"), "--beam", "4"], {
      input: texts.join("\n"),
      encoding: "utf8",
    });
    expect(`${json.results.map(({ text }: { text: string }) => text).join("\n")}\n`).toBe(stdout);
    expect(new Set(stdout.split("\n")).size).toBeGreaterThan(20);
  });

  test("of requests that shared a batch are those of each by itself, each with its prefix", async () => {
    using library = await loadModel(models.path("numbers"), { task: "translate" });
    const some = texts.slice(0, 20);
    const answers = await Promise.all(
      some.map((text, i) => client.post("/v1/translate", { text, ...(i % 3 === 0 && { prefix: "acht" }) })),
    );
    for (const [i, { json }] of answers.entries()) {
      const options = { attention: false, ...(i % 3 === 0 && { prefix: "acht" }) };
      expect(json.results).toEqual(await library.translate([some[i]!], options));
    }
    const { text } = await client.get("/metrics");
    const [, batches] = /tandem_batch_texts_count (\d+)/.exec(text) ?? [];
    const [, sum] = /tandem_batch_texts_sum (\d+)/.exec(text) ?? [];
    expect(Number(batches)).toBeLessThan(Number(sum) - 64);
  });

  test("of classifying, tagging, encoding and tracing are the library's", async () => {
    const { json: kinds } = await client.post("/v1/classify", { text: texts, options: { reason: "gradient" } });
    using sizes = await loadModel(models.path("sizes"), { task: "classify" });
    expect(kinds.results).toEqual(await sizes.classify(texts, { reason: "gradient" }));
    const { json: tags } = await client.post("/v1/tag", { text: texts });
    using parity = await loadModel(models.path("parity"), { task: "tag" });
    expect(tags.results).toEqual(await parity.tag(texts));
    using numbers = await loadModel(models.path("numbers"), { task: "translate" });
    const { json: codes } = await client.post("/v1/encode", { model: "numbers", text: texts });
    expect(codes.results.map((code: number[]) => Float32Array.from(code))).toEqual(await numbers.encode(texts));
    const { json: traced } = await client.post("/v1/trace", { model: "numbers", text: "two six", beamSize: 3 });
    expect(traced.trace).toEqual(JSON.parse(JSON.stringify(numbers.trace("two six", { beamSize: 3 }))));
  });

  test("of a language model are the library's, and the same for the same seed beside other requests", async () => {
    using lines = await loadModel(models.path("lines"), { task: "language-model" });
    const options = { seed: 5, temperature: 1.5 };
    const [first, second, begun] = await Promise.all([
      client.post("/v1/generate", { count: 5, options }),
      client.post("/v1/generate", { count: 5, options }),
      client.post("/v1/generate", { prefix: ["two", "two", "six"], options }),
    ]);
    expect(first.json.results).toEqual(await lines.generate(5, options));
    expect(second.json).toEqual(first.json);
    expect(begun.json.results).toEqual(await lines.generate(["two", "two", "six"], options));
  });

  test("stream token by token and end with the whole result", async () => {
    const { text, headers } = await client.post("/v1/translate", { text: "six two", stream: true });
    expect(headers.get("content-type")).toMatch(/^text\/event-stream/);
    const events = eventsOf(text);
    using library = await loadModel(models.path("numbers"), { task: "translate" });
    const [expected] = await library.translate(["six two"], { attention: false });
    expect(events.at(-1)).toEqual({ name: "result", data: expected });
    const told = events.slice(0, -1);
    expect(told.length).toBeGreaterThan(0);
    for (const { name, data } of told) {
      expect(name).toBe("token");
      expect(expected!.tokens.slice(0, data.tokens.length)).toEqual(data.tokens);
    }
    const written = eventsOf((await client.post("/v1/generate", { prefix: "two", stream: true })).text);
    expect(written.at(-1)?.data.text).toMatch(/^two/);
  });

  test("look as the schemas say", async () => {
    const check = (schema: z.ZodType, value: unknown) => expect(schema.safeParse(value).error?.issues).toBeUndefined();
    const some = texts.slice(0, 3);
    const options = { attention: true, nbest: 2 };
    check(resultsOf(resultSchemas.translate), (await client.post("/v1/translate", { text: some, options })).json);
    const reason = { reason: "gradient" };
    check(resultsOf(resultSchemas.classify), (await client.post("/v1/classify", { text: some, options: reason })).json);
    check(resultsOf(resultSchemas.tag), (await client.post("/v1/tag", { text: some })).json);
    check(resultsOf(resultSchemas.generate), (await client.post("/v1/generate", { count: 2 })).json);
    check(resultsOf(resultSchemas.encode), (await client.post("/v1/encode", { model: "sizes", text: some })).json);
    for (const model of ["numbers", "sizes", "parity", "lines"])
      check(traceSchema, (await client.post("/v1/trace", { model, text: "two six" })).json);
    check(modelsSchema, (await client.get("/v1/models")).json);
    check(modelListSchema, (await client.get("/models.json")).json);
    check(errorSchema, (await client.get("/nowhere")).json);
  });
});

describe("refusals", () => {
  const cases: [string, string, unknown, number, string, string | undefined, RegExp][] = [
    ["no JSON", "/v1/translate", "{", 400, "invalid_json", undefined, /expected JSON/],
    ["nothing", "/v1/translate", "", 400, "invalid_json", undefined, /got nothing/],
    ["a list", "/v1/translate", [], 400, "invalid_request", undefined, /expected a JSON object, got an empty list/],
    [
      "no text",
      "/v1/translate",
      {},
      400,
      "invalid_request",
      "text",
      /expected a text or a list of 1 to 256 texts, got nothing/,
    ],
    [
      "a number among texts",
      "/v1/tag",
      { text: ["a", 5] },
      400,
      "invalid_request",
      "text[1]",
      /expected a text, got 5/,
    ],
    ["no texts", "/v1/tag", { text: [] }, 400, "invalid_request", "text", /a list of 1 to 256 texts, got one of 0/],
    [
      "a long text",
      "/v1/tag",
      { text: "a".repeat(2001) },
      400,
      "invalid_request",
      "text",
      /at most 2000 characters, got 2001/,
    ],
    [
      "a slip in a name",
      "/v1/translate",
      { text: "a", options: { beamsize: 2 } },
      400,
      "invalid_request",
      "options.beamsize",
      /did you mean "beamSize"/,
    ],
    [
      "a range",
      "/v1/translate",
      { text: "a", options: { topP: 2 } },
      400,
      "invalid_request",
      "options.topP",
      /a number from 0.001 to 1, got 2/,
    ],
    [
      "a choice",
      "/v1/translate",
      { text: "a", options: { stopping: "soon" } },
      400,
      "invalid_request",
      "options.stopping",
      /one of full, certain, never, got "soon"/,
    ],
    [
      "options that do not go together",
      "/v1/translate",
      { text: "a", options: { beamSize: 2, nbest: 3 } },
      400,
      "invalid_request",
      undefined,
      /nbest: expected at most beamSize, 2, got 3/,
    ],
    [
      "a word the model cannot write",
      "/v1/translate",
      { text: "two", options: { required: ["zwölf"] } },
      400,
      "invalid_request",
      undefined,
      /words the model can write/,
    ],
    [
      "outputs without end",
      "/v1/translate",
      { text: "aaaa", options: { maxLength: { timesSource: 100, plus: 4000 } } },
      400,
      "invalid_request",
      "options.maxLength",
      /at most 4096 tokens, got 4400/,
    ],
    [
      "prefixes for other texts",
      "/v1/translate",
      { text: ["a", "b"], prefix: ["c"] },
      400,
      "invalid_request",
      "prefix",
      /one for each of 2 texts, got 1/,
    ],
    [
      "several texts in a stream",
      "/v1/translate",
      { text: ["a", "b"], stream: true },
      400,
      "invalid_request",
      "stream",
      /one text, got 2/,
    ],
    [
      "a stream that cannot begin",
      "/v1/translate",
      { text: "two", stream: true, options: { nbest: 9, beamSize: 2 } },
      400,
      "invalid_request",
      undefined,
      /nbest/,
    ],
    [
      "an unknown model",
      "/v1/translate",
      { model: "none", text: "a" },
      404,
      "unknown_model",
      "model",
      /one of numbers, sizes, parity, lines, got "none"/,
    ],
    [
      "a model of another task",
      "/v1/translate",
      { model: "sizes", text: "a" },
      400,
      "invalid_request",
      "model",
      /of task translate, got sizes of task classify/,
    ],
    [
      "no choice of several models",
      "/v1/encode",
      { text: "a" },
      400,
      "invalid_request",
      "model",
      /one of numbers, sizes, parity, got nothing/,
    ],
    [
      "a beam of a classifier",
      "/v1/trace",
      { model: "sizes", text: "a", beamSize: 2 },
      400,
      "invalid_request",
      "beamSize",
      /task translate/,
    ],
    [
      "a count beside a prefix",
      "/v1/generate",
      { prefix: "two", count: 2 },
      400,
      "invalid_request",
      "count",
      /Leave one out/,
    ],
    [
      "a polluted prototype",
      "/v1/tag",
      '{"text":"a","__proto__":{"x":1}}',
      400,
      "invalid_json",
      undefined,
      /__proto__/,
    ],
  ];
  test.each(cases)("%s", async (_, path, body, status, code, where, sentence) => {
    const answer = await client.post(path, body);
    expect(answer.json).toMatchObject({ error: { code, ...(where !== undefined && { where }) } });
    expect(answer.status).toBe(status);
    expect(answer.json.error.message).toMatch(sentence);
    expect(answer.json.error.message.split("\n")).toHaveLength(1);
    if (where === undefined) expect(answer.json.error).not.toHaveProperty("where");
  });

  test("of one request leave the others of its batch alone", async () => {
    const options = { required: ["zwei"], maxLength: 2 };
    const [good, bad] = await Promise.all([
      client.post("/v1/translate", { text: "one two", options }),
      client.post("/v1/translate", { text: "one two", prefix: "acht acht", options }),
    ]);
    expect(good.json.results[0].text).toContain("zwei");
    expect(bad.json.error.message).toMatch(/^required for "one two": expected at most 0 tokens more, got 1/);
  });

  test("of addresses, methods and kinds of content", async () => {
    expect((await client.get("/nowhere")).json.error.code).toBe("not_found");
    const get = await client.get("/v1/translate");
    expect([get.status, get.headers.get("allow"), get.json.error.code]).toEqual([405, "POST", "method_not_allowed"]);
    const xml = await client.post("/v1/translate", "<a/>", { headers: { "content-type": "text/xml" } });
    expect([xml.status, xml.json.error.code]).toEqual([415, "unsupported_media_type"]);
    const large = await client.post("/v1/translate", { text: "a".repeat(1 << 20) });
    expect([large.status, large.json.error.code]).toEqual([413, "too_large"]);
    for (const path of ["/models/../package.json", "/models/..%2f..%2fetc%2fpasswd", "/models/none.safetensors", "//x"])
      expect(await client.raw(path), path).toBe(404);
    expect(await client.raw("/%zz")).toBe(400);
  });

  test("of a name that was made to lead here", async () => {
    expect(await client.raw("/healthz", { host: "rebound.example" })).toBe(421);
    expect(await client.raw("/healthz", { host: "localhost:1234" })).toBe(200);
  });
});

describe("around the answers", () => {
  test("models, health, counts and logs", async () => {
    const { json } = await client.get("/v1/models");
    expect(json.models).toMatchObject([
      { name: "numbers", task: "translate", attention: "scaled-dot" },
      { name: "sizes", task: "classify", labels: ["large", "small"] },
      { name: "parity", task: "tag", labels: ["EVEN", "ODD"] },
      { name: "lines", task: "language-model" },
    ]);
    expect((await client.get("/healthz")).json).toEqual({ status: "ok", waiting: 0 });
    const { headers } = await client.post(
      "/v1/tag",
      { text: "two" },
      {
        headers: { "content-type": "application/json", "x-request-id": "mine-1" },
      },
    );
    expect(headers.get("x-request-id")).toBe("mine-1");
    await expect.poll(() => logged.join("")).toContain('"reqId":"mine-1"');
    const line = JSON.parse(logged.find((line) => line.includes("mine-1"))!);
    expect(line).toMatchObject({ method: "POST", route: "/v1/tag", status: 200 });
    expect(logged.join("")).not.toContain("two");
    expect((await client.get("/metrics")).text).toMatch(
      /^tandem_requests_total\{route="\/v1\/tag",status="200"\} \d+$/m,
    );
  });

  test("an OpenAPI 3.1 document of every address, with the ranges that are checked", async () => {
    const { json } = await client.get("/openapi.json");
    expect(json.openapi).toBe("3.1.0");
    expect(Object.keys(json.paths).sort()).toEqual(
      [
        ...["/healthz", "/metrics", "/models.json", "/v1/classify", "/v1/encode", "/v1/generate", "/v1/models"],
        ...["/v1/tag", "/v1/trace", "/v1/translate"],
      ].sort(),
    );
    const { schema } = json.paths["/v1/translate"].post.requestBody.content["application/json"];
    expect(schema.properties.options.properties.beamSize).toMatchObject({ type: "integer", minimum: 1, maximum: 64 });
    expect(schema.required).toEqual(["text"]);
    expect(schema.additionalProperties).toBe(false);
  });

  test("a page of the API that loads nothing from elsewhere", async () => {
    const { text, headers } = await client.get("/docs/");
    expect(text).not.toMatch(/https?:\/\//);
    expect(headers.get("content-security-policy")).toMatch(/default-src 'self'/);
    expect((await client.get("/docs/js/scalar.js")).status).toBe(200);
  });

  test("headers that isolate, and none for other origins", async () => {
    const { headers } = await client.get("/healthz", { origin: "https://example.org" });
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    expect(headers.get("content-security-policy")).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });

  test("the files of the served models", async () => {
    const { json } = await client.get("/models.json");
    expect(json[0]).toMatchObject({ name: "numbers", file: "models/numbers.safetensors", task: "translate" });
    const response = await fetch(`${client.address}/${json[0].file}`);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(readFileSync(models.path("numbers")));
  });
});

describe("a server that is asked for", () => {
  test("a page serves it, with its own models beside those served", async () => {
    // What is in the page's assets never changes; what lies below some other folder of that name may.
    const folder = join(mkdtempSync(join(tmpdir(), "tandem-page-")), "assets", "page");
    mkdirSync(join(folder, "models"), { recursive: true });
    mkdirSync(join(folder, "assets"));
    writeFileSync(join(folder, "index.html"), "<!doctype html><title>page</title>");
    writeFileSync(join(folder, "assets", "a-1.js"), "");
    writeFileSync(join(folder, "models", "own.safetensors"), "own");
    writeFileSync(join(folder, "models", "own.test.tsv"), "a\tb\n");
    writeFileSync(join(folder, "models", "other.test.tsv"), "");
    const own = { name: "own", file: "models/own.safetensors", task: "tag", bytes: 3, test: "models/own.test.tsv" };
    writeFileSync(join(folder, "models.json"), JSON.stringify([own, { ...own, name: "sizes" }]));
    await using started = await listening({ models: [models.path("sizes")], page: folder });
    const { get, raw } = started.client;
    expect((await get("/")).text).toContain("<title>page</title>");
    expect((await get("/")).headers.get("cache-control")).toBe("no-cache");
    expect((await get("/assets/a-1.js")).headers.get("cache-control")).toContain("immutable");
    const { json } = await get("/models.json");
    expect(json.map(({ name, bytes }: { name: string; bytes: number }) => [name, bytes > 3])).toEqual([
      ["sizes", true],
      ["own", false],
    ]);
    expect((await get("/models/own.safetensors")).text).toBe("own");
    const asked = await get("/v1/translate");
    expect([asked.status, asked.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await get("/models/own.test.tsv")).text).toBe("a\tb\n");
    for (const path of [
      "/../index.html",
      "/%2e%2e/x",
      "/models/..%2findex.html",
      "/models/none",
      "/models/other.test.tsv",
    ])
      expect([400, 403, 404], path).toContain(await raw(path));
    rmSync(join(folder, "../.."), { recursive: true });
  });

  test("other origins lets them in, and no more than those", async () => {
    await using started = await listening({ models: [models.path("sizes")], cors: ["https://example.org"] });
    const allowed = async (origin: string) =>
      (await started.client.get("/healthz", { origin })).headers.get("access-control-allow-origin");
    expect(await allowed("https://example.org")).toBe("https://example.org");
    expect(await allowed("https://example.com")).toBeNull();
  });

  test.each([
    [{ models: [] }, /expected at least one model, got none/],
    [{ models: ["nowhere"] }, /^model nowhere: expected a model file, got none/],
    [{ models: ["x"], batchsize: 3 }, /^serve: batchsize is no option; did you mean "batchSize"\?/],
    [{ models: ["x"], workers: 0 }, /^serve: workers: expected a whole number from 1 to 64, got 0/],
    [{ models: ["x"], cors: ["example.org"] }, /^serve: cors: expected an origin such as/],
  ])("what cannot be says so: %j", async (options, sentence) => {
    await expect(createServer(options)).rejects.toThrow(sentence);
  });

  test("a port in use, or a host elsewhere, says so", async () => {
    const options = { models: [models.path("sizes")], page: false, logLevel: "silent" } as const;
    const port = Number(new URL(client.address).port);
    for (const [place, sentence] of [
      [{ port }, `serve: port: expected a free one, got ${port}, which is in use. Give another, or 0 for any.`],
      [{ host: "192.0.2.1" }, "serve: host: expected an address of this computer, got 192.0.2.1."],
    ] as const) {
      const second = await createServer({ ...options, ...place });
      await expect(second.listen()).rejects.toThrow(new TandemError(sentence));
      await second.close();
    }
  });

  test("models under one name, or a file that is no model, says so", async () => {
    const path = models.path("sizes");
    await expect(createServer({ models: [path, path] })).rejects.toThrow(/got sizes twice\. Give NAME=PATH/);
    const file = join(models.folder, "broken.safetensors");
    writeFileSync(file, "broken");
    await expect(createServer({ models: [file], logLevel: "silent" })).rejects.toThrow(/^model .*broken/);
  });
});

/** A server on a free port, closed at the end of the block. */
async function listening(options: Parameters<typeof createServer>[0]) {
  const started = await createServer({ port: 0, page: false, logLevel: "silent", ...options });
  const client = clientOf(await started.listen());
  return { client, [Symbol.asyncDispose]: () => started.close() };
}
