// One sentence by a model of float32 weights and by the same model with weights of 8 bits, in turns.
import { ours } from "../contenders.js";
import { interleave } from "../interleave.js";
import { loadLine, number, range, roundsText, table, threadsText } from "../report.js";
import { median, ratios } from "../statistics.js";
import { SENTENCE, sentence } from "../work.js";

const CASES = [128, 256, 512].flatMap((hidden) => [1, 5].map((beamSize) => ({ hidden, beamSize })));
const WEIGHTS = ["float32", "int8"];

/** Both models in processes of their own, in the same rounds. */
async function measure({ hidden, beamSize }, contender, rounds) {
  const children = [];
  try {
    const runs = [];
    for (const weights of WEIGHTS) {
      const child = await contender.start();
      children.push(child);
      const wanted = sentence(hidden, beamSize, weights);
      await child.ask({ prepare: wanted });
      runs.push({ key: weights, child, run: async () => (await child.ask({ run: wanted.name })).ms });
    }
    const { figures, load } = await interleave(runs, rounds);
    const [float32, int8] = WEIGHTS.map((weights) => figures.get(weights));
    return { hidden, beamSize, float32, int8, ratios: ratios(float32, int8), load };
  } finally {
    await Promise.all(children.map((child) => child.end()));
  }
}

/** @param {{ rounds: number, threads: number[], backend?: "native" | "wasm" }} options */
export async function int8Weights({ rounds, threads, backend = "native" }) {
  const contender = ours(backend, threads[0]);
  // Says why at once if it cannot be had.
  await (await contender.start()).end();
  const { words, tokens, vocabulary } = SENTENCE;
  console.log(
    `\nOne sentence of ${words} words into ${tokens}, ${vocabulary} words on both sides, bidirectional GRU and attention;\n` +
      `${contender.name}, ${threadsText(contender.threads)}, ${roundsText(rounds)}\n`,
  );
  const results = [];
  for (const wanted of CASES) results.push(await measure(wanted, contender, rounds));
  const rows = results.map(({ hidden, beamSize, float32, int8, ratios }) => [
    `hidden ${hidden}, ${beamSize === 1 ? "greedy" : `beam ${beamSize}`}`,
    number(median(float32)),
    number(median(int8)),
    number(median(ratios)),
    range(ratios),
  ]);
  console.log(table(["", "float32 ms", "int8 ms", "times as fast", "min–max"], rows));
  console.log(loadLine(results.at(-1).load));
  return results;
}
