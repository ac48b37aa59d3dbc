import { ShapeError } from "../../errors.js";
import { gradientOf, record } from "../autograd.js";
import { Scope } from "../scope.js";
import { describeShape, empty, type Tensor, tensor } from "../tensor.js";
import { reshape } from "./arrange.js";
import { attentionContext } from "./attention.js";

/** The largest of x[batch, time, size] over the times where mask[batch, time] is 1 → [batch, size]. */
export function maxOverTime(x: Tensor, mask: Tensor): Tensor {
  const [batch, time, size] = sizesOf("maxOverTime", x, mask);
  const { kernels } = x.backend;
  const y = empty([batch, size]);
  const places = Scope.current.allocate(batch * size);
  kernels.maxOverTime(y.pointer, places, x.pointer, mask.pointer, batch, time, size);
  record([x], [y], () => kernels.maxOverTimeBackward(gradientOf(x), y.gradient, places, batch, time, size));
  return y;
}

/** The mean of x[batch, time, size] over the times where mask[batch, time] is 1 → [batch, size]. */
export function meanOverTime(x: Tensor, mask: Tensor): Tensor {
  const [batch, time, size] = sizesOf("meanOverTime", x, mask);
  const real = Array.from(mask.toArray());
  const counts = Array.from({ length: batch }, (_, b) =>
    real.slice(b * time, (b + 1) * time).reduce((total, one) => total + one, 0),
  );
  const shares = Float64Array.from(real, (one, i) => (one === 0 ? 0 : 1 / counts[Math.floor(i / time)]!));
  return reshape(attentionContext(tensor(shares, [batch, 1, time]), x), [batch, size]);
}

function sizesOf(operation: string, x: Tensor, mask: Tensor): [number, number, number] {
  const [batch, time, size] = x.shape as [number, number, number];
  if (mask.size !== batch * time)
    throw new ShapeError(`${operation}: sizes must match, got ${describeShape(x)} and a mask ${describeShape(mask)}.`);
  return [batch, time, size];
}
