/** A training run as one HTML file that needs nothing else: no network, no library. */
import { explainStyle } from "../view/explain-page-parts.js";
import { escapeMarkup } from "../view/markup.js";
import { pageScript, pageStyle } from "../view/page-parts.js";
import { curveScript, curveStyle } from "../view/svg-curves.js";
import { svgStyle } from "../view/svg-heat-map.js";
import { chartFigures } from "./report-charts.js";
import { attentionGroups, type Languages, sampleCards } from "./report-samples.js";
import { dataSection, environmentList, epochTable, factTiles, timeSection } from "./report-tables.js";
import { type ReportLanguage, type ReportWords, reportWords } from "./report-words.js";
import type { RunLog } from "./run-log.js";

/** What a report is made of. */
export interface ReportInput {
  log: RunLog;
  /** What the run is called if its log does not say. */
  name: string;
  task: string;
  languages: Languages;
  /** recipe.yaml as it is. */
  recipe: string;
  /** Of the page's own words. */
  language: ReportLanguage;
}

const reportStyle = `main { max-width: 80rem; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.3rem; }
h3 { margin: 1.25rem 0 .5rem; }
h3 small, .quiet { display: inline; color: var(--quiet); font-size: .8rem; font-weight: 400; }
section > p { max-width: 46rem; margin: .25rem 0 .75rem; }
figure h2 { margin: 0 0 .75rem; font-size: 1rem; }
.maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1rem; }
.maps figure { min-width: 0; }
.maps output { position: static; font-size: .8rem; }
.map svg { max-width: max(100%, 28rem); height: auto; }
figure h3 { margin: 0 0 .5rem; }
.state { display: inline-block; margin-left: .6rem; padding: .1rem .6rem; border: 1px solid var(--edge); border-radius: 999px; color: var(--quiet); font-size: .85rem; font-weight: 600; vertical-align: middle; letter-spacing: 0; }
.state.finished { color: var(--curve-2); border-color: currentColor; }
.state.aborted { color: var(--curve-1); border-color: currentColor; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); gap: .6rem; margin: 1.25rem 0 0; }
.tiles div { padding: .6rem .8rem; border: 1px solid var(--edge); border-radius: 10px; background: var(--card); }
.tiles dt { color: var(--quiet); font-size: .8rem; }
.tiles dd { margin: 0; font-size: 1.2rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1rem; }
.charts figure { min-width: 0; padding: 1rem; }
.charts output { position: static; font-size: .8rem; }
.key { display: flex; flex-wrap: wrap; gap: .2rem .9rem; margin: 0 0 .25rem; padding: 0; color: var(--quiet); font-size: .8rem; list-style: none; }
.key i { display: inline-block; width: .8rem; height: .2rem; margin-right: .35rem; vertical-align: middle; border-radius: 2px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1rem; }
.card { min-width: 0; padding: 1rem; border: 1px solid var(--edge); border-radius: 12px; background: var(--card); overflow-wrap: anywhere; }
.card h3 { margin: 0; }
.card p { margin: .2rem 0 0; }
.card caption, .wide .table:first-child caption, .wide p + .table caption { display: none; }
.card table { width: 100%; }
.card th { width: 4rem; color: var(--quiet); text-align: left; font-weight: 400; vertical-align: top; }
.card td.left { text-align: left; white-space: normal; }
.card .right td::after { content: " ✓"; color: var(--curve-2); font-weight: 700; }
.wide { padding: .5rem 1rem 1rem; border: 1px solid var(--edge); border-radius: 12px; background: var(--card); }
.wide .table + .table { margin-top: 1.25rem; }
.wide th[scope="row"] { text-align: left; }
.wide tr.best { font-weight: 700; }
.scroll .table { max-height: 26rem; overflow: auto; }
.scroll thead th { position: sticky; top: 0; background: var(--card); }
.findings { margin: 0; padding: 0; list-style: none; }
.findings li { margin: .5rem 0; padding-left: .75rem; border-left: 3px solid var(--edge); overflow-wrap: anywhere; }
.findings .warning { border-color: var(--curve-4); }
.findings .error { border-color: var(--curve-1); }
dl:not(.tiles) { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .5rem 0 0; }
dl:not(.tiles) dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
pre { overflow-x: auto; font: .85rem/1.5 ui-monospace, "Noto Sans Mono", monospace; }
details.wide, .wide details { width: auto; min-width: 0; }`;

/** The page: light and dark by the reader's setting, fit for a phone. */
export function reportHtml({ log, name, task, languages, recipe, language }: ReportInput): string {
  const words = reportWords[language];
  const state = log.end?.outcome ?? "running";
  const title = log.start?.name ?? name;
  return `<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)} · ${words.report}</title>
<style>
${pageStyle}
${svgStyle}
${explainStyle}
${curveStyle}
${reportStyle}
</style>
</head>
<body>
<main>
<h1>${escapeMarkup(title)}<span class="state ${state.replace(" ", "-")}">${words.states[state]}</span></h1>
<p class="quiet">${words.report} · ${escapeMarkup(task)}</p>
${factTiles(log, words)}
${sections(log, languages, words).join("\n")}
${recipe ? `<h2>${words.recipe}</h2>\n<details class="wide"><summary>recipe.yaml</summary><pre>${escapeMarkup(recipe)}</pre></details>\n` : ""}</main>
<script>
${pageScript}
${curveScript}
</script>
</body>
</html>
`;
}

function sections(log: RunLog, languages: Languages, words: ReportWords): string[] {
  const charts = chartFigures(log, words);
  if (charts.length === 0) return [`<p>${words.nothingYet}</p>`];
  const samples = sampleCards(log, languages, words);
  const maps = attentionGroups(log, languages, words);
  const data = dataSection(log, words);
  const time = timeSection(log, words);
  const section = (heading: string, intro: string, body: string) =>
    `<section>\n<h2>${heading}</h2>\n${intro ? `<p class="quiet">${intro}</p>\n` : ""}${body}\n</section>`;
  const wide = (body: string, more = "") => `<div class="wide${more}">\n${body}\n</div>`;
  return [
    section(words.curves, words.curveIntro, `<div class="charts">\n${charts.join("\n")}\n</div>`),
    ...(samples.length > 0
      ? [section(words.samples, words.samplesIntro, `<div class="cards">\n${samples.join("\n")}\n</div>`)]
      : []),
    ...(maps.length > 0 ? [section(words.attention, words.attentionIntro, maps.join("\n"))] : []),
    ...(log.epochs.length > 0 ? [section(words.epochs, "", wide(epochTable(log, words), " scroll"))] : []),
    ...(data ? [section(words.data, "", wide(data))] : []),
    ...(time ? [section(words.time, "", wide(time))] : []),
    ...(log.start ? [section(words.environment, "", wide(environmentList(log, words)))] : []),
  ];
}
