// Trains on a generated corpus from memory and from disk: the same model, bounded memory, and the speed of both.
//   npm run check:streaming [-- PAIRS STEPS]      default: 2,000,000 pairs, 2,000 steps at hidden size 64
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const command = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist/node/tandem.js");
const [pairCount = 2_000_000, steps = 2000] = process.argv.slice(2).map(Number);
const MOST_MEBIBYTES = 1024;
const LEAST_SPEED = 0.9;
const WORDS = 20_000;

const folder = mkdtempSync(join(tmpdir(), "tandem-streaming-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** The next of a sequence that looks random: a linear congruential generator (Knuth, TAOCP 2, 3.3.4). */
let state = 1;
const draw = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
/** Few words are frequent and most are rare. */
const word = (side) => `${side}${Math.floor(WORDS ** (draw(1e6) / 1e6))}`;

async function generate(path) {
  const out = createWriteStream(path);
  for (let i = 0; i < pairCount; i++) {
    const length = 3 + draw(16);
    const side = (name, count) => Array.from({ length: count }, () => word(name)).join(" ");
    if (!out.write(`${side("s", length)}\t${side("t", Math.max(1, length - 2 + draw(5)))}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
}

/** The most memory a process ever had, in MiB; only Linux tells. */
function peakMemory(pid) {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) / 1024;
}

/** Trains once; words a second are those of the middle steps, for the first ones also make room. */
async function train(name, duration, streaming) {
  const overrides = [
    ...["model.embeddingSize=64", "model.encoder.hiddenSize=64", "model.decoder.hiddenSize=64"],
    ...["source.tokenizer=whitespace", "target.tokenizer=whitespace", "data.holdOut=0", "train.batchTokens=2048"],
    ...[duration, `data.streaming=${streaming}`, "train.samples=0"],
  ];
  const args = ["train", join(folder, "pairs.tsv"), "--json", "--out", join(folder, name)];
  const heap = streaming === "never" ? ["--max-old-space-size=6144"] : [];
  const child = spawn(process.execPath, [...heap, command, ...args, ...overrides.flatMap((path) => ["--set", path])], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const began = performance.now();
  let [peak, firstStep, speed, step] = [0, 0, 0, 0];
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line);
    if (event.kind === "end") continue;
    peak = Math.max(peak, peakMemory(child.pid));
    if (event.kind !== "step") continue;
    firstStep ||= performance.now() - began;
    [speed, step] = [event.tokensPerSecond, event.step];
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`tandem train (${name}): expected 0, got ${code}`);
  console.log(
    `${name}: ${step} steps, ${Math.round(speed)} tokens/s, first step after ${(firstStep / 1000).toFixed(0)} s, peak ${peak.toFixed(0)} MiB`,
  );
  return { peak, speed };
}

await generate(join(folder, "pairs.tsv"));
const disk = await train("disk", `train.steps=${steps}`, "always");
const memory = await train("memory", `train.steps=${steps}`, "never");
const whole = await train("whole", "train.epochs=1", "always");
const model = (name) => readFileSync(join(folder, name, "model.safetensors"));
const failures = [];
if (!model("disk").equals(model("memory"))) failures.push("expected the same model from disk and from memory");
for (const [name, { peak }] of Object.entries({ disk, whole }))
  if (!(peak < MOST_MEBIBYTES))
    failures.push(`${name}: expected less than ${MOST_MEBIBYTES} MiB, got ${peak.toFixed(0)}`);
if (!(disk.speed >= LEAST_SPEED * memory.speed))
  failures.push(
    `expected at least ${LEAST_SPEED} of the speed from memory, got ${(disk.speed / memory.speed).toFixed(2)}`,
  );
for (const failure of failures) console.error(`check:streaming: ${failure}.`);
process.exitCode = failures.length > 0 ? 1 : 0;
