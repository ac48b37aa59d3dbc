// Whether a model says the same wherever it is asked: library, command and browser the same texts; every backend and
// instruction set at least 99.9 % of the lines alike, and where not, only at near-ties, each of them shown.
//   npm run check:agreement [-- LINES]      4000 lines, greedily and with a beam
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadModel, RandomStream, train } from "tandem-seq2seq";
import { nativeStatus } from "../dist/kernels/native/native.js";
import { CHROMIUM_ARGUMENTS, findChromium } from "./chromium.js";
import { bundleWorker, openWorkerPage, serveFiles, WORKER_PAGE } from "./worker-page.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lineCount = Number(process.argv[2] ?? 4000);
const LEAST_EQUAL = 0.999;
/** How far apart the scores of two outputs may be where backends part: float32 sums of some dozen terms. */
const NEAR_TIE = 1e-3;
const SEARCHES = { greedy: { beamSize: 1 }, "beam of 4": { beamSize: 4 } };
const WORDS = 60;

const random = new RandomStream(7, "agreement", "");
let drawn = 0;
const below = (limit) => random.at(drawn++) % limit;

/** Words in another order with endings: learnt in part only, so that there is much to be unsure of. */
function pair() {
  const source = Array.from({ length: 2 + below(8) }, () => below(WORDS));
  const target = source.toReversed().map((word, i) => `t${word}${i % 3 === 0 && below(4) === 0 ? "a" : ""}`);
  return [source.map((word) => `s${word}`).join(" "), target.join(" ")];
}

/** Lines as in training, some with words that the model does not know. */
function line(i) {
  const [source] = pair();
  return i % 10 === 0 ? `${source} unheard${i}` : source;
}

const folder = mkdtempSync(join(tmpdir(), "tandem-agreement-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "model.safetensors");
const trained = await train(Array.from({ length: 1500 }, pair), {
  source: { tokenizer: "whitespace" },
  target: { tokenizer: "whitespace" },
  model: { embeddingSize: 24, encoder: { hiddenSize: 24 }, decoder: { hiddenSize: 24 } },
  train: { epochs: 6, learningRate: 0.005 },
  decode: { maxLength: 16 },
  backend: "wasm",
});
await trained.save(file);
trained.dispose();
const lines = Array.from({ length: lineCount }, (_, i) => line(i));
const linesFile = join(folder, "lines.txt");
writeFileSync(linesFile, `${lines.join("\n")}\n`);

const results = (translations) =>
  translations.map(({ text, score, tokens, tokenScores }) => ({ text, score, tokens, tokenScores }));

/**
 * How near a tie was. A beam weighs whole outputs. Greedy search parts at one token, and what it writes after that says
 * nothing any more: both tokens are the best of their backend there.
 */
function gapBetween(one, other, isGreedy) {
  if (!isGreedy) return Math.abs(one.score - other.score);
  const parting = one.tokens.findIndex((token, i) => token !== other.tokens[i]);
  const place = parting < 0 ? one.tokens.length : parting;
  return Math.abs(one.tokenScores[place] - other.tokenScores[place]);
}

async function byLibrary(options, backend) {
  const model = await loadModel(file, { backend });
  try {
    return results(await model.translate(lines, options));
  } finally {
    model.dispose();
  }
}

function byCommand({ beamSize }, backend, environment = {}) {
  const command = join(root, "dist/node/tandem.js");
  const args = [command, "predict", file, linesFile, "--backend", backend, "--beam", beamSize, "--format", "jsonl"];
  const env = { ...process.env, ...environment };
  const options = { encoding: "utf8", env, maxBuffer: 2 ** 28 };
  const { status, stdout, stderr } = spawnSync(process.execPath, args.map(String), options);
  if (status !== 0) throw new Error(`tandem predict: expected 0, got ${status}. ${stderr}`);
  return results(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  );
}

async function inBrowser(ask, options) {
  return results(
    await ask("translate", { address: "/model.safetensors", lines, options: { ...options, attention: false } }),
  );
}

/** A page's Worker to ask, or undefined where there is no Chromium. */
async function openBrowser() {
  const executablePath = findChromium();
  if (executablePath === undefined) return undefined;
  const { chromium } = await import("playwright-core");
  const server = await serveFiles({
    "/": { type: "text/html", body: WORKER_PAGE },
    "/worker.js": { type: "text/javascript", body: await bundleWorker() },
    "/model.safetensors": { type: "application/octet-stream", body: readFileSync(file) },
  });
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGUMENTS });
  const close = async () => {
    await browser.close();
    server.close();
  };
  return { ask: await openWorkerPage(browser, server, "/"), close };
}

const failures = [];

/** Compares with WebAssembly's results; `exact`: where the same code computes, nothing may differ. */
function compare(name, search, expected, found, exact) {
  const different = [...expected.keys()].filter((i) => expected[i].text !== found[i].text);
  const equal = expected.length - different.length;
  const apart = Math.max(
    ...expected.map(({ score, text }, i) => (text === found[i].text ? Math.abs(score - found[i].score) : 0)),
  );
  const share = ((100 * equal) / expected.length).toFixed(3);
  console.log(
    `${search}, ${name}: ${equal} of ${expected.length} lines the same (${share} %), their scores within ${apart.toExponential(1)}`,
  );
  for (const i of different) {
    const gap = gapBetween(expected[i], found[i], SEARCHES[search].beamSize === 1);
    console.log(`  line ${i + 1}, scores ${gap.toExponential(1)} apart: "${expected[i].text}" and "${found[i].text}"`);
    if (!(gap <= NEAR_TIE))
      failures.push(`${search}, ${name}, line ${i + 1}: expected a near-tie, got scores ${gap} apart`);
  }
  if (exact && (different.length > 0 || apart > 0))
    failures.push(`${search}, ${name}: expected the same texts and scores, got others`);
  if (equal < LEAST_EQUAL * expected.length)
    failures.push(`${search}, ${name}: expected 99.9 % of the lines alike, got ${share} %`);
}

const browser = await openBrowser();
if (!browser)
  console.log("NOT RUN: the browser. No Chromium was found; install Debian's package chromium, or set CHROMIUM_PATH.");
try {
  for (const [search, options] of Object.entries(SEARCHES)) {
    const wasm = await byLibrary(options, "wasm");
    console.log(`${search}, library on WebAssembly: ${new Set(wasm.map(({ text }) => text)).size} different outputs`);
    compare("command on WebAssembly", search, wasm, byCommand(options, "wasm"), true);
    if (browser) compare("Chromium", search, wasm, await inBrowser(browser.ask, options), true);
    const { instructionSets = [], why } = nativeStatus();
    if (why) console.log(`NOT RUN: the native engine. ${why}`);
    for (const isa of instructionSets)
      compare(`native ${isa}`, search, wasm, byCommand(options, "native", { TANDEM_ISA: isa }), false);
    compare("reference", search, wasm, byCommand(options, "reference"), false);
  }
} finally {
  await browser?.close();
}
for (const failure of failures) console.error(`check:agreement: ${failure}.`);
process.exitCode = failures.length > 0 || (process.env.CI === "true" && !browser) ? 1 : 0;
