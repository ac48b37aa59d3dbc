// Whether the machine was quiet: what everything but the measured process took of it (Linux; elsewhere nothing is said).
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** Processor time in ticks, usually of 10 ms: of the whole machine, busy and altogether. */
function machineTicks() {
  const ticks = readFileSync("/proc/stat", "utf8").split("\n")[0].trim().split(/\s+/).slice(1, 9).map(Number);
  const total = ticks.reduce((sum, value) => sum + value, 0);
  return { total, busy: total - ticks[3] - ticks[4] };
}

/** User and system time of a process with all its threads. */
function processTicks(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

export class LoadMeter {
  #pids;
  #totals = { machine: 0, idle: 0, foreign: 0 };

  /** @param {readonly number[]} pids the children; all but the one measured should be idle */
  constructor(pids) {
    this.#pids = pids;
  }

  #read() {
    try {
      return { ...machineTicks(), own: processTicks(process.pid), children: this.#pids.map(processTicks) };
    } catch {
      return undefined;
    }
  }

  /** @param {number} measured @param {() => Promise<number>} run */
  async during(measured, run) {
    const before = this.#read();
    const figure = await run();
    const after = this.#read();
    if (before && after) {
      const spent = this.#pids.map((_, i) => after.children[i] - before.children[i]);
      const children = spent.reduce((sum, value) => sum + value, 0);
      this.#totals.machine += after.total - before.total;
      this.#totals.idle += children - spent[this.#pids.indexOf(measured)];
      this.#totals.foreign += after.busy - before.busy - children - (after.own - before.own);
    }
    return figure;
  }

  /** Shares of the machine, in [0, 1], or undefined: other programs, and children that should have been idle. */
  shares() {
    const { machine, idle, foreign } = this.#totals;
    if (machine === 0) return undefined;
    return { foreign: Math.max(0, foreign / machine), idle: idle / machine, cores: availableParallelism() };
  }
}
