import { createHash } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { readBytes, readFailure } from "../data/node-files.js";
import { TandemError } from "../errors.js";
import { writeFailure, writeFileWhole } from "../node-files.js";
import { NO_CHECKSUM } from "../train/checkpoint.js";

/** How many are kept: when the newest is damaged, training goes on from the one before. */
const KEPT = 2;

/** A checkpoint as it was read, and those that were newer but damaged. */
export interface FoundCheckpoint {
  file: string;
  bytes: Uint8Array;
  damaged: string[];
}

/** The folder `checkpoints/` of a run: the last two, `step-<steps>.safetensors`, each with its checksum. */
export class Checkpoints {
  constructor(readonly folder: string) {}

  async write(step: number, bytes: Uint8Array): Promise<void> {
    await writeFileWhole(join(this.folder, `step-${step}.safetensors`), sealed(bytes));
    const old = (await this.#newestFirst()).slice(KEPT);
    for (const file of old) await rm(file, { force: true });
  }

  /** Whether there is any, whole or not. */
  async isEmpty(): Promise<boolean> {
    return (await this.#newestFirst()).length === 0;
  }

  /**
   * The newest whole one; undefined where there is none at all. Newer ones that are damaged are renamed to `….damaged`, so
   * that they are not counted among the kept.
   */
  async newest(): Promise<FoundCheckpoint | undefined> {
    const damaged: string[] = [];
    for (const file of await this.#newestFirst()) {
      const bytes = await readBytes(file);
      if (isWhole(bytes)) {
        for (const name of damaged) await setAside(name);
        return { file, bytes, damaged };
      }
      damaged.push(file);
    }
    if (damaged.length === 0) return undefined;
    throw new TandemError(
      `--resume: expected a whole checkpoint in ${this.folder}, got ${damaged.length} whose checksum does not fit. Start a new run without --resume.`,
    );
  }

  async #newestFirst(): Promise<string[]> {
    let names: string[];
    try {
      names = await readdir(this.folder);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw readFailure(this.folder, cause);
    }
    const steps = names.flatMap((name) => /^step-(\d{1,15})\.safetensors$/.exec(name)?.[1] ?? []).map(Number);
    return steps.sort((a, b) => b - a).map((step) => join(this.folder, `step-${step}.safetensors`));
  }
}

async function setAside(file: string): Promise<void> {
  try {
    await rename(file, `${file}.damaged`);
  } catch (cause) {
    throw writeFailure(`${file}.damaged`, cause);
  }
}

const CHECKSUM_KEY = '"checksum":"';

/** Where the checksum stands in the header of a checkpoint; −1 where there is none. */
function checksumPlace(bytes: Buffer): number {
  if (bytes.length < 8) return -1;
  const end = 8 + Number(bytes.readBigUInt64LE());
  // In a value the key's quotes would be escaped: the first one that is not is the key itself.
  const key = bytes.indexOf(CHECKSUM_KEY);
  const place = key + CHECKSUM_KEY.length;
  return key < 0 || place + NO_CHECKSUM.length > Math.min(end, bytes.length) ? -1 : place;
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array) => Buffer.from(buffer, byteOffset, byteLength);

/** SHA-256 of all bytes, with zeros in the place of the checksum. */
function checksumOf(bytes: Buffer, place: number): string {
  const hash = createHash("sha256").update(bytes.subarray(0, place)).update(NO_CHECKSUM);
  return hash.update(bytes.subarray(place + NO_CHECKSUM.length)).digest("hex");
}

/** The bytes with their checksum in its place: they are changed, not copied. */
export function sealed(bytes: Uint8Array): Uint8Array {
  const buffer = asBuffer(bytes);
  const place = checksumPlace(buffer);
  buffer.write(checksumOf(buffer, place), place, "latin1");
  return bytes;
}

/** Whether the bytes are those that were sealed. */
export function isWhole(bytes: Uint8Array): boolean {
  const buffer = asBuffer(bytes);
  const place = checksumPlace(buffer);
  return place >= 0 && buffer.toString("latin1", place, place + NO_CHECKSUM.length) === checksumOf(buffer, place);
}
