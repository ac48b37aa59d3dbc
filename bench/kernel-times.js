// Where a call's time goes, kernel by kernel: every kernel wrapped in a clock.
import { readFileSync } from "node:fs";
import { parseKernels } from "../scripts/kernel-list.js";
import { median } from "./statistics.js";

const WARM_UP_STEPS = 3;
const STEPS = 15;
const FLOAT_BYTES = 4;

/** What is worth comparing with the machine's limits: the arithmetic of products, the traffic of what only passes through. */
const WORK = {
  product: ({ m, n, k }) => ({ flops: 2 * m * n * k }),
  outerProduct: ({ m, n, k }) => ({ flops: 2 * m * n * k }),
  pack: ({ n, k }) => ({ bytes: 2 * FLOAT_BYTES * n * k }),
  packTransposed: ({ n, k }) => ({ bytes: 2 * FLOAT_BYTES * n * k }),
  copyRows: ({ m, n, accumulate }) => ({ bytes: (accumulate ? 3 : 2) * FLOAT_BYTES * m * n }),
  addScaled: ({ n }) => ({ bytes: 3 * FLOAT_BYTES * n }),
  fill: ({ n }) => ({ bytes: FLOAT_BYTES * n }),
  // Reads parameter, two moments and gradient; writes the first three.
  adam: ({ n }) => ({ bytes: 7 * FLOAT_BYTES * n }),
};

/** The kernels with a clock around each; `takeTotals` gives what the clocks say since it was last called. */
function clocked(kernels) {
  const list = parseKernels(readFileSync(new URL("../kernels/kernels.h", import.meta.url), "utf8"));
  let totals = new Map();
  const timed = {};
  for (const { name, parameters } of list) {
    const kernel = kernels[name];
    const work = WORK[name];
    timed[name] = (...args) => {
      const start = performance.now();
      const result = kernel(...args);
      const ms = performance.now() - start;
      let total = totals.get(name);
      if (total === undefined) totals.set(name, (total = { ms: 0, calls: 0, flops: 0, bytes: 0 }));
      total.ms += ms;
      total.calls++;
      if (work) {
        const { flops = 0, bytes = 0 } = work(Object.fromEntries(parameters.map((p, i) => [p.name, args[i]])));
        total.flops += flops;
        total.bytes += bytes;
      }
      return result;
    };
  }
  const takeTotals = () => {
    const taken = totals;
    totals = new Map();
    return taken;
  };
  return { timed, takeTotals };
}

function milliseconds(step) {
  const start = performance.now();
  step();
  return performance.now() - start;
}

/**
 * Times and calls of each kernel in a step, medians over some steps; `bareMs` is the step without clocks, `clockedMs`
 * with them, `restMs` what of the latter is spent outside the kernels.
 * @param {object} backend
 * @param {(backend: object) => () => void} prepare builds the step on a backend
 */
export function calledKernels(backend, prepare) {
  const { timed, takeTotals } = clocked(backend.kernels);
  const [bare, step] = [prepare(backend), prepare({ ...backend, kernels: timed })];
  for (let i = 0; i < WARM_UP_STEPS; i++) {
    bare();
    step();
  }
  const [bareTimes, clockedTimes, rests, totals] = [[], [], [], []];
  for (let i = 0; i < STEPS; i++) {
    bareTimes.push(milliseconds(bare));
    takeTotals();
    clockedTimes.push(milliseconds(step));
    const taken = takeTotals();
    totals.push(taken);
    rests.push(clockedTimes.at(-1) - Array.from(taken.values()).reduce((sum, { ms }) => sum + ms, 0));
  }
  const kernels = Array.from(totals.at(-1), ([name, { calls, flops, bytes }]) => {
    const ms = median(totals.map((total) => total.get(name)?.ms ?? 0));
    return { name, calls, ms, flops, bytes };
  });
  kernels.sort((a, b) => b.ms - a.ms);
  return { bareMs: median(bareTimes), clockedMs: median(clockedTimes), restMs: median(rests), kernels };
}
