import { evenly } from "../data/evenly.js";
import type { DevProgress, Sample } from "../train/progress.js";
import { languageOf, table } from "../view/explain-page-parts.js";
import { attentionFigure } from "../view/html-page.js";
import { escapeMarkup } from "../view/markup.js";
import { pageWords } from "../view/page-parts.js";
import type { ReportWords } from "./report-words.js";
import { bestEpoch, type RunLog } from "./run-log.js";

/** Language tags of the two sides, or "auto". */
export interface Languages {
  source: string;
  target: string;
}

/** Outputs of a sample that are listed; of more an even choice. */
const LISTED_OUTPUTS = 12;

/** One card for each sample: what the model made of it, epoch by epoch. */
export function sampleCards({ epochs }: RunLog, languages: Languages, words: ReportWords): string[] {
  const samples = epochs.at(-1)?.samples ?? [];
  return samples.map((sample, index) => {
    const outputs = evenly(outputsOverTime(epochs, index), LISTED_OUTPUTS);
    const rows = outputs.map(({ first, last, output }) => {
      const span = first === last ? `${first}` : `${first}–${last}`;
      const right = output === sample.reference ? ' class="right"' : "";
      return `<tr${right}><th scope="row">${span}</th><td class="left"${languageOf(languages.target)}>${escapeMarkup(output)}</td></tr>`;
    });
    return `<section class="card">
<h3${languageOf(languages.source)}>${escapeMarkup(sample.source || "∅")}</h3>
<p class="quiet">${escapeMarkup(words.expected)}: <span${languageOf(languages.target)}>${escapeMarkup(sample.reference)}</span></p>
${table(words.output, [words.epoch, ""], rows)}
</section>`;
  });
}

/** What a sample became, equal outputs of epochs in a row as one. */
function outputsOverTime(
  epochs: readonly DevProgress[],
  index: number,
): { first: number; last: number; output: string }[] {
  const spans: { first: number; last: number; output: string }[] = [];
  for (const { epoch, samples } of epochs) {
    const output = samples[index]?.output;
    if (output === undefined) continue;
    const before = spans.at(-1);
    if (before?.output === output) before.last = epoch;
    else spans.push({ first: epoch, last: epoch, output });
  }
  return spans;
}

/** For each sample with attention its maps: of the first epoch, of one half-way, and of the best. */
export function attentionGroups(log: RunLog, languages: Languages, words: ReportWords): string[] {
  const best = bestEpoch(log);
  const count = log.epochs.at(-1)?.samples.length ?? 0;
  let drawn = 0;
  const tag = (language: string) => (language === "auto" ? undefined : language);
  return Array.from({ length: count }, (_, index) => {
    const seen = log.epochs.filter(({ samples }) => samples[index]?.attention);
    const last = Math.max(0, best ? seen.indexOf(best) : 0);
    const chosen = [...new Set([seen[0], seen[Math.floor(last / 2)], seen[last]])].filter(
      (epoch) => epoch !== undefined,
    );
    if (chosen.length === 0) return "";
    const sample = chosen[0]!.samples[index] as Sample;
    const figures = chosen.map((epoch) => {
      const { rows, columns, weights } = epoch.samples[index]!.attention!;
      const name = `${words.epochOf(epoch.epoch)}${epoch === best ? ` · ${words.bestMark}` : ""}`;
      const [rowsLanguage, columnsLanguage] = [tag(languages.target), tag(languages.source)];
      const map = {
        ...{ title: name, rows, columns, weights },
        ...(rowsLanguage && { rowsLanguage }),
        ...(columnsLanguage && { columnsLanguage }),
      };
      return attentionFigure(map, drawn++, pageWords(words.language));
    });
    return `<h3${languageOf(languages.source)}>${escapeMarkup(sample.source)}</h3>\n<div class="maps">\n${figures.join("\n")}\n</div>`;
  }).filter((group) => group !== "");
}
