import { ShapeError } from "../../errors.js";
import type { RandomStream } from "../../random.js";
import { addGradient, gradientOf, record } from "../autograd.js";
import { describeShape, empty, type Tensor } from "../tensor.js";

/** a + scale · b, of one shape. */
export function add(a: Tensor, b: Tensor, scale = 1): Tensor {
  if (a.shape.join() !== b.shape.join())
    throw new ShapeError(`add: shapes must be equal, got ${describeShape(a)} and ${describeShape(b)}.`);
  const { kernels } = a.backend;
  const y = empty(a.shape);
  kernels.copyRows(y.pointer, y.size, a.pointer, y.size, 1, y.size, 0);
  kernels.addScaled(y.pointer, b.pointer, scale, y.size);
  record([a, b], [y], () => {
    if (b.needsGradient && b !== a) kernels.addScaled(gradientOf(b), y.gradient, scale, y.size);
    if (b === a) kernels.addScaled(y.gradient, y.gradient, scale, y.size);
    // Nobody else reads it any more, so it may become that of a; but one that stands over the gates of a scan is still due there.
    if (y.gradient !== y.pointer) addGradient(a, y.gradient);
    else if (a.needsGradient) kernels.addScaled(gradientOf(a), y.gradient, 1, y.size);
  });
  return y;
}

/** a ∘ b, of one shape. */
export function multiply(a: Tensor, b: Tensor): Tensor {
  if (a.shape.join() !== b.shape.join())
    throw new ShapeError(`multiply: shapes must be equal, got ${describeShape(a)} and ${describeShape(b)}.`);
  const { kernels } = a.backend;
  const y = empty(a.shape);
  kernels.multiply(y.pointer, a.pointer, b.pointer, y.size, 0);
  record([a, b], [y], () => {
    if (a.needsGradient) kernels.multiply(gradientOf(a), y.gradient, b.pointer, y.size, 1);
    if (b.needsGradient) kernels.multiply(gradientOf(b), y.gradient, a.pointer, y.size, 1);
  });
  return y;
}

/** y = 1 / (1 + e⁻ˣ), element by element. */
export function sigmoid(x: Tensor): Tensor {
  const { kernels } = x.backend;
  const y = empty(x.shape);
  kernels.sigmoidForward(y.pointer, x.pointer, x.size);
  record([x], [y], () => kernels.sigmoidBackward(gradientOf(x), y.gradient, y.pointer, x.size));
  return y;
}

/** y = tanh(x), element by element. */
export function tanh(x: Tensor): Tensor {
  const { kernels } = x.backend;
  const y = empty(x.shape);
  kernels.tanhForward(y.pointer, x.pointer, x.size);
  record([x], [y], () => kernels.tanhBackward(gradientOf(x), y.gradient, y.pointer, x.size));
  return y;
}

/** Sum of all elements, a tensor of one element. */
export function sum(x: Tensor): Tensor {
  const { kernels, memory } = x.backend;
  const y = empty([1]);
  kernels.sum(y.pointer, x.pointer, x.size);
  record([x], [y], () => {
    const slope = memory.floats(y.gradient, 1)[0]!;
    const dx = memory.floats(gradientOf(x), x.size);
    for (let i = 0; i < dx.length; i++) dx[i]! += slope;
  });
  return y;
}

/**
 * Inverted dropout (Srivastava et al. 2014): each element of `x[batch, …]` is 0 with probability `rate`, else divided by
 * 1 − rate. What is kept depends on the stream, the example's number in `examples[batch]` and the element alone.
 */
export function dropout(x: Tensor, rate: number, stream: RandomStream, examples: Tensor): Tensor {
  if (rate === 0) return x;
  const rows = x.shape[0]!;
  if (examples.size !== rows)
    throw new ShapeError(`dropout: expected ${rows} example numbers for ${describeShape(x)}, got ${examples.size}.`);
  const { kernels } = x.backend;
  const columns = x.size / rows;
  const y = empty(x.shape);
  const apply = (to: number, from: number, accumulate: 0 | 1) =>
    kernels.dropout(
      to,
      from,
      examples.pointer,
      rate,
      stream.step,
      stream.path,
      ...stream.key,
      rows,
      columns,
      accumulate,
    );
  apply(y.pointer, x.pointer, 0);
  record([x], [y], () => apply(gradientOf(x), y.gradient, 1));
  return y;
}
