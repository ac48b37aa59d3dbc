// The quick start: makes an example's data, trains on it, shows what the model does, and asks for more.
//   npm start [-- dates] [-- --fresh]
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import {
  attentionHtml,
  attentionText,
  barTable,
  exactMatch,
  loadModel,
  type Pair,
  parseRecipe,
  progressReporter,
  prompt,
  readPairs,
  type Translation,
  type TranslationModel,
  train,
  writeFileWhole,
} from "tandem-seq2seq";
import { normalizeDate } from "../dates/normalize.js";
import type { Link } from "../phrase-book/generate.js";
import { alignmentScore } from "./alignment.js";
import type { ComparisonTask } from "./comparison-worker.js";
import { accuracyByLength } from "./lengths.js";
import { offerPage } from "./page.js";

const examples = {
  "phrase-book": {
    say: "Chinese → English, a phrase book made from a grammar",
    showcase: ["我爱学习", "欢迎来北京", "现在几点了"],
    languages: { source: "zh", target: "en" },
    ask: "Type Chinese; an empty line goes on.",
    normalize: (line: string) => line,
  },
  dates: {
    say: "dates as people write them → ISO 8601, in 25 locales",
    showcase: ["en-GB 3 May 2026", "en-US 03/05/2026", "zh-CN 二〇二六年五月三日"],
    languages: { source: "und", target: "und" },
    ask: "Type a locale and a date, such as: fr 14 juillet 1989; an empty line goes on.",
    normalize: normalizeDate,
  },
} as const;
type ExampleName = keyof typeof examples;

/** Sentences of the test set that are shown with their translations. */
const UNSEEN_SHOWN = 5;

