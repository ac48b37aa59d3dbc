// What gold alignments teach attention: the phrase book learnt with and without them, after one epoch and to the end.
//   npm run check:guided
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exactMatch, loadModel, parseRecipe, train } from "tandem-seq2seq";
import { alignmentScore, pharaohLinks } from "../quick-start/alignment.js";
import { generatePhraseBook, type PhrasePair, phraseBookFiles } from "./generate.js";

/** Weight of the loss that follows the alignments. */
const GUIDED = 0.5;
/** Points of the share of content words aligned right that they must be worth after an epoch. */
const LEAST_GAIN = 5;

const root = fileURLToPath(new URL("../../../", import.meta.url));
const recipeFile = join(root, "examples/phrase-book/recipe.yaml");
const recipeText = readFileSync(recipeFile, "utf8");
const { train: _, ...recipe } = await parseRecipe(recipeText, recipeFile);
const folder = mkdtempSync(join(tmpdir(), "tandem-guided-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const book = generatePhraseBook();
for (const [name, text] of phraseBookFiles(book)) writeFileSync(join(folder, name), text);
await writeAlignments(book.train);
writeFileSync(join(folder, "recipe.yaml"), recipeText.replace("data: {", "data: { alignments: train.align,"));

const rows = [];
for (const epochs of [1, 4])
  for (const guided of [0, GUIDED]) {
    const { seconds, model } = trained(epochs, guided);
    rows.push({ epochs, guided, seconds, ...(await measure(model, book.test)) });
    const { aligned, exact } = rows.at(-1)!;
    const name = guided > 0 ? "guided" : "unguided";
    console.log(
      `${name.padEnd(9)} ${epochs} ${epochs > 1 ? "epochs" : "epoch "}   content words aligned right ${aligned.toFixed(1)} %   exact ${exact.toFixed(1)} %   ${seconds.toFixed(0)} s`,
    );
  }
const [first, firstGuided, last, lastGuided] = rows as [Row, Row, Row, Row];
const gain = firstGuided.aligned - first.aligned;
console.log(
  `after one epoch ${gain.toFixed(1)} points more; at the end exact ${(lastGuided.exact - last.exact).toFixed(1)} points more`,
);
if (gain < LEAST_GAIN || lastGuided.exact < last.exact) {
  console.error(`check:guided: expected at least ${LEAST_GAIN} points and no less exact.`);
  process.exitCode = 1;
}

type Row = (typeof rows)[number];

/** The links of each pair by the tokens of the model that will be trained, as a file of Pharaoh's lines. */
async function writeAlignments(pairs: readonly PhrasePair[]): Promise<void> {
  using model = await train(pairs, { ...recipe, task: "translate", dev: [], train: { steps: 1, samples: 0 } });
  const { source, target } = model.core;
  const lines = pairs.map((pair) =>
    pharaohLinks(pair, source.tokenizer.encode(pair.source), target.tokenizer.encode(pair.target)),
  );
  writeFileSync(join(folder, "train.align"), `${lines.join("\n")}\n`);
}

/** A model by `tandem train`. */
function trained(epochs: number, guided: number): { model: string; seconds: number } {
  const out = join(folder, `run-${epochs}-${guided}`);
  const settings = [`train.epochs=${epochs}`, `model.attention.guided=${guided}`].flatMap((set) => ["--set", set]);
  const began = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, "dist/node/tandem.js"), "train", join(folder, "recipe.yaml"), "--out", out, ...settings],
    { encoding: "utf8" },
  );
  const model = join(out, "model.safetensors");
  if (status !== 0 || !existsSync(model)) throw new Error(`tandem train: expected a model, got ${status}. ${stderr}`);
  return { model, seconds: (performance.now() - began) / 1000 };
}

/** Per cent of the test part. */
async function measure(file: string, pairs: readonly PhrasePair[]): Promise<{ aligned: number; exact: number }> {
  using model = await loadModel(file, { task: "translate" });
  const translations = await model.translate(pairs.map(({ source }) => source));
  const outputs = translations.map(({ text }) => text);
  const exact = exactMatch(
    outputs,
    pairs.map(({ target }) => target),
  );
  const { right, total } = alignmentScore(pairs.map((pair, i) => ({ ...pair, translation: translations[i]! })));
  return { aligned: (100 * right) / total, exact };
}
