// The same cases on every contender, in rounds; what each takes, its share of the limit, its ratio to the native engine.
import { AbsentError } from "./child.js";
import { startAll } from "./contenders.js";
import { interleave } from "./interleave.js";
import { limitKey, startLimits } from "./limits.js";
import { loadLine, mebibytes, number, percent, range, table, threadsText, wrapped } from "./report.js";
import { median, ratios, summary } from "./statistics.js";

/** The limits' child, or undefined and the reason. */
export async function limitsOrWhyNot() {
  try {
    return { limits: await startLimits() };
  } catch (error) {
    if (error instanceof AbsentError) return { absent: `The machine's limits: ${error.message}.` };
    throw error;
  }
}

/**
 * @typedef {object} Entry one contender at one case
 * @property {string} case
 * @property {string} name
 * @property {string} family
 * @property {number} threads
 * @property {number[]} ms by round
 * @property {number} gigaflops at the median
 * @property {number[]} [ofLimit] shares of the machine's limit by round
 * @property {number[]} [toNative] time ÷ the native engine's with as many threads, by round
 * @property {number} [peakBytes] the most memory its process held
 */

/**
 * Starts the contenders, measures, ends them.
 * @param {readonly object[]} cases of work.js
 * @param {readonly import("./contenders.js").Contender[]} contenders
 * @param {{ rounds: number, caseFor?: (contender: object, wanted: object) => object }} options `caseFor` adds what only
 *   one contender is told
 */
export async function compare(cases, contenders, { rounds, caseFor = (_, wanted) => wanted }) {
  const { limits, absent: noLimits } = await limitsOrWhyNot();
  const { running, absent } = await startAll(contenders);
  if (noLimits) absent.push(noLimits);
  try {
    const key = (wanted, { name, threads }) => `${wanted.name} | ${name} | ${threads}`;
    const runs = [];
    for (const { contender, child } of running) {
      for (const wanted of cases) await child.ask({ prepare: caseFor(contender, wanted) });
      const run = (wanted) => async () => (await child.ask({ run: wanted.name })).ms;
      runs.push(...cases.map((wanted) => ({ key: key(wanted, contender), child, run: run(wanted) })));
    }
    const bounds = new Set(running.map(({ contender }) => limitKey(contender.limit, contender.threads)));
    for (const { contender } of limits ? running : [])
      if (bounds.delete(limitKey(contender.limit, contender.threads)))
        runs.push(limits.contender(contender.limit, contender.threads));
    const { figures, load } = await interleave(runs, rounds);

    const entries = cases.flatMap((wanted) =>
      running.map(({ contender, child }) => {
        const ms = figures.get(key(wanted, contender));
        const limit = figures.get(limitKey(contender.limit, contender.threads));
        const native = figures.get(key(wanted, { name: "tandem native", threads: contender.threads }));
        return {
          case: wanted.name,
          name: contender.name,
          family: contender.family,
          threads: contender.threads,
          ms,
          gigaflops: wanted.flops / median(ms) / 1e6,
          ofLimit: limit && ms.map((time, round) => wanted.flops / time / 1e6 / limit[round]),
          toNative: native && contender.family !== "native" ? ratios(ms, native) : undefined,
          peakBytes: child.peakBytes(),
        };
      }),
    );
    return { entries, absent, load };
  } finally {
    await Promise.all([...running.map(({ child }) => child.end()), limits?.child.end()]);
  }
}

const SETTING = "setting";

/**
 * @param {readonly object[]} cases
 * @param {readonly Entry[]} entries
 * @param {{ memory?: boolean }} options
 */
export function comparisonTable(cases, entries, { memory = false } = {}) {
  const titles = [SETTING, "threads", "median ms", "min–max", "GFLOP/s", "limit", "÷ native"];
  if (memory) titles.push("peak MiB");
  const rows = cases.flatMap((wanted) => {
    const title = `${wanted.name}${wanted.where ? `: ${wanted.where}` : ""} (${number(wanted.flops / 1e9)} GFLOP)`;
    const lines = entries.filter((entry) => entry.case === wanted.name).map(entryRow);
    return [title, ...lines];
  });
  return table(titles, rows);

  function entryRow({ name, threads, ms, gigaflops, ofLimit, toNative, peakBytes }) {
    const ratio = toNative ? `${median(toNative).toFixed(2)} ×` : "";
    const row = [name, String(threads), number(median(ms)), range(ms), number(gigaflops), percent(ofLimit), ratio];
    return memory ? [...row, mebibytes(peakBytes)] : row;
  }
}

/**
 * For each number of threads: the fastest PyTorch setting and what the native engine takes of its time.
 * @param {readonly Entry[]} entries of one case
 */
export function againstFastestTorch(entries) {
  const native = entries.filter(({ family }) => family === "native");
  return native.flatMap((mine) => {
    const peers = entries.filter(({ family, threads }) => family === "torch" && threads === mine.threads);
    if (peers.length === 0) return [];
    const fastest = peers.reduce((best, peer) => (median(peer.ms) < median(best.ms) ? peer : best));
    return [{ threads: mine.threads, peer: fastest.name, ratio: summary(ratios(mine.ms, fastest.ms)) }];
  });
}

export const fastestTorchLine = ({ threads, peer, ratio }) =>
  `${threadsText(threads)}: native ÷ fastest PyTorch ${spread(ratio)}: ${peer}`;

const spread = ({ median: middle, min, max }) => `${middle.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;

/** How much faster several threads are than one. @param {readonly Entry[]} entries of one case */
export function threadGains(entries) {
  return entries
    .filter(({ family, threads }) => (family === "native" || family === "wasm") && threads > 1)
    .flatMap((many) => {
      const one = entries.find(({ name, threads }) => name === many.name && threads === 1);
      return one ? [{ name: many.name, threads: many.threads, gain: summary(ratios(one.ms, many.ms)) }] : [];
    });
}

export const threadGainLine = ({ name, threads, gain }) =>
  `${name}: ${threadsText(threads)} are ${spread(gain)} times as fast as one.`;

/** What was not there, and how busy the machine was. */
export function closing({ absent, load }) {
  return [...absent.map((line) => wrapped(`Absent: ${line}`)), loadLine(load)].join("\n");
}
