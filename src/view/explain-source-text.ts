import type { SourceTrace } from "../decode/source-trace.js";
import { tokenLabel } from "./attention-map.js";
import { formatNumber, sourceStages } from "./explain-stages.js";
import type { ExplainWriter } from "./explain-writer.js";

/** The stages from the line to its code, which every task that reads has. */
export function writeSource(writer: ExplainWriter, trace: SourceTrace): void {
  const { source } = trace;
  const stages = sourceStages(trace);
  const words = source.slice(0, -1);
  const marked = ({ token, unknown }: { token: string; unknown: boolean }) =>
    unknown && !writer.color ? `〔${tokenLabel(token)}〕` : tokenLabel(token);
  const unknownCode = (unknown: boolean) => (unknown ? "4;31" : undefined);

  writer.heading(stages.tokens);
  writer.flow(words.map(({ token }) => ({ text: tokenLabel(token) })));
  writer.heading(stages.vocabulary);
  writer.flow(words.map((word) => ({ text: marked(word), code: unknownCode(word.unknown) })));
  writer.heading(stages.ids);
  writer.flow(source.map((word) => ({ text: `${marked(word)} ${word.id}`, code: unknownCode(word.unknown) })));
  writer.heading(stages.embedding);
  for (const { token, embedding } of source) writer.vector(tokenLabel(token), embedding);
  writer.heading(stages.states);
  for (const { token, state } of source) writer.vector(tokenLabel(token), state);
  writer.heading(stages.code);
  for (const [i, { token, similarityToCode }] of source.entries()) {
    const name = i === 0 ? tokenLabel(token) : `+ ${tokenLabel(token)}`;
    writer.bar(`${writer.label(name)}  ${formatNumber(similarityToCode, 3).padStart(6)}  `, similarityToCode);
  }
}
