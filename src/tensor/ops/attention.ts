import { ShapeError } from "../../errors.js";
import type { Backend, Pointer } from "../../kernels/kernels.js";
import { deferGradient, gradientOf, record } from "../autograd.js";
import { Scope } from "../scope.js";
import { describeShape, empty, type Shape, sizeOf, type Tensor } from "../tensor.js";

/** What comes before the last two axes, as one: [batch], or [batch, heads]. */
function split(x: Tensor): { leading: Shape; batch: number; rows: number; columns: number } {
  const leading = x.shape.slice(0, -2);
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  return { leading, batch: sizeOf(leading), rows, columns };
}

/** scores[batch, queries, time] = scale · query[batch, queries, size] · keys[batch, time, size]; all with heads, or none. */
export function attentionScores(query: Tensor, keys: Tensor, scale: number): Tensor {
  const { leading, batch, rows: queries, columns: size } = split(query);
  const { leading: others, rows: time, columns: width } = split(keys);
  if (others.join() !== leading.join() || width !== size)
    throw new ShapeError(`attentionScores: sizes must match, got ${describeShape(query)} · ${describeShape(keys)}.`);
  const { backend } = query;
  const { kernels } = backend;
  const scores = empty([...leading, queries, time]);
  kernels.attentionScores(scores.pointer, query.pointer, keys.pointer, scale, batch, queries, time, size);
  record([query, keys], [scores], () => {
    const slopes = scores.gradient;
    if (query.needsGradient)
      kernels.attentionScoresBackward(
        gradientOf(query),
        0,
        slopes,
        query.pointer,
        keys.pointer,
        scale,
        batch,
        queries,
        time,
        size,
      );
    if (!keys.needsGradient) return;
    // The keys are the same at every step: all queries of a sentence meet them together.
    deferGradient(keys, `scores ${scale}`, { slopes, queries, query: query.pointer }, (uses) => {
      const all = uses.reduce((total, use) => total + use.queries, 0);
      const into = gradientOf(keys);
      Scope.current.temporarily(() => {
        const [s, q] = [
          joinQueries(backend, uses, batch, time, "slopes"),
          joinQueries(backend, uses, batch, size, "query"),
        ];
        kernels.attentionScoresBackward(0, into, s, q, keys.pointer, scale, batch, all, time, size);
      });
    });
  });
  return scores;
}

/** What attention paid to each source token before, and how it enters the scores. */
export interface Past {
  /** [batch, time], for one query */
  sums: Tensor;
  /** [size] */
  weight: Tensor;
}

/**
 * scores[batch, queries, time] = Σ_d weight[d] tanh(query[batch, queries, d] + keys[batch, time, d] + past[time] pastWeight[d])
 *
 * The gradient of the keys is not put off, as that of dot products is: each query meets them inside its own tanh, so there
 * is no larger product to gain, and its tanh would have to be computed once more.
 */
export function additiveScores(query: Tensor, keys: Tensor, weight: Tensor, past?: Past): Tensor {
  const [batch, queries, size] = query.shape as [number, number, number];
  const [rows, time, width] = keys.shape as [number, number, number];
  if (rows !== batch || width !== size || weight.size !== size)
    throw new ShapeError(
      `additiveScores: sizes must match, got ${describeShape(query)}, ${describeShape(keys)} and a weight ${describeShape(weight)}.`,
    );
  if (past && (past.sums.size !== batch * queries * time || past.weight.size !== size))
    throw new ShapeError(
      `additiveScores: expected sums [${batch}, ${time}] and a weight of ${size}, got ${describeShape(past.sums)} and ${describeShape(past.weight)}.`,
    );
  const { kernels } = query.backend;
  const scores = empty([batch, queries, time]);
  const inputs = [
    query.pointer,
    keys.pointer,
    weight.pointer,
    past?.sums.pointer ?? 0,
    past?.weight.pointer ?? 0,
  ] as const;
  kernels.additiveScores(scores.pointer, ...inputs, batch, queries, time, size);
  record(past ? [query, keys, weight, past.sums, past.weight] : [query, keys, weight], [scores], () => {
    const scope = Scope.current;
    /** Where nobody wants the gradient, a place that nobody reads. */
    const into = (tensor: Tensor) => gradientOf(tensor) || scope.allocate(tensor.size);
    const [shares, pastShares] = [scope.allocate(batch * size), past ? scope.allocate(batch * size) : 0];
    const results = [into(query), into(keys), shares, past ? into(past.sums) : 0, pastShares] as const;
    kernels.additiveScoresBackward(...results, scores.gradient, ...inputs, batch, queries, time, size);
    for (const [tensor, rows] of [
      [weight, shares],
      [past?.weight, pastShares],
    ] as const)
      if (tensor?.needsGradient) kernels.outerProduct(0, 0, gradientOf(tensor), rows, size, 0, batch, size, 0, 1);
  });
  return scores;
}

/** weights = softmax of scores[batch, queries, time] over the times where mask[batch, time] is 1, and 0 elsewhere. */
export function maskedSoftmax(scores: Tensor, mask?: Tensor): Tensor {
  const { batch, rows: queries, columns: time } = split(scores);
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
  const { leading, batch, rows: queries, columns: time } = split(weights);
  const { leading: others, rows: length, columns: size } = split(values);
  if (others.join() !== leading.join() || length !== time)
    throw new ShapeError(
      `attentionContext: sizes must match, got ${describeShape(weights)} · ${describeShape(values)}.`,
    );
  const { backend } = weights;
  const { kernels } = backend;
  const context = empty([...leading, queries, size]);
  kernels.attentionContext(context.pointer, weights.pointer, values.pointer, batch, queries, time, size);
  record([weights, values], [context], () => {
    const slopes = context.gradient;
    if (weights.needsGradient)
      kernels.attentionContextBackward(
        gradientOf(weights),
        0,
        slopes,
        weights.pointer,
        values.pointer,
        batch,
        queries,
        time,
        size,
      );
    if (!values.needsGradient) return;
    deferGradient(values, "context", { slopes, queries, weights: weights.pointer }, (uses) => {
      const all = uses.reduce((total, use) => total + use.queries, 0);
      const into = gradientOf(values);
      Scope.current.temporarily(() => {
        const [s, w] = [
          joinQueries(backend, uses, batch, size, "slopes"),
          joinQueries(backend, uses, batch, time, "weights"),
        ];
        kernels.attentionContextBackward(0, into, s, w, values.pointer, batch, all, time, size);
      });
    });
  });
  return context;
}

/** Blocks [batch, queries, width] of several steps → [batch, all queries, width]. */
function joinQueries<Name extends string>(
  backend: Backend,
  uses: readonly ({ queries: number } & Record<Name, Pointer>)[],
  batch: number,
  width: number,
  name: Name,
): Pointer {
  if (uses.length === 1) return uses[0]![name];
  const { kernels, memory } = backend;
  const all = uses.reduce((total, use) => total + use.queries, 0);
  const joined = Scope.current.allocate(batch * all * width);
  let done = 0;
  for (const use of uses) {
    const columns = use.queries * width;
    const to = joined + done * width * memory.bytesPerElement;
    kernels.copyRows(to, all * width, use[name], columns, batch, columns, 0);
    done += use.queries;
  }
  return joined;
}
