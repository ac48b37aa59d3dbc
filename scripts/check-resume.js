// Kills training with SIGKILL at random moments, lets it go on, and expects the file of a run that was never stopped.
//   npm run check:resume [-- KILLS [SEED]]      100 kills unless given
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSafetensors } from "../dist/models/safetensors.js";
import { RandomStream } from "../dist/random.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const command = join(root, "dist/node/tandem.js");
const [kills = 100, seed = 1] = process.argv.slice(2).map(Number);

/** What all recipes share: a model so small that most of the time goes into what is tested, and files written all the time. */
const SMALL = {
  "model.embeddingSize": 11,
  "model.encoder.hiddenSize": 13,
  "model.decoder.hiddenSize": 17,
  "source.tokenizer": "chars",
  "target.tokenizer": "chars",
  "train.batchSize": 8,
  "train.epochs": 5,
  "train.dropout": 0.2,
  "train.checkpointEvery.steps": 3,
};
/** Recipes by what each adds: whatever a run draws or remembers has to come back. */
const RECIPES = {
  "adam, dropout, shuffling": {},
  "adamw, cosine, words left out, best epoch by chrF": {
    "train.optimizer": "adamw",
    "train.schedule": "cosine",
    "train.wordDropout": 0.1,
    "train.metric": "chrf",
  },
  "sgd with momentum, plateau, early end": {
    "train.optimizer": "sgd",
    "train.momentum": 0.9,
    "train.learningRate": 0.05,
    "train.schedule": "plateau",
    "train.plateau.patience": 0,
    "train.patience": 2,
  },
  "pairs on disk, cut anew in every epoch, its own tokens read in training": {
    "data.streaming": "always",
    "source.tokenizer": "bpe",
    "source.vocabSize": 60,
    "source.bpeDropout": 0.2,
    "train.scheduledSampling.probability": 0.3,
    "train.evaluateEvery": 20,
  },
  "averaged weights, steps of two batches": { "train.ema": 0.9, "train.accumulate": 2 },
  "merges left out, one vocabulary, copying": {
    "source.tokenizer": "bpe",
    "target.tokenizer": "bpe",
    "source.vocabSize": 60,
    "target.vocabSize": 60,
    "source.bpeDropout": 0.2,
    "target.bpeDropout": 0.2,
    jointVocabulary: true,
    "model.copy": true,
  },
};
/** A run that is killed over and over again goes on to its end after so many. */
const MOST_KILLS_OF_A_RUN = 4;

