import { ModelFileError } from "../errors.js";

/** A tensor as the file holds it. */
export interface StoredTensor {
  shape: readonly number[];
  data: Float32Array | Int8Array;
}

export interface SafetensorsContent {
  /** Strings by key, in the order written. */
  metadata: Map<string, string>;
  tensors: Map<string, StoredTensor>;
}

const isMap = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function isHeaderEntry(entry: unknown): entry is HeaderEntry {
  if (!isMap(entry)) return false;
  const { dtype, shape, data_offsets: offsets } = entry as Partial<HeaderEntry>;
  const areCounts = (values: unknown) => Array.isArray(values) && values.every(isCount);
  return typeof dtype === "string" && areCounts(shape) && areCounts(offsets) && offsets!.length === 2;
}

const ALIGNMENT = 64;
/** What the format calls the numbers we write, and how many bytes one takes. */
const BYTES: Record<string, number> = Object.assign(Object.create(null), { F32: 4, I8: 1 });
/** What the format itself allows. */
const LARGEST_HEADER = 100_000_000;

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/**
 * Writes the safetensors format: an 8-byte little-endian header length, a JSON header, then the numbers, float32 or of 8 bits.
 *
 * The numbers begin 64-byte aligned, and tensors of whole 64-byte lines come before the others, so that each of those is
 * aligned too; of the others those of 8 bits come last, so that float32 lies at multiples of 4. The format knows no gaps
 * between tensors. The same content always gives the same bytes.
 */
export function writeSafetensors({ metadata, tensors }: SafetensorsContent): Uint8Array<ArrayBuffer> {
  const place = ({ data }: StoredTensor) =>
    data.byteLength % ALIGNMENT === 0 ? 0 : data instanceof Float32Array ? 1 : 2;
  const ordered = [...tensors].sort(([, a], [, b]) => place(a) - place(b));
  const header: Record<string, unknown> = { __metadata__: Object.fromEntries(metadata) };
  let offset = 0;
  for (const [name, { shape, data }] of ordered) {
    const dtype = data instanceof Float32Array ? "F32" : "I8";
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil((8 + json.length) / ALIGNMENT) * ALIGNMENT - 8;
  const bytes = new Uint8Array(8 + headerBytes + offset);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, 8, 8 + headerBytes);
  bytes.set(json, 8);
  let at = 8 + headerBytes;
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** A view of float32 numbers where they lie aligned, as they do in a file of ours; else a copy. */
function floatsAt(bytes: Uint8Array, from: number, count: number): Float32Array {
  const offset = bytes.byteOffset + from;
  if (offset % Float32Array.BYTES_PER_ELEMENT === 0) return new Float32Array(bytes.buffer, offset, count);
  const data = new Float32Array(count);
  new Uint8Array(data.buffer).set(bytes.subarray(from, from + data.byteLength));
  return data;
}

/** Reads safetensors with tensors of float32 and of 8 bits, which share the memory of `bytes` where they can. `name` is the file's, for messages. */
export function readSafetensors(bytes: Uint8Array, name: string): SafetensorsContent {
  const fail = (rule: string, got: string, todo: string): never => {
    throw new ModelFileError(`model ${name}: expected ${rule}, got ${got}. ${todo}`);
  };
  const foreign = "Give a .safetensors file made by tandem train.";
  if (bytes.length < 8) fail("a safetensors file", `${bytes.length} bytes`, foreign);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > LARGEST_HEADER || bytes[8] !== 0x7b) fail("a safetensors file", "another format", foreign);
  const truncated = "The file is cut short; copy or train it again.";
  if (8 + headerBytes > bytes.length)
    fail(`a header of ${headerBytes} bytes`, `a file of ${bytes.length} bytes`, truncated);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + headerBytes)));
  } catch (cause) {
    throw new ModelFileError(`model ${name}: expected a safetensors header in JSON, got something else. ${foreign}`, {
      cause,
    });
  }
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, unknown>;
  if (!isMap(metadata) || !Object.values(metadata).every((value) => typeof value === "string"))
    fail("texts as its metadata", "something else", foreign);
  const tensors = new Map<string, StoredTensor>();
  const start = 8 + headerBytes;
  for (const [tensorName, entry] of Object.entries(entries)) {
    if (!isHeaderEntry(entry)) return fail(`type, shape and offsets of ${tensorName}`, "something else", foreign);
    const { dtype, shape, data_offsets: offsets } = entry;
    const size = BYTES[dtype] ?? fail(`float32 or int8 numbers in ${tensorName}`, dtype, "Save the model as float32.");
    const [from, to] = offsets;
    const count = shape.reduce((product, size) => product * size, 1);
    if (start + to > bytes.length) fail(`${start + to} bytes`, `${bytes.length}`, truncated);
    if (to - from !== size * count) fail(`${size * count} bytes for ${tensorName}`, `${to - from}`, foreign);
    const data =
      dtype === "F32"
        ? floatsAt(bytes, start + from, count)
        : new Int8Array(bytes.buffer, bytes.byteOffset + start + from, count);
    tensors.set(tensorName, { shape, data });
  }
  return { metadata: new Map(Object.entries(metadata as Record<string, string>)), tensors };
}
