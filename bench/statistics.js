// What figures of several rounds say: medians, paired ratios and their intervals, exponents.

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * a / b round by round: what slows a whole round down falls out.
 * @param {readonly number[]} a
 * @param {readonly number[]} b
 */
export const ratios = (a, b) => a.map((value, round) => value / b[round]);

/** @param {readonly number[]} values */
export function summary(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** Uniform numbers in [0, 1), the same in every run (xorshift, Marsaglia 2003). */
function uniformNumbers() {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * The 95 % interval of the median by the percentile bootstrap (Efron 1979): medians of samples drawn with replacement.
 * @param {readonly number[]} values
 */
export function medianInterval(values, draws = 10_000) {
  const uniform = uniformNumbers();
  const medians = Array.from({ length: draws }, () =>
    median(values.map(() => values[(uniform() * values.length) | 0])),
  );
  medians.sort((a, b) => a - b);
  return { low: medians[Math.floor(0.025 * draws)], high: medians[Math.ceil(0.975 * draws) - 1] };
}

/**
 * The exponent p of y ≈ c xᵖ: the slope of the least-squares line through (log x, log y). `fit` is its R².
 * @param {readonly number[]} x
 * @param {readonly number[]} y
 */
export function exponent(x, y) {
  const [u, v] = [x.map(Math.log), y.map(Math.log)];
  const mean = (values) => values.reduce((total, value) => total + value, 0) / values.length;
  const [meanU, meanV] = [mean(u), mean(v)];
  const products = (a, meanA, b, meanB) => a.reduce((total, value, i) => total + (value - meanA) * (b[i] - meanB), 0);
  const [uu, uv, vv] = [products(u, meanU, u, meanU), products(u, meanU, v, meanV), products(v, meanV, v, meanV)];
  return { power: uv / uu, fit: vv === 0 ? 1 : (uv * uv) / (uu * vv) };
}
