import type { ClassificationTrace, TaggingTrace } from "../decode/label-trace.js";
import type { LineTrace } from "../decode/line-trace.js";
import { tokenLabel } from "./attention-map.js";
import { displayWidth, truncateToWidth } from "./display-width.js";
import { classificationStages, LISTED_LABELS, lineStages, taggingStages } from "./explain-label-stages.js";
import { formatShare } from "./explain-stages.js";
import type { ExplainWriter } from "./explain-writer.js";

/** From the code to the label, and what it was read from. */
export function writeClassification(writer: ExplainWriter, trace: ClassificationTrace): void {
  const stages = classificationStages(trace);
  writer.heading(stages.read);
  writer.vector("c", trace.code);
  writer.heading(stages.labels);
  for (const { label, probability } of trace.probabilities.slice(0, LISTED_LABELS)) writer.share(label, probability);
  const more = trace.probabilities.length - LISTED_LABELS;
  if (more > 0) writer.add(writer.dim(`… ${more} more`));
  writer.add(`→ ${writer.paint("1;32", truncateToWidth(tokenLabel(trace.output), writer.room - 2))}`);
  for (const reason of trace.reasons) {
    writer.heading(stages.reasons[reason.by]);
    for (const [i, token] of reason.tokens.entries()) writer.share(token, reason.weights[i]!);
  }
}

/** From each state to its tag. */
export function writeTagging(writer: ExplainWriter, trace: TaggingTrace): void {
  const stages = taggingStages(trace);
  writer.heading(stages.labels);
  for (const [i, candidates] of trace.tags.entries()) {
    const listed = candidates.map(({ label, probability }) => `${tokenLabel(label)} ${formatShare(probability)}`);
    const shown = truncateToWidth(listed.join("  "), writer.room - writer.labelWidth - 2);
    writer.add(`${writer.label(tokenLabel(trace.source[i]!.token))}  ${shown}`);
  }
  writer.add(`→ ${writer.paint("1;32", truncateToWidth(trace.output, writer.room - 2))}`);
}

/** How probable each token of a line is, and what could have stood there. */
export function writeLine(writer: ExplainWriter, trace: LineTrace): void {
  const stages = lineStages(trace);
  writer.heading(stages.read);
  writer.flow(
    trace.tokens.slice(0, -1).map(({ token, unknown }) => ({
      text: unknown && !writer.color ? `〔${tokenLabel(token)}〕` : tokenLabel(token),
    })),
  );
  writer.heading(stages.candidates);
  for (const { token, probability, rank, candidates } of trace.tokens) {
    let listed = "";
    for (const candidate of candidates) {
      const next = `${listed}${listed && "  "}${tokenLabel(candidate.token)} ${formatShare(candidate.probability)}`;
      // Whole ones alone: a share that is cut reads as another.
      if (displayWidth(next) > writer.room - writer.labelWidth - 22) break;
      listed = next;
    }
    const head = `${writer.label(tokenLabel(token))}  ${formatShare(probability).padStart(8)}  ${`no. ${rank}`.padEnd(8)}  `;
    writer.add(head + writer.dim(listed));
  }
  writer.add(writer.bold(`perplexity ${trace.perplexity.toFixed(2)} over ${trace.tokens.length} tokens`));
}
