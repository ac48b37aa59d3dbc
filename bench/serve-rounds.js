// The measuring side of a child in JavaScript: answers each line on standard input with one line of JSON.
//   { prepare: case }  builds the case, warms it up and settles how many calls make a round
//   { run: name }      one round of it: { ms }, the median time of a call
import { createInterface } from "node:readline";
import { median } from "./statistics.js";

/** About how long a round lasts, and the shortest time worth reading off a clock. peers/torch_peer.py has the same. */
const ROUND_MS = 200;
const SAMPLE_MS = 0.5;
/** So long a case runs before anything is timed, whatever runs it: engines of JavaScript compile what they find to be called often. */
const WARM_UP_MS = 2000;

/** @typedef {() => void | Promise<void>} Call */

async function milliseconds(call, calls) {
  const start = performance.now();
  for (let i = 0; i < calls; i++) {
    const pending = call();
    if (pending) await pending;
  }
  return (performance.now() - start) / calls;
}

/** @param {Call} call */
async function calibrate(call) {
  const start = performance.now();
  while (performance.now() - start < WARM_UP_MS) await milliseconds(call, 1);
  let calls = 1;
  let once = await milliseconds(call, calls);
  while (once * calls < SAMPLE_MS) {
    calls *= 2;
    once = await milliseconds(call, calls);
  }
  return { call, calls, samples: Math.max(1, Math.round(ROUND_MS / (once * calls))) };
}

/** @param {{ call: Call, calls: number, samples: number }} calibrated */
export async function round({ call, calls, samples }) {
  const times = [];
  for (let i = 0; i < samples; i++) times.push(await milliseconds(call, calls));
  return median(times);
}

/**
 * @param {object} hello what is said first; `{ absent: why }` ends it there
 * @param {(wanted: any) => Call | Promise<Call>} prepare
 * @param {Record<string, (argument: any) => object | Promise<object>>} others further questions by their key
 */
export async function serveRounds(hello, prepare, others = {}) {
  const say = (reply) => process.stdout.write(`${JSON.stringify(reply)}\n`);
  const prepared = new Map();
  say(hello);
  if (hello.absent) process.exit();
  for await (const line of createInterface({ input: process.stdin })) {
    const message = JSON.parse(line);
    try {
      if (message.prepare) {
        prepared.set(message.prepare.name, await calibrate(await prepare(message.prepare)));
        say({ ready: true });
      } else if (message.run) say({ ms: await round(prepared.get(message.run)) });
      else {
        const [key] = Object.keys(message);
        say(await others[key](message[key]));
      }
    } catch (error) {
      say({ error: error instanceof Error ? error.message : String(error) });
    }
  }
  process.exit();
}
