import Table from "cli-table3";
import { readPairs } from "../data/node-files.js";
import type { TaskName } from "../decode/any-model.js";
import { measure } from "../decode/measure.js";
import { RecipeError } from "../errors.js";
import type { BleuTokenizer, ClassificationReport, MetricName } from "../evaluate/index.js";
import type { BackendName } from "../kernels/backend.js";
import { formatPerplexity } from "../view/format-numbers.js";
import { wantsColor } from "./color.js";
import { openModel } from "./open-model.js";
import { scoreAlignments } from "./reference-alignments.js";
import { columnsOf } from "./training-input.js";

export interface EvaluateCommandOptions {
  metrics?: MetricName[];
  tokenize?: BleuTokenizer;
  alignments?: string;
  columns?: { source?: number; target?: number };
  backend?: BackendName;
  threads?: number;
  json?: boolean;
}

const percent = (value: number) => `${value.toFixed(2)} %`;
const points = (value: number) => value.toFixed(2);

const shown: Record<MetricName, { meaning: string; format: (value: number) => string }> = {
  exact: { meaning: "outputs that are the reference, letter by letter", format: percent },
  accuracy: { meaning: "reference tokens that stand at their place", format: percent },
  f1: { meaning: "mean of the F1 of each label, all counting the same", format: percent },
  ppl: { meaning: "perplexity of a reference token; 1 is certainty", format: formatPerplexity },
  bleu: { meaning: "n-grams of words shared with the references, 0 to 100", format: points },
  chrf: { meaning: "n-grams of characters shared, 0 to 100", format: points },
  "chrf++": { meaning: "the same with words and pairs of words", format: points },
  wer: { meaning: "words to correct, of the references' words", format: percent },
  per: { meaning: "the same, wherever the words stand", format: percent },
  cer: { meaning: "characters to correct, of the references' characters", format: percent },
};

/** What a number means in a task where it means something else. */
const meanings: Partial<Record<TaskName, Partial<Record<MetricName, string>>>> = {
  classify: { accuracy: "labels that are right", ppl: "perplexity of a label; 1 is certainty" },
  tag: {
    accuracy: "tags that are right",
    exact: "lines without a wrong tag",
    f1: "mean of the F1 of each tag, all counting the same",
    ppl: "perplexity of a tag; 1 is certainty",
  },
  "language-model": { ppl: "perplexity of a token; 1 is certainty" },
};

/** Labels up to which a table of which was taken for which can be read. */
const MOST_IN_TABLE = 12;

/** Prints how well a model does on examples. */
export async function evaluateCommand(modelFile: string, dataFile: string, options: EvaluateCommandOptions) {
  const { tokenize, columns, alignments, json = false } = options;
  const model = await openModel(modelFile, options);
  if (model.task !== "translate")
    for (const name of ["tokenize", "alignments"] as const)
      if (options[name] !== undefined)
        throw new RecipeError(
          `--${name}: expected a model of task translate, got one of task ${model.task}. Leave the option out.`,
        );
  const pairs = await readPairs(dataFile, columnsOf(model.recipe, columns));
  const measured = await measure(model.core, pairs, { metrics: options.metrics, tokenizer: tokenize });
  const { numbers, signatures, report } = measured;
  const aligned =
    alignments === undefined || model.task !== "translate"
      ? undefined
      : await scoreAlignments(model, pairs, alignments);
  if (json) {
    const { errorRate, precision, recall } = aligned ?? {};
    const alignment = aligned && { aer: errorRate, alignmentPrecision: precision, alignmentRecall: recall };
    const confusion = report && { labels: report.classes.map(({ label }) => label), counts: report.confusion };
    console.log(JSON.stringify({ ...numbers, ...alignment, count: pairs.length, ...(confusion && { confusion }) }));
    return;
  }
  const style = wantsColor(process.stdout) ? {} : { head: [], border: [] };
  const table = new Table({ head: ["metric", "value", "meaning"], colAligns: ["left", "right", "left"], style });
  for (const metric of Object.keys(numbers) as MetricName[]) {
    const meaning = meanings[model.task]?.[metric] ?? shown[metric].meaning;
    table.push([metric, shown[metric].format(numbers[metric]), meaning]);
  }
  if (aligned) {
    const { errorRate, precision, recall } = aligned;
    const meaning = `alignment errors; precision ${percent(precision)}, recall ${percent(recall)}`;
    table.push(["aer", percent(errorRate), meaning]);
  }
  table.push(["count", String(pairs.length), model.task === "language-model" ? "lines" : "pairs"]);
  console.log(table.toString());
  if (report) printReport(report, style);
  for (const [metric, signature] of Object.entries(signatures)) console.log(`${metric.padEnd(8)}${signature}`);
}

/** Each label's numbers, the worst first, and of few labels how often each was taken for each. */
function printReport({ classes, confusion }: ClassificationReport, style: object): void {
  const table = new Table({
    head: ["label", "precision", "recall", "f1", "count"],
    colAligns: ["left", "right", "right", "right", "right"],
    style,
  });
  const worst = [...classes].sort((a, b) => a.f1 - b.f1).slice(0, MOST_IN_TABLE);
  for (const { label, precision, recall, f1, count } of worst)
    table.push([label, percent(precision), percent(recall), percent(f1), String(count)]);
  console.log(table.toString());
  if (classes.length > MOST_IN_TABLE) {
    console.log(
      `The ${MOST_IN_TABLE} labels of the lowest f1, of ${classes.length}; --json has which was taken for which.`,
    );
    return;
  }
  const labels = classes.map(({ label }) => label);
  const matrix = new Table({
    head: ["expected ↓ got →", ...labels],
    colAligns: ["left", ...labels.map(() => "right" as const)],
    style,
  });
  for (const [i, row] of confusion.entries()) matrix.push([labels[i]!, ...row.map(String)]);
  console.log(matrix.toString());
}
