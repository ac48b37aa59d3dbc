/** Every stage of one prediction in the terminal. */
import type { ClassificationTrace, TaggingTrace } from "../decode/label-trace.js";
import type { LineTrace } from "../decode/line-trace.js";
import type { Trace } from "../decode/trace.js";
import { writeDecoder } from "./explain-decoder-text.js";
import { writeClassification, writeLine, writeTagging } from "./explain-label-text.js";
import { writeSource } from "./explain-source-text.js";
import { ExplainWriter } from "./explain-writer.js";
import type { TerminalOptions } from "./terminal-heat-map.js";

/** What a model of any task does with one line. */
export type AnyTrace = Trace | ClassificationTrace | TaggingTrace | LineTrace;

/** The trace as lines of at most `width` cells. */
export function explainText(trace: AnyTrace, options: TerminalOptions = {}): string {
  const writer = new ExplainWriter(options, labelsOf(trace));
  if (trace.task !== "language-model") writeSource(writer, trace);
  switch (trace.task) {
    case "translate":
      writeDecoder(writer, trace);
      break;
    case "classify":
      writeClassification(writer, trace);
      break;
    case "tag":
      writeTagging(writer, trace);
      break;
    case "language-model":
      writeLine(writer, trace);
  }
  return writer.lines.join("\n");
}

/** What stands at the left of lines. */
function labelsOf(trace: AnyTrace): string[] {
  if (trace.task === "language-model") return trace.tokens.map(({ token }) => token);
  const source = trace.source.map(({ token }) => token);
  switch (trace.task) {
    case "translate":
      return [...source, ...trace.steps.map(({ token }) => token), "candidates"];
    case "classify":
      return [...source, "+ </s>", ...trace.probabilities.map(({ label }) => label)];
    case "tag":
      return [...source, "+ </s>"];
  }
}
