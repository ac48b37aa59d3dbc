/** The few operations on vectors that pictures need; what a model computes comes from its traces. */
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};
export const norm = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a));
export const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => dot(a, b) / (norm(a) * norm(b));

/** H(w) = −Σ w ln w, in nats. */
export const entropy = (weights: readonly number[]): number =>
  weights.reduce((sum, weight) => (weight > 0 ? sum - weight * Math.log(weight) : sum), 0);

/** The two directions along which points differ most (principal components), by power iteration on centred points. */
export function plane(points: readonly ArrayLike<number>[]): { mean: number[]; axes: [number[], number[]] } {
  const size = points[0]!.length;
  const mean = Array.from(
    { length: size },
    (_, i) => points.reduce((sum, point) => sum + point[i]!, 0) / points.length,
  );
  const centred = points.map((point) => mean.map((value, i) => point[i]! - value));
  const first = strongest(centred, []);
  return { mean, axes: [first, strongest(centred, [first])] };
}

function strongest(points: readonly number[][], others: readonly number[][]): number[] {
  const size = points[0]!.length;
  let axis = Array.from({ length: size }, (_, i) => Math.cos(7 * i + 1));
  for (let round = 0; round < 60; round++) {
    const next = new Array<number>(size).fill(0);
    for (const point of points) {
      const along = dot(point, axis);
      for (let i = 0; i < size; i++) next[i]! += along * point[i]!;
    }
    for (const other of others) {
      const along = dot(next, other);
      for (let i = 0; i < size; i++) next[i]! -= along * other[i]!;
    }
    const length = norm(next);
    if (length < 1e-12) return axis.map(() => 0);
    axis = next.map((value) => value / length);
  }
  return axis;
}

/** Where a point lies in a plane. */
export const projected = (
  point: ArrayLike<number>,
  { mean, axes }: { mean: readonly number[]; axes: readonly [number[], number[]] },
): [number, number] => {
  const moved = mean.map((value, i) => point[i]! - value);
  return [dot(moved, axes[0]), dot(moved, axes[1])];
};
