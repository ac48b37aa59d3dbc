/** Attention maps as one HTML file that needs nothing else: no network, no library. */
import { type AttentionMap, checkAttentionMap, formatWeight, tokenLabel } from "./attention-map.js";
import { escapeMarkup, langAttribute } from "./markup.js";
import { type PageWords, pageScript, pageStyle, pageWords } from "./page-parts.js";
import { attentionSvg, svgStyle } from "./svg-heat-map.js";

/** The maps of a page, and what stands around them. */
export interface AttentionPage {
  readonly title: string;
  /** A paragraph below the title. */
  readonly intro?: string;
  /** BCP 47 tag of the title, the introduction and the page's own words; English unless given. */
  readonly language?: string;
  readonly maps: readonly AttentionMap[];
}

/** The same numbers for those who do not see the picture. */
function weightTable({ rows, columns, weights, rowsLanguage, columnsLanguage }: AttentionMap): string {
  const heading = (token: string, scope: "row" | "col", language: string | undefined) =>
    `<th scope="${scope}"${langAttribute(language)}>${escapeMarkup(tokenLabel(token))}</th>`;
  const head = columns.map((column) => heading(column, "col", columnsLanguage)).join("");
  const body = rows.map((row, r) => {
    const cells = weights[r]!.map((weight) => `<td>${formatWeight(weight)}</td>`).join("");
    return `<tr>${heading(row, "row", rowsLanguage)}${cells}</tr>`;
  });
  return `<table><thead><tr><td></td>${head}</tr></thead><tbody>\n${body.join("\n")}\n</tbody></table>`;
}

/** One map with its heading, its hints and its numbers as a table. */
export function attentionFigure(map: AttentionMap, index: number, words: PageWords): string {
  checkAttentionMap(map);
  const name = map.title ?? map.columns.map(tokenLabel).join(" ");
  const heading = `<h2>${escapeMarkup(name)}</h2>`;
  if (map.rows.length === 0 || map.columns.length === 0) return `<figure>${heading}<p>${words.nothing}</p></figure>`;
  return `<figure>${heading}
<div class="map" tabindex="0" role="group" aria-label="${escapeMarkup(name)}" aria-describedby="read-${index}">
${attentionSvg(map, { id: `map-${index}`, style: false })}
</div>
<output id="read-${index}">${words.hint}</output>
<details><summary>${words.table}</summary><div class="table" tabindex="0" role="group" aria-label="${words.table}">
${weightTable(map)}
</div></details>
</figure>`;
}

/** The page as text: light and dark by the reader's setting, fit for a phone, each weight shown on hover and by arrow keys. */
export function attentionHtml({ title, intro, language = "en", maps }: AttentionPage): string {
  const words = pageWords(language);
  return `<!doctype html>
<html${langAttribute(language)}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>
${pageStyle}
${svgStyle}
</style>
</head>
<body>
<main>
<h1>${escapeMarkup(title)}</h1>
${intro === undefined ? "" : `<p class="intro">${escapeMarkup(intro)}</p>\n`}<p class="legend"><span class="scale">0 %<i></i>100 %</span><span>${words.legend}</span></p>
<div class="maps">
${maps.map((map, index) => attentionFigure(map, index, words)).join("\n")}
</div>
</main>
<script>
${pageScript}
</script>
</body>
</html>
`;
}
