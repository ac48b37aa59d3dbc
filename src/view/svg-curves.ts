/** Curves over training steps as pictures: lines, the range of what a point stands for, marks at steps of note. */
import { formatCount } from "./format-numbers.js";
import { escapeMarkup } from "./markup.js";
import { schemes } from "./svg-heat-map.js";

/** A point of a curve. */
export type CurvePoint = readonly [x: number, y: number];

/** One line of a picture. */
export interface Curve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
  /** Each point as a dot on the line: of what is measured now and then. */
  readonly dots?: boolean;
}

/** Curves in one picture. */
export interface CurveChart {
  readonly title: string;
  readonly curves: readonly Curve[];
  /** Vertical lines. */
  readonly marks?: readonly { readonly x: number; readonly name: string }[];
  /** `log` where all values are positive and far apart, unless given. */
  readonly scale?: "linear" | "log";
}

const [WIDTH, HEIGHT] = [400, 240];
const AREA = { left: 46, right: WIDTH - 12, top: 18, bottom: HEIGHT - 26 };
/** Points that a line is drawn with; of more, each stands for several. */
const MOST_POINTS = 160;
/** From this ratio of the largest to the smallest value on, steps of equal height are equal ratios. */
const LOG_FROM = 20;
const TICKS = 5;

const { light, dark } = schemes;
const COLORS = {
  light: [light.hue, light.cursor, "#2f6b2f", "#7a3f9d", "#6b5d00"],
  dark: [dark.hue, dark.cursor, "#8bd48b", "#d3a6f0", "#d9cc6a"],
};
const variables = (colors: readonly string[]) => colors.map((color, i) => `--curve-${i}: ${color};`).join(" ");

/** What every picture of a page needs; rules hold below `.curves` only. */
export const curveStyle = `:root { ${variables(COLORS.light)} }
@media (prefers-color-scheme: dark) { :root { ${variables(COLORS.dark)} } }
.curves { display: block; width: 100%; height: auto; font: 12px system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif; }
.curves text { fill: var(--quiet); font-variant-numeric: tabular-nums; }
.curves .grid { stroke: var(--edge); }
.curves .mark { stroke: var(--quiet); stroke-dasharray: 3 3; }
.curves polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.curves polygon { opacity: .18; }
.curves .pointer { stroke: var(--text); stroke-opacity: .5; }
${COLORS.light.map((_, i) => `.curves .c${i} { stroke: var(--curve-${i}); } .curves polygon.c${i}, .curves circle.c${i} { fill: var(--curve-${i}); stroke: none; } .key .c${i} { background: var(--curve-${i}); }`).join("\n")}`;

interface Axis {
  /** From a value to a place in the picture. */
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/** A picture; a page holds `curveStyle` and the colours of its own style. `id` tells pictures of one page apart. */
export function curvesSvg(chart: CurveChart, id: string): string {
  const { title, curves, marks = [] } = chart;
  const points = curves.flatMap((curve) => curve.points);
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const x = linearAxis(range(xs, false), AREA.left, AREA.right);
  const isLog = chart.scale === undefined ? isFarApart(ys) : chart.scale === "log";
  const y = isLog
    ? logAxis(range(ys, false), AREA.bottom, AREA.top)
    : linearAxis(range(ys, true), AREA.bottom, AREA.top);
  const name = escapeMarkup(id);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="curves" role="img" aria-labelledby="${name}-title" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
    `<title id="${name}-title">${escapeMarkup(title)}</title>`,
    ...axisLines(x, y),
    ...marks.map(({ x: at, name }) => {
      const place = round(x.place(at));
      return `<path class="mark" d="M${place} ${AREA.top}V${AREA.bottom}"/><text x="${place}" y="${AREA.top - 6}" text-anchor="middle">${escapeMarkup(name)}</text>`;
    }),
    ...curves.map((curve, i) => curveMarkup(curve, i, x, y)),
    `<rect class="touch" x="${AREA.left}" y="${AREA.top}" width="${AREA.right - AREA.left}" height="${AREA.bottom - AREA.top}" fill="transparent"/>`,
    "</svg>",
  ].join("\n");
}

function axisLines(x: Axis, y: Axis): string[] {
  const { left, right, bottom } = AREA;
  const across = y.ticks.map((tick) => `M${left} ${round(y.place(tick))}H${right}`).join("");
  const rows = y.ticks.map(
    (tick) => `<text x="${left - 6}" y="${round(y.place(tick)) + 4}" text-anchor="end">${axisNumber(tick)}</text>`,
  );
  const columns = x.ticks.map((tick) => {
    const place = round(x.place(tick));
    const anchor = place > right - 20 ? "end" : "middle";
    return `<text x="${place}" y="${bottom + 18}" text-anchor="${anchor}">${axisNumber(tick)}</text>`;
  });
  return [`<path class="grid" d="${across}"/>`, ...rows, ...columns];
}

