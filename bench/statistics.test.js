import { describe, expect, it } from "vitest";
import { exponent, median, medianInterval, ratios } from "./statistics.js";

describe("statistics of rounds", () => {
  it("takes the middle, or the mean of the two in the middle", () => {
    expect(median([5, 1, 9])).toBe(5);
    expect(median([5, 1, 9, 7])).toBe(6);
  });

  it("cancels what slows a whole round down", () => {
    const slowness = [1, 3, 1.5, 7, 2];
    const [mine, other] = [4, 2].map((time) => slowness.map((factor) => factor * time));
    expect(ratios(mine, other)).toEqual([2, 2, 2, 2, 2]);
  });

  it("finds the power of a power law, and says how well it fits", () => {
    const x = [64, 128, 256, 512];
    const exact = exponent(
      x,
      x.map((value) => 3 * value ** 1.7),
    );
    expect(exact.power).toBeCloseTo(1.7, 10);
    expect(exact.fit).toBeCloseTo(1, 10);
    const withConstant = exponent(
      x,
      x.map((value) => 1e4 + value ** 2),
    );
    expect(withConstant.power).toBeLessThan(2);
    expect(withConstant.fit).toBeLessThan(1);
  });

  it("gives the same interval every time, around the median, narrower with more values", () => {
    const noisy = (count) => Array.from({ length: count }, (_, i) => 1.05 + 0.1 * Math.sin(i * 12.9898));
    const [few, many] = [medianInterval(noisy(30)), medianInterval(noisy(300))];
    expect(medianInterval(noisy(30))).toEqual(few);
    expect(few.low).toBeLessThan(median(noisy(30)));
    expect(few.high).toBeGreaterThan(median(noisy(30)));
    expect(many.high - many.low).toBeLessThan(few.high - few.low);
  });
});
