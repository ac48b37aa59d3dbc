// One factor varied at a time around the reference step: time, memory, their exponents; then where the time goes.
import { closing, limitsOrWhyNot } from "../comparison.js";
import { ours } from "../contenders.js";
import { interleave } from "../interleave.js";
import { mebibytes, number, percent, range, roundsText, table, threadsText, wrapped } from "../report.js";
import { exponent, median } from "../statistics.js";
import { corpus, REFERENCE, trainStep } from "../work.js";

const FACTORS = [
  { title: "hidden size", key: "hidden", values: [64, 128, 256, 512, 1024] },
  { title: "vocabulary", key: "vocabulary", values: [2000, 4000, 8000, 16000, 32000] },
  { title: "batch", key: "batch", values: [16, 32, 64, 128, 256] },
  { title: "length of both sides", key: "time", values: [10, 20, 30, 40, 50] },
  { title: "cell", key: "cell", values: ["gru", "lstm"] },
].map(({ title, key, values }) => ({ title, values, caseOf: (value) => trainStep({ [key]: value }) }));

const CORPUS_SIZES = [1000, 2000, 4000, 8000, 16000];
const CORPUS_FACTORS = [
  {
    title: "pairs of text: vocabularies, ids, a fresh model",
    values: CORPUS_SIZES,
    caseOf: (pairs) => corpus(pairs, "preparation"),
  },
  {
    title: "pairs of text: the same and one epoch at hidden 64",
    values: CORPUS_SIZES,
    caseOf: (pairs) => corpus(pairs, "epoch"),
  },
];

/** Every value in a process of its own, all of a factor in the same rounds. */
async function measureFactor({ title, values, caseOf }, contender, limits, rounds) {
  const running = [];
  try {
    for (const value of values) {
      const wanted = caseOf(value);
      const child = await contender.start();
      running.push({ value, wanted, child, idleBytes: child.peakBytes() });
      await child.ask({ prepare: wanted });
    }
    const runs = running.map(({ value, wanted, child }) => ({
      key: String(value),
      child,
      run: async () => (await child.ask({ run: wanted.name })).ms,
    }));
    const limit = limits?.contender(contender.limit, contender.threads);
    const { figures, load } = await interleave(limit ? [...runs, limit] : runs, rounds);
    const bound = limit && figures.get(limit.key);
    const points = [];
    for (const { value, wanted, child, idleBytes } of running) {
      const ms = figures.get(String(value));
      const gigaflops = wanted.flops && ms.map((time) => wanted.flops / time / 1e6);
      points.push({
        value,
        ms,
        gigaflops: gigaflops && median(gigaflops),
        ofLimit: gigaflops && bound && gigaflops.map((rate, round) => rate / bound[round]),
        // A corpus gives its memory back before the round ends.
        engineBytes: (await child.ask({ memory: true })).reservedBytes || undefined,
        peakBytes: child.peakBytes(),
        idleBytes,
      });
    }
    return { title, points, load, exponents: exponentsOf(points) };
  } finally {
    await Promise.all(running.map(({ child }) => child.end()));
  }
}

/** Of time, of the engine's memory and of what the process took beyond its start; none where the values are no numbers. */
function exponentsOf(points) {
  const values = points.map(({ value }) => value);
  if (!values.every(Number.isFinite)) return undefined;
  const fit = (of) => {
    const measured = points.map(of);
    return measured.every((y) => y > 0) ? exponent(values, measured) : undefined;
  };
  return {
    time: fit(({ ms }) => median(ms)),
    "the engine's memory": fit(({ engineBytes }) => engineBytes),
    "the process's": fit(({ peakBytes, idleBytes }) => peakBytes - idleBytes),
  };
}

