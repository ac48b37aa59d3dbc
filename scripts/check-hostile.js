// The server against what should not be sent to it: every answer is right or a 4xx with one sentence, nothing breaks, nothing piles
// up. `--bodies N` says how many random bodies (10,000).
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { homedir, tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { RandomStream } from "tandem-seq2seq";
import { runChecks } from "./packed.js";
import { inParallel, pairs, post, serveSmallModel } from "./served.js";

const { values } = parseArgs({ options: { bodies: { type: "string", default: "10000" } } });
const BODIES = Number(values.bodies);
if (!(Number.isInteger(BODIES) && BODIES >= 1)) {
  console.error(`--bodies: expected a whole number from 1, got ${values.bodies}.`);
  process.exit(2);
}
const MOST_GROWTH = 64 * 2 ** 20;
const WIDTH = 16;
const random = new RandomStream(1, "hostile", "", 0);
let drawn = 0;
const below = (count) => random.at(drawn++) % count;
const pick = (list) => list[below(list.length)];

const server = await serveSmallModel("--receive-limit", "2", "--time-limit", "20", "--no-page");
const { address, port } = server;
const question = { text: pairs.map(([source]) => source), options: { beamSize: 4 } };
const expected = await post(address, "/v1/translate", question);

/** A refusal as it has to be. */
function checkRefusal({ status, text }, wanted, what) {
  assert.ok(status >= 400 && status < 500, `${what}: status ${status}, ${text.slice(0, 200)}`);
  if (wanted !== undefined)
    assert.ok([wanted].flat().includes(status), `${what}: status ${status}, expected ${wanted}`);
  const { error } = JSON.parse(text);
  assert.match(error.code, /^[a-z_]+$/);
  assert.ok(error.message.length < 2000 && !/[\r\n]/.test(error.message), `${what}: ${error.message}`);
  assert.doesNotMatch(text, /\bat .*:\d+:\d+|node_modules/, what);
  for (const place of [process.cwd(), homedir(), tmpdir()]) assert.ok(!text.includes(place), `${what}: ${text}`);
}

/** Bytes on a connection; what comes back until it is closed, at most so many milliseconds. */
async function raw(bytes, { drop, most = 8000 } = {}) {
  const socket = connect(port, "127.0.0.1");
  let heard = "";
  socket.on("data", (data) => {
    heard += data;
  });
  socket.on("error", () => {});
  socket.write(bytes);
  const dropping = drop && setInterval(() => socket.write(drop), 100);
  const giveUp = setTimeout(() => socket.destroy(), most);
  const start = performance.now();
  await once(socket, "close");
  clearInterval(dropping);
  clearTimeout(giveUp);
  return { heard, ms: performance.now() - start };
}

const plain = (path) =>
  new Promise((resolve, reject) => {
    request({ port, host: "127.0.0.1", path, agent: false }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    })
      .on("error", reject)
      .end();
  });

const nested = (open, close, depth) => open.repeat(depth) + close.repeat(depth);
const SEEDS = [
  { text: "one two" },
  { text: ["one two", "six six"], options: { beamSize: 3, nbest: 2, lengthPenalty: "average" } },
  { text: "two", prefix: "zwei", options: { sample: true, temperature: 0.7, topK: 5, seed: 3 } },
  {
    model: "numbers",
    text: "five",
    options: { maxLength: { timesSource: 2, plus: 3 }, required: ["zwei"], banned: ["drei"] },
  },
  { text: "one", stream: true, options: { replaceUnknown: { x: "y" }, attention: true } },
];
const ODD = [
  ...[null, true, false, -1, 0, 1.5, 3, 1e308, -0, "", "a", "\u0000", "\ud800", "é́", "𝒳", "<unk>", "</s>", "__proto__"],
  ...[[], [[]], {}, { a: 1 }, "x".repeat(2001), Array(300).fill("a"), ["a", null], { timesSource: 1, plus: 1 }],
];
const NAMES = ["model", "text", "prefix", "options", "stream", "count", "beamSize", "constructor", "toString", "x", ""];

