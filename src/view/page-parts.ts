/** What every page of attention maps holds besides its maps: words, style and the script behind hover and arrow keys. */
import { schemes } from "./svg-heat-map.js";

export interface PageWords {
  readonly legend: string;
  readonly hint: string;
  readonly table: string;
  readonly nothing: string;
}

const english: PageWords = {
  legend: "Rows: what was written. Columns: what was read. The stronger the colour, the more it was looked at.",
  hint: "Point at a cell, or focus the map and use the arrow keys.",
  table: "Weights as a table",
  nothing: "Nothing to show.",
};

const chinese: PageWords = {
  legend: "每行是写出的词，每列是读到的词；颜色越鲜明，注意力越大。",
  hint: "指向一格，或选中此图后按方向键。",
  table: "以表格查看权重",
  nothing: "没有可显示的内容。",
};

/** The page's own words, in Chinese for a Chinese page, else in English. */
export function pageWords(language: string): PageWords {
  return /^zh\b/i.test(language) ? chinese : english;
}

const { light, dark } = schemes;

export const pageStyle = `:root { color-scheme: light dark; --page: #f5f7f8; --card: ${light.surface}; --text: ${light.ink}; --quiet: #56636e; --edge: ${light.line}; --strong: ${light.hue}; --focus: ${light.cursor}; }
@media (prefers-color-scheme: dark) {
:root { --page: #0b0f13; --card: ${dark.surface}; --text: ${dark.ink}; --quiet: #9aa8b4; --edge: ${dark.line}; --strong: ${dark.hue}; --focus: ${dark.cursor}; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.6 system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: clamp(1.25rem, 5vw, 3.5rem) clamp(1rem, 4vw, 2.5rem); }
h1 { margin: 0 0 .5rem; font-size: clamp(1.5rem, 4.5vw, 2.1rem); line-height: 1.25; letter-spacing: -.01em; text-wrap: balance; }
.intro { max-width: 42rem; margin: 0 0 1.5rem; }
.legend { display: flex; flex-wrap: wrap; gap: .35rem 1rem; align-items: center; margin: 0 0 2rem; color: var(--quiet); font-size: .875rem; }
.scale { display: inline-flex; gap: .5rem; align-items: center; font-variant-numeric: tabular-nums; white-space: nowrap; }
.scale i { width: 8rem; height: .75rem; border: 1px solid var(--edge); border-radius: 3px; background: linear-gradient(90deg, var(--card), var(--strong)); }
.maps { display: flex; flex-wrap: wrap; gap: 1.5rem; }
figure { flex: 1 1 auto; min-width: min(100%, 20rem); max-width: 100%; margin: 0; padding: clamp(.9rem, 3vw, 1.5rem); border: 1px solid var(--edge); border-radius: 12px; background: var(--card); }
h2 { margin: 0 0 .75rem; font-size: 1.1rem; line-height: 1.4; overflow-wrap: anywhere; }
figure h2 { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 4; }
h2, output, details { width: 0; min-width: 100%; }
.map { overflow-x: auto; border-radius: 6px; }
.map:focus-visible, summary:focus-visible { outline: 2px solid var(--focus); outline-offset: 3px; }
.map svg { display: block; }
output { position: sticky; bottom: 0; display: block; background: var(--card); min-height: 1.6em; margin-top: .6rem; color: var(--quiet); font-size: .925rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
output.active { color: var(--text); font-weight: 600; }
details { margin-top: .4rem; font-size: .875rem; }
summary { width: fit-content; color: var(--quiet); cursor: pointer; }
.table { overflow-x: auto; margin-top: .6rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--edge); text-align: right; white-space: nowrap; }
th { font-weight: 600; }
@media print { details { display: none; } figure { break-inside: avoid; } }`;

/** The cells' titles hold their weights, so the script only says which cell is meant. */
export const pageScript = `for (const map of document.querySelectorAll(".map")) {
  const svg = map.querySelector("svg");
  const [cells, rows, columns] = ["cells", "rows", "columns"].map((name) => [...svg.querySelector("." + name).children]);
  const output = map.nextElementSibling;
  const cursor = document.createElementNS(svg.namespaceURI, "rect");
  cursor.setAttribute("class", "cursor");
  let at = -1;
  const show = (index) => {
    at = index;
    for (const name of ["x", "y", "width", "height"]) cursor.setAttribute(name, cells[at].getAttribute(name));
    svg.append(cursor);
    rows.forEach((label, row) => label.classList.toggle("on", row === Math.floor(at / columns.length)));
    columns.forEach((label, column) => label.classList.toggle("on", column === at % columns.length));
    output.textContent = cells[at].textContent;
    output.classList.add("active");
  };
  svg.addEventListener("pointerover", ({ target }) => {
    if (cells.includes(target)) show(cells.indexOf(target));
  });
  map.addEventListener("focus", () => show(Math.max(at, 0)));
  map.addEventListener("keydown", (event) => {
    const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [0, 0];
    if (down === 0 && right === 0) return;
    event.preventDefault();
    const row = Math.min(rows.length - 1, Math.max(0, Math.floor(at / columns.length) + down));
    const column = Math.min(columns.length - 1, Math.max(0, (at % columns.length) + right));
    show(row * columns.length + column);
    cells[at].scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}`;
