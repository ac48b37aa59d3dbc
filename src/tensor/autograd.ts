import { ShapeError } from "../errors.js";
import type { Backend, Pointer } from "../kernels/kernels.js";
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

/**
 * Where the gradient of `tensor` is added up: made, and zero, at first use. 0 (null) if none is wanted. A gradient of some
 * rows becomes one of all.
 */
export function gradientOf(tensor: Tensor): Pointer {
  if (!tensor.needsGradient) return 0;
  if (tensor.viewOf) tensor.gradient = gradientOf(tensor.viewOf);
  if (tensor.gradient === 0) {
    const { kernels } = tensor.backend;
    tensor.gradient = Scope.current.allocate(tensor.size);
    kernels.fill(tensor.gradient, 0, tensor.size);
    if (tensor.rowGradient) {
      const { rows, count, values } = tensor.rowGradient;
      kernels.scatterAdd(tensor.gradient, values, rows, count, tensor.shape.at(-1)!);
      tensor.rowGradient = undefined;
    }
  }
  return tensor.gradient;
}

/** Adds a whole gradient to that of `tensor`, or makes it the gradient where there is none yet. */
export function addGradient(tensor: Tensor, gradient: Pointer): void {
  if (!tensor.needsGradient) return;
  if (tensor.viewOf) {
    addGradient(tensor.viewOf, gradient);
    tensor.gradient = tensor.viewOf.gradient;
  } else if (tensor.gradient === 0 && tensor.rowGradient === undefined) tensor.gradient = gradient;
  else tensor.backend.kernels.addScaled(gradientOf(tensor), gradient, 1, tensor.size);
}

/** Uses of one tensor whose gradients are computed in one go. */
interface Due {
  uses: unknown[];
  add: (uses: unknown[]) => void;
}

/** What is due while `backward` runs, by tensor and by the kind of use. */
let due: Map<Tensor, Map<string, Due>> | undefined;

/**
 * Puts off a part of the gradient of `tensor` until all its uses are known: what is used at every step of a decoder gets
 * its gradient in one product instead of many small ones. `add` receives the uses of one `kind` together, before the
 * operation that made `tensor` runs backward; for a leaf, at the end.
 */
export function deferGradient<Use>(tensor: Tensor, kind: string, use: Use, add: (uses: Use[]) => void): void {
  let kinds = due!.get(tensor);
  if (kinds === undefined) due!.set(tensor, (kinds = new Map()));
  const entry = kinds.get(kind);
  if (entry) entry.uses.push(use);
  else kinds.set(kind, { uses: [use], add: add as (uses: unknown[]) => void });
}

function settle(tensor: Tensor): void {
  for (const { uses, add } of due!.get(tensor)?.values() ?? []) add(uses);
  due!.delete(tensor);
}

/** Rows of `columns` numbers each, `stride` numbers apart. */
interface Rows {
  pointer: Pointer;
  stride: number;
  columns: number;
}

/** One use of a weight W[N, K] in y = x Wᵀ + b: what the gradient of W needs. */
interface WeightUse {
  /** [rows, K] */
  x: Pointer;
  /** [rows, N], where need be in parts that stand apart, the first columns first. */
  dy: readonly Rows[];
  rows: number;
}

/** Remembers that dW[:, range] += dyᵀ x and db += Σ dy are due. */
export function deferWeightGradient(
  weight: Tensor,
  bias: Tensor | undefined,
  range: { first: number; count: number },
  use: WeightUse,
): void {
  const { kernels, memory } = weight.backend;
  if (bias?.node) {
    // Computed by an operation, which may run backward before the weight's gradient is settled.
    let sums = gradientOf(bias);
    for (const { pointer, stride, columns } of use.dy) {
      kernels.outerProduct(0, 0, sums, pointer, stride, 0, use.rows, columns, 0, 1);
      sums += columns * memory.bytesPerElement;
    }
    bias = undefined;
  }
  if (weight.needsGradient || bias?.needsGradient)
    deferGradient(weight, `columns ${range.first} ${range.count}, bias ${bias?.id}`, use, (uses) =>
      addWeightGradient(weight, bias, range, uses),
    );
}

function addWeightGradient(
  weight: Tensor,
  bias: Tensor | undefined,
  range: { first: number; count: number },
  uses: readonly WeightUse[],
): void {
  const { backend } = weight;
  const { kernels, memory } = backend;
  const width = weight.shape[1]!;
  const { count: columns } = range;
  const rows = uses.reduce((total, use) => total + use.rows, 0);
  // Backward meets the last time first. In the order of time, blocks may already stand one under another.
  uses = uses.toReversed();
  // A first gradient of a whole weight and its bias is written, any other added.
  const fresh = columns === width && weight.gradient === 0 && !weight.rowGradient && (!bias || bias.gradient === 0);
  const place = (tensor: Tensor) => (fresh ? freshGradient(tensor) : gradientOf(tensor));
  let sums = bias?.needsGradient ? place(bias) : 0;
  let into = weight.needsGradient ? place(weight) + range.first * memory.bytesPerElement : 0;
  const accumulate = fresh ? 0 : 1;
  const scope = Scope.current;
  scope.temporarily(() => {
    const packed = into ? scope.allocate(kernels.packedLength(columns, rows)) : 0;
    if (into)
      scope.temporarily(() => {
        const x = gather(
          backend,
          uses.map((use) => ({ pointer: use.x, stride: columns, columns, rows: use.rows })),
        );
        kernels.packTransposed(packed, x.pointer, columns, columns, rows);
      });
    for (const [part, { columns: outputs }] of uses[0]!.dy.entries()) {
      scope.temporarily(() => {
        const dy = gather(
          backend,
          uses.map((use) => ({ ...use.dy[part]!, rows: use.rows })),
        );
        const depth = into ? columns : 0;
        kernels.outerProduct(
          into,
          into && width,
          sums,
          dy.pointer,
          dy.stride,
          packed,
          rows,
          outputs,
          depth,
          accumulate,
        );
      });
      if (sums) sums += outputs * memory.bytesPerElement;
      if (into) into += outputs * width * memory.bytesPerElement;
    }
  });
}

/** The rows of several blocks one under another: where they stand, if they do already. */
function gather(backend: Backend, blocks: readonly (Rows & { rows: number })[]): Rows {
  const [first] = blocks as [Rows & { rows: number }];
  const { kernels, memory } = backend;
  const { columns } = first;
  const follows = (block: Rows & { rows: number }, i: number) => {
    const before = blocks[i - 1];
    const end = before && before.pointer + before.rows * before.stride * memory.bytesPerElement;
    return !before || (block.pointer === end && block.stride === before.stride);
  };
  if (blocks.every(follows)) return first;
  const all = Scope.current.allocate(blocks.reduce((total, { rows }) => total + rows * columns, 0));
  let done = 0;
  for (const { pointer, stride, rows } of blocks) {
    kernels.copyRows(all + done * memory.bytesPerElement, columns, pointer, stride, rows, columns, 0);
    done += rows * columns;
  }
  return { pointer: all, stride: columns, columns };
}

/** Where the gradient of `tensor` will be written: whatever was there. */
function freshGradient(tensor: Tensor): Pointer {
  tensor.gradient = Scope.current.allocate(tensor.size);
  return tensor.gradient;
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
  due = new Map();
  try {
    for (const node of reverseTopologicalOrder(loss.node)) {
      for (const output of node.outputs) settle(output);
      if (node.outputs.some((output) => output.gradient !== 0)) node.backward();
    }
    for (const tensor of due.keys()) settle(tensor);
  } finally {
    due = undefined;
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
