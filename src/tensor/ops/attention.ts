import { ShapeError } from "../../errors.js";
import { gradientOf, record } from "../autograd.js";
import { describeShape, empty, type Tensor } from "../tensor.js";

/** scores[batch, queries, time] = scale · query[batch, queries, size] · keys[batch, time, size] */
export function attentionScores(query: Tensor, keys: Tensor, scale: number): Tensor {
  const [batch, queries, size] = query.shape as [number, number, number];
  const [rows, time, width] = keys.shape as [number, number, number];
  if (rows !== batch || width !== size)
    throw new ShapeError(`attentionScores: sizes must match, got ${describeShape(query)} · ${describeShape(keys)}.`);
  const { kernels } = query.backend;
  const scores = empty([batch, queries, time]);
  kernels.attentionScores(scores.pointer, query.pointer, keys.pointer, scale, batch, queries, time, size);
  record([query, keys], [scores], () =>
    kernels.attentionScoresBackward(
      gradientOf(query),
      gradientOf(keys),
      scores.gradient,
      query.pointer,
      keys.pointer,
      scale,
      batch,
      queries,
      time,
      size,
    ),
  );
  return scores;
}

/** weights = softmax of scores[batch, queries, time] over the times where mask[batch, time] is 1, and 0 elsewhere. */
export function maskedSoftmax(scores: Tensor, mask?: Tensor): Tensor {
  const [batch, queries, time] = scores.shape as [number, number, number];
  if (mask && mask.size !== batch * time)
    throw new ShapeError(`maskedSoftmax: sizes must match, got ${describeShape(scores)} and ${describeShape(mask)}.`);
  const { kernels } = scores.backend;
  const weights = empty(scores.shape);
  kernels.maskedSoftmax(weights.pointer, scores.pointer, mask?.pointer ?? 0, batch, queries, time);
  record([scores], [weights], () =>
    kernels.softmaxBackward(gradientOf(scores), weights.gradient, weights.pointer, batch * queries, time),
  );
  return weights;
}

/** context[batch, queries, size] = Σ_t weights[batch, queries, t] · values[batch, t, size] */
export function attentionContext(weights: Tensor, values: Tensor): Tensor {
  const [batch, queries, time] = weights.shape as [number, number, number];
  const [rows, length, size] = values.shape as [number, number, number];
  if (rows !== batch || length !== time)
    throw new ShapeError(
      `attentionContext: sizes must match, got ${describeShape(weights)} · ${describeShape(values)}.`,
    );
  const { kernels } = weights.backend;
  const context = empty([batch, queries, size]);
  kernels.attentionContext(context.pointer, weights.pointer, values.pointer, batch, queries, time, size);
  record([weights, values], [context], () =>
    kernels.attentionContextBackward(
      gradientOf(weights),
      gradientOf(values),
      context.gradient,
      weights.pointer,
      values.pointer,
      batch,
      queries,
      time,
      size,
    ),
  );
  return context;
}
