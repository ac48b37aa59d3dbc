// npm run check:matrix [-- TEXT]: do all kinds of models learn? A set of recipes in which every pair of choices occurs is trained
// to reverse strings, 45 s of one core each, two at a time; the table goes to docs/matrix.md. With TEXT only the recipes whose name holds
// it run, and nothing is written.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { TranslationModel } from "../dist/decode/translation-model.js";
import { createBackend } from "../dist/index.js";
import { RandomStream } from "../dist/random.js";
import { completeRecipe } from "../dist/recipe/index.js";
import { prepareModel } from "../dist/train/prepare.js";
import { Trainer } from "../dist/train/trainer.js";

const SECONDS = 45;
const SEEDS = [1, 2];
const AT_ONCE = 2;
/** Percent of unseen strings reversed without a mistake. */
const WANTED = 99;
/** A model this good on dev may stop before its time. */
const ENOUGH = 99.9;
const SYMBOLS = [..."abcdefghijklmnopqrst"];
const COUNTS = { train: 40_000, dev: 1000, test: 1000 };

const FACTORS = {
  encoder: ["gru", "lstm", "rnn"],
  decoder: ["gru", "lstm", "rnn"],
  attention: ["scaled-dot", "dot", "general", "additive", "multi-head", "none"],
  attend: ["after", "before"],
  context: ["initial", "every-step"],
  bridge: ["dense", "zero", "copy", "mean"],
  layers: [1, 2],
};
/** What the pairs leave out, once each. */
const EXTRAS = [
  {
    name: "layer norm, residual",
    encoder: "lstm",
    decoder: "lstm",
    layers: 2,
    both: { layerNorm: true, residual: true },
  },
  { name: "layer norm", encoder: "gru", decoder: "gru", attend: "before", both: { layerNorm: true } },
  { name: "coverage", attention: "additive", attentionOptions: { coverage: true, coverageLoss: 0.1 } },
  { name: "max summary", attention: "none", summary: "max" },
  { name: "tied", tie: "all", attention: "general" },
  { name: "rectifier", encoder: "rnn-relu", decoder: "rnn-relu" },
];

const DEFAULTS = {
  encoder: "gru",
  decoder: "gru",
  attention: "scaled-dot",
  attend: "after",
  context: "initial",
  bridge: "dense",
  layers: 1,
};

/** Without attention all must pass through one vector, and plain cells forget: both get shorter strings. */
const longestOf = (cell) => (cell.attention === "none" || `${cell.encoder} ${cell.decoder}`.includes("rnn") ? 5 : 10);

function recipeOf(cell, seed) {
  const { encoder, decoder, attention, attend, context, bridge, layers, both, summary, attentionOptions, tie } = cell;
  return {
    source: { tokenizer: "chars" },
    target: { tokenizer: "chars" },
    model: {
      embeddingSize: tie ? 128 : 64,
      tieEmbeddings: tie,
      encoder: { cell: encoder, hiddenSize: 64, layers, summary, ...both },
      decoder: { cell: decoder, hiddenSize: 128, layers, attend, context, bridge, ...both },
      attention: { kind: attention, ...attentionOptions },
    },
    train: {
      batchSize: 64,
      learningRate: 0.002,
      clipNorm: 1,
      dropout: 0,
      epochs: 100,
      metric: "exact",
      samples: 0,
      seed,
    },
  };
}

const isAllowed = (cell) => {
  try {
    completeRecipe(recipeOf(cell, 1));
    return true;
  } catch {
    return false;
  }
};

// ── the cells of the matrix ──────────────────────────────────────────────────────────────────────────────────────────

/** All combinations of the factors. */
function everyCell() {
  return Object.entries(FACTORS)
    .reduce(
      (cells, [name, values]) => cells.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value }))),
      [{}],
    )
    .filter(isAllowed);
}

function pairsOf(cell) {
  const entries = Object.keys(FACTORS).map((name) => `${name} ${cell[name]}`);
  return entries.flatMap((one, i) => entries.slice(i + 1).map((other) => `${one} · ${other}`));
}

/** Cells in which every possible pair of choices occurs: always the one with the most pairs not seen yet. */
function coveringCells() {
  const candidates = everyCell().map((cell) => ({ cell, pairs: pairsOf(cell) }));
  const missing = new Set(candidates.flatMap(({ pairs }) => pairs));
  const chosen = [];
  while (missing.size > 0) {
    const gain = ({ pairs }) => pairs.filter((pair) => missing.has(pair)).length;
    const best = candidates.reduce((most, one) => (gain(one) > gain(most) ? one : most));
    for (const pair of best.pairs) missing.delete(pair);
    chosen.push(best.cell);
  }
  return chosen;
}

const nameOf = (cell) =>
  cell.name ??
  `${cell.encoder} → ${cell.decoder}, ${cell.attention}, ${cell.attend}, ${cell.context}, ${cell.bridge}, ${cell.layers}`;

