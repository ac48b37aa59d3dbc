// Spoilt recipes, data, model files and checkpoints: each is read, or refused in one clear sentence; none crashes or hangs.
//   npm run check:fuzz [-- COUNT [SEED [CASE]]]      100,000 cases unless given; CASE: that one alone, with its error
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { isWhole, sealed } from "../dist/cli/checkpoints.js";
import { readCorpus } from "../dist/data/corpus.js";
import { modelFromBytes } from "../dist/decode/load.js";
import { TandemError } from "../dist/errors.js";
import { createBackend } from "../dist/kernels/backend.js";
import { RandomStream } from "../dist/random.js";
import { completeRecipe, parseRecipe, stringifyRecipe } from "../dist/recipe/index.js";
import { fromHuggingFace, toHuggingFace } from "../dist/text/hugging-face.js";
import { fitTokenizer } from "../dist/text/tokenizer.js";
import { prepareModel } from "../dist/train/prepare.js";
import { Trainer } from "../dist/train/trainer.js";
import { mutateBytes, mutateSafetensors, mutateText, pick } from "./fuzz-mutations.js";

const HANGS_AFTER_SECONDS = 60;
/** Cases that use one backend: what a refused model leaves in its memory ends with it. */
const CASES_OF_A_BACKEND = 200;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [embeddingSize, encoder, decoder] = [3, { hiddenSize: 3 }, { hiddenSize: 4 }];
const small = { embeddingSize, encoder, decoder };
const lines = [
  "我爱学习\tI love studying",
  "hello world\tbonjour le monde",
  "a b c\tc b a",
  "x y\ty x",
  "one two\ttwo one",
];
const pairs = lines.map((line) => line.split("\t")).map(([source, target]) => ({ source, target }));

/** What may be spoilt of each task, made anew with the same bits. */
async function trained(input) {
  const recipe = completeRecipe({ model: small, train: { epochs: 1, batchSize: 2, samples: 0 }, ...input });
  const examples =
    recipe.task === "classify"
      ? pairs.map(({ source }, i) => ({ source, target: i % 2 === 0 ? "even" : "odd" }))
      : recipe.task === "tag"
        ? pairs.map(({ source }) => ({
            source,
            target: source
              .split(" ")
              .map((word) => (word < "m" ? "A" : "B"))
              .join(" "),
          }))
        : recipe.task === "language-model"
          ? pairs.map(({ target }) => ({ source: "", target }))
          : pairs;
  const fresh = async (backend) => {
    const model = await prepareModel(backend, recipe, examples);
    return { model, trainer: Trainer.onPairs(model, examples, examples.slice(0, 2)) };
  };
  const { model, trainer } = await fresh(await createBackend("wasm", { threads: 1 }));
  await trainer.run(() => {});
  return {
    file: Buffer.from(model.toBytes()),
    int8: Buffer.from(model.toBytes({ weights: "int8" })),
    checkpoint: Buffer.from(sealed(trainer.checkpoint())),
    fresh,
  };
}

async function makeSubjects() {
  const inputs = [
    {},
    { source: { tokenizer: "chars" }, target: { tokenizer: "chars" }, model: { ...small, copy: true } },
    {
      source: { tokenizer: "bpe", vocabSize: 40 },
      target: { tokenizer: "bytes" },
      train: { optimizer: "sgd", batchSize: 2, ema: 0.5 },
    },
    { task: "classify", model: { embeddingSize, encoder } },
    {
      task: "tag",
      model: { embeddingSize, encoder },
      source: { tokenizer: "whitespace" },
      target: { tokenizer: "whitespace" },
    },
    { task: "language-model", model: { embeddingSize, decoder } },
  ];
  const models = [];
  for (const input of inputs) models.push(await trained(input));
  const recipes = inputs.map((input) => stringifyRecipe(completeRecipe(input)));
  for (const name of ["phrase-book", "dates", "small-talk", "copy-names"]) {
    const file = join(root, "examples", name, "recipe.yaml");
    if (existsSync(file)) recipes.push(readFileSync(file, "utf8"));
  }
  const tsv = Buffer.from(`${lines.map((line, i) => `${line}\t0-0 1-${i}`).join("\n")}\n`);
  const jsonl = Buffer.from(pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(""));
  const tokenizer = (options, vocabSize = 60) =>
    toHuggingFace(
      fitTokenizer(lines, { language: "auto", lowercase: false, normalization: "NFC", ...options }, undefined, {
        vocabSize,
        minFrequency: 2,
        characterCoverage: 1,
      }),
    );
  return { models, recipes, tsv, jsonl, tokenizers: [tokenizer({ kind: "bpe" }), tokenizer({ kind: "bytes" })] };
}

const backends = { current: undefined, cases: 0 };
async function backendForCase() {
  if (backends.cases++ % CASES_OF_A_BACKEND === 0) {
    backends.current?.dispose?.();
    backends.current = await createBackend("wasm", { threads: 1 });
  }
  return backends.current;
}