const folder = mkdtempSync(join(tmpdir(), "tandem-resume-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const chance = new RandomStream(seed, "kills").sequence();

const syllables = ["ka", "mo", "ti", "su", "re", "no", "ya", "hi", "lu", "pe", "zo"];
const word = (n) => [n % 11, (n * 7) % 11, (n * n) % 11].map((i) => syllables[i]).join("");
const line = (n) => Array.from({ length: 1 + (n % 4) }, (_, i) => word(n * 3 + i * 5));
const pairs = Array.from({ length: 240 }, (_, n) => `${line(n).join(" ")}\t${line(n).reverse().join(" ")}\n`).join("");
const data = join(folder, "pairs.tsv");
writeFileSync(data, pairs);

/** Starts a process; `ended` gives its exit code, or null if it was killed. */
function start(out, settings, more) {
  const set = Object.entries({ ...SMALL, ...settings }).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
  const child = spawn(process.execPath, [command, "train", data, "--out", out, ...set, ...more], { stdio: "pipe" });
  let said = "";
  child.stdout.resume();
  child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
  const ended = once(child, "close").then(([code]) => ({ code, said }));
  return { child, ended };
}

/** Starts a new run, or goes on with the one that is there, with any number of threads. */
function begin(out, settings) {
  const resume = existsSync(join(out, "recipe.yaml")) ? ["--resume"] : [];
  return start(out, settings, ["--threads", String(1 + Math.floor(chance() * 2)), ...resume]);
}

/** Kills after a while, or as soon as a file is being written after that. */
async function killSometime({ child, ended }, out, milliseconds, whileWriting) {
  let watcher;
  const timer = setTimeout(() => {
    const checkpoints = join(out, "checkpoints");
    if (!whileWriting || !existsSync(checkpoints)) return child.kill("SIGKILL");
    watcher = watch(checkpoints, (_, name) => name?.endsWith(".part") && child.kill("SIGKILL"));
  }, milliseconds);
  const { code, said } = await ended;
  clearTimeout(timer);
  watcher?.close();
  if (code !== null && code !== 0) throw new Error(`tandem train: expected 0 or to be killed, got ${code}. ${said}`);
  return code === null;
}

const digest = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");

/** What the log says of epochs and the end, without how long they took. */
function logged(out) {
  const lines = readFileSync(join(out, "log.jsonl"), "utf8").trimEnd().split("\n");
  const entries = lines.map((text) => JSON.parse(text)).filter(({ kind }) => kind === "epoch" || kind === "end");
  return JSON.stringify(entries.map(({ seconds: _, ...entry }) => entry));
}

/** What a process that was killed may never leave behind: a model file that is not whole. */
function expectWholeModel(out) {
  const file = join(out, "model.safetensors");
  if (existsSync(file)) readSafetensors(readFileSync(file), file);
}

function expectSame(what, got, expected, name) {
  if (got !== expected) throw new Error(`${name}: expected ${what}\n  ${expected}\ngot\n  ${got}`);
}

const wholes = new Map();
for (const [name, settings] of Object.entries(RECIPES)) {
  const out = join(folder, `whole-${wholes.size}`);
  const began = performance.now();
  const { code, said } = await start(out, settings, []).ended;
  if (code !== 0) throw new Error(`tandem train (${name}): expected 0, got ${code}. ${said}`);
  const took = performance.now() - began;
  wholes.set(name, { model: digest(join(out, "model.safetensors")), log: logged(out), took });
}

const names = [...wholes.keys()];
const killed = Object.fromEntries(names.map((name) => [name, 0]));
const at = { "before the first checkpoint": 0, "between checkpoints": 0, "while a file was written": 0 };
let [total, runs] = [0, 0];
for (; total < kills; runs++) {
  const name = names[runs % names.length];
  const { model, log, took } = wholes.get(name);
  const out = join(folder, `run-${runs}`);
  const times = 1 + Math.floor(chance() * MOST_KILLS_OF_A_RUN);
  for (let i = 0; i < times && total < kills; i++) {
    if (!(await killSometime(begin(out, RECIPES[name]), out, chance() * took, chance() < 0.5))) break;
    total++;
    killed[name]++;
    expectWholeModel(out);
    const left = existsSync(out) ? readdirSync(out, { recursive: true }).map(String) : [];
    const moment = left.some((file) => file.endsWith(".part"))
      ? "while a file was written"
      : left.some((file) => /step-\d+\.safetensors$/.test(file))
        ? "between checkpoints"
        : "before the first checkpoint";
    at[moment]++;
  }
  const { code, said } = await begin(out, RECIPES[name]).ended;
  if (code !== 0) throw new Error(`resumed (${name}): expected 0, got ${code}. ${said}`);
  expectSame("the model of a run that was never stopped", digest(join(out, "model.safetensors")), model, name);
  expectSame("the log of a run that was never stopped", logged(out), log, name);
  const left = readdirSync(out, { recursive: true }).filter((file) => /\.(part|lock)$/.test(String(file)));
  expectSame("nothing left behind", left.join(" "), "", name);
  rmSync(out, { recursive: true });
}

for (const [name, { model }] of wholes) console.log(`${killed[name]} kills  sha256 ${model.slice(0, 16)}…  ${name}`);
console.log(
  Object.entries(at)
    .map(([moment, count]) => `${count} ${moment}`)
    .join(", "),
);
console.log(
  `${total} kills of ${runs} runs (seed ${seed}): every run ended with the file of one that was never stopped.`,
);
