// Rounds: every contender once a round, so that a slow moment of the machine falls on all of them.
import { setTimeout as sleep } from "node:timers/promises";
import { LoadMeter } from "./load.js";

/** OpenMP's threads spin for some milliseconds after their work; the next contender starts when they sleep. */
const SETTLE_MS = 40;

/**
 * @typedef {object} Contender
 * @property {string} key names its figures
 * @property {import("./child.js").Child} child the process that computes
 * @property {() => Promise<number>} run one round; its figure
 */

/**
 * The figures of every contender, `rounds` each, by its key. The order turns by one from round to round.
 * @param {readonly Contender[]} contenders
 * @param {number} rounds
 * @returns {Promise<{ figures: Map<string, number[]>, load: ReturnType<LoadMeter["shares"]> }>}
 */
export async function interleave(contenders, rounds) {
  const figures = new Map(contenders.map(({ key }) => [key, []]));
  const children = [...new Set(contenders.map(({ child }) => child))];
  const meter = new LoadMeter(children.map(({ pid }) => pid));
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < contenders.length; i++) {
      const { key, child, run } = contenders[(i + round) % contenders.length];
      await sleep(SETTLE_MS);
      figures.get(key).push(await meter.during(child.pid, run));
    }
  return { figures, load: meter.shares() };
}
