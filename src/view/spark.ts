const LEVELS = [..."▁▂▃▄▅▆▇█"];

/** Numbers as bars of eight heights, one cell each; `least` has the lowest, `most` the highest. */
export function spark(values: readonly number[], least: number, most: number): string {
  const range = most - least || 1;
  return values.map((value) => LEVELS[Math.max(0, Math.min(7, Math.floor(((value - least) / range) * 8)))]).join("");
}