// ── one training ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Strings of 2 to `longest` symbols, no two alike, and their reversals. */
function reversals(longest) {
  const stream = new RandomStream(20, "reversal");
  const seen = new Set();
  let drawn = 0;
  const draw = (count) => {
    const next = (limit) => Math.floor(stream.uniform(drawn++) * limit);
    const pairs = [];
    while (pairs.length < count) {
      const symbols = Array.from({ length: 2 + next(longest - 1) }, () => SYMBOLS[next(SYMBOLS.length)]);
      const source = symbols.join("");
      if (seen.has(source)) continue;
      seen.add(source);
      pairs.push({ source, target: symbols.reverse().join("") });
    }
    return pairs;
  };
  return { test: draw(COUNTS.test), dev: draw(COUNTS.dev), train: draw(COUNTS.train) };
}

async function trainCell(cell, seed) {
  const { train, dev, test } = reversals(longestOf(cell));
  const recipe = completeRecipe(recipeOf(cell, seed));
  const model = await prepareModel(await createBackend(undefined, { threads: 1 }), recipe, train);
  const trainer = Trainer.onPairs(model, train, dev);
  const timeUp = new AbortController();
  const started = process.cpuUsage().user;
  const seconds = () => (process.cpuUsage().user - started) / 1e6;
  let best = new Map();
  await trainer.run((progress) => {
    if (progress.kind === "epoch" && progress.best) best = model.tensors();
    if (seconds() > SECONDS || (progress.kind === "epoch" && progress.exact >= ENOUGH)) timeUp.abort();
  }, timeUp.signal);
  for (const [name, { shape, data }] of best) model.parameters.load(name, shape, data);
  const spent = seconds();
  const outputs = await new TranslationModel(model).translate(test.map(({ source }) => source));
  const right = outputs.filter(({ text }, i) => text === test[i].target).length;
  return { exact: (100 * right) / test.length, seconds: spent, steps: trainer.step };
}

/** In a process of its own: its processor time is what counts, and a crash is its own. */
function inProcess(cell, seed) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "--cell", JSON.stringify({ cell, seed })], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (part) => (text += part));
    child.on("close", (code) => resolve(code === 0 ? JSON.parse(text) : { exact: 0, seconds: 0, steps: 0 }));
  });
}

// ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────────

function tableOf(rows) {
  const show = ({ exact }) => `${exact.toFixed(1)} %`;
  const lines = rows.map(({ cell, results }) => {
    const best = results.reduce((most, one) => (one.exact > most.exact ? one : most));
    const mark = best.exact >= WANTED ? "✔" : "✘";
    const time = `${best.seconds.toFixed(0)} s`;
    return `| ${nameOf(cell)} | 2–${longestOf(cell)} | ${results.map(show).join(" | ")} | ${time} | ${mark} |`;
  });
  return ["| model | symbols | seed 1 | seed 2 | time of the better | |", "|---|---|---|---|---|---|", ...lines].join(
    "\n",
  );
}

const page = (rows) => `# Do all kinds of models learn?

Written by \`npm run check:matrix\`. Each line is a recipe: encoder → decoder cell, attention, when it attends, context, bridge, layers.
It learns to reverse strings of some of 20 symbols: 2 to 10, or 2 to 5 without attention or with the plain rnn. Shown is how many of
${COUNTS.test} unseen strings come out without a mistake after at most ${SECONDS} s of one core, for two seeds; ✔ from ${WANTED} %. Every pair of
choices that a recipe may make occurs in some line; what the choices have no column for stands at the end.
Encoder 2 × 64, decoder 128, ${COUNTS.train} strings, batches of 64, Adam at 0.002.

${tableOf(rows)}
`;

async function checkMatrix(text) {
  const cells = [...coveringCells(), ...EXTRAS.map((extra) => ({ ...DEFAULTS, ...extra }))].filter((cell) =>
    nameOf(cell).includes(text),
  );
  const rows = cells.map((cell) => ({ cell, results: [] }));
  const jobs = rows.flatMap((row) => SEEDS.map((seed, place) => ({ row, seed, place })));
  console.log(`${cells.length} recipes × ${SEEDS.length} seeds`);
  const work = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const result = await inProcess(job.row.cell, job.seed);
      job.row.results[job.place] = result;
      const { exact, seconds, steps } = result;
      console.log(
        `${exact.toFixed(1)} %  ${seconds.toFixed(0)} s  ${steps} steps  seed ${job.seed}  ${nameOf(job.row.cell)}`,
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const failed = rows.filter(({ results }) => results.every(({ exact }) => exact < WANTED));
  if (text === "") writeFileSync(new URL("../docs/matrix.md", import.meta.url), page(rows));
  else console.log(tableOf(rows));
  console.log(`${rows.length - failed.length} of ${rows.length} recipes reach ${WANTED} %`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

if (process.argv[2] === "--cell") {
  const { cell, seed } = JSON.parse(process.argv[3]);
  console.log(JSON.stringify(await trainCell(cell, seed)));
} else await checkMatrix(process.argv[2] ?? "");
