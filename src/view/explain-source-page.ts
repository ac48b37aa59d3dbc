import type { SourceTrace } from "../decode/source-trace.js";
import { barCell, chip, chips, languageOf, named, stage, table, vectorRow, vectorTable } from "./explain-page-parts.js";
import { formatNumber, sourceStages } from "./explain-stages.js";

/** The cards from the line to its code, which every task that reads has. */
export function sourceCards(trace: SourceTrace): string[] {
  const { source, languages } = trace;
  const stages = sourceStages(trace);
  const sourceLanguage = languageOf(languages.source);
  const words = source.slice(0, -1);
  const unknown = words.filter((word) => word.unknown);
  return [
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
}
