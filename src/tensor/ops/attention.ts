import { ShapeError } from "../../errors.js";
import type { Backend, Pointer } from "../../kernels/kernels.js";
import { deferGradient, gradientOf, record } from "../autograd.js";
import { Scope } from "../scope.js";
import { describeShape, empty, type Tensor } from "../tensor.js";

/** scores[batch, queries, time] = scale · query[batch, queries, size] · keys[batch, time, size] */
export function attentionScores(query: Tensor, keys: Tensor, scale: number): Tensor {
  const [batch, queries, size] = query.shape as [number, number, number];
  const [rows, time, width] = keys.shape as [number, number, number];
  if (rows !== batch || width !== size)
    throw new ShapeError(`attentionScores: sizes must match, got ${describeShape(query)} · ${describeShape(keys)}.`);
  const { backend } = query;
  const { kernels } = backend;
  const scores = empty([batch, queries, time]);
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
      const [s, q] = [
        joinQueries(backend, uses, batch, time, "slopes"),
        joinQueries(backend, uses, batch, size, "query"),
      ];
      kernels.attentionScoresBackward(0, gradientOf(keys), s, q, keys.pointer, scale, batch, all, time, size);
    });
  });
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
  const { backend } = weights;
  const { kernels } = backend;
  const context = empty([batch, queries, size]);
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
      const [s, w] = [
        joinQueries(backend, uses, batch, size, "slopes"),
        joinQueries(backend, uses, batch, time, "weights"),
      ];
      kernels.attentionContextBackward(0, gradientOf(values), s, w, values.pointer, batch, all, time, size);
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
