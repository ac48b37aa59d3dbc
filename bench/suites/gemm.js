// Packed products at the shapes of the reference step and of decoding.
import { closing, compare, comparisonTable } from "../comparison.js";
import { ours } from "../contenders.js";
import { PRODUCTS } from "../work.js";

/** @param {{ rounds: number, threads: number[] }} options */
export async function gemm({ rounds, threads }) {
  const contenders = ["native", "wasm"].flatMap((backend) => threads.map((count) => ours(backend, count)));
  const result = await compare(PRODUCTS, contenders, { rounds });
  console.log("\nProducts with packed weights, m × k · k × n\n");
  console.log(comparisonTable(PRODUCTS, result.entries));
  console.log(`\n${closing(result)}`);
  return result;
}