/** What each kind of file is given to. Whatever they throw is looked at; what they return is `true` if the file was taken. */
const kinds = {
  recipe({ recipes }, random) {
    const recipe = parseRecipe(mutateText(pick(random, recipes), random), "recipe.yaml");
    const again = parseRecipe(stringifyRecipe(recipe), "again.yaml");
    if (JSON.stringify(again) !== JSON.stringify(recipe)) throw new Error("a recipe that was written is another one");
  },

  async data({ tsv, jsonl, tokenizers }, random) {
    const kind = random();
    if (kind < 0.2) {
      fromHuggingFace(mutateText(pick(random, tokenizers), random), "tokenizer.json").encode("I love studying");
      return;
    }
    const isTsv = kind < 0.7;
    const bytes = mutateBytes(isTsv ? tsv : jsonl, random);
    const open = async function* () {
      yield bytes;
    };
    const columns = isTsv
      ? { source: 0, target: 1, ...(random() < 0.5 && { alignment: 2 }) }
      : { source: "source", target: "target" };
    const read = [];
    for await (const part of readCorpus(isTsv ? "data.tsv" : "data.jsonl", { columns }, open))
      read.push(...[part].flat());
    const model = await prepareModel(await backendForCase(), completeRecipe({ model: small }), read);
    try {
      Trainer.onPairs(model, read, []).dispose();
    } finally {
      model.dispose();
    }
  },

  async model({ models }, random) {
    const { file, int8 } = pick(random, models);
    const bytes = mutateSafetensors(random() < 0.8 ? file : int8, random);
    const model = await modelFromBytes(bytes, { backend: await backendForCase() }, "model.safetensors");
    try {
      if (model.task === "language-model") await model.generate(["I"], { maxLength: 4 });
      else await model.outputs(["hello 我爱 x"]);
    } finally {
      model.dispose();
    }
  },

  async checkpoint({ models }, random) {
    const { checkpoint, fresh } = pick(random, models);
    const bytes = mutateSafetensors(checkpoint, random);
    if (isWhole(bytes) && !bytes.equals(checkpoint)) throw new Error("a spoilt checkpoint that passes for a whole one");
    // As if its checksum fitted.
    const { model, trainer } = await fresh(await backendForCase());
    try {
      trainer.restore(bytes, "step-3.safetensors");
      await trainer.run(() => {}, undefined, { stopAt: trainer.step + 1 });
    } finally {
      trainer.dispose();
      model.dispose();
    }
  },
};
const names = Object.keys(kinds);

/** What is unclear about an error; undefined where it is a sentence for its reader. */
function unclear(error) {
  if (!(error instanceof TandemError)) return String(error?.stack ?? error);
  const { message, name } = error;
  const sentences = name === "RecipeError" ? message.split("\n") : [message];
  const machine = /\bundefined\b|\[object|not a function|Cannot |not iterable|Invalid array|Maximum call/u;
  const wrong = sentences.find((sentence) => sentence.length < 20 || sentence.includes("\n") || machine.test(sentence));
  return wrong === undefined ? undefined : `${name}: ${wrong}`;
}

async function work({ count, seed, only, progress }) {
  const subjects = await makeSubjects();
  const result = Object.fromEntries(names.map((name) => [name, { cases: 0, taken: 0, refused: 0 }]));
  const findings = [];
  for (let i = only ?? 0; i < (only === undefined ? count : only + 1); i++) {
    Atomics.store(progress, 0, i + 1);
    const name = names[i % names.length];
    const found = result[name];
    found.cases++;
    try {
      await kinds[name](subjects, new RandomStream(seed, "fuzz", name, i).sequence());
      found.taken++;
    } catch (error) {
      found.refused++;
      const wrong = unclear(error);
      if (wrong) findings.push({ i, name, wrong });
      if (only !== undefined) console.log(error);
    }
  }
  return { result, findings };
}

if (!isMainThread) parentPort.postMessage(await work(workerData));
else {
  const [count = 100_000, seed = 1, only] = process.argv.slice(2).map(Number);
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL(import.meta.url), { workerData: { count, seed, only, progress } });
  let [last, since] = [0, performance.now()];
  const watchdog = setInterval(() => {
    const now = Atomics.load(progress, 0);
    if (now !== last) [last, since] = [now, performance.now()];
    else if (now > 0 && performance.now() - since > HANGS_AFTER_SECONDS * 1000) {
      console.error(`case ${now - 1} (seed ${seed}) hangs: more than ${HANGS_AFTER_SECONDS} s.`);
      process.exit(1);
    }
  }, 1000);
  worker.once("error", (error) => {
    console.error(`case ${Atomics.load(progress, 0) - 1} (seed ${seed}) ends the process:`, error);
    process.exit(1);
  });
  worker.once("message", ({ result, findings }) => {
    clearInterval(watchdog);
    for (const [name, { cases, taken, refused }] of Object.entries(result))
      console.log(`${name}: ${cases} spoilt, ${refused} refused in a sentence, ${taken} still whole enough to be used`);
    const seen = new Map();
    for (const { i, name, wrong } of findings) {
      const where = `${name} ${wrong.split("\n").slice(0, 3).join("\n").replaceAll(/\d+/gu, "#")}`;
      if (!seen.has(where)) seen.set(where, { i, wrong, times: 0 });
      seen.get(where).times++;
    }
    for (const { i, wrong, times } of seen.values()) console.error(`case ${i}, ${times} times like it: ${wrong}\n`);
    console.log(`${count} cases (seed ${seed}): no crash, no hang, ${findings.length} unclear errors.`);
    process.exitCode = findings.length > 0 ? 1 : 0;
  });
}
