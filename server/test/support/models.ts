import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { train } from "tandem-seq2seq";

const english = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
const german = ["eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht"];
const places = english.flatMap((_, i) => english.map((_, j) => [i, j] as const));

/** Two numbers in English and in German. */
export const pairs = places.map(([i, j]): [string, string] => [
  `${english[i]} ${english[j]}`,
  `${german[i]} ${german[j]}`,
]);

const text = { tokenizer: "whitespace" } as const;
const teaching = { dev: [], train: { epochs: 20, learningRate: 0.02, batchSize: 16, seed: 1 } };
const encoder = { hiddenSize: 16 };

/** A small trained model of each task in a folder of its own. */
export async function trainedModels(): Promise<{ folder: string; path: (name: string) => string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "tandem-server-"));
  const path = (name: string) => join(folder, `${name}.safetensors`);
  const models = {
    numbers: await train(pairs, {
      ...teaching,
      ...{ source: text, target: text },
      model: { embeddingSize: 24, encoder: { hiddenSize: 24 }, decoder: { hiddenSize: 24 } },
    }),
    sizes: await train(
      pairs.map(([source], row) => [source, row % 8 < 4 ? "small" : "large"]),
      { ...teaching, task: "classify", source: text, model: { embeddingSize: 16, encoder } },
    ),
    parity: await train(
      pairs.map(([source], row) => [
        source,
        [row >> 3, row & 7].map((place) => (place % 2 ? "EVEN" : "ODD")).join(" "),
      ]),
      { ...teaching, task: "tag", source: text, model: { embeddingSize: 16, encoder } },
    ),
    lines: await train(
      pairs.map(([source]) => source),
      { ...teaching, task: "language-model", target: text, model: { embeddingSize: 16, decoder: encoder } },
    ),
  };
  for (const [name, model] of Object.entries(models)) {
    await model.save(path(name));
    model.dispose();
  }
  return { folder, path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
