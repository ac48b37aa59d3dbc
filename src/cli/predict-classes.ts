import type { Classification, ClassifyOptions } from "../decode/classification.js";
import type { ClassificationModel } from "../decode/classification-model.js";
import { formatShare } from "../view/explain-stages.js";
import { lineGroups, openInput, writeOut } from "./lines.js";
import { cell, isEmpty, type PredictCommandOptions, type PredictFormat } from "./predict-options.js";
import { ask } from "./prompt.js";

/** Line in, label out; without a file on a terminal a prompt. */
export async function predictClasses(
  model: ClassificationModel,
  file: string | undefined,
  { format, reason }: PredictCommandOptions,
) {
  // A reason has a place in JSON alone.
  const options: ClassifyOptions = { reason: reason ?? (format === "jsonl" ? undefined : false) };
  // What is wrong with the options is said before the first line comes.
  await model.classify([], options);
  if (file === undefined && process.stdin.isTTY) {
    await ask(async (line) => {
      const [{ label, probability, source }] = (await model.classify([line], options)) as [Classification];
      return { answers: [`${label}  ${formatShare(probability)}`], source };
    });
    return;
  }
  for await (const lines of lineGroups(openInput(file ?? "-"), file ?? "(standard input)")) {
    const results = await model.classify(lines, options);
    await writeOut(lines.map((line, i) => formatters[format](line, results[i]!)).join(""));
  }
}

const formatters: Record<PredictFormat, (line: string, result: Classification) => string> = {
  text: (line, { label }) => (isEmpty(line) ? "\n" : `${cell(label)}\n`),
  tsv: (line, { label, probability }) =>
    isEmpty(line) ? "\t\t\n" : `${cell(line)}\t${cell(label)}\t${probability.toFixed(4)}\n`,
  jsonl: (line, { source, ...result }) => {
    if (isEmpty(line)) return `${JSON.stringify({ source: line, label: null })}\n`;
    const unknown = source.tokens.filter((_, i) => source.unknown[i]);
    return `${JSON.stringify({ source: line, ...result, unknown })}\n`;
  },
};
