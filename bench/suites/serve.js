// Requests of one sentence each over many connections: joined into batches, and each computed by itself.
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "../../server/dist/index.js";
import { madeUpLines, writeModel } from "../decode-model.js";
import { number, range, roundsText, table, threadsText } from "../report.js";
import { median, ratios } from "../statistics.js";

const MODEL = { hidden: 256, vocabulary: 8000 };
const CONNECTIONS = 64;
/** Requests of a round. */
const REQUESTS = 640;
/** Tokens of every output, so that all do the same work. */
const TOKENS = 20;
const WAYS = { "one at a time": { batchSize: 1, batchWindow: 0 }, batches: {} };

/** Sends one request and reads its answer; how long that took, in milliseconds. */
function ask(address, agent, body) {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const asked = request(`${address}/v1/translate`, { method: "POST", agent, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve({ ms: performance.now() - start, text });
        else reject(new Error(`serve: expected status 200, got ${response.statusCode}. ${text}`));
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** Every connection sends its next request when it has its answer. */
async function round({ address, agent }, bodies) {
  const times = [];
  const texts = new Array(bodies.length);
  let next = 0;
  const start = performance.now();
  const connection = async () => {
    for (let i = next++; i < bodies.length; i = next++) {
      const { ms, text } = await ask(address, agent, bodies[i]);
      times.push(ms);
      texts[i] = text;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const seconds = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  const quantile = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))];
  return { rate: bodies.length / seconds, p50: quantile(0.5), p99: quantile(0.99), texts };
}

/** @param {{ rounds: number, threads: number[], backend?: "native" | "wasm" }} options */
export async function serving({ rounds, threads, backend = "native" }) {
  const folder = mkdtempSync(join(tmpdir(), "tandem-serve-"));
  const servers = [];
  try {
    const file = join(folder, "model.safetensors");
    const words = await writeModel({ ...MODEL, file });
    const options = { minLength: TOKENS, maxLength: TOKENS, splitSentences: false };
    const bodies = madeUpLines(REQUESTS, words).lines.map((text) => JSON.stringify({ text, options }));
    console.log(
      `\n${CONNECTIONS} connections, ${REQUESTS} requests of a sentence a round, ${TOKENS} tokens each way; hidden ${MODEL.hidden},\n` +
        `${MODEL.vocabulary} words on both sides, bidirectional GRU and attention, greedily; ${backend}, ${threads.map(threadsText).join(" and ")}, ${roundsText(rounds)}.\n` +
        "The client shares the processor with the server.\n",
    );
    const ways = [];
    for (const count of threads)
      for (const [name, settings] of Object.entries(WAYS)) {
        const shared = { models: [`model=${file}`], port: 0, page: false, logLevel: "silent" };
        const server = await createServer({ ...shared, threads: count, backend, ...settings });
        const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
        servers.push({ server, agent });
        ways.push({ name, count, address: await server.listen(), agent, figures: [] });
      }
    // One of each first, which also shows that all answer the same.
    const answers = [];
    for (const way of ways) answers.push((await round(way, bodies)).texts);
    const same = answers.every((texts) => texts.every((text, i) => text === answers[0][i]));
    for (let i = 0; i < rounds; i++)
      for (const turn of ways.keys()) {
        const way = ways[(turn + i) % ways.length];
        const { rate, p50, p99 } = await round(way, bodies);
        way.figures.push({ rate, p50, p99 });
      }
    const of = (way, part) => way.figures.map((figures) => figures[part]);
    console.log(
      table(
        ["", "sentences/s", "min–max", "p50 ms", "p99 ms", "times as many"],
        ways.map((way) => {
          const single = ways.find(({ name, count }) => name === "one at a time" && count === way.count);
          const times = way === single ? "" : number(median(ratios(of(way, "rate"), of(single, "rate"))));
          const title = `${way.name}, ${threadsText(way.count)}`;
          const milliseconds = (part) => number(median(of(way, part)));
          return [
            title,
            number(median(of(way, "rate"))),
            range(of(way, "rate")),
            milliseconds("p50"),
            milliseconds("p99"),
            times,
          ];
        }),
      ),
    );
    console.log(`\n${same ? "All answers are the same, byte for byte." : "Some answers differ."}`);
    return { ways: ways.map(({ name, count, figures }) => ({ name, threads: count, figures })), same };
  } finally {
    for (const { server, agent } of servers) {
      agent.destroy();
      await server.close();
    }
    rmSync(folder, { recursive: true, force: true });
  }
}
