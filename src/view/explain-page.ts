/** Every stage of one prediction as one HTML file that needs nothing else: no network, no library. */
import type { Trace, TracedState, TracedStep } from "../decode/trace.js";
import { tokenLabel } from "./attention-map.js";
import { formatNumber, formatShare, GATE_MEANINGS, norm, type Stage, spread, stagesOf } from "./explain-stages.js";
import { mapOf } from "./explain-text.js";
import { attentionFigure } from "./html-page.js";
import { escapeMarkup, langAttribute } from "./markup.js";
import { pageScript, pageStyle, pageWords } from "./page-parts.js";
import { svgStyle } from "./svg-heat-map.js";

/** Numbers of a vector that are written out, and drawn. */
const SHOWN_NUMBERS = 4;
const DRAWN_NUMBERS = 64;
/** Steps that stand open when the page is opened. */
const OPEN_STEPS = 2;

const style = `main { max-width: 56rem; }
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

/** The page of a trace: light and dark by the reader's setting, fit for a phone, each number under its formula. */
export function explainHtml(trace: Trace): string {
  const { source, steps, languages, input, output } = trace;
  const stages = stagesOf(trace);
  const languageOf = (tag: string) => langAttribute(tag === "auto" ? undefined : tag);
  const sourceLanguage = languageOf(languages.source);
  const targetLanguage = languageOf(languages.target);
  const words = source.slice(0, -1);
  const named = (token: string) => escapeMarkup(tokenLabel(token));

  const chips = (items: readonly string[], language: string) => `<ol class="chips"${language}>${items.join("")}</ol>`;
  const chip = (token: string, unknown: boolean, more = "") =>
    `<li${unknown ? ' class="unknown"' : ""}>${named(token)}${more}</li>`;
  const stage = ({ name, title, formula }: Stage, body: string) => `<section class="stage">
<h3><small>${name}</small>${escapeMarkup(title)}</h3>
${formula ? formulaLine(formula) : ""}${body}
</section>`;

  const stateRows = (states: readonly TracedState[], name: string) =>
    states.flatMap(({ hidden, cell }, layer) => {
      const of = states.length > 1 ? `, layer ${layer + 1}` : "";
      return [vectorRow(`${name}${of}`, hidden), ...(cell ? [vectorRow(`cell state${of}`, cell)] : [])];
    });

  const unknown = words.filter((word) => word.unknown);
  const encoder = [
    stage(
      stages.tokens,
      chips(
        words.map(({ token }) => chip(token, false)),
        sourceLanguage,
      ),
    ),
    stage(
      stages.vocabulary,
      unknown.length === 0
        ? ""
        : chips(
            unknown.map(({ token }) => chip(token, true, " <small>is unknown</small>")),
            sourceLanguage,
          ),
    ),
    stage(
      stages.ids,
      chips(
        source.map(({ token, id, unknown }) => chip(token, unknown, ` <small>${id}</small>`)),
        sourceLanguage,
      ),
    ),
    stage(
      stages.embedding,
      vectorTable(
        "Embeddings",
        source.map(({ token, embedding }) => vectorRow(named(token), embedding, sourceLanguage)),
      ),
    ),
    stage(
      stages.states,
      vectorTable(
        "Encoder states",
        source.map(({ token, state }) => vectorRow(named(token), state, sourceLanguage)),
      ),
    ),
    stage(
      stages.code,
      table(
        "How c grows",
        ["the line up to", "similarity to c", ""],
        source.map(
          ({ token, similarityToCode }) =>
            `<tr><th scope="row"${sourceLanguage}>${named(token)}</th><td>${formatNumber(similarityToCode, 3)}</td>${barCell(similarityToCode)}</tr>`,
        ),
      ),
    ),
  ];
  const decoder = [
    stage(stages.given, vectorTable("The code", [vectorRow("c", trace.code)])),
    stage(stages.start, vectorTable("The start symbol", [vectorRow("&lt;s&gt;", steps[0]!.embedding)])),
    stage(stages.initial, vectorTable("First states", stateRows(trace.initialState, "S₀"))),
    stage(stages.input, ""),
    stage(stages.steps, steps.map((step, i) => stepDetails(step, i)).join("\n")),
    stage(
      stages.output,
      `${chips(
        steps.map(({ token }) => chip(token, false)),
        targetLanguage,
      )}<p class="answer"${targetLanguage}>${escapeMarkup(output)}</p>`,
    ),
  ];

  function stepDetails(step: TracedStep, index: number): string {
    const { formulas } = stages;
    const { scores, weights, context } = step;
    const gates = Object.entries(step.gates).map(([name, values]) => {
      const { mean, least, most } = spread(values);
      const numbers = [mean, least, most].map((value) => `<td>${formatNumber(value)}</td>`).join("");
      return `<tr><th scope="row">${name}</th>${numbers}<td class="left">${escapeMarkup(GATE_MEANINGS[name] ?? "")}</td></tr>`;
    });
    const looked = scores &&
      weights && [
        formulaLine(`${formulas.scores};  ${formulas.weights}`),
        table(
          `Where step ${index + 1} looks`,
          ["source token", "score", "weight", ""],
          source.map(
            ({ token }, at) =>
              `<tr><th scope="row"${sourceLanguage}>${named(token)}</th><td>${formatNumber(scores[at]!)}</td><td>${formatShare(weights[at]!)}</td>${barCell(weights[at]!)}</tr>`,
          ),
        ),
        ...(step.heads ? [headTable(step.heads, index)] : []),
        formulaLine(formulas.context),
        vectorTable(`Context of step ${index + 1}`, [vectorRow("context", context!)]),
      ];
    const copies = step.generation !== undefined;
    const candidates = step.candidates.map(({ token, probability, copied = 0 }) => {
      const chosen = token === step.token ? ' class="chosen"' : "";
      const copiedCell = copies ? `<td>${formatShare(copied)}</td>` : "";
      return `<tr${chosen}><th scope="row"${targetLanguage}>${named(token)}</th><td>${formatShare(probability)}</td>${copiedCell}${barCell(probability)}</tr>`;
    });
    const candidateHeads = ["token", "probability", ...(copies ? ["of it copied"] : []), ""];
    const generation =
      step.generation === undefined
        ? ""
        : `${formulaLine(formulas.generation)}<p class="formula">p_gen = ${formatShare(step.generation)} writes from the vocabulary, ${formatShare(1 - step.generation)} copies from the source</p>\n`;
    return `<details${index < OPEN_STEPS ? " open" : ""}><summary>Step ${index + 1}: after ${named(step.previous)} comes <span${targetLanguage}>${named(step.token)}</span>, ${formatShare(step.probability)}</summary>
