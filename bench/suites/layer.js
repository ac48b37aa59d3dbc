// A recurrent layer beside PyTorch's and TensorFlow.js's.
import { againstFastestTorch, closing, compare, comparisonTable, fastestTorchLine } from "../comparison.js";
import { ours, tfjs, torch } from "../contenders.js";
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
  for (const { case: name, fastest } of summaries)
    for (const found of fastest) console.log(`${name}: ${fastestTorchLine(found)}`);
  console.log(closing(result));
  return { ...result, summaries };
}
