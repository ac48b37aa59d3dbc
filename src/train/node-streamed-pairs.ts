import { createHash } from "node:crypto";
import { readFile, rm, stat } from "node:fs/promises";
import { TokenFile, TokenFileWriter, type TokenIndex } from "../data/node-token-file.js";
import { ShuffledEpoch } from "../data/shuffled-epoch.js";
import { DataError } from "../errors.js";
import type { AnyModel } from "../models/model-file.js";
import { writeFileWhole } from "../node-files.js";
import { type Epoch, Fingerprint, planOptions, refuseUnaligned, type TrainingData } from "./training-data.js";
import type { TrainingText } from "./training-text.js";

/** What is kept beside the file of examples: whether it may be used again, and where everything is in it. */
interface Prepared {
  /** Changes with everything that makes ids of text. */
  key: string;
  fingerprint: string;
  /** Whose tokens the file holds: 1, unless `bpeDropout` cuts the pairs anew in every epoch. */
  epoch: number;
  /** Of the first epoch, as are `tokens` and `longest` of the index. */
  batchesPerEpoch: number;
  index: TokenIndex;
}

/** Pairs too many for memory: turned into ids in a file, of which a window is in memory at a time. */
export class StreamedPairs implements TrainingData {
  #prepared: Prepared;
  #file: TokenFile;
  #path: string;

  private constructor(
    readonly model: AnyModel,
    readonly text: TrainingText,
    path: string,
    prepared: Prepared,
    readonly windowTokens?: number,
  ) {
    this.#path = path;
    this.#prepared = prepared;
    this.#file = new TokenFile(path, prepared.index);
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
    const known = await readPrepared(path, model);
    const isSame = known && known.fingerprint === (await fingerprintOf(text));
    const prepared = isSame ? known : await prepareFirst(model, text, path, windowTokens);
    return new StreamedPairs(model, text, path, prepared, windowTokens);
  }

  get fingerprint(): string {
    return this.#prepared.fingerprint;
  }

  get batchesPerEpoch(): number {
    return this.#prepared.batchesPerEpoch;
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

  /** With BPE-dropout the pairs are cut and written anew, as `PairsInMemory` cuts them. */
  epoch(number: number): Epoch | Promise<Epoch> {
    if (isCutAnew(this.model) && number !== this.#prepared.epoch) return this.#cutAnew(number);
    return new ShuffledEpoch(this.#file, planOptions(this.model.recipe, number), this.windowTokens);
  }

  async #cutAnew(number: number): Promise<Epoch> {
    const { tokens, longest } = this.#prepared.index;
    const { fingerprint, index } = await write(this.model, this.text, this.#path, number);
    if (fingerprint !== this.fingerprint)
      throw new DataError(
        "train: expected the pairs that training began with, got others. A file was changed meanwhile: bring it back and go on with --resume.",
      );
    this.close();
    this.#prepared = { ...this.#prepared, epoch: number, index: { ...index, tokens, longest } };
    await writeFileWhole(indexFile(this.#path), JSON.stringify(this.#prepared));
    this.#file = new TokenFile(this.#path, this.#prepared.index);
    return this.epoch(number);
  }

  /** The file has been moved. */
  movedTo(path: string): void {
    this.#path = path;
  }

  close(): void {
    this.#file.close();
  }
}

const indexFile = (path: string) => `${path}.json`;

const isCutAnew = ({ recipe }: AnyModel) => recipe.source.bpeDropout > 0 || recipe.target.bpeDropout > 0;

async function prepareFirst(
  model: AnyModel,
  text: TrainingText,
  path: string,
  windowTokens?: number,
): Promise<Prepared> {
  const { fingerprint, index } = await write(model, text, path, 1);
  const file = new TokenFile(path, index);
  const { length } = new ShuffledEpoch(file, planOptions(model.recipe, 1), windowTokens);
  file.close();
  const prepared: Prepared = { key: keyOf(model), fingerprint, epoch: 1, batchesPerEpoch: length, index };
  await writeFileWhole(indexFile(path), JSON.stringify(prepared));
  return prepared;
}

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
  const { source, target, model: network } = model.recipe;
  const parts = {
    version: 2,
    task: model.task,
    copy: network.copy,
    guided: network.attention.guided > 0,
    dropout: [source.bpeDropout, target.bpeDropout],
    plan: planOptions(model.recipe, 1),
    text: model.text().map(([name, value]) => [name, value.toJSON()]),
  };
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Writes the examples of an epoch. What describes the file goes first, for it no longer fits. */
async function write(
  model: AnyModel,
  text: TrainingText,
  path: string,
  epoch: number,
): Promise<Pick<Prepared, "fingerprint" | "index">> {
  const { copy, attention } = model.recipe.model;
  await rm(indexFile(path), { force: true });
  const writer = await TokenFileWriter.create(path, { parts: copy ? 6 : attention.guided > 0 ? 3 : 2 });
  const fingerprint = new Fingerprint();
  let [number, isAligned] = [0, false];
  try {
    for await (const pairs of text.chunks())
      for (const pair of pairs) {
        fingerprint.add(pair);
        isAligned ||= pair.alignment !== undefined;
        const written = writer.add(model.example(pair, number++, "train", epoch), pair.place);
        if (written) await written;
      }
    refuseUnaligned(model.recipe, isAligned);
    return { fingerprint: fingerprint.toString(), index: await writer.finish() };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
