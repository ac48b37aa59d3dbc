/** What every explanation's page is put together from: stages, tables, vectors as pictures. */
import { tokenLabel } from "./attention-map.js";
import { formatNumber, formatShare, norm, type Stage, spread } from "./explain-stages.js";
import { escapeMarkup, langAttribute } from "./markup.js";

/** Numbers of a vector that are written out, and drawn. */
const SHOWN_NUMBERS = 4;
export const DRAWN_NUMBERS = 64;

export const explainStyle = `main { max-width: 56rem; }
h2 { width: auto; margin: 2.5rem 0 0; font-size: 1.3rem; }
h3 { margin: 0 0 .25rem; font-size: 1.05rem; line-height: 1.4; }
h3 small { display: block; color: var(--quiet); font-size: .8rem; font-weight: 600; }
.stage { margin: 1rem 0; padding: clamp(.9rem, 3vw, 1.4rem); border: 1px solid var(--edge); border-radius: 12px; background: var(--card); }
.formula { margin: .25rem 0 0; color: var(--quiet); font-size: .9rem; }
.formula code { font-family: ui-monospace, "Noto Sans Mono", monospace; overflow-wrap: anywhere; }
.answer { font-size: 1.15rem; }
.chips { display: flex; flex-wrap: wrap; gap: .4rem; margin: .5rem 0 0; padding: 0; list-style: none; }
.chips li { padding: .15rem .55rem; border: 1px solid var(--edge); border-radius: 8px; }
.chips small { color: var(--quiet); font-variant-numeric: tabular-nums; }
.unknown { border-style: dashed; border-color: var(--focus); text-decoration: underline wavy var(--focus) 1px; text-underline-offset: 3px; }
.stage th { text-align: left; max-width: 14rem; overflow: hidden; text-overflow: ellipsis; }
.stage td.left { text-align: left; }
.strip { display: block; width: 12rem; height: 1.5rem; color: var(--strong); }
.bar { display: block; min-width: 1px; height: .8rem; border-radius: 3px; background: var(--strong); }
.bars { width: 12rem; }
.chosen { font-weight: 700; }
.table + .formula { margin-top: 1.4rem; }
.formula + .table { margin-top: 0; }
caption { padding: .3rem 0 .1rem; font-size: .8rem; color: var(--quiet); text-align: left; }
.stage details { width: auto; min-width: 0; margin: .5rem 0 0; padding: .5rem 0 0; border-top: 1px solid var(--edge); font-size: inherit; }
.stage summary { color: var(--text); font-weight: 600; overflow-wrap: anywhere; }
.stage .table { font-size: .875rem; }
@media (max-width: 36rem) { .strip, .bars { width: 8rem; } .stage th, .stage td { padding: .25rem .4rem; } }
@media print { .stage details { display: block; } }`;

/** A token as markup. */
export const named = (token: string) => escapeMarkup(tokenLabel(token));

/** A share as markup: `< 0.1 %` begins with a sign of it. */
export const shareMarkup = (share: number) => escapeMarkup(formatShare(share));

/** The `lang` of a BCP 47 tag, or of "auto" nothing. */
export const languageOf = (tag: string) => langAttribute(tag === "auto" ? undefined : tag);

export const chips = (items: readonly string[], language: string) =>
  `<ol class="chips"${language}>${items.join("")}</ol>`;

export const chip = (token: string, unknown: boolean, more = "") =>
  `<li${unknown ? ' class="unknown"' : ""}>${named(token)}${more}</li>`;

/** A card of the page: its heading, its formula, and `body` as markup. */
export const stage = ({ name, title, formula }: Stage, body: string) => `<section class="stage">
<h3><small>${name}</small>${escapeMarkup(title)}</h3>
${formula ? formulaLine(formula) : ""}${body}
</section>`;

/** Names with a share each, as numbers and bars. */
export const shareTable = (
  caption: string,
  heading: string,
  shares: readonly { name: string; share: number }[],
  language = "",
) =>
  table(
    caption,
    [heading, "share", ""],
    shares.map(
      ({ name, share }) =>
        `<tr><th scope="row"${language}>${named(name)}</th><td>${shareMarkup(share)}</td>${barCell(share)}</tr>`,
    ),
  );

export const formulaLine = (formula: string) => `<p class="formula"><code>${escapeMarkup(formula)}</code></p>\n`;

/** A table that scrolls by itself where it is wider than the page. An empty heading is one that says nothing. */
export function table(caption: string, heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((text) => (text === "" ? "<td></td>" : `<th scope="col">${escapeMarkup(text)}</th>`)).join("");
  return `<div class="table" tabindex="0" role="group" aria-label="${escapeMarkup(caption)}"><table><caption>${escapeMarkup(caption)}</caption><thead><tr>${head}</tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>`;
}

export const vectorTable = (caption: string, rows: readonly string[]) =>
  table(caption, ["", "|x|", "picture", "first numbers"], rows);

/** `name` is markup. */
export function vectorRow(name: string, values: readonly number[], language = ""): string {
  const first = values.slice(0, SHOWN_NUMBERS).map((value) => formatNumber(value));
  const more = values.length > SHOWN_NUMBERS ? " …" : "";
  return `<tr><th scope="row"${language}>${name}</th><td>${formatNumber(norm(values))}</td><td>${strip(values)}</td><td>${first.join("  ")}${more}</td></tr>`;
}

/** Bars up for positive numbers and down for negative ones. */
function strip(values: readonly number[]): string {
  const { least, most } = spread(values);
  const drawn = values.slice(0, DRAWN_NUMBERS);
  const largest = Math.max(...drawn.map(Math.abs)) || 1;
  const bars = drawn.map((value, i) => `M${3 * i + 1} 12v${Math.round((-110 * value) / largest) / 10}`).join("");
  const name = `${values.length} numbers from ${formatNumber(least)} to ${formatNumber(most)}`;
  return `<svg class="strip" role="img" aria-label="${name}" viewBox="0 0 ${3 * DRAWN_NUMBERS} 24" preserveAspectRatio="none"><path d="${bars}" stroke="currentColor" stroke-width="2"/></svg>`;
}

/** The number beside it as a bar. */
export const barCell = (share: number) =>
  `<td class="bars"><span class="bar" style="width:${Math.round(1000 * Math.min(1, Math.max(0, share))) / 10}%"></span></td>`;
