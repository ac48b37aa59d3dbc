import type { Parameters } from "../nn/index.js";
import { Scope } from "../tensor/index.js";

/** Elements that `chunkSquares` adds up at a time. */
const CHUNK = 4096;

/**
 * What gradients are multiplied by so that their common norm is at most `clipNorm` (Pascanu et al. 2013; 0 is off), and
 * that norm. Sums of fixed chunks, joined in order. To be called in the step's scope.
 */
export function clippingScale(parameters: Parameters, clipNorm: number): { norm: number; scale: number } {
  let squares = 0;
  for (const [, { gradient, rowGradient, size, shape, backend }] of parameters) {
    if (gradient === 0 && rowGradient === undefined) continue;
    const count = rowGradient ? rowGradient.count * shape.at(-1)! : size;
    const chunks = Math.ceil(count / CHUNK);
    const sums = Scope.current.allocate(chunks);
    backend.kernels.chunkSquares(sums, rowGradient?.values ?? gradient, count);
    for (const sum of backend.memory.floats(sums, chunks)) squares += sum;
  }
  const norm = Math.sqrt(squares);
  return { norm, scale: clipNorm > 0 && norm > clipNorm ? clipNorm / (norm + 1e-6) : 1 };
}
