/** An attention map as a picture. One hue: a cell's opacity is its weight, over a light or a dark surface. */
import { type AttentionMap, checkAttentionMap, formatWeight, tokenLabel } from "./attention-map.js";
import { displayWidth, truncateToWidth } from "./display-width.js";
import { escapeMarkup, langAttribute } from "./markup.js";

/** How the picture stands on a page. */
export interface SvgOptions {
  /** Distinguishes several pictures on one page. */
  id?: string;
  /** Whether the picture brings its own colours and fonts; not needed where `svgStyle` is on the page. */
  style?: boolean;
}

/** Colours of both schemes. The weak ink is written on weak cells, the strong ink from `strongFrom` on. */
export const schemes = {
  light: {
    surface: "#ffffff",
    line: "#dfe5ea",
    ink: "#1b242c",
    hue: "#0b4f6c",
    cursor: "#c2410c",
    weakInk: "#000000",
    strongInk: "#ffffff",
    strongFrom: 0.74,
  },
  dark: {
    surface: "#12181d",
    line: "#29333c",
    ink: "#e6ebef",
    hue: "#8fd3f4",
    cursor: "#ffb454",
    weakInk: "#ffffff",
    strongInk: "#000000",
    strongFrom: 0.54,
  },
} as const;

/** Between the two thresholds a cell is strong on dark and still weak on light. */
function inkClass(weight: number): string {
  if (weight >= schemes.light.strongFrom) return ' class="strong"';
  return weight >= schemes.dark.strongFrom ? ' class="middle"' : "";
}

const { light, dark } = schemes;

/** Everything the pictures need; rules hold below `.attention` only. */
export const svgStyle = `.attention { --surface: ${light.surface}; --line: ${light.line}; --ink: ${light.ink}; --hue: ${light.hue}; --cursor: ${light.cursor}; }
.attention text { fill: var(--ink); font-family: system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif; }
.attention .weights text { fill: ${light.weakInk}; font-variant-numeric: tabular-nums; text-anchor: middle; pointer-events: none; }
.attention .weights .strong { fill: ${light.strongInk}; }
.attention .rows text { text-anchor: end; }
.attention .surface { fill: var(--surface); }
.attention .cells { fill: var(--hue); }
.attention .grid { fill: none; stroke: var(--line); pointer-events: none; }
.attention .cursor { fill: none; stroke: var(--cursor); stroke-width: 2.5; pointer-events: none; }
.attention .on { font-weight: 700; }
@media (prefers-color-scheme: dark) {
.attention { --surface: ${dark.surface}; --line: ${dark.line}; --ink: ${dark.ink}; --hue: ${dark.hue}; --cursor: ${dark.cursor}; }
.attention .weights text { fill: ${dark.weakInk}; }
.attention .weights .middle, .attention .weights .strong { fill: ${dark.strongInk}; }
}`;

const LABEL_LIMIT = 18;
const HEADING_ANGLE = 60;
const PADDING = 8;

/** Pixels of everything, chosen by how many tokens there are. */
interface Geometry {
  readonly cell: number;
  readonly fontSize: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly rotated: boolean;
}

function measure(labels: readonly string[], headings: readonly string[]): Geometry {
  const count = Math.max(labels.length, headings.length);
  const cell = count <= 14 ? 40 : count <= 28 ? 26 : 16;
  const fontSize = count <= 14 ? 15 : count <= 28 ? 13 : 11;
  // A terminal cell is about 0.58 em of a proportional font, half a Chinese character 0.5 em.
  const pixels = (texts: readonly string[]) => Math.max(0, ...texts.map(displayWidth)) * fontSize * 0.58;
  const longest = pixels(headings);
  const rotated = longest > cell - 4;
  const angle = (HEADING_ANGLE * Math.PI) / 180;
  const overhang = rotated ? Math.max(0, longest * Math.cos(angle) - cell / 2) : 0;
  const left = Math.ceil(pixels(labels)) + PADDING + 8;
  const top = Math.ceil(rotated ? longest * Math.sin(angle) + fontSize : fontSize) + PADDING + 6;
  const width = left + headings.length * cell + Math.ceil(overhang) + PADDING;
  return { cell, fontSize, left, top, width, height: top + labels.length * cell + PADDING, rotated };
}

