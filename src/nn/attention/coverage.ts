import type { Tensor } from "../../tensor/index.js";
import type { Parameters } from "../parameters.js";

/** Coverage's weight [size, 1] starts small: the sums it meets grow with every step. */
export function coverageWeight(parameters: Parameters, name: string, size: number): Tensor {
  return parameters.uniform(`${name}.coverage.weight`, [size, 1], 0.1);
}