${table(`Gates of step ${index + 1}`, ["gate", "mean", "least", "most", "meaning"], gates)}
${formulaLine(formulas.query)}${vectorTable(`State of step ${index + 1}`, stateRows(step.layers, "h"))}
${looked?.join("\n") ?? ""}
${formulaLine(`${formulas.features};  ${formulas.candidates}`)}${generation}${table(`Best candidates of step ${index + 1}`, candidateHeads, candidates)}
</details>`;
  }

  function headTable(heads: NonNullable<TracedStep["heads"]>, index: number): string {
    const names = heads.map((_, head) => `head ${head + 1}`);
    const rows = source.map(({ token }, at) => {
      const cells = heads.map(({ weights }) => `<td>${formatShare(weights[at]!)}</td>`).join("");
      return `<tr><th scope="row"${sourceLanguage}>${named(token)}</th>${cells}</tr>`;
    });
    return table(`Weights of each head in step ${index + 1}`, ["source token", ...names], rows);
  }

  const title = `${input} → ${output}`;
  const map = steps[0]!.weights
    ? `<h2 id="looked">Where it looked</h2>\n<div class="maps stage-map">${attentionFigure(mapOf(trace), 0, pageWords("en"))}</div>`
    : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>
${pageStyle}
${svgStyle}
${style}
</style>
</head>
<body>
<main>
<h1><span${sourceLanguage}>${escapeMarkup(input)}</span> → <span${targetLanguage}>${escapeMarkup(output)}</span></h1>
<p class="intro">Every stage of this prediction, in the order in which a Seq2Seq model is built by hand. A formula stands above the numbers it explains; |x| is the length of a vector, and its picture shows the first ${DRAWN_NUMBERS} of its numbers.</p>
<h2>Encoder</h2>
${encoder.join("\n")}
<h2>Decoder</h2>
${decoder.join("\n")}
${map}
</main>
<script>
${pageScript}
</script>
</body>
</html>
`;
}

const formulaLine = (formula: string) => `<p class="formula"><code>${escapeMarkup(formula)}</code></p>\n`;

/** A table that scrolls by itself where it is wider than the page. An empty heading is one that says nothing. */
function table(caption: string, heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((text) => (text === "" ? "<td></td>" : `<th scope="col">${escapeMarkup(text)}</th>`)).join("");
  return `<div class="table" tabindex="0" role="group" aria-label="${escapeMarkup(caption)}"><table><caption>${escapeMarkup(caption)}</caption><thead><tr>${head}</tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>`;
}

const vectorTable = (caption: string, rows: readonly string[]) =>
  table(caption, ["", "|x|", "picture", "first numbers"], rows);

/** `name` is markup. */
function vectorRow(name: string, values: readonly number[], language = ""): string {
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
const barCell = (share: number) =>
  `<td class="bars"><span class="bar" style="width:${Math.round(1000 * Math.min(1, Math.max(0, share))) / 10}%"></span></td>`;