/** A body near a right one: values replaced, keys added, bytes changed, ends cut off. */
function randomBody() {
  const body = structuredClone(pick(SEEDS));
  for (let changes = below(4); changes > 0; changes--) {
    const place = below(2) === 0 && typeof body.options === "object" && body.options !== null ? body.options : body;
    const name = below(2) === 0 ? pick(Object.keys(place).concat("text")) : pick(NAMES);
    place[name] = structuredClone(pick(ODD)); // a later change goes into it
  }
  const text = JSON.stringify(body);
  if (below(3) > 0) return text;
  const bytes = Buffer.from(text);
  for (let changes = below(4); changes >= 0; changes--) bytes[below(bytes.length)] = below(256);
  return below(2) === 0 ? bytes.subarray(0, below(bytes.length + 1)) : bytes;
}

const PATHS = ["/v1/translate", "/v1/translate", "/v1/encode", "/v1/trace", "/v1/classify", "/v1/generate", "/v1/tag"];
let memoryBefore = 0;
let filesBefore = 0;

try {
  await runChecks({
    "malformed bodies": async () => {
      const bodies = [
        "",
        " ",
        "{",
        "}",
        "nul",
        '"',
        "[",
        '{"text":}',
        '{"text":"a",}',
        "\ufeff{}",
        "\u0000",
        "NaN",
        "'a'",
      ];
      for (const body of bodies) checkRefusal(await post(address, "/v1/translate", body), 400, JSON.stringify(body));
      for (const body of ["[]", "1", '"a"', "null", "true", "{}", '{"text":null}', '{"text":{"a":1}}', '{"text":[[]]}'])
        checkRefusal(await post(address, "/v1/translate", body), 400, body);
      for (const type of ["text/plain", "application/xml", "multipart/form-data", "application/x-www-form-urlencoded"])
        checkRefusal(await post(address, "/v1/translate", "{}", { headers: { "content-type": type } }), 415, type);
    },
    "deeply nested JSON": async () => {
      const bodies = [
        nested("[", "]", 100_000),
        nested('{"a":', "}", 50_000).replace(":}", ":1}"),
        `{"text":${nested("[", "]", 100_000)}}`,
        `{"text":"a","options":${`{"a":`.repeat(50_000)}1${"}".repeat(50_000)}}`,
        `{"text":"a","options":{"maxLength":${`{"a":`.repeat(50_000)}1${"}".repeat(50_000)}}}`,
        `{"text":"a","options":{"replaceUnknown":{"a":${nested("[", "]", 100_000)}}}}`,
      ];
      for (const body of bodies) checkRefusal(await post(address, "/v1/translate", body), 400, body.slice(0, 60));
    },
    "oversized bodies, texts and lists": async () => {
      checkRefusal(await post(address, "/v1/translate", { text: "a".repeat(2 << 20) }), 413, "2 MiB");
      const chunk = `80000\r\n${" ".repeat(0x80000)}\r\n`;
      const head = "POST /v1/translate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
      const { heard, ms } = await raw(`${head}transfer-encoding: chunked\r\n\r\n`, { drop: chunk });
      assert.ok(ms < 6000, `an endless body was taken for ${ms.toFixed(0)} ms`);
      // Whoever goes on sending after the refusal may lose the answer with the connection.
      if (heard !== "") assert.match(heard, /^HTTP\/1\.1 4(13|08) /);
      checkRefusal(await post(address, "/v1/translate", { text: "a".repeat(2001) }), 400, "a long text");
      checkRefusal(await post(address, "/v1/translate", { text: Array(257).fill("a") }), 400, "many texts");
      checkRefusal(await post(address, "/v1/trace", { text: "a ".repeat(101) }), 400, "a long trace");
      const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, i]));
      checkRefusal(await post(address, "/v1/translate", { text: "a", options: wide }), 400, "many keys");
      checkRefusal(await post(address, "/v1/translate", { text: "a", ["k".repeat(100_000)]: 1 }), 400, "a long key");
    },
    "addresses that lead astray": async () => {
      const tricks = [
        "/../etc/passwd",
        "/models/../../etc/passwd",
        "/models/..%2f..%2fetc%2fpasswd",
        "/models/%2e%2e/x",
      ];
      tricks.push(
        "/models/....//x",
        "/models/..%5c..%5cx",
        "/models/numbers.safetensors%00.json",
        "/%00",
        "/%zz",
        "/%c0%ae/",
      );
      tricks.push(
        "//etc/passwd",
        "/docs/../../x",
        "/models/",
        `/models/${"a".repeat(5000)}`,
        "/v1/translate/../x",
        "/.git/config",
      );
      for (const path of tricks) {
        const status = await plain(path);
        assert.ok(status >= 400 && status < 500, `${path}: status ${status}`);
      }
    },
    "what is not HTTP": async () => {
      const lines = [
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc",
        "GET /\r\n\r\n",
        "HELLO\r\n\r\n",
        "GET / HTTP/9.9\r\nhost: localhost\r\n\r\n",
        `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${"a".repeat(100_000)}\r\n\r\n`,
        "POST /v1/translate HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
        "POST /v1/translate HTTP/1.1\r\nhost: localhost\r\ncontent-length: -5\r\n\r\n",
        "POST /v1/translate HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/translate HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
      ];
      for (const line of lines) {
        const { heard } = await raw(line);
        assert.match(heard, /^HTTP\/1\.1 4\d\d /, `${JSON.stringify(line.slice(0, 60))}: ${heard.slice(0, 100)}`);
      }
    },
    "headers and bodies that dribble in": async () => {
      const head =
        "POST /v1/translate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n";
      const slow = await Promise.all([
        ...Array.from({ length: 10 }, () => raw("POST / HTTP/1.1\r\nx-a: ", { drop: "b" })),
        ...Array.from({ length: 10 }, () => raw(`${head}\r\n{"text":"`, { drop: "a" })),
        ...Array.from({ length: 10 }, () => raw("")),
      ]);
      for (const { heard, ms } of slow) {
        assert.ok(ms < 6000, `a slow connection was kept for ${ms.toFixed(0)} ms`);
        if (heard !== "") assert.match(heard, /^HTTP\/1\.1 408 /);
      }
    },
    "streams that nobody reads, and those whose readers go": async () => {
      const options = { sample: true, temperature: 10, minLength: 2000, maxLength: 2000 };
      const body = JSON.stringify({ text: "one two", stream: true, options });
      const head = `POST /v1/translate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
      const sockets = Array.from({ length: 20 }, () => {
        const socket = connect(port, "127.0.0.1").pause();
        socket.on("error", () => {});
        socket.write(head + body);
        return socket;
      });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.deepEqual((await post(address, "/v1/translate", question)).text, expected.text);
      for (const socket of sockets) socket.destroy();
    },
    "requests that are broken off": async () => {
      await inParallel(Math.max(50, BODIES / 50), WIDTH, async (i) => {
        const body = i % 2 ? question : { text: "one two", stream: true, options: { minLength: 500, maxLength: 500 } };
        const signal = AbortSignal.timeout(1 + (i % 20));
        await post(address, "/v1/translate", body, { signal }).catch(() => {});
      });
    },
    [`${BODIES} random bodies`]: async () => {
      const counts = {};
      const some = async (count) =>
        inParallel(count, WIDTH, async () => {
          const [path, body] = [pick(PATHS), randomBody()];
          const answer = await post(address, path, body);
          counts[answer.status] = (counts[answer.status] ?? 0) + 1;
          if (answer.status !== 200) checkRefusal(answer, undefined, `${path} ${String(body).slice(0, 300)}`);
        });
      await some(Math.ceil(BODIES / 4));
      memoryBefore = server.memory();
      filesBefore = await server.openFiles();
      await some(BODIES - Math.ceil(BODIES / 4));
      assert.ok(counts[200] > BODIES / 50, `only ${counts[200]} of them were right`);
      return Object.entries(counts)
        .map(([status, count]) => `${count} × ${status}`)
        .join(", ");
    },
    "afterwards: up, quiet, the same answers, nothing piled up": async () => {
      assert.ok(server.isUp(), "the server ended");
      assert.deepEqual(await (await fetch(`${address}/healthz`)).json(), { status: "ok", waiting: 0 });
      assert.equal((await post(address, "/v1/translate", question)).text, expected.text);
      const growth = server.memory() - memoryBefore;
      assert.ok(growth < MOST_GROWTH, `memory grew by ${(growth / 2 ** 20).toFixed(0)} MiB`);
      const files = await server.openFiles();
      assert.ok(files < filesBefore + WIDTH, `${files} open files, ${filesBefore} before`);
      assert.deepEqual(server.log, []);
      assert.equal(await server.stop(), 0);
      return `${(growth / 2 ** 20).toFixed(1)} MiB more over three quarters of the bodies`;
    },
  });
} finally {
  if (server.isUp()) await server.stop();
}
