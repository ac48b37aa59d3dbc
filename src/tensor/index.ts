export { backward } from "./autograd.js";
export * from "./ops/arrange.js";
export * from "./ops/attention.js";
export * from "./ops/attention-losses.js";
export { type BestTokens, bestTokens } from "./ops/best-tokens.js";
export * from "./ops/elements.js";
export { likeliestTokens } from "./ops/likeliest-tokens.js";
export { addLinear, type ColumnRange, linear } from "./ops/linear.js";
export * from "./ops/normalize.js";
export {
  type CrossEntropyOptions,
  crossEntropy,
  logSoftmax,
  topK,
} from "./ops/output.js";
export * from "./ops/pointer.js";
export * from "./ops/pool.js";
export * from "./ops/recurrence.js";
export { Scope, type ScopeOptions } from "./scope.js";
export { empty, type Int8Weight, int8Weight, ints, type Shape, sizeOf, Tensor, tensor, zeros } from "./tensor.js";
