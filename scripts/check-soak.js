// Asks a server for minutes (`--minutes N`, 10) in every way at once and watches its memory: fails when that grows, when an answer
// is wrong, or when the server ends.
import { parseArgs } from "node:util";
import { pairs, post, serveSmallModel } from "./served.js";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  console.error(`--minutes: expected a number above 0, got ${values.minutes}.`);
  process.exit(2);
}
const CONNECTIONS = 31;
/** Requests before the minutes begin: code is compiled and heaps find their size, however fast the machine. */
const WARMING_UP = 6000;
const SAMPLES = 40;
/** From the least of the first quarter to that of the last: in ten minutes a leak of 2 MiB a minute is found, in three one of 6. */
const MOST_GROWTH = 12 * 2 ** 20;
const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

// However slow the machine: every caller may wait with all texts.
const server = await serveSmallModel("--no-page", "--queue-limit", `${CONNECTIONS * pairs.length}`);
const { address } = server;
let end = Number.POSITIVE_INFINITY;
let asked = 0;
const sources = pairs.map(([source]) => source);
const counts = { answers: 0, streams: 0, refusals: 0, "broken off": 0 };
const faults = [];
const fault = (sentence) => faults.length < 10 && faults.push(sentence);
const samples = [];

/** One request of each kind in turn; what it should be answered with is known. */
const WAYS = [
  async (i) => {
    const [source, target] = pairs[i % pairs.length];
    const { status, text } = await post(address, "/v1/translate", { text: source });
    if (status !== 200 || JSON.parse(text).results[0].text !== target)
      fault(`${source}: ${status} ${text.slice(0, 200)}`);
    counts.answers++;
  },
  async (i) => {
    const options = { beamSize: 1 + (i % 5), nbest: 1, attention: true };
    const { status, text } = await post(address, "/v1/translate", { text: sources.slice(0, 1 + (i % 20)), options });
    if (status !== 200) fault(`${status} ${text.slice(0, 200)}`);
    counts.answers++;
  },
  async (i) => {
    const { status, text } = await post(address, "/v1/translate", { text: sources[i % sources.length], stream: true });
    if (status !== 200 || !text.includes("event: result")) fault(`stream: ${status} ${text.slice(0, 200)}`);
    counts.streams++;
  },
  async (i) => {
    const path = i % 2 ? "/v1/trace" : "/v1/encode";
    const { status, text } = await post(address, path, { text: sources[i % sources.length] });
    if (status !== 200) fault(`${path}: ${status} ${text.slice(0, 200)}`);
    counts.answers++;
  },
  async (i) => {
    const { status } = await post(address, "/v1/translate", { text: "one", options: { beamSize: -i } });
    if (status !== 400) fault(`a refusal: ${status}`);
    counts.refusals++;
  },
  async (i) => {
    const signal = AbortSignal.timeout(1 + (i % 15));
    await post(address, "/v1/translate", { text: sources, options: { beamSize: 8 } }, { signal }).catch(() => {});
    counts["broken off"]++;
  },
];

let sampling;
function begin() {
  end = performance.now() + minutes * 60_000;
  const sample = () => server.isUp() && samples.push(server.memory());
  sampling = setInterval(sample, Math.max(250, (minutes * 60_000) / SAMPLES));
}
console.log(`${CONNECTIONS} connections: ${WARMING_UP} requests to warm up, then ${minutes} minutes`);
const lane = async (first) => {
  for (let i = first; performance.now() < end && server.isUp(); i += CONNECTIONS) {
    await WAYS[i % WAYS.length](Math.floor(i / WAYS.length));
    if (++asked === WARMING_UP) begin();
  }
};
await Promise.all(Array.from({ length: CONNECTIONS }, (_, first) => lane(first))).catch(({ message }) =>
  fault(message),
);
clearInterval(sampling);
if (!server.isUp()) fault("the server ended");
const quarter = Math.floor(samples.length / 4);
const least = (from, to) => Math.min(...samples.slice(from, to));
const [before, after] = [least(0, quarter), least(samples.length - quarter)];
console.log(
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(", "),
);
console.log(`memory ${samples.map(mebibytes).join(", ")}`);
if (quarter < 2) fault("too few samples of memory: give more --minutes");
else if (after > before + MOST_GROWTH)
  fault(`memory grew from ${mebibytes(before)} in the first quarter to ${mebibytes(after)} in the last`);
for (const line of server.log) fault(`logged: ${line.slice(0, 300)}`);
const code = await server.stop();
if (code !== 0) fault(`exit code ${code}`);
for (const sentence of faults) console.error(sentence);
console.log(faults.length === 0 ? "nothing grew, nothing failed" : `${faults.length} faults`);
if (faults.length > 0) process.exitCode = 1;
