/** Bars in the terminal that compare a few systems group by group, such as accuracy by sentence length. */
import { displayWidth, fitToWidth, truncateToWidth } from "./display-width.js";
import type { TerminalOptions } from "./terminal-heat-map.js";

/** Numbers to compare, row by row. */
export interface BarTable {
  readonly title: string;
  /** What is compared: one bar for each in every row. */
  readonly series: readonly string[];
  readonly rows: readonly BarRow[];
}

/** The bars of one label. */
export interface BarRow {
  readonly label: string;
  /** How many items the values were measured on. */
  readonly count: number;
  /** One share from 0 to 1 for each series; NaN where there is none. */
  readonly values: readonly number[];
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const COLORS = [33, 172, 35, 133];
const VALUE_WIDTH = 9;

/** A bar of `share` × `width` cells, exact to an eighth of one. */
function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}

function percent(share: number): string {
  return Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`;
}

/** The table as lines of at most `width` cells; a row is as many lines as there are series. */
export function barTable(
  { title, series, rows }: BarTable,
  { color = false, width = 80 }: TerminalOptions = {},
): string {
  const counts = rows.map(({ count }) => `n = ${count}`);
  const widest = (texts: readonly string[], limit: number) => Math.min(limit, Math.max(0, ...texts.map(displayWidth)));
  const labelWidth = widest(
    rows.map(({ label }) => label),
    16,
  );
  const countWidth = widest(counts, 12);
  const seriesWidth = widest(series, 24);
  const barWidth = Math.max(4, width - labelWidth - countWidth - seriesWidth - VALUE_WIDTH - 6);

  const lines = rows.flatMap(({ label, values }, row) =>
    series.map((name, i) => {
      const head = i === 0 ? [label, counts[row]!] : ["", ""];
      const share = values[i] ?? Number.NaN;
      const drawn = fitToWidth(Number.isNaN(share) ? "" : bar(share, barWidth), barWidth);
      const shown = color ? `\u001b[38;5;${COLORS[i % COLORS.length]}m${drawn}\u001b[39m` : drawn;
      return [
        fitToWidth(head[0]!, labelWidth),
        fitToWidth(head[1]!, countWidth, "right"),
        fitToWidth(name, seriesWidth),
        `${shown}${fitToWidth(percent(share), VALUE_WIDTH, "right")}`,
      ].join("  ");
    }),
  );
  return [truncateToWidth(title, width), ...(rows.length === 0 ? ["(nothing to show)"] : lines)].join("\n");
}
