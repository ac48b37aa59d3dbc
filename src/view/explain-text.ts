/** Every stage of one prediction in the terminal. */
import type { Trace, TracedStep } from "../decode/trace.js";
import { type AttentionMap, tokenLabel } from "./attention-map.js";
import { displayWidth, fitToWidth, truncateToWidth } from "./display-width.js";
import { formatNumber, formatShare, GATE_MEANINGS, norm, type Stage, spread, stagesOf } from "./explain-stages.js";
import { spark } from "./spark.js";
import { attentionText, type TerminalOptions } from "./terminal-heat-map.js";

const INDENT = "   ";
const LABEL_LIMIT = 14;
const NARROW = 64;
const NARROW_LABEL_LIMIT = 8;
/** Source tokens of a step that are listed; the others are summed up. */
const LISTED = 6;
const SHOWN_NUMBERS = 3;
const SPARK_LIMIT = 32;

/** The first numbers of a vector between −max and max. */
function shape(values: readonly number[], width: number): string {
  const shown = values.slice(0, width);
  const most = Math.max(...shown.map(Math.abs)) || 1;
  return spark(shown, -most, most);
}

/** The trace as lines of at most `width` cells. */
export function explainText(trace: Trace, { color = false, width = 80 }: TerminalOptions = {}): string {
  const paint = (code: string, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const bold = (text: string) => paint("1", text);
  const dim = (text: string) => paint("2", text);
  const room = width - INDENT.length;
  const stages = stagesOf(trace);
  const lines: string[] = [];
  const add = (text: string) => lines.push(text === "" ? "" : INDENT + text);

  /** Words one after another on as many lines as they need; a word is painted after it was measured. */
  const flow = (words: readonly { text: string; code?: string | undefined }[]) => {
    let line = "";
    let used = 0;
    for (const { text, code } of words) {
      const shown = truncateToWidth(text, room);
      const needed = displayWidth(shown) + (used > 0 ? 2 : 0);
      if (used + needed > room) {
        add(line);
        line = "";
        used = 0;
      }
      line += (used > 0 ? "  " : "") + (code ? paint(code, shown) : shown);
      used += used > 0 ? needed : displayWidth(shown);
    }
    if (used > 0) add(line);
  };
  const wrapped = (text: string, style: (text: string) => string) => {
    let line = "";
    for (const word of text.split(" ")) {
      if (line !== "" && displayWidth(`${line} ${word}`) > room) {
        add(style(line));
        line = "";
      }
      line = line === "" ? word : `${line} ${word}`;
    }
    if (line.trim() !== "") add(style(truncateToWidth(line, room)));
  };
  const heading = ({ name, title, formula }: Stage) => {
    if (lines.length > 0) lines.push("");
    lines.push(bold(truncateToWidth(`${name}  ${title}`, width)));
    if (formula) wrapped(formula, dim);
  };
  const labels = [...trace.source.map(({ token }) => token), ...trace.steps.map(({ token }) => token), "candidates"];
  const labelWidth = Math.min(
    width < NARROW ? NARROW_LABEL_LIMIT : LABEL_LIMIT,
    Math.max(...labels.map((token) => displayWidth(tokenLabel(token)))),
  );
  const label = (text: string) => fitToWidth(text, labelWidth);
  /** |v|, the first numbers, and the shape of the first few dozens. */
  const vector = (name: string, values: readonly number[]) => {
    const first = values
      .slice(0, SHOWN_NUMBERS)
      .map((value) => formatNumber(value).padStart(6))
      .join("");
    const text = `${label(name)}  |${formatNumber(norm(values))}|`.padEnd(0);
    const head = `${fitToWidth(text, labelWidth + 10)}${first}${values.length > SHOWN_NUMBERS ? " …" : "  "}  `;
    add(`${head}${dim(shape(values, Math.min(SPARK_LIMIT, room - displayWidth(head))))}`);
  };
  const bar = (share: number, widest: number) => paint("34", "█".repeat(Math.round(share * widest)));

  const { source, steps } = trace;
  const words = source.slice(0, -1);
  const marked = ({ token, unknown }: { token: string; unknown: boolean }) =>
    unknown && !color ? `〔${tokenLabel(token)}〕` : tokenLabel(token);
  const unknownCode = (unknown: boolean) => (unknown ? "4;31" : undefined);

  heading(stages.tokens);
  flow(words.map(({ token }) => ({ text: tokenLabel(token) })));
  heading(stages.vocabulary);
  flow(words.map((word) => ({ text: marked(word), code: unknownCode(word.unknown) })));
  heading(stages.ids);
  flow(source.map((word) => ({ text: `${marked(word)} ${word.id}`, code: unknownCode(word.unknown) })));
  heading(stages.embedding);
  for (const { token, embedding } of source) vector(tokenLabel(token), embedding);
  heading(stages.states);
  for (const { token, state } of source) vector(tokenLabel(token), state);
  heading(stages.code);
  for (const [i, { token, similarityToCode }] of source.entries()) {
    const head = `${label(i === 0 ? tokenLabel(token) : `+ ${tokenLabel(token)}`)}  ${formatNumber(similarityToCode, 3).padStart(6)}  `;
    add(head + bar(Math.max(0, similarityToCode), room - displayWidth(head) - 1));
  }
  heading(stages.given);
  vector("c", trace.code);
  heading(stages.start);
  vector("<s>", steps[0]!.embedding);
  heading(stages.initial);
  for (const [layer, { hidden, cell }] of trace.initialState.entries()) {
    const of = trace.initialState.length > 1 ? ` ${layer + 1}` : "";
    vector(`S₀${of}`, hidden);
    if (cell) vector(`cell${of}`, cell);
  }
  heading(stages.input);
  heading(stages.steps);
  for (const [i, step] of steps.entries()) addStep(i + 1, step);
  heading(stages.output);
  flow(steps.map(({ token }) => ({ text: tokenLabel(token) })));
  add(bold(truncateToWidth(trace.output, room)));
  if (steps[0]!.weights) {
    lines.push("");
    lines.push(attentionText(mapOf(trace), { color, width }));
  }
  return lines.join("\n");

  function addStep(number: number, step: TracedStep): void {
    const { formulas } = stages;
    const { weights, scores, layers } = step;
    lines.push("");
    add(bold(truncateToWidth(`Step ${number}: after ${tokenLabel(step.previous)}`, room)));
    for (const [name, values] of Object.entries(step.gates)) {
      const { mean, least, most } = spread(values);
      const numbers = `${label(name)}  mean ${formatNumber(mean)}, ${formatNumber(least)} … ${formatNumber(most)}`;
      add(
        `${fitToWidth(numbers, labelWidth + 28)}${dim(truncateToWidth(GATE_MEANINGS[name] ?? "", room - labelWidth - 28))}`,
      );
    }
    wrapped(formulas.query, dim);
    for (const [layer, { hidden, cell }] of layers.entries()) {
      const of = layers.length > 1 ? ` ${layer + 1}` : "";
      vector(`h${of}`, hidden);
      if (cell) vector(`cell${of}`, cell);
    }
    if (weights && scores) {
      wrapped(`${formulas.scores};  ${formulas.weights}`, dim);
      const listed = strongest(weights, LISTED);
      for (const at of listed) {
        const head = `${label(tokenLabel(source[at]!.token))}  score ${formatNumber(scores[at]!).padStart(7)}  weight ${formatShare(weights[at]!).padStart(8)}  `;
        add(head + bar(weights[at]!, room - displayWidth(head) - 1));
      }
      if (listed.length < weights.length) {
        const rest = listed.reduce((left, at) => left - weights[at]!, 1);
        add(dim(`… ${weights.length - listed.length} more, together ${formatShare(Math.max(0, rest))}`));
      }
      for (const [head, own] of (step.heads ?? []).entries()) {
        const best = strongest(own.weights, 1)[0]!;
        add(
          dim(`head ${head + 1} looks most at ${tokenLabel(source[best]!.token)}, ${formatShare(own.weights[best]!)}`),
        );
      }
      wrapped(formulas.context, dim);
      vector("context", step.context!);
    }
    wrapped(`${formulas.features};  ${formulas.candidates}`, dim);
    if (step.generation !== undefined) {
      wrapped(formulas.generation, dim);
      add(`p_gen ${formatShare(step.generation)}: writes; ${formatShare(1 - step.generation)}: copies`);
    }
    flow(
      step.candidates.map(({ token, probability, copied }) => ({
        text: `${tokenLabel(token)} ${formatShare(probability)}${copied ? `, copied ${formatShare(copied)} of it` : ""}`,
        code: token === step.token ? "1;32" : undefined,
      })),
    );
    add(`→ ${paint("1;32", truncateToWidth(tokenLabel(step.token), room - 14))}  ${formatShare(step.probability)}`);
  }
}

/** The places of the largest weights, in the order of the source. */
function strongest(weights: readonly number[], count: number): number[] {
  const order = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]!);
  return order.slice(0, count).sort((a, b) => a - b);
}

/** Where each step of a trace looked; it must have attention. */
export function mapOf({ input, output, source, steps, languages }: Trace): AttentionMap {
  return {
    title: `${input} → ${output}`,
    columns: source.map(({ token }) => token),
    rows: steps.map(({ token }) => token),
    weights: steps.map(({ weights }) => weights!),
    ...(languages.source !== "auto" && { columnsLanguage: languages.source }),
    ...(languages.target !== "auto" && { rowsLanguage: languages.target }),
  };
}
