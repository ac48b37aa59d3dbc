// A recurrent layer beside PyTorch's and TensorFlow.js's.
import { againstFastestTorch, closing, compare, comparisonTable } from "../comparison.js";
import { ours, tfjs, torch } from "../contenders.js";
import { number, table } from "../report.js";
import { layer } from "../work.js";
import { settingsLines } from "./settings.js";

/** @param {{ rounds: number, threads: number[] }} options */
export async function layers({ rounds, threads }) {
  const cases = ["lstm", "gru"].flatMap((cell) =>
    [256, 512].flatMap((size) => ["both", "forward"].map((what) => layer(cell, size, size, what))),
  );
  const peers = torch(threads);
  const contenders = [
    ...["native", "wasm"].flatMap((backend) => threads.map((count) => ours(backend, count))),
    ...peers.contenders,
    tfjs(),
  ];
  const result = await compare(cases, contenders, { rounds });
  result.absent.push(...peers.absent);
  const summaries = cases.map((wanted) => ({
    case: wanted.name,
    fastest: againstFastestTorch(result.entries.filter((entry) => entry.case === wanted.name)),
  }));
  console.log("\nOne layer over 20 steps of 64 rows, no mask; backward includes the gradient of the input\n");
  console.log(comparisonTable(cases, result.entries));
  console.log(settingsLines(contenders));
  if (peers.contenders.length > 0) console.log(`\n${fastestTable(summaries)}\n`);
  console.log(closing(result));
  return { ...result, summaries };
}

/** The fastest PyTorch of every case. */
function fastestTable(summaries) {
  const rows = summaries.flatMap(({ case: name, fastest }) =>
    fastest.map(({ threads, peer, ratio }) => [
      name,
      String(threads),
      number(ratio.median),
      `${number(ratio.min)}–${number(ratio.max)}`,
      peer,
    ]),
  );
  return table(["native ÷ fastest PyTorch", "threads", "ratio", "min–max", "which"], rows);
}
