import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { readBytes } from "../data/node-files.js";
import { decodeUtf8 } from "../data/pairs.js";
import { TandemError } from "../errors.js";
import { writeFileWhole } from "../node-files.js";
import type { EpochProgress } from "../train/progress.js";

/** A model that a run keeps besides the best one. */
export interface KeptModel {
  file: string;
  step: number;
  epoch: number;
  /** What it is ranked by; the lower the better. */
  score: number;
  devLoss?: number;
}

/** The best models of a run by `train.metric`: files named by their steps in `best/`, and `index.json`, best first. */
export class KeptModels {
  readonly #folder: string;

  /** `count`: how many are kept; 0 keeps none. */
  constructor(
    run: string,
    readonly count: number,
  ) {
    this.#folder = join(run, "best");
  }

  /** Keeps the model that was just measured if it is among the best so far; what is no longer among them is removed. */
  async offer({ step, epoch, score, devLoss }: EpochProgress, bytes: () => Uint8Array): Promise<void> {
    if (this.count === 0) return;
    const before = await readIndex(this.#folder);
    const file = `step-${step}.safetensors`;
    const offered: KeptModel = { file, step, epoch, score, ...(devLoss !== undefined && { devLoss }) };
    // After a resume there may be models of steps that are done again.
    const earlier = before.filter((model) => model.step < step);
    const ranked = [...earlier, offered].sort((a, b) => a.score - b.score || a.step - b.step).slice(0, this.count);
    if (ranked.includes(offered)) {
      await mkdir(this.#folder, { recursive: true });
      await writeFileWhole(join(this.#folder, file), bytes());
    }
    await writeFileWhole(join(this.#folder, INDEX), `${JSON.stringify(ranked, undefined, 2)}\n`);
    const kept = new Set(ranked.map((model) => model.file));
    for (const model of before) if (!kept.has(model.file)) await rm(join(this.#folder, model.file), { force: true });
  }
}

const INDEX = "index.json";

async function readIndex(folder: string): Promise<KeptModel[]> {
  const path = join(folder, INDEX);
  if (!existsSync(path)) return [];
  try {
    return JSON.parse(decodeUtf8(await readBytes(path), path)) as KeptModel[];
  } catch (cause) {
    throw new TandemError(`${path}: expected a list of models in JSON, got something else. Restore or remove it.`, {
      cause,
    });
  }
}

/** The files of the models that a run has kept, best first. */
export async function keptModelFiles(run: string): Promise<string[]> {
  const folder = join(run, "best");
  const models = await readIndex(folder);
  if (models.length === 0)
    throw new TandemError(
      `average ${run}: expected models kept in ${folder}, got none. Train with train.keepBest, say 5, or name model files.`,
    );
  return models.map(({ file }) => join(folder, file));
}
