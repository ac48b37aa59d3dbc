import type { ClassificationTrace, TaggingTrace } from "../decode/label-trace.js";
import type { LineTrace } from "../decode/line-trace.js";
import { classificationStages, lineStages, taggingStages } from "./explain-label-stages.js";
import {
  barCell,
  chip,
  chips,
  languageOf,
  named,
  shareMarkup,
  shareTable,
  stage,
  table,
  vectorRow,
  vectorTable,
} from "./explain-page-parts.js";
import { escapeMarkup } from "./markup.js";

/** From the code to the label, and what it was read from. */
export function classificationCards(trace: ClassificationTrace): string[] {
  const stages = classificationStages(trace);
  const [source, target] = [languageOf(trace.languages.source), languageOf(trace.languages.target)];
  const labels = trace.probabilities.map(({ label, probability }) => ({ name: label, share: probability }));
  return [
    stage(stages.read, vectorTable("The code", [vectorRow("c", trace.code)])),
    stage(
      stages.labels,
      `${shareTable("Labels", "label", labels, target)}<p class="answer"${target}>${escapeMarkup(trace.output)}</p>`,
    ),
    ...trace.reasons.map(({ by, tokens, weights }) => {
      const shares = tokens.map((name, i) => ({ name, share: weights[i]! }));
      return stage(stages.reasons[by], shareTable(`Reason by ${by}`, "source token", shares, source));
    }),
  ];
}

/** From each state to its tag. */
export function taggingCards(trace: TaggingTrace): string[] {
  const stages = taggingStages(trace);
  const [source, target] = [languageOf(trace.languages.source), languageOf(trace.languages.target)];
  const rows = trace.tags.map((candidates, i) => {
    const best = candidates[0]!;
    const others = candidates.slice(1).map(({ label, probability }) => `${named(label)} ${shareMarkup(probability)}`);
    return `<tr><th scope="row"${source}>${named(trace.source[i]!.token)}</th><td class="left chosen"${target}>${named(best.label)}</td><td>${shareMarkup(best.probability)}</td>${barCell(best.probability)}<td class="left"${target}>${others.join("  ")}</td></tr>`;
  });
  const answer = `<p class="answer"${target}>${escapeMarkup(trace.output)}</p>`;
  return [stage(stages.labels, table("Tags", ["token", "tag", "probability", "", "others"], rows) + answer)];
}

/** How probable each token of a line is, and what could have stood there. */
export function lineCards(trace: LineTrace): string[] {
  const stages = lineStages(trace);
  const language = languageOf(trace.language);
  const rows = trace.tokens.map(({ token, probability, rank, candidates }) => {
    const best = candidates.map((candidate) => `${named(candidate.token)} ${shareMarkup(candidate.probability)}`);
    return `<tr><th scope="row"${language}>${named(token)}</th><td>${shareMarkup(probability)}</td>${barCell(probability)}<td>${rank}</td><td class="left"${language}>${best.join("  ")}</td></tr>`;
  });
  const answer = `<p class="answer">perplexity ${trace.perplexity.toFixed(2)} over ${trace.tokens.length} tokens</p>`;
  return [
    stage(
      stages.read,
      chips(
        trace.tokens.slice(0, -1).map(({ token, unknown }) => chip(token, unknown)),
        language,
      ),
    ),
    stage(stages.candidates, table("Tokens", ["token", "probability", "", "place", "best candidates"], rows) + answer),
  ];
}
