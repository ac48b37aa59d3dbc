import { expect, it } from "vitest";
import { cosine, plane, projected } from "./vectors.js";

it("the plane of points holds the two directions along which they differ most", () => {
  // Spread 3 along one diagonal, 1 along another, 0.1 along the last axis.
  const points = Array.from({ length: 40 }, (_, i) => {
    const [a, b, c] = [3 * Math.sin(i), Math.cos(3 * i), 0.1 * Math.sin(7 * i)];
    return [5 + (a + b) / Math.SQRT2, (a - b) / Math.SQRT2, c];
  });
  const found = plane(points);
  expect(Math.abs(cosine(found.axes[0], [1, 1, 0]))).toBeGreaterThan(0.99);
  expect(Math.abs(cosine(found.axes[1], [1, -1, 0]))).toBeGreaterThan(0.99);
  const [x, y] = projected(found.mean, found);
  expect(Math.hypot(x, y)).toBeLessThan(1e-9);
});

it("points that do not differ have a plane all the same", () => {
  const same = [
    [1, 2],
    [1, 2],
  ];
  expect(projected(same[0]!, plane(same))).toEqual([0, 0]);
});
