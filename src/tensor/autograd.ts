import { ShapeError } from "../errors.js";
import type { Pointer } from "../kernels/kernels.js";
import { Scope } from "./scope.js";
import type { GraphNode, Tensor } from "./tensor.js";

/**
 * Says how gradients flow back through an operation, in the place where its result is made. Nothing is recorded where
 * no input wants a gradient or the scope does not keep them.
 */
export function record(inputs: readonly Tensor[], outputs: readonly Tensor[], backward: () => void): void {
  if (!Scope.current.gradients || !inputs.some((input) => input.needsGradient)) return;
  const node: GraphNode = { inputs, outputs, backward };
  for (const output of outputs) {
    output.needsGradient = true;
    output.node = node;
  }
}

/** Where the gradient of `tensor` is added up: made, and zero, at first use. 0 (null) if none is wanted. */
export function gradientOf(tensor: Tensor): Pointer {
  if (!tensor.needsGradient) return 0;
  if (tensor.gradient === 0) {
    tensor.gradient = Scope.current.allocate(tensor.size);
    tensor.backend.kernels.fill(tensor.gradient, 0, tensor.size);
  }
  return tensor.gradient;
}

/** Adds a whole gradient to that of `tensor`, or makes it the gradient where there is none yet. */
export function addGradient(tensor: Tensor, gradient: Pointer): void {
  if (!tensor.needsGradient) return;
  if (tensor.gradient === 0) tensor.gradient = gradient;
  else tensor.backend.kernels.addScaled(tensor.gradient, gradient, 1, tensor.size);
}

/** One use of a weight W[N, K] in y = x Wᵀ + b: what the gradient of W needs. */
interface WeightUse {
  x: Pointer;
  dy: Pointer;
  rows: number;
}
interface WeightUses {
  weight: Tensor;
  bias: Tensor | undefined;
  /** First column of W and the number of columns that x met. */
  firstColumn: number;
  columns: number;
  uses: WeightUse[];
}

/** Uses gathered while `backward` runs: a weight used at every step gets its gradient in one product. */
let pending: Map<string, WeightUses> | undefined;
const numbers = new WeakMap<Tensor, number>();
let nextNumber = 0;

/** A number that no other tensor has. */
function numberOf(tensor: Tensor): number {
  let number = numbers.get(tensor);
  if (number === undefined) numbers.set(tensor, (number = nextNumber++));
  return number;
}

/** Remembers that dW[:, first … first + columns] += dyᵀ x and db += Σ dy are due. */
export function deferWeightGradient(
  weight: Tensor,
  bias: Tensor | undefined,
  firstColumn: number,
  columns: number,
  use: WeightUse,
): void {
  if (!weight.needsGradient && !bias?.needsGradient) return;
  const key = `${numberOf(weight)}:${firstColumn}:${columns}:${bias ? numberOf(bias) : ""}`;
  const entry = pending!.get(key);
  if (entry) entry.uses.push(use);
  else pending!.set(key, { weight, bias, firstColumn, columns, uses: [use] });
}

function addWeightGradient({ weight, bias, firstColumn, columns, uses }: WeightUses): void {
  const { kernels, memory } = weight.backend;
  const scope = Scope.current;
  const [outputs, width] = weight.shape as [number, number];
  let { x, dy, rows } = uses[0]!;
  if (uses.length > 1) {
    rows = uses.reduce((total, use) => total + use.rows, 0);
    x = scope.allocate(rows * columns);
    dy = scope.allocate(rows * outputs);
    let done = 0;
    for (const use of uses) {
      const bytes = done * memory.bytesPerElement;
      kernels.copyRows(x + bytes * columns, columns, use.x, columns, use.rows, columns, 0);
      kernels.copyRows(dy + bytes * outputs, outputs, use.dy, outputs, use.rows, outputs, 0);
      done += use.rows;
    }
  }
  if (weight.needsGradient) {
    const scratch = scope.allocate(kernels.outerScratchLength(outputs, columns));
    const into = gradientOf(weight) + firstColumn * memory.bytesPerElement;
    kernels.outerProduct(into, width, dy, outputs, x, columns, scratch, rows, outputs, columns);
  }
  if (bias?.needsGradient) kernels.columnSums(gradientOf(bias), dy, outputs, rows, outputs);
}

/**
 * Runs every recorded operation backward from `loss`, so that each leaf that wants one holds d loss / d leaf.
 * The order is the reverse of a topological order, found with an explicit stack: a graph may be as deep as it likes.
 */
export function backward(loss: Tensor): void {
  if (loss.size !== 1)
    throw new ShapeError(`backward: expected a loss of one element, got [${loss.shape.join(", ")}].`);
  if (loss.node === undefined) return;
  loss.backend.kernels.fill(gradientOf(loss), 1, 1);
  pending = new Map();
  try {
    for (const node of reverseTopologicalOrder(loss.node))
      if (node.outputs.some((output) => output.gradient !== 0)) node.backward();
    for (const uses of pending.values()) addWeightGradient(uses);
  } finally {
    pending = undefined;
  }
}

/** Every node after all nodes that use its outputs. */
function reverseTopologicalOrder(last: GraphNode): GraphNode[] {
  const finished: GraphNode[] = [];
  const seen = new Set<GraphNode>([last]);
  const stack: { node: GraphNode; next: number }[] = [{ node: last, next: 0 }];
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const input = top.node.inputs[top.next++];
    if (input === undefined) {
      finished.push(top.node);
      stack.pop();
    } else if (input.node && !seen.has(input.node)) {
      seen.add(input.node);
      stack.push({ node: input.node, next: 0 });
    }
  }
  return finished.reverse();
}
