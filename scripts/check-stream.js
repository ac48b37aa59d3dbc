// Pushes 100,000 lines through `tandem predict`: every answer in its place, memory that does not grow, throughput.
//   npm run check:stream [-- MODEL]      without a model a small one is trained that turns words round
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const command = join(root, "dist/node/tandem.js");
const LINES = 100_000;
const LOOKED_AT = [10_000, 50_000, 100_000];
/** How much more memory the last lines may take than the first 10,000. */
const MOST_GROWTH = 1.15;
/**
 * V8 sweeps its heap when it likes, and takes more of it first. What the command itself holds on to is seen where the heap
 * is kept small; a leak would grow there, or end it.
 */
const PASSES = { "as it is": [], "heap kept small": ["--max-old-space-size=48", "--max-semi-space-size=1"] };

const folder = mkdtempSync(join(tmpdir(), "tandem-stream-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const letters = [..."abcdefg"];
const word = (i) =>
  [i, i * 3, i * i, i % 5]
    .map((n) => letters[n % 7])
    .join("")
    .slice(0, 1 + (i % 4));

function trainSmallModel() {
  const pairs = Array.from({ length: 60 }, (_, i) => `${word(i)}\t${[...word(i)].reverse().join("")}\n`).join("");
  writeFileSync(join(folder, "pairs.tsv"), pairs);
  const set = [
    "model.embeddingSize=16",
    "model.encoder.hiddenSize=16",
    "model.decoder.hiddenSize=32",
    "train.epochs=5",
  ];
  const args = [
    "train",
    join(folder, "pairs.tsv"),
    "--out",
    join(folder, "run"),
    ...set.flatMap((path) => ["--set", path]),
  ];
  const { status, stderr } = spawnSync(process.execPath, [command, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`tandem train: expected 0, got ${status}. ${stderr}`);
  return join(folder, "run");
}

/** The most memory a process ever had, in MiB; only Linux tells. */
function peakMemory(pid) {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) / 1024;
}

const given = process.argv[2];
const model = given ?? trainSmallModel();
const text = given
  ? ["我爱学习", "欢迎来北京", "现在几点了", "", "我想明天去看电影"]
  : Array.from({ length: 50 }, (_, i) => word(i));
const alone = spawnSync(process.execPath, [command, "predict", model], {
  input: `${text.join("\n")}\n`,
  encoding: "utf8",
});
const expected = alone.stdout.split("\n").slice(0, text.length);

/** Feeds the command started with these flags of Node.js; peaks in MiB. */
async function pass(flags) {
  const child = spawn(process.execPath, [...flags, command, "predict", model], { stdio: ["pipe", "pipe", "inherit"] });
  const started = performance.now();
  const feed = async () => {
    for (let i = 0; i < LINES; i++)
      if (!child.stdin.write(`${text[i % text.length]}\n`))
        await new Promise((resolve) => child.stdin.once("drain", resolve));
  };
  const feeding = feed();
  let [seen, wrong, firstAfter] = [0, 0, 0];
  const peaks = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (seen === 0) firstAfter = performance.now() - started;
    if (line !== expected[seen % text.length]) wrong++;
    seen++;
    if (LOOKED_AT.includes(seen)) peaks.push(peakMemory(child.pid));
    if (seen === LINES) {
      // Only now, for the memory of a process that has ended cannot be read.
      await feeding;
      child.stdin.end();
    }
  }
  return { seen, wrong, firstAfter, peaks, seconds: (performance.now() - started) / 1000 };
}

const failures = [];
for (const [name, flags] of Object.entries(PASSES)) {
  const { seen, wrong, firstAfter, peaks, seconds } = await pass(flags);
  const rate = Math.round(seen / seconds);
  console.log(
    `${name}: ${seen} lines in ${seconds.toFixed(1)} s, ${rate} lines/s, the first after ${firstAfter.toFixed(0)} ms`,
  );
  for (const [i, peak] of peaks.entries())
    console.log(`  peak memory after ${LOOKED_AT[i]} lines: ${peak.toFixed(0)} MiB`);
  if (seen !== LINES) failures.push(`${name}: expected ${LINES} lines, got ${seen}`);
  if (wrong > 0) failures.push(`${name}: ${wrong} lines are not what they are in a short file, or not in their place`);
  if (flags.length > 0 && !(peaks.at(-1) <= MOST_GROWTH * peaks[0]))
    failures.push(`${name}: expected constant memory, got ${peaks.map((peak) => peak.toFixed(0)).join(", ")} MiB`);
}
for (const failure of failures) console.error(`check:stream: ${failure}.`);
process.exitCode = failures.length > 0 ? 1 : 0;
