import { closeSync, openSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { DataError } from "../errors.js";
import { writeFailure } from "../node-files.js";
import type { Example, ExampleLengths } from "./batches.js";
import { BLOCK_SIZE, type ExampleBlocks, type OpenBlocks } from "./shuffled-epoch.js";
import {
  type BlockEntry,
  type BlockLayout,
  DecodedBlock,
  decodeLengths,
  type ExamplePlace,
  encodeBlock,
  lengthBytes,
} from "./token-blocks.js";

/** What a file of examples holds, and where. */
export interface TokenIndex extends BlockLayout {
  size: number;
  /** Of both sides of all examples. */
  tokens: number;
  longest: { source: number; target: number };
  /** The names of the files that the examples came from. */
  files: string[];
  blocks: BlockEntry[];
}

/** Writes examples to a file, block by block. */
export class TokenFileWriter {
  readonly #index: TokenIndex;
  readonly #files = new Map<string, number>();
  #examples: Example[] = [];
  #places: ExamplePlace[] = [];
  #offset = 0;

  private constructor(
    readonly path: string,
    readonly file: FileHandle,
    { parts }: BlockLayout,
  ) {
    this.#index = { parts, size: 0, tokens: 0, longest: { source: 0, target: 0 }, files: [], blocks: [] };
  }

  static async create(path: string, layout: BlockLayout): Promise<TokenFileWriter> {
    try {
      return new TokenFileWriter(path, await open(path, "w"), layout);
    } catch (cause) {
      throw writeFailure(path, cause);
    }
  }

  /** Adds an example; `place` is where it stands, `train.tsv:14`. Nothing has to be waited for where it gives nothing. */
  add(example: Example, place?: string): Promise<void> | undefined {
    const index = this.#index;
    const { source, target } = example;
    index.size++;
    index.tokens += source.length + target.length;
    index.longest.source = Math.max(index.longest.source, source.length);
    index.longest.target = Math.max(index.longest.target, target.length);
    this.#examples.push(example);
    this.#places.push(this.#placeOf(place));
    return this.#examples.length === BLOCK_SIZE ? this.#write() : undefined;
  }

  /** Writes what is left and gives the index. */
  async finish(): Promise<TokenIndex> {
    if (this.#examples.length > 0) await this.#write();
    await this.file.sync();
    await this.file.close();
    this.#index.files = [...this.#files.keys()];
    return this.#index;
  }

  /** Gives up: the file is of no use. */
  async abandon(): Promise<void> {
    await this.file.close();
  }

  #placeOf(place: string | undefined): ExamplePlace {
    const colon = place?.lastIndexOf(":") ?? -1;
    if (colon < 0) return { file: 0, line: 0 };
    const name = place!.slice(0, colon);
    const file = this.#files.get(name) ?? this.#files.size;
    this.#files.set(name, file);
    return { file, line: Number(place!.slice(colon + 1)) };
  }

  async #write(): Promise<void> {
    const { bytes, width } = encodeBlock(this.#examples, this.#places, this.#index);
    try {
      await this.file.writeFile(bytes);
    } catch (cause) {
      throw writeFailure(this.path, cause);
    }
    this.#index.blocks.push({ offset: this.#offset, bytes: bytes.length, examples: this.#examples.length, width });
    this.#offset += bytes.length;
    this.#examples = [];
    this.#places = [];
  }
}

/** Examples in a file, of which only the blocks that are asked for are in memory. */
export class TokenFile implements ExampleBlocks {
  readonly #file: number;

  constructor(
    readonly path: string,
    readonly index: TokenIndex,
  ) {
    this.#file = openSync(path, "r");
  }

  get size(): number {
    return this.index.size;
  }

  get tokens(): number {
    return this.index.tokens;
  }

  lengths(blocks: Int32Array): ExampleLengths {
    const all = Array.from(blocks, (block) => {
      const entry = this.index.blocks[block]!;
      return decodeLengths(this.#read(entry.offset, lengthBytes(entry)), entry);
    });
    return { source: joined(all.map(({ source }) => source)), target: joined(all.map(({ target }) => target)) };
  }

  open(blocks: Int32Array): OpenBlocks {
    const decoded = Array.from(blocks, (block) => this.#block(block));
    return (place) => decoded[Math.floor(place / BLOCK_SIZE)]!.example(place % BLOCK_SIZE);
  }

  /** `train.tsv:14`, or undefined where it is not known. */
  placeOf(example: number): string | undefined {
    const { file, line } = this.#block(Math.floor(example / BLOCK_SIZE)).place(example % BLOCK_SIZE);
    return line === 0 ? undefined : `${this.index.files[file]}:${line}`;
  }

  close(): void {
    closeSync(this.#file);
  }

  #block(number: number): DecodedBlock {
    const entry = this.index.blocks[number]!;
    return new DecodedBlock(this.#read(entry.offset, entry.bytes), entry, this.index, number);
  }

  #read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    if (readSync(this.#file, bytes, 0, length, offset) !== length)
      throw new DataError(
        `${this.path}: expected the prepared data, got a file cut short. Remove it and go on with --resume: it is made again.`,
      );
    return bytes;
  }
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
