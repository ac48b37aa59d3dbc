import { ShapeError } from "../../errors.js";
import { gradientOf, record } from "../autograd.js";
import { Scope } from "../scope.js";
import { describeShape, empty, sizeOf, type Tensor } from "../tensor.js";

/**
 * Layer normalisation (Ba et al. 2016, eq. 3): y = gain ∘ (x − μ) / σ + bias over the last axis of `x`, with μ and σ of each
 * row. Where `blocks` are given they cut the last axis, and each block has a μ and σ of its own.
 */
export function layerNorm(x: Tensor, gain: Tensor, bias: Tensor, blocks: readonly number[] = [gain.size]): Tensor {
  const width = x.shape.at(-1)!;
  if (gain.size !== width || bias.size !== width || sizeOf(blocks) === 0 || blocks.reduce((a, b) => a + b, 0) !== width)
    throw new ShapeError(
      `layerNorm: expected a gain, a bias and blocks of ${width} for ${describeShape(x)}, got ${describeShape(gain)}, ${describeShape(bias)} and ${blocks.join(" + ")}.`,
    );
  const { kernels, memory } = x.backend;
  const scope = Scope.current;
  const rows = x.size / width;
  const y = empty(x.shape);
  let column = 0;
  const parts = blocks.map((size) => {
    const offset = column * memory.bytesPerElement;
    column += size;
    return { size, offset, statistics: scope.allocate(2 * rows) };
  });
  for (const { size, offset, statistics } of parts) {
    const inputs = [x.pointer + offset, width, gain.pointer + offset, bias.pointer + offset] as const;
    kernels.layerNorm(y.pointer + offset, width, statistics, ...inputs, rows, size);
  }
  record([x, gain, bias], [y], () => {
    const dx = gradientOf(x) || scope.allocate(x.size);
    for (const { size, offset, statistics } of parts) {
      const products = scope.allocate(rows * size);
      const from = [y.gradient + offset, width, x.pointer + offset, width, statistics, gain.pointer + offset] as const;
      kernels.layerNormBackward(dx + offset, width, products, ...from, rows, size);
      if (gain.needsGradient)
        kernels.outerProduct(0, 0, gradientOf(gain) + offset, products, size, 0, rows, size, 0, 1);
    }
    if (bias.needsGradient) kernels.outerProduct(0, 0, gradientOf(bias), y.gradient, width, 0, rows, width, 0, 1);
  });
  return y;
}
