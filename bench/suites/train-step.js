// Whole training steps beside PyTorch's and TensorFlow.js's, each size in processes of its own so that the peak is its own.
import {
  againstFastestTorch,
  closing,
  compare,
  comparisonTable,
  fastestTorchLine,
  threadGainLine,
  threadGains,
} from "../comparison.js";
import { ours, tfjs, torch } from "../contenders.js";
import { threadsText } from "../report.js";
import { REFERENCE, trainStep } from "../work.js";
import { settingsLines } from "./settings.js";

const mine = (threads) => ["native", "wasm"].flatMap((backend) => threads.map((count) => ours(backend, count)));

/** TensorFlow.js's own gradients multiply transposed matrices in a plain loop: larger steps take half a minute each. */
const LARGEST_FOR_TFJS = 256;

const stepOf = (hidden) => ({ ...trainStep({ hidden }), name: `hidden ${hidden}` });

/** PyTorch's step can be written in several ways: each setting tries them in a process of its own and keeps the fastest. */
async function chooseVariants(contenders, wanted) {
  const chosen = new Map();
  for (const contender of contenders) {
    const child = await contender.start();
    try {
      chosen.set(contender, await child.ask({ trial: wanted }));
    } finally {
      await child.end();
    }
  }
  return chosen;
}

async function measure(hidden, contenders, rounds) {
  const wanted = stepOf(hidden);
  const variants = await chooseVariants(
    contenders.filter(({ family }) => family === "torch"),
    wanted,
  );
  const caseFor = (contender, plain) => ({ ...plain, variant: variants.get(contender)?.variant });
  const result = await compare([wanted], contenders, { rounds, caseFor });
  const chosen = Array.from(variants, ([{ name, threads }, { variant, tried }]) => ({
    name,
    threads,
    ...variant,
    tried,
  }));
  return {
    wanted,
    ...result,
    chosen,
    fastest: againstFastestTorch(result.entries),
    gains: threadGains(result.entries),
  };
}

function print({ wanted, entries, chosen, fastest, gains, absent, load }, more) {
  console.log(`\n${comparisonTable([wanted], entries, { memory: true })}\n`);
  for (const { name, threads, adam, projection, tried } of chosen)
    console.log(
      `${name}, ${threadsText(threads)}: ${adam} Adam, projection ${projection}, the fastest of ${tried.length} ways.`,
    );
  for (const found of fastest) console.log(fastestTorchLine(found));
  for (const gain of gains) console.log(threadGainLine(gain));
  console.log(closing({ absent: [...absent, ...more], load }));
}

const TITLE =
  `\nOne training step of an attention seq2seq: ${REFERENCE.batch} rows, ${REFERENCE.time} + ${REFERENCE.time} tokens, ` +
  `${REFERENCE.vocabulary} words, Adam, clipping at 5`;

/** @param {{ rounds: number, threads: number[] }} options */
export async function trainSteps({ rounds, threads }) {
  const peers = torch(threads);
  const contenders = [...mine(threads), ...peers.contenders, tfjs()];
  console.log(TITLE);
  console.log(settingsLines(contenders));
  const results = [];
  for (const hidden of [64, 128, 256, 512]) {
    const taking = contenders.filter(({ family }) => family !== "tfjs" || hidden <= LARGEST_FOR_TFJS);
    const result = await measure(hidden, taking, rounds);
    if (taking.length < contenders.length)
      result.absent.push(`tfjs wasm: a step takes too long above hidden ${LARGEST_FOR_TFJS}; left out.`);
    print(result, peers.absent);
    results.push(result);
  }
  return { results, absent: peers.absent };
}

/** The reference step alone, without peers. @param {{ rounds: number, threads: number[] }} options */
export async function referenceStep({ rounds, threads }) {
  const result = await measure(REFERENCE.hidden, mine(threads), rounds);
  console.log(TITLE);
  print(result, []);
  return result;
}
