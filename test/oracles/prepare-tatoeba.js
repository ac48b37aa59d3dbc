// Prepares the comparison with PyTorch on real text: node test/oracles/prepare-tatoeba.js TATOEBA_FOLDER OUT_FOLDER
//
// Regroups the English–Chinese pairs by Chinese sentence, so that none is in two parts, writes them as train.tsv,
// dev.tsv, test.tsv (columns as they were: English, Chinese) with a recipe, and beside it the very same model, examples
// and batches for test/oracles/train_tatoeba.py. Needs a build (`npm run build`).
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const { createBackend, hashText, planBatches, readPairs } = await import("../../dist/index.js");
const { completeRecipe, stringifyRecipe } = await import("../../dist/recipe/index.js");
const { prepareModel } = await import("../../dist/train/prepare.js");
const { writeSafetensors } = await import("../../dist/models/safetensors.js");

const [from, out] = process.argv.slice(2);
if (out === undefined) {
  console.error("usage: node test/oracles/prepare-tatoeba.js TATOEBA_FOLDER OUT_FOLDER");
  process.exit(2);
}
await mkdir(out, { recursive: true });

const lines = [];
for (const split of ["train", "dev", "test"])
  lines.push(...(await readFile(join(from, `${split}.tsv`), "utf8")).trimEnd().split("\n"));
const parts = { train: [], dev: [], test: [] };
for (const line of lines) {
  const bucket = hashText(line.split("\t")[1]) % 20;
  parts[bucket === 0 ? "dev" : bucket === 1 ? "test" : "train"].push(line);
}
for (const [part, kept] of Object.entries(parts)) await writeFile(join(out, `${part}.tsv`), `${kept.join("\n")}\n`);

/** Hidden size 256, ten epochs; the rest are defaults. */
const recipe = completeRecipe({
  name: "tatoeba-zh-en",
  data: { train: "train.tsv", dev: "dev.tsv", test: "test.tsv", columns: { source: 1, target: 0 } },
  source: { language: "zh" },
  target: { language: "en", lowercase: true },
  train: { epochs: 10, dropout: 0.2 },
});
await writeFile(join(out, "recipe.yaml"), stringifyRecipe(recipe));

const { columns } = recipe.data;
const train = await readPairs(join(out, "train.tsv"), columns);
const dev = await readPairs(join(out, "dev.tsv"), columns);
const model = await prepareModel(await createBackend("wasm"), recipe, train);
const examples = (pairs) =>
  pairs.map((pair, index) => {
    const { source, target } = model.example(pair, index);
    return { source: [...source], target: [...target] };
  });
const { learningRate, clipNorm, dropout, labelSmoothing, epochs, batchTokens, seed } = recipe.train;
const own = train.map((pair, index) => model.example(pair, index));
const batches = [];
const epochEnds = [];
for (let epoch = 1; epoch <= epochs; epoch++) {
  for (const batch of planBatches(own, { batchTokens, seed, epoch })) batches.push([...batch]);
  epochEnds.push(batches.length);
}
const write = (name, value) => writeFile(join(out, name), JSON.stringify(value));
await write("recipe.json", {
  model: recipe.model,
  sourceVocabSize: model.source.vocabulary.size,
  targetVocabSize: model.target.vocabulary.size,
  train: { learningRate, clipNorm, dropout, labelSmoothing, epochs },
});
await write("examples.json", { train: examples(train), dev: examples(dev) });
await write("order.json", { batches, epochEnds });
await writeFile(join(out, "initial.safetensors"), writeSafetensors({ metadata: new Map(), tensors: model.tensors() }));
console.log(
  `${train.length} train, ${dev.length} dev, ${parts.test.length} test; vocabularies ${model.source.vocabulary.size}, ${model.target.vocabulary.size}; ${batches.length} batches`,
);
