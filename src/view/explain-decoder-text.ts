import type { Trace, TracedStep } from "../decode/trace.js";
import { tokenLabel } from "./attention-map.js";
import { fitToWidth, truncateToWidth } from "./display-width.js";
import { formatNumber, formatShare, GATE_MEANINGS, mapOf, spread, stagesOf } from "./explain-stages.js";
import type { ExplainWriter } from "./explain-writer.js";
import { attentionText } from "./terminal-heat-map.js";

/** Source tokens of a step that are listed; the others are summed up. */
const LISTED = 6;

/** The stages from the code to the output. */
export function writeDecoder(writer: ExplainWriter, trace: Trace): void {
  const { steps } = trace;
  const stages = stagesOf(trace);
  writer.heading(stages.given);
  writer.vector("c", trace.code);
  writer.heading(stages.start);
  writer.vector("<s>", steps[0]!.embedding);
  writer.heading(stages.initial);
  for (const [layer, { hidden, cell }] of trace.initialState.entries()) {
    const of = trace.initialState.length > 1 ? ` ${layer + 1}` : "";
    writer.vector(`S₀${of}`, hidden);
    if (cell) writer.vector(`cell${of}`, cell);
  }
  writer.heading(stages.input);
  writer.heading(stages.steps);
  for (const [i, step] of steps.entries()) writeStep(writer, trace, step, i + 1);
  writer.heading(stages.output);
  writer.flow(steps.map(({ token }) => ({ text: tokenLabel(token) })));
  writer.add(writer.bold(truncateToWidth(trace.output, writer.room)));
  if (steps[0]!.weights) {
    writer.blank();
    writer.lines.push(attentionText(mapOf(trace), { color: writer.color, width: writer.width }));
  }
}

function writeStep(writer: ExplainWriter, trace: Trace, step: TracedStep, number: number): void {
  const { source } = trace;
  const { formulas } = stagesOf(trace);
  const { weights, scores, layers } = step;
  const { labelWidth, room, bold, dim } = writer;
  writer.blank();
  writer.add(bold(truncateToWidth(`Step ${number}: after ${tokenLabel(step.previous)}`, room)));
  for (const [name, values] of Object.entries(step.gates)) {
    const { mean, least, most } = spread(values);
    const numbers = `${writer.label(name)}  mean ${formatNumber(mean)}, ${formatNumber(least)} … ${formatNumber(most)}`;
    writer.add(
      `${fitToWidth(numbers, labelWidth + 28)}${dim(truncateToWidth(GATE_MEANINGS[name] ?? "", room - labelWidth - 28))}`,
    );
  }
  writer.wrapped(formulas.query, dim);
  for (const [layer, { hidden, cell }] of layers.entries()) {
    const of = layers.length > 1 ? ` ${layer + 1}` : "";
    writer.vector(`h${of}`, hidden);
    if (cell) writer.vector(`cell${of}`, cell);
  }
  if (weights && scores) {
    writer.wrapped(`${formulas.scores};  ${formulas.weights}`, dim);
    const listed = strongest(weights, LISTED);
    for (const at of listed) {
      const head = `${writer.label(tokenLabel(source[at]!.token))}  score ${formatNumber(scores[at]!).padStart(7)}  weight ${formatShare(weights[at]!).padStart(8)}  `;
      writer.bar(head, weights[at]!);
    }
    if (listed.length < weights.length) {
      const rest = listed.reduce((left, at) => left - weights[at]!, 1);
      writer.add(dim(`… ${weights.length - listed.length} more, together ${formatShare(Math.max(0, rest))}`));
    }
    for (const [head, own] of (step.heads ?? []).entries()) {
      const best = strongest(own.weights, 1)[0]!;
      writer.add(
        dim(`head ${head + 1} looks most at ${tokenLabel(source[best]!.token)}, ${formatShare(own.weights[best]!)}`),
      );
    }
    writer.wrapped(formulas.context, dim);
    writer.vector("context", step.context!);
  }
  writer.wrapped(`${formulas.features};  ${formulas.candidates}`, dim);
  if (step.generation !== undefined) {
    writer.wrapped(formulas.generation, dim);
    writer.add(`p_gen ${formatShare(step.generation)}: writes; ${formatShare(1 - step.generation)}: copies`);
  }
  writer.flow(
    step.candidates.map(({ token, probability, copied }) => ({
      text: `${tokenLabel(token)} ${formatShare(probability)}${copied ? `, copied ${formatShare(copied)} of it` : ""}`,
      code: token === step.token ? "1;32" : undefined,
    })),
  );
  const choice = writer.paint("1;32", truncateToWidth(tokenLabel(step.token), room - 14));
  writer.add(`→ ${choice}  ${formatShare(step.probability)}`);
}

/** The places of the largest weights, in the order of the source. */
function strongest(weights: readonly number[], count: number): number[] {
  const order = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]!);
  return order.slice(0, count).sort((a, b) => a - b);
}