function printFactor({ title, points, exponents, load }) {
  const titles = ["", "median ms", "min–max", "GFLOP/s", "limit", "engine MiB", "peak MiB"];
  const rows = points.map(({ value, ms, gigaflops, ofLimit, engineBytes, peakBytes }) => [
    String(value),
    number(median(ms)),
    range(ms),
    number(gigaflops),
    percent(ofLimit),
    mebibytes(engineBytes),
    mebibytes(peakBytes),
  ]);
  console.log(`\nBy ${title}\n${table(titles, rows)}`);
  if (exponents) {
    const said = ([what, { power, fit }]) => `${what} ^ ${power.toFixed(2)} (R² ${fit.toFixed(3)})`;
    const known = Object.entries(exponents).filter(([, found]) => found);
    console.log(wrapped(`Grows as: ${known.map(said).join(", ")}.`));
  } else {
    const [first, second] = points;
    const ratio = median(second.ms.map((time, round) => time / first.ms[round]));
    console.log(`${second.value} takes ${ratio.toFixed(2)} of the time of ${first.value}.`);
  }
  console.log(closing({ absent: [], load }));
}

/** The reference step with a clock around every kernel, in a process of its own. */
async function kernelTable(contender, limits) {
  const child = await contender.start();
  try {
    const measured = await child.ask({ kernels: trainStep() });
    const rate = async (kind) => limits && (await limits.contender(kind, contender.threads).run());
    const bounds = { flops: await rate(contender.limit), bytes: await rate("copy") };
    return { ...measured, bounds };
  } finally {
    await child.end();
  }
}

function printKernels({ bareMs, clockedMs, restMs, kernels, bounds }) {
  // A step that was interrupted is longer than the medians of its parts.
  const whole = kernels.reduce((total, { ms }) => total + ms, restMs);
  const share = (ms) => `${((100 * ms) / whole).toFixed(1)} %`;
  const rows = kernels.map(({ name, calls, ms, flops, bytes }) => {
    const [unit, amount, bound] = flops ? ["GFLOP/s", flops, bounds.flops] : ["GB/s", bytes, bounds.bytes];
    const rate = amount ? amount / ms / 1e6 : undefined;
    return [
      name,
      number(calls),
      number(ms),
      share(ms),
      rate === undefined ? "" : `${number(rate)} ${unit}`,
      rate === undefined || bound === undefined ? "" : `${((100 * rate) / bound).toFixed(0)} %`,
    ];
  });
  rows.push(["JavaScript, calls and clocks", "", number(restMs), share(restMs), "", ""]);
  console.log(`\n${table(["kernel", "calls", "ms", "share", "rate", "limit"], rows)}`);
  console.log(
    wrapped(
      `A step with clocks takes ${number(clockedMs)} ms, without ${number(bareMs)} ms; limit: registers for GFLOP/s, ` +
        "a copy larger than the caches for GB/s, which what lies in a cache may exceed.",
    ),
  );
}

/** @param {{ rounds: number, threads: number[], backend?: "native" | "wasm" }} options */
export async function scaling({ rounds, threads, backend = "native" }) {
  const contender = ours(backend, threads.at(-1));
  // Says why at once if it cannot be had.
  await (await contender.start()).end();
  const { limits, absent } = await limitsOrWhyNot();
  if (absent) console.log(`Absent: ${absent}`);
  const { hidden, vocabulary, batch, time, cell } = REFERENCE;
  console.log(
    `\nOne factor at a time around the reference step (hidden ${hidden}, ${vocabulary} words, ${batch} rows, ` +
      `${time} + ${time} tokens,\n${cell.toUpperCase()}); ${contender.name}, ${threadsText(contender.threads)}, ${roundsText(rounds)}`,
  );
  try {
    const factors = [];
    for (const factor of [...FACTORS, ...CORPUS_FACTORS]) {
      const result = await measureFactor(factor, contender, limits, rounds);
      printFactor(result);
      factors.push(result);
    }
    const kernels = await kernelTable(contender, limits);
    console.log("\nWhere the time of the reference step goes");
    printKernels(kernels);
    return { factors, kernels, absent };
  } finally {
    await limits?.child.end();
  }
}