/** A label that may be shortened says its whole token on hover. */
function labelText(token: string, position: string): string {
  const full = tokenLabel(token);
  const shown = truncateToWidth(full, LABEL_LIMIT);
  const title = shown === full ? "" : `<title>${escapeMarkup(full)}</title>`;
  return `<text ${position}>${title}${escapeMarkup(shown)}</text>`;
}

function drawHeadings({ columns }: AttentionMap, { cell, left, top, rotated }: Geometry): string[] {
  return columns.map((column, i) => {
    const x = left + (i + 0.5) * cell;
    if (!rotated) return labelText(column, `x="${x}" y="${top - 8}" text-anchor="middle"`);
    return labelText(column, `transform="translate(${x + 4} ${top - 7}) rotate(-${HEADING_ANGLE})"`);
  });
}

function drawCells({ rows, columns, weights }: AttentionMap, { cell, left, top }: Geometry): string[] {
  return rows.flatMap((row, r) =>
    columns.map((column, c) => {
      const weight = weights[r]![c]!;
      const opacity = Math.round(1000 * Math.min(1, Math.max(0, weight))) / 1000;
      const place = `x="${left + c * cell}" y="${top + r * cell}" width="${cell}" height="${cell}"`;
      const title = `${tokenLabel(row)} ← ${tokenLabel(column)}: ${formatWeight(weight)}`;
      return `<rect ${place} fill-opacity="${opacity}"><title>${escapeMarkup(title)}</title></rect>`;
    }),
  );
}

/** Whole percents, where the cells are large enough to hold them. */
function drawWeights({ weights }: AttentionMap, { cell, left, top, fontSize }: Geometry): string[] {
  if (cell < 40) return [];
  return weights.flatMap((row, r) =>
    row.flatMap((weight, c) => {
      const percent = Math.round(100 * weight);
      const place = `x="${left + (c + 0.5) * cell}" y="${top + (r + 0.5) * cell + fontSize * 0.32}"`;
      return percent < 1 ? [] : [`<text ${place}${inkClass(weight)}>${percent}</text>`];
    }),
  );
}

function drawGrid({ rows, columns }: AttentionMap, { cell, left, top }: Geometry): string {
  const across = Array.from(
    { length: rows.length + 1 },
    (_, r) => `M${left} ${top + r * cell}h${columns.length * cell}`,
  );
  const down = Array.from({ length: columns.length + 1 }, (_, c) => `M${left + c * cell} ${top}v${rows.length * cell}`);
  return `<path class="grid" d="${[...across, ...down].join("")}"/>`;
}

/** The map as a standalone SVG document, or, with `style: false`, for a page that holds `svgStyle`. */
export function attentionSvg(map: AttentionMap, { id = "attention", style = true }: SvgOptions = {}): string {
  checkAttentionMap(map);
  const shorten = (tokens: readonly string[]) => tokens.map((token) => truncateToWidth(tokenLabel(token), LABEL_LIMIT));
  const geometry = measure(shorten(map.rows), shorten(map.columns));
  const { cell, fontSize, left, top, width, height } = geometry;
  const title = escapeMarkup(
    map.title ?? `${map.columns.map(tokenLabel).join(" ")} → ${map.rows.map(tokenLabel).join(" ")}`,
  );
  const name = escapeMarkup(id);
  const rowLabels = map.rows.map((row, r) =>
    labelText(row, `x="${left - 8}" y="${top + (r + 0.5) * cell + fontSize * 0.35}"`),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="attention" role="img" aria-labelledby="${name}-title" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-size="${fontSize}">`,
    `<title id="${name}-title">${title}</title>`,
    ...(style ? [`<style>${svgStyle}</style>`, `<rect class="surface" width="${width}" height="${height}"/>`] : []),
    `<g class="columns"${langAttribute(map.columnsLanguage)}>`,
    ...drawHeadings(map, geometry),
    `</g><g class="rows"${langAttribute(map.rowsLanguage)}>`,
    ...rowLabels,
    `</g><rect class="surface" x="${left}" y="${top}" width="${map.columns.length * cell}" height="${map.rows.length * cell}"/>`,
    '<g class="cells">',
    ...drawCells(map, geometry),
    "</g>",
    drawGrid(map, geometry),
    `<g class="weights" font-size="${fontSize - 2}">`,
    ...drawWeights(map, geometry),
    "</g></svg>",
  ].join("\n");
}
