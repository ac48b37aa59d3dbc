// This tree against a revision: the reference step of both, side by side in pairs. Exit code 1 if it became slower.
import { ours } from "../contenders.js";
import { interleave } from "../interleave.js";
import { loadLine, number, threadsText } from "../report.js";
import { buildRevision } from "../revision.js";
import { median, medianInterval, ratios } from "../statistics.js";
import { trainStep } from "../work.js";

/**
 * The median of the ratios decides, not the end of its interval: a loss of 6 % is seen whatever the noise. Where the
 * interval does not tell the median from the bound, more pairs are run, so that noise seldom decides.
 */
const BOUND = 1.05;
const MOST_PAIRS = 120;

/** The 95 % interval lies on one side of the bound. */
const isClear = ({ low, high }) => low > BOUND || high < BOUND;

async function startNamed(contender, key) {
  try {
    return await contender.start();
  } catch (error) {
    throw new Error(`against: ${key === "before" ? "the revision" : "this tree"}: ${error.message}`, { cause: error });
  }
}

async function compareBuilds({ dist, pairs, backend, threads }) {
  const sides = { before: ours(backend, threads, dist), after: ours(backend, threads) };
  const runs = [];
  try {
    for (const [key, contender] of Object.entries(sides)) {
      const child = await startNamed(contender, key);
      runs.push({ key, child, run: async () => (await child.ask({ run: trainStep().name })).ms });
      await child.ask({ prepare: trainStep() });
    }
    const times = { before: [], after: [] };
    let verdict;
    let load;
    do {
      const measured = await interleave(runs, pairs);
      load = measured.load;
      for (const key of ["before", "after"]) times[key].push(...measured.figures.get(key));
      const ratio = ratios(times.after, times.before);
      verdict = { ratio: median(ratio), ...medianInterval(ratio) };
    } while (!isClear(verdict) && times.after.length + pairs <= Math.max(MOST_PAIRS, pairs));
    return { threads, times, ...verdict, slower: verdict.ratio > BOUND, load };
  } finally {
    await Promise.all(runs.map(({ child }) => child.end()));
  }
}

function print({ threads, times, ratio, low, high, slower, load }) {
  const change = 100 * (ratio - 1);
  const direction = change > 0 ? "slower" : "faster";
  console.log(
    `\n${threadsText(threads)}: ${number(median(times.before))} ms before, ${number(median(times.after))} ms after. ` +
      `Median ratio ${ratio.toFixed(3)} (95 % interval ${low.toFixed(3)}–${high.toFixed(3)},\n` +
      `${times.after.length} pairs): ${Math.abs(change).toFixed(1)} % ${direction}.` +
      `${slower ? ` That is more than ${((BOUND - 1) * 100).toFixed(0)} %.` : ""}`,
  );
  console.log(loadLine(load));
}

/** @param {{ revision: string, pairs: number, threads: number[], backend?: "native" | "wasm" }} options */
export async function against({ revision, pairs, threads, backend = "native" }) {
  const { commit, dist, remove } = buildRevision(revision);
  try {
    console.log(`\nThe reference step of this tree against ${revision} (${commit.slice(0, 10)}), backend ${backend}`);
    const results = [];
    for (const count of threads) {
      const result = await compareBuilds({ dist, pairs, backend, threads: count });
      print(result);
      results.push(result);
    }
    if (results.some(({ slower }) => slower)) process.exitCode = 1;
    return { commit, backend, results };
  } finally {
    remove();
  }
}
