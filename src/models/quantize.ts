import { ModelFileError, TandemError } from "../errors.js";
import { quantizeRows } from "../kernels/int8-rows.js";
import type { Int8Weight, Shape } from "../tensor/index.js";
import type { StoredTensor } from "./safetensors.js";

/** The scales of the weight `name` stand in the file under `name` with this. */
const SCALES = ".scale";
/** Matrices are stored with 8 bits: products and embeddings read them. Biases, gains and what is one vector stay float32. */
const isQuantized = (shape: Shape): boolean => shape.length === 2 && shape.every((size) => size > 1);

/** A weight of 8 bits by `quantizeRows`. `name` is the weight's, for messages. */
export function quantize(name: string, { shape, data }: StoredTensor): Int8Weight {
  const { numbers, scales } = quantizeRows(data, shape[1]!);
  const stray = scales.indexOf(-1);
  if (stray >= 0)
    throw new TandemError(`quantize: expected finite numbers in ${name}, got others in row ${stray}. Train again.`);
  return { shape, numbers, scales };
}

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
