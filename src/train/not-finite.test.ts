import { expect, test } from "vitest";
import { wasm } from "../../test/support/backends.js";
import { completeRecipe } from "../recipe/index.js";
import { prepareModel } from "./prepare.js";
import { Trainer } from "./trainer.js";

const pairs = [..."abcdefghij"].map((letter, i) => ({
  source: `${letter} x`,
  target: letter,
  place: `train.tsv:${i + 1}`,
}));
const small = { embeddingSize: 3, encoder: { hiddenSize: 3 }, decoder: { hiddenSize: 5 } };
const recipe = completeRecipe({ model: small, train: { epochs: 3, batchSize: 7 } });

const prepare = async () => Trainer.onPairs(await prepareModel(wasm, recipe, pairs), pairs, pairs.slice(0, 2));

test("a loss that is no number ends training with step and lines; the checkpoint from before goes on", async () => {
  const trainer = await prepare();
  let checkpoint: Uint8Array | undefined;
  const spoil = trainer.run((progress) => {
    if (progress.kind !== "epoch" || progress.epoch !== 1) return;
    checkpoint = trainer.checkpoint();
    const [name, { shape, data }] = [...trainer.model.tensors()][0]!;
    trainer.model.parameters.load(
      name,
      shape,
      data.map(() => Number.NaN),
    );
  });
  await expect(spoil).rejects.toThrow(
    /^training: expected a finite loss, got NaN in step 3 of epoch 2, of (train\.tsv:\d+(, )?)+( and 2 more)?\. Lower train\.learningRate/,
  );
  const again = await prepare();
  again.restore(checkpoint!, "last.safetensors");
  expect(again.step).toBe(2);
  expect(await again.run(() => {})).toBe("finished");
  expect(again.step).toBe(6);
});

test("a dev loss that is no number ends it before the epoch is told of, so that nothing of it is saved", async () => {
  const trainer = await prepare();
  const told: string[] = [];
  const spoil = trainer.run((progress) => {
    told.push(progress.kind);
    if (progress.kind !== "step" || progress.step !== 2) return;
    const [name, { shape, data }] = [...trainer.model.tensors()].at(-1)!;
    trainer.model.parameters.load(
      name,
      shape,
      data.map(() => Number.NaN),
    );
  });
  await expect(spoil).rejects.toThrow("training: expected a finite loss on dev, got NaN after step 2.");
  expect(told).not.toContain("epoch");
});
