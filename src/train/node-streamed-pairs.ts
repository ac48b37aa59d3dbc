import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { TokenFile, TokenFileWriter, type TokenIndex } from "../data/node-token-file.js";
import { ShuffledEpoch } from "../data/shuffled-epoch.js";
import { RecipeError } from "../errors.js";
import type { AnyModel } from "../models/model-file.js";
import { writeFileWhole } from "../node-files.js";
import { type Epoch, Fingerprint, planOptions, refuseUnaligned, type TrainingData } from "./training-data.js";
import type { TrainingText } from "./training-text.js";

/** What is kept beside the file of examples: whether it may be used again, and where everything is in it. */
interface Prepared {
  /** Changes with everything that makes ids of text. */
  key: string;
  fingerprint: string;
  index: TokenIndex;
}

/** Pairs too many for memory: turned once into ids in a file, of which a window is in memory at a time. */
export class StreamedPairs implements TrainingData {
  readonly fingerprint: string;
  readonly batchesPerEpoch: number;
  readonly #file: TokenFile;

  private constructor(
    readonly model: AnyModel,
    path: string,
    { fingerprint, index }: Prepared,
    readonly windowTokens?: number,
  ) {
    this.fingerprint = fingerprint;
    this.#file = new TokenFile(path, index);
    this.batchesPerEpoch = this.epoch(1).length;
  }

  /**
   * Turns the pairs into ids in the file `path`, unless it already holds them. `windowTokens` is how many tokens are in memory
   * at a time.
   */
  static async prepare(
    model: AnyModel,
    text: TrainingText,
    path: string,
    windowTokens?: number,
  ): Promise<StreamedPairs> {
    const { source, target } = model.recipe;
    if (source.bpeDropout > 0 || target.bpeDropout > 0)
      throw new RecipeError(
        "data.streaming: expected pairs whose tokens stay the same, got bpeDropout, which cuts them anew in every epoch. Set bpeDropout to 0, or data.streaming to never.",
      );
    const known = await readPrepared(path, model);
    if (known && known.fingerprint === (await fingerprintOf(text)))
      return new StreamedPairs(model, path, known, windowTokens);
    const prepared = await write(model, text, path);
    await writeFileWhole(indexFile(path), JSON.stringify(prepared));
    return new StreamedPairs(model, path, prepared, windowTokens);
  }

  get size(): number {
    return this.#file.size;
  }

  get longest(): TrainingData["longest"] {
    return this.#file.index.longest;
  }

  placeOf(index: number): string {
    return this.#file.placeOf(index) ?? `train pair ${index + 1}`;
  }

  epoch(number: number): Epoch {
    return new ShuffledEpoch(this.#file, planOptions(this.model.recipe, number), this.windowTokens);
  }

  close(): void {
    this.#file.close();
  }
}

const indexFile = (path: string) => `${path}.json`;

async function fingerprintOf(text: TrainingText): Promise<string> {
  const fingerprint = new Fingerprint();
  for await (const pairs of text.chunks()) for (const pair of pairs) fingerprint.add(pair);
  return fingerprint.toString();
}

/** What an earlier run has prepared, if it is whole and of the same tokenisers and vocabularies. */
async function readPrepared(path: string, model: AnyModel): Promise<Prepared | undefined> {
  try {
    const prepared = JSON.parse(await readFile(indexFile(path), "utf8")) as Prepared;
    const last = prepared.index.blocks.at(-1)!;
    const { size } = await stat(path);
    return prepared.key === keyOf(model) && size === last.offset + last.bytes ? prepared : undefined;
  } catch {
    // Not there, or not whole: it is made again.
    return undefined;
  }
}

function keyOf(model: AnyModel): string {
  const { copy, attention } = model.recipe.model;
  const text = model.text().map(([name, value]) => [name, value.toJSON()]);
  return createHash("sha256")
    .update(JSON.stringify({ version: 1, task: model.task, copy, guided: attention.guided > 0, text }))
    .digest("hex");
}

async function write(model: AnyModel, text: TrainingText, path: string): Promise<Prepared> {
  const { copy, attention } = model.recipe.model;
  const writer = await TokenFileWriter.create(path, { parts: copy ? 6 : attention.guided > 0 ? 3 : 2 });
  const fingerprint = new Fingerprint();
  let [number, isAligned] = [0, false];
  try {
    for await (const pairs of text.chunks())
      for (const pair of pairs) {
        fingerprint.add(pair);
        isAligned ||= pair.alignment !== undefined;
        const written = writer.add(model.example(pair, number++, "train"), pair.place);
        if (written) await written;
      }
    refuseUnaligned(model.recipe, isAligned);
    return { key: keyOf(model), fingerprint: fingerprint.toString(), index: await writer.finish() };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
