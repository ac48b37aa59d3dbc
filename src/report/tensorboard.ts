import type { DevProgress } from "../train/progress.js";
import { metricsOf } from "./report-charts.js";
import type { EndEntry, StepEntry } from "./run-log.js";

/** A number at a step, as TensorBoard shows it: names with a slash stand under what is before it. */
export interface Scalar {
  name: string;
  value: number;
}

/** What an entry of the log has for TensorBoard. */
export function scalarsOf(entry: StepEntry | DevProgress | EndEntry): Scalar[] {
  const named = (group: string, values: Record<string, number | undefined>) =>
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name: `${group}/${name}`, value }],
    );
  switch (entry.kind) {
    case "step": {
      const { loss, gradientNorm, learningRate, tokensPerSecond } = entry;
      return named("train", { loss, gradientNorm, learningRate, tokensPerSecond });
    }
    case "evaluation":
    case "epoch": {
      const measured = Object.fromEntries(metricsOf([entry]).map((name) => [name, entry[name]]));
      return named("dev", { loss: entry.devLoss, ppl: entry.devPerplexity, ...measured });
    }
    case "end": {
      const { count: _, ...test } = entry.test ?? {};
      return named("test", test);
    }
  }
}

/** The first record of an event file. `at` in milliseconds since 1970, as in all of them. */
export function versionRecord(at: number): Uint8Array<ArrayBuffer> {
  return record([...wallTime(at), ...bytesField(3, text("brain.Event:2"))]);
}

/** Numbers of a step as a record of an event file. */
export function scalarRecord(at: number, step: number, scalars: readonly Scalar[]): Uint8Array<ArrayBuffer> {
  const values = scalars.flatMap(({ name, value }) =>
    bytesField(1, [
      ...bytesField(1, text(name)),
      tag(2, FIXED_32),
      ...littleEndian(4, (view) => view.setFloat32(0, value, true)),
    ]),
  );
  return record([...wallTime(at), ...(step === 0 ? [] : [tag(2, VARINT), ...varint(step)]), ...bytesField(5, values)]);
}

// Protocol buffers: https://protobuf.dev/programming-guides/encoding/. Event: 1 wall_time, 2 step, 3 file_version, 5 summary;
// Summary: 1 value; Value: 1 tag, 2 simple_value.
const [VARINT, FIXED_64, LENGTH, FIXED_32] = [0, 1, 2, 5] as const;

const tag = (field: number, type: number) => (field << 3) | type;
const text = (words: string) => [...new TextEncoder().encode(words)];
const bytesField = (field: number, bytes: readonly number[]) => [tag(field, LENGTH), ...varint(bytes.length), ...bytes];
const wallTime = (at: number) => [tag(1, FIXED_64), ...littleEndian(8, (view) => view.setFloat64(0, at / 1000, true))];

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

function littleEndian(size: number, set: (view: DataView) => void): number[] {
  const bytes = new Uint8Array(size);
  set(new DataView(bytes.buffer));
  return [...bytes];
}

/** A record of a TFRecord file: length, its checksum, the bytes, theirs. */
function record(bytes: readonly number[]): Uint8Array<ArrayBuffer> {
  const length = littleEndian(8, (view) => view.setUint32(0, bytes.length, true));
  return Uint8Array.from([...length, ...checksum(length), ...bytes, ...checksum(bytes)]);
}

/** CRC-32C (Castagnoli), reflected. */
const POLYNOMIAL = 0x82f63b78;
const MASK = 0xa282ead8;

/** Masked as TFRecord files want it: rotated by 15 bits, a constant added. */
function checksum(bytes: readonly number[]): number[] {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  }
  crc = ~crc >>> 0;
  const masked = (((crc >>> 15) | (crc << 17)) + MASK) >>> 0;
  return littleEndian(4, (view) => view.setUint32(0, masked, true));
}
