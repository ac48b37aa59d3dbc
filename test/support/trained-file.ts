import { createHash } from "node:crypto";
import type { Backend } from "../../src/kernels/kernels.js";
import { completeRecipe } from "../../src/recipe/index.js";
import { prepareModel } from "../../src/train/prepare.js";
import { Trainer } from "../../src/train/trainer.js";

/** Trains a small model with everything that could depend on threads (dropout, clipping, padding, several layers); the hash of its checkpoint. */
export async function trainedFile(backend: Backend): Promise<string> {
  const recipe = completeRecipe({
    source: { tokenizer: "chars" },
    target: { tokenizer: "chars" },
    model: {
      embeddingSize: 24,
      encoder: { cell: "lstm", hiddenSize: 37, layers: 2, dropout: 0.1 },
      decoder: { cell: "gru", hiddenSize: 41, layers: 2 },
    },
    train: { epochs: 2, batchSize: 19, dropout: 0.2, clipNorm: 0.5, seed: 5 },
  });
  const pairs = Array.from({ length: 90 }, (_, i) => {
    const source = Array.from({ length: 1 + (i % 13) }, (_, j) =>
      String.fromCharCode(97 + ((i * 7 + j * 5) % 23)),
    ).join("");
    return { source, target: [...source].reverse().join("") };
  });
  const model = await prepareModel(backend, recipe, pairs);
  const trainer = Trainer.onPairs(model, pairs, pairs.slice(0, 20));
  await trainer.run(() => {});
  const hash = createHash("sha256").update(trainer.checkpoint()).digest("hex");
  trainer.dispose();
  model.dispose();
  return hash;
}