function curveMarkup({ name, points, dots = false }: Curve, index: number, x: Axis, y: Axis): string {
  const place = (at: number, value: number) => `${round(x.place(at))},${round(y.place(value))}`;
  const drawn = dots ? points.map(([at, value]) => ({ at, mean: value, least: value, most: value })) : joined(points);
  const line = drawn.map(({ at, mean }) => place(at, mean)).join(" ");
  const isBand = drawn.some(({ least, most }) => least < most);
  const band = [
    ...drawn.map(({ at, most }) => place(at, most)),
    ...drawn.map(({ at, least }) => place(at, least)).reverse(),
  ];
  const values = drawn.map(({ at, mean }) => `${Math.round(at)},${Number(mean.toPrecision(4))}`).join(" ");
  const marked = dots && drawn.length <= MOST_POINTS / 4 ? drawn : drawn.length === 1 ? drawn : [];
  return [
    ...(isBand ? [`<polygon class="c${index}" points="${band.join(" ")}"/>`] : []),
    `<polyline class="c${index}" data-name="${escapeMarkup(name)}" data-values="${values}" points="${line}"/>`,
    ...marked.map(
      ({ at, mean }) => `<circle class="c${index}" cx="${round(x.place(at))}" cy="${round(y.place(mean))}" r="2.6"/>`,
    ),
  ].join("");
}

/** At most `MOST_POINTS` points, each with the range of those it stands for. */
function joined(points: readonly CurvePoint[]): { at: number; mean: number; least: number; most: number }[] {
  const size = Math.ceil(points.length / MOST_POINTS);
  const groups = Array.from({ length: Math.ceil(points.length / size) || 0 }, (_, i) =>
    points.slice(i * size, (i + 1) * size),
  );
  return groups.map((group) => {
    const ys = group.map(([, y]) => y);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    return { at: mean(group.map(([x]) => x)), mean: mean(ys), least: Math.min(...ys), most: Math.max(...ys) };
  });
}

const isFarApart = (values: readonly number[]) => {
  const [least, most] = range(values, false);
  return least > 0 && most / least >= LOG_FROM;
};

/** The smallest and the largest value; with `zero`, from zero where that is near. */
function range(values: readonly number[], zero: boolean): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
  if (least > most) return [0, 1];
  return [zero && least > 0 && least < most / 2 ? 0 : least, most];
}

function linearAxis([least, most]: readonly [number, number], from: number, to: number): Axis {
  const width = most - least || Math.abs(most) || 1;
  const step = niceStep(width / (TICKS - 1));
  const start = Math.floor(least / step + 1e-9) * step;
  const ticks: number[] = [];
  for (let i = 0; start + (i - 0.001) * step <= most + step * 0.5; i++) ticks.push(start + i * step);
  const end = Math.max(most, ticks.at(-1)!);
  return { ticks, place: (value) => from + ((value - start) / (end - start || 1)) * (to - from) };
}

function logAxis([least, most]: readonly [number, number], from: number, to: number): Axis {
  const [low, high] = [Math.log10(least), Math.log10(most)];
  const steps = high - low > 3 ? [1] : high - low > 1.5 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power++)
    for (const step of steps) {
      const tick = Number((step * 10 ** power).toPrecision(1));
      if (Math.log10(tick) >= low - 0.02 && Math.log10(tick) <= high + 0.02) ticks.push(tick);
    }
  return { ticks, place: (value) => from + ((Math.log10(value) - low) / (high - low || 1)) * (to - from) };
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 5, 10].find((nice) => nice * power >= step * 0.999)!;
  return factor * power;
}

/** 0.001 → "0.001", 0.00001 → "1e-5", 12000 → "12k" */
function axisNumber(value: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) >= 1000) return formatCount(value).replace(".0", "");
  if (Math.abs(value) < 0.001) return Number(value.toPrecision(2)).toExponential();
  return String(Number(value.toPrecision(3)));
}

const round = (value: number) => Math.round(10 * value) / 10;

/** Shows the values at the step that is pointed at, or gone to with the arrow keys. */
export const curveScript = `for (const chart of document.querySelectorAll(".chart")) {
  const svg = chart.querySelector("svg");
  const output = chart.nextElementSibling;
  const hint = output.textContent;
  const curves = [...svg.querySelectorAll("polyline")].map((line) => ({
    name: line.dataset.name,
    values: line.dataset.values.split(" ").map((pair) => pair.split(",").map(Number)),
    places: line.getAttribute("points").split(" ").map((pair) => Number(pair.split(",")[0])),
  }));
  const places = [...new Set(curves.flatMap((curve) => curve.places))].sort((a, b) => a - b);
  const pointer = document.createElementNS(svg.namespaceURI, "path");
  pointer.setAttribute("class", "pointer");
  const nearest = (list, place) => list.reduce((best, one, i) => (Math.abs(one - place) < Math.abs(list[best] - place) ? i : best), 0);
  let at = places.length - 1;
  const show = (index) => {
    at = index;
    const { y, height } = svg.querySelector(".touch");
    pointer.setAttribute("d", "M" + places[at] + " " + y.baseVal.value + "v" + height.baseVal.value);
    svg.append(pointer);
    const said = curves.map((curve) => [curve.name, curve.values[nearest(curve.places, places[at])]]);
    const near = curves.map((curve) => curve.places[nearest(curve.places, places[at])]);
    const step = said[near.indexOf(places[at])][1][0];
    output.textContent = chart.dataset.x + " " + step + ": " + said.map(([name, [, value]]) => name + " " + value).join(" · ");
    output.classList.add("active");
  };
  const hide = () => {
    pointer.remove();
    output.textContent = hint;
    output.classList.remove("active");
  };
  if (places.length === 0) continue;
  svg.addEventListener("pointermove", ({ clientX }) => {
    const box = svg.getBoundingClientRect();
    show(nearest(places, ((clientX - box.left) / box.width) * svg.viewBox.baseVal.width));
  });
  svg.addEventListener("pointerleave", hide);
  chart.addEventListener("focus", () => show(at));
  chart.addEventListener("blur", hide);
  chart.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    show(Math.min(places.length - 1, Math.max(0, at + by)));
  });
}`;
