// What the machine can do at best; what the other suites give shares of.
import { closing, limitsOrWhyNot } from "../comparison.js";
import { interleave } from "../interleave.js";
import { limitKey } from "../limits.js";
import { number, range, table } from "../report.js";
import { median } from "../statistics.js";

/** @param {{ rounds: number, threads: number[] }} options */
export async function machineLimits({ rounds, threads }) {
  const { limits, absent } = await limitsOrWhyNot();
  if (!limits) {
    console.log(`Absent: ${absent}`);
    return { absent };
  }
  const kinds = {
    fma: [`fused multiply-add in registers, ${limits.vectorBits} bits`, "GFLOP/s"],
    narrow: ["multiply, then add in registers, 128 bits (WebAssembly)", "GFLOP/s"],
    copy: ["copy of 64 MiB, read and written bytes", "GB/s"],
  };
  try {
    const all = Object.keys(kinds).flatMap((kind) => threads.map((count) => ({ kind, count })));
    const { figures, load } = await interleave(
      all.map(({ kind, count }) => limits.contender(kind, count)),
      rounds,
    );
    const rows = all.map(({ kind, count }) => {
      const values = figures.get(limitKey(kind, count));
      const [title, unit] = kinds[kind];
      return [title, String(count), number(median(values)), range(values), unit];
    });
    console.log(`\n${table(["limit", "threads", "median", "min–max", "unit"], rows)}`);
    console.log(`\n${closing({ absent: [], load })}`);
    return { vectorBits: limits.vectorBits, figures: Object.fromEntries(figures), load };
  } finally {
    await limits.child.end();
  }
}
