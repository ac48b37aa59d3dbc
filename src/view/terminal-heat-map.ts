/** An attention map in the terminal: density shows the weight, so that it reads on dark and light backgrounds alike. */
import { type AttentionMap, checkAttentionMap, strongestColumn, tokenLabel } from "./attention-map.js";
import { displayWidth, fitToWidth, splitGraphemes, truncateToWidth } from "./display-width.js";

/** What the terminal can show. */
export interface TerminalOptions {
  /** Whether ANSI colours may be used. */
  color?: boolean;
  /** Cells a line may take. */
  width?: number;
}

/** From this weight on, this character, in this colour of the 256. */
const SHADES = [
  { from: 0.75, block: "█", color: 33 },
  { from: 0.5, block: "▓", color: 33 },
  { from: 0.25, block: "▒", color: 67 },
  { from: 0.05, block: "░", color: 245 },
];
const LEGEND = "░ from 5 %  ▒ 25 %  ▓ 50 %  █ 75 %";

const LABEL_LIMIT = 16;
const HEADING_LIMIT = 12;
const VERTICAL_LIMIT = 12;

/** How the columns stand: beside each other with their headings in full, or narrow with the headings written downwards. */
interface Layout {
  readonly vertical: boolean;
  readonly gap: number;
  readonly widths: readonly number[];
}

function chooseLayout(headings: readonly string[], available: number): Layout {
  const widths = headings.map((heading) => Math.min(HEADING_LIMIT, Math.max(3, displayWidth(heading))));
  const total = widths.reduce((sum, width) => sum + width + 1, 0);
  if (total <= available) return { vertical: false, gap: 1, widths };
  const gap = headings.length * 3 <= available ? 1 : 0;
  return { vertical: true, gap, widths: headings.map(() => 2) };
}

/** Runs of columns, about equally long, that fit beside the row labels: `[first, end)`. */
function splitBlocks({ vertical, gap, widths }: Layout, available: number): [first: number, end: number][] {
  const columnCount = widths.length;
  const fitting = vertical ? Math.max(1, Math.floor(available / (2 + gap))) : columnCount;
  const blockCount = Math.ceil(columnCount / fitting);
  const edge = (block: number) => Math.round((block * columnCount) / blockCount);
  return Array.from({ length: blockCount }, (_, block) => [edge(block), edge(block + 1)]);
}

/** The heading written downwards, one character a line, ending right above its column. */
function verticalHeadings(headings: readonly string[], indent: string, gap: number): string[] {
  const letters = headings.map((heading) => {
    const all = splitGraphemes(heading);
    return all.length > VERTICAL_LIMIT ? [...all.slice(0, VERTICAL_LIMIT - 1), "⋮"] : all;
  });
  const height = Math.max(...letters.map((column) => column.length));
  return Array.from({ length: height }, (_, line) => {
    const cells = letters.map((column) => fitToWidth(column[line - (height - column.length)] ?? "", 2));
    return (indent + cells.join(" ".repeat(gap))).trimEnd();
  });
}

function shade(weight: number, width: number, color: boolean): string {
  const level = SHADES.find(({ from }) => weight >= from);
  if (!level) return " ".repeat(width);
  const blocks = level.block.repeat(width);
  return color ? `\u001b[38;5;${level.color}m${blocks}\u001b[39m` : blocks;
}

/**
 * The map as lines of at most `width` cells, in several blocks where the source is too long for one. After each row
 * stands the source token with the largest weight.
 */
export function attentionText(map: AttentionMap, { color = false, width = 80 }: TerminalOptions = {}): string {
  checkAttentionMap(map);
  const title = map.title === undefined ? [] : [truncateToWidth(tokenLabel(map.title), width)];
  if (map.rows.length === 0 || map.columns.length === 0) return [...title, "(nothing to show)"].join("\n");

  const labels = map.rows.map(tokenLabel);
  const headings = map.columns.map(tokenLabel);
  const labelWidth = Math.min(LABEL_LIMIT, Math.max(...labels.map(displayWidth)));
  const available = width - labelWidth - 2;
  const layout = chooseLayout(headings, available);
  const indent = " ".repeat(labelWidth + 2);

  const drawHeadings = (first: number, end: number): string[] => {
    const shown = headings.slice(first, end);
    if (layout.vertical) return verticalHeadings(shown, indent, layout.gap);
    const cells = shown.map((heading, i) => fitToWidth(heading, layout.widths[first + i]!, "center"));
    return [(indent + cells.join(" ")).trimEnd()];
  };

  /** The token most looked at, where the last block leaves room for it. */
  const noteStrongest = (weights: readonly number[], room: number): string => {
    if (room < HEADING_LIMIT) return "";
    const best = strongestColumn(weights);
    const percent = ` ${Math.round(100 * weights[best]!)} %`;
    return `  ${fitToWidth(headings[best]!, Math.min(HEADING_LIMIT, room - percent.length - 2)).trimEnd()}${percent}`;
  };

  const drawBlock = ([first, end]: [number, number]): string[] => {
    const used = layout.widths.slice(first, end).reduce((sum, cell) => sum + cell + layout.gap, 0);
    const room = end === headings.length ? available - used : 0;
    const lines = labels.map((label, row) => {
      const weights = map.weights[row]!;
      const cells = weights.slice(first, end).map((weight, i) => shade(weight, layout.widths[first + i]!, color));
      const drawn = cells.join(" ".repeat(layout.gap));
      return `${fitToWidth(label, labelWidth, "right")}  ${drawn}${noteStrongest(weights, room)}`.trimEnd();
    });
    return [...drawHeadings(first, end), ...lines];
  };

  const blocks = splitBlocks(layout, available).map((block) => drawBlock(block).join("\n"));
  return [...title, blocks.join("\n\n"), indent + LEGEND].join("\n");
}
