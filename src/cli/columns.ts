import { displayWidth, fitToWidth } from "../view/display-width.js";

const WIDTH = 80;

/** Rows as columns two spaces apart, of at most 80 cells together; the widest column gives way. */
export function columns(rows: readonly (readonly string[])[], aligns: readonly ("left" | "right")[]): string {
  const widths = aligns.map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column]!))));
  const excess = widths.reduce((sum, width) => sum + width + 2, -2) - WIDTH;
  if (excess > 0) widths[widths.indexOf(Math.max(...widths))]! -= excess;
  return rows
    .map((row) =>
      row
        .map((cell, column) => fitToWidth(cell, widths[column]!, aligns[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
