// A small trained model behind `tandem serve`, for the checks that ask it much or badly.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { train } from "tandem-seq2seq";

const command = fileURLToPath(new URL("../dist/node/tandem.js", import.meta.url));
const english = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
const german = ["eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht"];

/**
 * Every thread of the server throws away each second what nothing refers to any more, so that its memory is what it holds. Left
 * alone, V8 lets some hundred MiB of old answers lie, now more and now less.
 */
const TIDY = [
  ...["--expose-gc", "--max-semi-space-size=2"],
  ...["--import", "data:text/javascript,setInterval(gc,1000).unref()"],
];

/** What the model has learnt: English and German numbers of two digits. */
export const pairs = english.flatMap((first, i) =>
  english.map((second, j) => [`${first} ${second}`, `${german[i]} ${german[j]}`]),
);

/** Starts the command; `log` has what it logged as warnings or worse. */
export async function serveSmallModel(...options) {
  const folder = mkdtempSync(join(tmpdir(), "tandem-served-"));
  const file = join(folder, "numbers.safetensors");
  const text = { tokenizer: "whitespace" };
  const model = await train(pairs, {
    ...{ source: text, target: text, dev: [] },
    model: { embeddingSize: 24, encoder: { hiddenSize: 24 }, decoder: { hiddenSize: 24 } },
    train: { epochs: 20, learningRate: 0.02, batchSize: 16, seed: 1 },
  });
  await model.save(file);
  model.dispose();
  const given = ["serve", file, "--port", "0", "--log-level", "warn", ...options];
  const child = spawn(process.execPath, [...TIDY, command, ...given]);
  const log = [];
  createInterface({ input: child.stdout }).on("line", (line) => log.push(line));
  const said = createInterface({ input: child.stderr });
  const [line] = await once(said, "line");
  const address = /^http:\S+/.exec(line)?.[0];
  said.on("line", (line) => log.push(line));
  if (address === undefined) throw new Error(line);
  const ended = once(child, "exit");
  return {
    address,
    port: Number(new URL(address).port),
    log,
    isUp: () => child.exitCode === null && child.signalCode === null,
    /** Bytes of memory that the process holds (Linux). */
    memory: () => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) * 1024,
    openFiles: async () => {
      const metrics = await (await fetch(`${address}/metrics`)).text();
      return Number(/^process_open_fds (\d+)$/m.exec(metrics)?.[1]);
    },
    /** Tells it to end; its exit code. */
    async stop() {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
      const [code] = await ended;
      clearTimeout(timer);
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}

/** Sends JSON, or what should be; status, headers and text of the answer. */
export async function post(address, path, body, options = {}) {
  const response = await fetch(`${address}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
    ...options,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Runs `work` for the numbers below `count`, so many at a time. */
export async function inParallel(count, width, work) {
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < count; i = next++) await work(i);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