const color = process.stdout.isTTY === true && !process.env["NO_COLOR"];
const say = (text = "") => process.stdout.write(`${text}\n`);
const heading = (text: string) => say(`\n${color ? `\u001b[1m${text}\u001b[0m` : text}`);
const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(0)} s`;

/** Runs a file of this folder in a thread, and resolves to what it posts. `memory` in MiB. */
function inThread<Answer>(file: string, workerData: unknown, memory: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const resourceLimits = { maxOldGenerationSizeMb: memory, maxYoungGenerationSizeMb: 8 };
    const worker = new Worker(new URL(file, import.meta.url), { workerData, resourceLimits });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

/** Data and recipe → model, and with the phrase book the translations of a rival without attention. */
async function trainExample(example: ExampleName, folder: string) {
  const started = performance.now();
  const note = await inThread<string | undefined>("./generate-worker.js", { example, folder }, 256);
  if (note) say(`Note: ${note}`);
  const recipeFile = new URL(`../../../examples/${example}/recipe.yaml`, import.meta.url);
  const recipe = await parseRecipe(await readFile(recipeFile, "utf8"), "recipe.yaml");
  const read = (split: string) => readPairs(join(folder, `${split}.tsv`), recipe.data.columns);
  const [pairs, dev, test] = await Promise.all([read("train"), read("dev"), read("test")]);
  say(`Data: ${pairs.length} pairs to learn from, ${test.length} held out (${seconds(started)})`);

  let rival: Promise<string[]> | undefined;
  if (example === "phrase-book") {
    const { context: _, inputFeeding: __, ...decoder } = recipe.model.decoder;
    const task: ComparisonTask = {
      train: pairs,
      dev,
      sources: test.map((pair) => pair.source),
      recipe: { ...recipe, model: { ...recipe.model, decoder, attention: { kind: "none" } } },
    };
    rival = inThread<string[]>("./comparison-worker.js", task, 128);
    // A failure is reported where it is awaited.
    rival.catch(() => {});
  }
  heading("Training");
  const began = performance.now();
  const reporter = progressReporter({ stream: process.stdout, color });
  const model = await train(pairs, { ...recipe, task: "translate", dev, onProgress: reporter });
  reporter.clear();
  say(`Trained in ${seconds(began)}.`);
  await model.save(join(folder, "model.safetensors"));
  return { model, test, rival };
}

function showTranslations(pairs: readonly Partial<Pair>[], translations: readonly Translation[]): void {
  for (const [i, { text, source }] of translations.entries()) {
    const { target } = pairs[i]!;
    const mark = target === undefined ? " " : text === target ? "✓" : "✗";
    const wanted = target === undefined || text === target ? "" : `   (wanted: ${target})`;
    say(`  ${mark} ${pairs[i]!.source ?? source.tokens.join("")} → ${text}${wanted}`);
  }
}

function mapOf(translation: Translation, example: ExampleName, title: string) {
  const { languages } = examples[example];
  const named = { title, rowsLanguage: languages.target, columnsLanguage: languages.source };
  return { ...named, ...translation.attention! };
}

async function showResults(example: ExampleName, folder: string, trained: Awaited<ReturnType<typeof trainExample>>) {
  const { model, test, rival } = trained;
  const { showcase } = examples[example];
  heading("Translations of sentences it never saw");
  const shown = await model.translate(showcase);
  showTranslations(
    showcase.map((source) => ({ source, ...test.find((pair) => pair.source === source) })),
    shown,
  );
  const translations = await model.translate(test.map((pair) => pair.source));
  const others = test.flatMap((pair, i) =>
    (showcase as readonly string[]).includes(pair.source) || i % 97 !== 0 ? [] : [i],
  );
  const picked = others.slice(0, UNSEEN_SHOWN);
  showTranslations(
    picked.map((i) => test[i]!),
    picked.map((i) => translations[i]!),
  );

  heading("Where it looked");
  say(attentionText(mapOf(shown[0]!, example, showcase[0]), { color }));
  const htmlFile = join(folder, "attention.html");
  const maps = [...shown, ...picked.map((i) => translations[i]!)].map((translation, i) =>
    mapOf(translation, example, `${showcase[i] ?? test[picked[i - showcase.length]!]!.source} → ${translation.text}`),
  );
  await writeFileWhole(htmlFile, attentionHtml({ title: `Tandem: ${example}`, intro: examples[example].say, maps }));

  heading("On the held-out sentences");
  const exact = exactMatch(
    translations.map(({ text }) => text),
    test.map(({ target }) => target),
  );
  say(`  exactly right: ${exact.toFixed(2)} % of ${test.length}`);
  if (example === "phrase-book") {
    const lines = (await readFile(join(folder, "test.alignments.jsonl"), "utf8")).trimEnd().split("\n");
    const { right, total } = alignmentScore(
      test.map((pair, i) => ({ ...pair, links: JSON.parse(lines[i]!) as Link[], translation: translations[i]! })),
    );
    say(`  attention on the aligned word: ${((100 * right) / total).toFixed(1)} % of ${total} content words`);
  }
  if (rival) {
    say("  waiting for the same model without attention, trained on the other core …");
    const texts = (await rival).map((text) => ({ text }));
    const table = accuracyByLength("Exactly right, by length of the translation", test, {
      "with attention": translations,
      without: texts,
    });
    say();
    say(barTable(table, { color }));
  }
  say(`\nAttention as a page: ${htmlFile}`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { fresh: { type: "boolean" } } });
  const [name = "phrase-book", ...rest] = positionals;
  if (!Object.hasOwn(examples, name) || rest.length > 0) {
    process.stderr.write(
      `quick start: expected one of ${Object.keys(examples).join(", ")}, got "${positionals.join(" ")}".\n`,
    );
    process.exitCode = 2;
    return;
  }
  const example = name as ExampleName;
  const folder = join("runs", "quick-start", example);
  const modelFile = join(folder, "model.safetensors");
  heading(`Tandem quick start: ${examples[example].say}`);
  let model: TranslationModel;
  if (existsSync(modelFile) && !values.fresh) {
    say(`Found a trained model; npm start -- ${example} --fresh trains anew.`);
    model = await loadModel(modelFile, { task: "translate" });
    const { showcase } = examples[example];
    showTranslations(
      showcase.map((source) => ({ source })),
      await model.translate(showcase),
    );
  } else {
    await mkdir(folder, { recursive: true });
    const trained = await trainExample(example, folder);
    await showResults(example, folder, trained);
    model = trained.model;
  }
  say(`Model: ${modelFile}`);
  if (process.stdin.isTTY) {
    heading(examples[example].ask);
    await prompt(model, { normalize: examples[example].normalize });
    model.dispose();
    await offerPage(folder);
    return;
  }
  say(`The page with it: npm run build && npx tandem serve ${folder}`);
  model.dispose();
}

try {
  await main();
} catch (error) {
  process.stderr.write(`quick start: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
