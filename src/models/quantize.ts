import { ModelFileError, TandemError } from "../errors.js";
import type { Int8Weight, Shape } from "../tensor/index.js";
import type { StoredTensor } from "./safetensors.js";

/** The scales of the weight `name` stand in the file under `name` with this. */
const SCALES = ".scale";
/** Largest number a weight becomes: symmetric, so −128 is left out. */
const LARGEST = 127;
/** Shares of a row's largest weight that are tried as what LARGEST stands for; what is beyond is cut off. */
const CLIPS = Array.from({ length: 16 }, (_, i) => 1 - 0.02 * i);

/** Matrices are stored with 8 bits: products and embeddings read them. Biases, gains and what is one vector stay float32. */
const isQuantized = (shape: Shape): boolean => shape.length === 2 && shape.every((size) => size > 1);

/** `name` is the weight's, for messages. */
export function quantize(name: string, { shape, data }: StoredTensor): Int8Weight {
  const [rows, width] = shape as [number, number];
  const numbers = new Int8Array(data.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const range = [row * width, (row + 1) * width] as const;
    const weights = data.subarray(...range);
    if (!weights.every(Number.isFinite))
      throw new TandemError(`quantize: expected finite numbers in ${name}, got others in row ${row}. Train again.`);
    scales[row] = quantizeRow(weights, numbers.subarray(...range));
  }
  return { shape, numbers, scales };
}

/**
 * Writes the numbers of one row and gives its scale s. Of some scales the one whose Σ (w − s q)² is least, with
 * q = round(w / s) cut to ±127; then the best s for these q, Σ w q / Σ q².
 */
function quantizeRow(weights: ArrayLike<number>, numbers: Int8Array): number {
  let largest = 0;
  for (let i = 0; i < weights.length; i++) largest = Math.max(largest, Math.abs(weights[i]!));
  if (largest === 0) return 1;
  let [scale, least] = [0, Number.POSITIVE_INFINITY];
  for (const clip of CLIPS) {
    const tried = (clip * largest) / LARGEST;
    let error = 0;
    for (let i = 0; i < weights.length; i++) error += (weights[i]! - tried * nearest(weights[i]! / tried)) ** 2;
    if (error < least) [scale, least] = [tried, error];
  }
  let [products, squares] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    const number = nearest(weights[i]! / scale);
    numbers[i] = number;
    products += weights[i]! * number;
    squares += number * number;
  }
  return products / squares;
}

const nearest = (x: number) => Math.max(-LARGEST, Math.min(LARGEST, Math.round(x)));

/** The tensors of a file whose matrices have 8 bits; `known` are those that have them already. */
export function int8Tensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  known: ReadonlyMap<string, Int8Weight>,
): Map<string, StoredTensor> {
  const stored = new Map<string, StoredTensor>();
  for (const [name, tensor] of tensors) {
    if (!isQuantized(tensor.shape)) {
      stored.set(name, tensor);
      continue;
    }
    const { numbers, scales } = known.get(name) ?? quantize(name, tensor);
    stored.set(name, { shape: tensor.shape, data: numbers });
    stored.set(name + SCALES, { shape: [scales.length], data: scales });
  }
  return stored;
}

/** The weights of 8 bits among the tensors of the file `file`. */
export function int8WeightsOf(tensors: ReadonlyMap<string, StoredTensor>, file: string): Map<string, Int8Weight> {
  const weights = new Map<string, Int8Weight>();
  for (const [name, { shape, data: numbers }] of tensors) {
    if (!(numbers instanceof Int8Array)) continue;
    const scales = tensors.get(name + SCALES)?.data;
    if (!(scales instanceof Float32Array) || scales.length !== shape[0])
      throw new ModelFileError(
        `model ${file}: expected ${shape[0]} scales of ${name}, got ${scales?.length ?? "none"}. The file is damaged.`,
      );
    weights.set(name, { shape, numbers, scales });
  }
  return weights;
}
