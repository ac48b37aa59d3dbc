import type { Trace, TracedState, TracedStep } from "../decode/trace.js";
import {
  barCell,
  chip,
  chips,
  formulaLine,
  languageOf,
  named,
  shareMarkup,
  stage,
  table,
  vectorRow,
  vectorTable,
} from "./explain-page-parts.js";
import { formatNumber, GATE_MEANINGS, mapOf, spread, stagesOf } from "./explain-stages.js";
import { attentionFigure } from "./html-page.js";
import { escapeMarkup } from "./markup.js";
import { pageWords } from "./page-parts.js";

/** Steps that stand open when the page is opened. */
const OPEN_STEPS = 2;

/** The cards from the code to the output, and the map of where it looked. */
export function decoderCards(trace: Trace): string[] {
  const { source, steps, languages, output } = trace;
  const stages = stagesOf(trace);
  const sourceLanguage = languageOf(languages.source);
  const targetLanguage = languageOf(languages.target);

  const stateRows = (states: readonly TracedState[], name: string) =>
    states.flatMap(({ hidden, cell }, layer) => {
      const of = states.length > 1 ? `, layer ${layer + 1}` : "";
      return [vectorRow(`${name}${of}`, hidden), ...(cell ? [vectorRow(`cell state${of}`, cell)] : [])];
    });

  const cards = [
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
  if (steps[0]!.weights)
    cards.push(
      `<h2 id="looked">Where it looked</h2>\n<div class="maps stage-map">${attentionFigure(mapOf(trace), 0, pageWords("en"))}</div>`,
    );
  return cards;

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
              `<tr><th scope="row"${sourceLanguage}>${named(token)}</th><td>${formatNumber(scores[at]!)}</td><td>${shareMarkup(weights[at]!)}</td>${barCell(weights[at]!)}</tr>`,
          ),
        ),
        ...(step.heads ? [headTable(step.heads, index)] : []),
        formulaLine(formulas.context),
        vectorTable(`Context of step ${index + 1}`, [vectorRow("context", context!)]),
      ];
    const copies = step.generation !== undefined;
    const candidates = step.candidates.map(({ token, probability, copied = 0 }) => {
      const chosen = token === step.token ? ' class="chosen"' : "";
      const copiedCell = copies ? `<td>${shareMarkup(copied)}</td>` : "";
      return `<tr${chosen}><th scope="row"${targetLanguage}>${named(token)}</th><td>${shareMarkup(probability)}</td>${copiedCell}${barCell(probability)}</tr>`;
    });
    const candidateHeads = ["token", "probability", ...(copies ? ["of it copied"] : []), ""];
    const generation =
      step.generation === undefined
        ? ""
        : `${formulaLine(formulas.generation)}<p class="formula">p_gen = ${shareMarkup(step.generation)} writes from the vocabulary, ${shareMarkup(1 - step.generation)} copies from the source</p>\n`;
    return `<details${index < OPEN_STEPS ? " open" : ""}><summary>Step ${index + 1}: after ${named(step.previous)} comes <span${targetLanguage}>${named(step.token)}</span>, ${shareMarkup(step.probability)}</summary>
${table(`Gates of step ${index + 1}`, ["gate", "mean", "least", "most", "meaning"], gates)}
${formulaLine(formulas.query)}${vectorTable(`State of step ${index + 1}`, stateRows(step.layers, "h"))}
${looked?.join("\n") ?? ""}
${formulaLine(`${formulas.features};  ${formulas.candidates}`)}${generation}${table(`Best candidates of step ${index + 1}`, candidateHeads, candidates)}
</details>`;
  }

  function headTable(heads: NonNullable<TracedStep["heads"]>, index: number): string {
    const names = heads.map((_, head) => `head ${head + 1}`);
    const rows = source.map(({ token }, at) => {
      const cells = heads.map(({ weights }) => `<td>${shareMarkup(weights[at]!)}</td>`).join("");
      return `<tr><th scope="row"${sourceLanguage}>${named(token)}</th>${cells}</tr>`;
    });
    return table(`Weights of each head in step ${index + 1}`, ["source token", ...names], rows);
  }
}
