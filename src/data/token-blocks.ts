import type { Example, ExampleLengths } from "./batches.js";
import { BLOCK_SIZE } from "./shuffled-epoch.js";

/**
 * A block of examples as bytes, all numbers in the machine's (little-endian) order:
 *
 *   int32 lengths [parts, examples], int32 file [examples], int32 line [examples], then the ids of each example part by part,
 *   uint16 where every id of the block fits, else int32
 *
 * Parts: source, target; then, in models that have them, the alignment; what may be copied, what is to be written of it, and
 * the number of extra words.
 */
export interface BlockLayout {
  parts: 2 | 3 | 6;
}

/** Where a block is in its file, and how it is written. */
export interface BlockEntry {
  offset: number;
  bytes: number;
  examples: number;
  /** Bytes of an id. */
  width: 2 | 4;
}

/** Where an example stands in the data: the number of its file, and of its line from 1; 0 where it is not known. */
export interface ExamplePlace {
  file: number;
  line: number;
}

const INT_BYTES = 4;
const SOURCE = 0;
const TARGET = 1;
const ALIGNMENT = 2;
const COPY_SOURCE = 3;
const COPY_TARGET = 4;
const EXTRA_COUNT = 5;
/** Ahead of the pairs of an alignment: one without any is not the same as none. */
const IS_ALIGNED = 1;
const NOTHING = new Int32Array();

function partsOf(example: Example, { parts }: BlockLayout): ArrayLike<number>[] {
  const { source, target, alignment, copy } = example;
  const all = [
    source,
    target,
    alignment ? [IS_ALIGNED, ...alignment.flat()] : NOTHING,
    copy?.source ?? NOTHING,
    copy?.target ?? NOTHING,
    copy ? [copy.extraCount] : NOTHING,
  ];
  return all.slice(0, parts);
}

/** Lays a block out. */
export function encodeBlock(
  examples: readonly Example[],
  places: readonly ExamplePlace[],
  layout: BlockLayout,
): { bytes: Uint8Array; width: 2 | 4 } {
  const count = examples.length;
  const parts = examples.map((example) => partsOf(example, layout));
  let ids = 0;
  let largest = 0;
  for (const part of parts.flat()) {
    ids += part.length;
    for (let i = 0; i < part.length; i++) largest = Math.max(largest, part[i]!);
  }
  const width = largest <= 0xffff ? 2 : 4;
  const head = (layout.parts + 2) * count;
  // Whole words, so that the next block begins at one.
  const bytes = new Uint8Array(INT_BYTES * (head + Math.ceil((ids * width) / INT_BYTES)));
  const numbers = new Int32Array(bytes.buffer, 0, head);
  const body =
    width === 2
      ? new Uint16Array(bytes.buffer, INT_BYTES * head, ids)
      : new Int32Array(bytes.buffer, INT_BYTES * head, ids);
  let at = 0;
  for (const [example, own] of parts.entries()) {
    for (const [part, values] of own.entries()) {
      numbers[part * count + example] = values.length;
      body.set(values, at);
      at += values.length;
    }
    numbers[layout.parts * count + example] = places[example]!.file;
    numbers[(layout.parts + 1) * count + example] = places[example]!.line;
  }
  return { bytes, width };
}

/** Bytes at the beginning of a block that hold the lengths of both sides. */
export const lengthBytes = ({ examples }: BlockEntry) => 2 * INT_BYTES * examples;

/** The lengths that these first bytes of a block hold. */
export function decodeLengths(bytes: Uint8Array<ArrayBuffer>, { examples }: BlockEntry): ExampleLengths {
  const numbers = new Int32Array(bytes.buffer, bytes.byteOffset, 2 * examples);
  return { source: numbers.subarray(0, examples), target: numbers.subarray(examples) };
}

/** A block that is in memory; examples are made of it when they are asked for. */
export class DecodedBlock {
  readonly #numbers: Int32Array;
  readonly #ids: Uint16Array | Int32Array;
  /** Where the ids of each example begin. */
  readonly #starts: Int32Array;

  constructor(
    bytes: Uint8Array<ArrayBuffer>,
    readonly entry: BlockEntry,
    readonly layout: BlockLayout,
    readonly number: number,
  ) {
    const { examples, width } = entry;
    const head = (layout.parts + 2) * examples;
    this.#numbers = new Int32Array(bytes.buffer, bytes.byteOffset, head);
    const [start, size] = [bytes.byteOffset + INT_BYTES * head, (bytes.length - INT_BYTES * head) / width];
    this.#ids = width === 2 ? new Uint16Array(bytes.buffer, start, size) : new Int32Array(bytes.buffer, start, size);
    this.#starts = new Int32Array(examples);
    let at = 0;
    for (let example = 0; example < examples; example++) {
      this.#starts[example] = at;
      for (let part = 0; part < layout.parts; part++) at += this.#numbers[part * examples + example]!;
    }
  }

  example(place: number): Example {
    const { examples } = this.entry;
    let at = this.#starts[place]!;
    const parts = Array.from({ length: this.layout.parts }, (_, part) => {
      const length = this.#numbers[part * examples + place]!;
      const ids = new Int32Array(this.#ids.subarray(at, at + length));
      at += length;
      return ids;
    });
    const example: Example = {
      index: this.number * BLOCK_SIZE + place,
      source: parts[SOURCE]!,
      target: parts[TARGET]!,
    };
    const alignment = parts[ALIGNMENT] ?? NOTHING;
    if (alignment.length > 0)
      example.alignment = Array.from({ length: (alignment.length - 1) / 2 }, (_, i) => [
        alignment[1 + 2 * i]!,
        alignment[2 + 2 * i]!,
      ]);
    const [extraCount] = parts[EXTRA_COUNT] ?? NOTHING;
    if (extraCount !== undefined)
      example.copy = { source: parts[COPY_SOURCE]!, target: parts[COPY_TARGET]!, extraCount };
    return example;
  }

  place(place: number): ExamplePlace {
    const at = this.layout.parts * this.entry.examples + place;
    return { file: this.#numbers[at]!, line: this.#numbers[at + this.entry.examples]! };
  }
}
