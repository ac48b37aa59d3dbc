import { expect } from "vitest";
import type { Backend } from "../../src/kernels/kernels.js";
import { gradientOf, record } from "../../src/tensor/autograd.js";
import { backward, Scope, type Shape, sizeOf, type Tensor, tensor } from "../../src/tensor/index.js";
import { reference, wasm } from "./backends.js";
import { expectClose, numbers } from "./numbers.js";

/** Half the distance of the central difference; its error is about 1e-10 for values near 1. */
const STEP = 1e-5;
const DIFFERENCE_TOLERANCE = 1e-8;
const FLOAT32_TOLERANCE = 2e-5;

type Upstream = readonly (readonly [output: Tensor, coefficients: ArrayLike<number>])[];

/** Σ outputs ∘ coefficients: a loss whose gradient of each output is its coefficients. */
export function weightedSum(upstream: Upstream): Tensor {
  const outputs = upstream.map(([output]) => output);
  const { memory } = outputs[0]!.backend;
  let total = 0;
  for (const [output, coefficients] of upstream)
    memory.floats(output.pointer, output.size).forEach((value, i) => {
      total += value * coefficients[i]!;
    });
  const loss = tensor([total], [1]);
  record(outputs, [loss], () => {
    const slope = memory.floats(loss.gradient, 1)[0]!;
    for (const [output, coefficients] of upstream) {
      if (!output.needsGradient) continue;
      const gradient = memory.floats(gradientOf(output), output.size);
      for (let i = 0; i < gradient.length; i++) gradient[i]! += slope * coefficients[i]!;
    }
  });
  return loss;
}

/** Runs backward from outputs whose gradients are given. */
export function backwardFrom(upstream: Upstream): void {
  backward(weightedSum(upstream));
}

/** Coefficients of their own for every output, so that no gradient is like another. */
const withCoefficients = (outputs: readonly Tensor[]): Upstream =>
  outputs.map((output, i) => [output, numbers(`coefficient ${i}`, output.size)]);

export interface GradientCheck<Name extends string> {
  /** What gradients are wanted for, by shape, or with its numbers. */
  inputs: Record<Name, Shape | { shape: Shape; values: ArrayLike<number> }>;
  /** The graph; every tensor it gives gets an upstream gradient. */
  build(inputs: Record<Name, Tensor>): Tensor[];
  /** Inputs that need not have any gradient: what a mask hides. */
  mayBeZero?: NoInfer<Name>[];
}

/**
 * Compares the gradient of every input with central differences in float64, then forward and gradients in float32 with
 * those of the reference.
 */
export function expectGradients<Name extends string>({ inputs, build, mayBeZero = [] }: GradientCheck<Name>): void {
  const names = Object.keys(inputs) as Name[];
  const shapes = names.map((name): Shape => {
    const given = inputs[name];
    return "shape" in given ? given.shape : given;
  });
  const values = names.map((name, i) => {
    const given = inputs[name];
    return Float64Array.from("shape" in given ? given.values : numbers(`input ${name}`, sizeOf(shapes[i]!)));
  });
  /** Runs the graph, and hands over before its memory ends. */
  const run = <Result>(
    backend: Backend,
    gradients: boolean,
    use: (leaves: Tensor[], outputs: Tensor[], loss: Tensor) => Result,
  ): Result => {
    const scope = new Scope(backend, { gradients });
    try {
      return scope.run(() => {
        const leaves = names.map((_, i) => tensor(values[i]!, shapes[i]!));
        for (const leaf of leaves) leaf.needsGradient = gradients;
        const byName = Object.fromEntries(names.map((name, i) => [name, leaves[i]!])) as Record<Name, Tensor>;
        const outputs = build(byName);
        return use(leaves, outputs, weightedSum(withCoefficients(outputs)));
      });
    } finally {
      scope.dispose();
    }
  };
  const all = (backend: Backend) =>
    run(backend, true, (leaves, outputs, loss) => {
      backward(loss);
      return {
        outputs: outputs.map((output) => output.toArray()),
        gradients: leaves.map((leaf) => leaf.gradientArray() ?? new Float64Array(leaf.size)),
      };
    });

  const exact = all(reference);
  for (const [i, name] of names.entries()) {
    const differences = values[i]!.map((value, j) => {
      const lossAt = (moved: number) => {
        values[i]![j] = moved;
        return run(reference, false, (_leaves, _outputs, loss) => loss.item());
      };
      const slope = (lossAt(value + STEP) - lossAt(value - STEP)) / (2 * STEP);
      values[i]![j] = value;
      return slope;
    });
    expectClose(exact.gradients[i]!, differences, DIFFERENCE_TOLERANCE, `gradient of ${name}`);
    if (!mayBeZero.includes(name) && differences.every((slope) => Math.abs(slope) < 1e-4))
      expect.fail(`gradient of ${name}: expected some to differ from 0, so that the check can fail.`);
  }
  const float32 = all(wasm);
  for (const [i, output] of exact.outputs.entries())
    expectClose(float32.outputs[i]!, output, FLOAT32_TOLERANCE, `wasm output ${i}`);
  for (const [i, name] of names.entries())
    expectClose(float32.gradients[i]!, exact.gradients[i]!, FLOAT32_TOLERANCE, `wasm gradient of ${name}`);
}
