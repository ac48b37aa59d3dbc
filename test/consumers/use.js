// What somebody's first program does: four pairs, a model, its answers. Prints one line of JSON.
import { loadModel, train } from "tandem-seq2seq";

const pairs = [
  ["one", "eins"],
  ["two", "zwei"],
  ["three", "drei"],
  ["four", "vier"],
];
const model = await train(pairs, {
  source: { tokenizer: "chars" },
  target: { tokenizer: "chars" },
  data: { holdOut: 0 },
  model: { embeddingSize: 32, encoder: { hiddenSize: 32 }, decoder: { hiddenSize: 32 } },
  train: { batchSize: 4, epochs: 150, learningRate: 0.01 },
});
await model.save("numbers.safetensors");
const again = await loadModel("numbers.safetensors");
const texts = (await again.translate(pairs.map(([source]) => source))).map(({ text }) => text);
console.log(JSON.stringify({ node: process.versions.node, backend: again.core.backend.name, texts }));
