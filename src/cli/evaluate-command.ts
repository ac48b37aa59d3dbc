import Table from "cli-table3";
import { readPairs } from "../data/node-files.js";
import { measure } from "../decode/measure.js";
import { type BleuTokenizer, METRICS, type MetricName } from "../evaluate/index.js";
import type { BackendName } from "../kernels/backend.js";
import { wantsColor } from "./color.js";
import { openModel } from "./open-model.js";
import { formatPerplexity } from "./progress.js";
import { scoreAlignments } from "./reference-alignments.js";

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
  ppl: { meaning: "perplexity of a reference token; 1 is certainty", format: formatPerplexity },
  bleu: { meaning: "n-grams of words shared with the references, 0 to 100", format: points },
  chrf: { meaning: "n-grams of characters shared, 0 to 100", format: points },
  "chrf++": { meaning: "the same with words and pairs of words", format: points },
  wer: { meaning: "words to correct, of the references' words", format: percent },
  per: { meaning: "the same, wherever the words stand", format: percent },
  cer: { meaning: "characters to correct, of the references' characters", format: percent },
};

/** Prints how well a model does on pairs. */
export async function evaluateCommand(modelFile: string, dataFile: string, options: EvaluateCommandOptions) {
  const { metrics = METRICS, tokenize, columns, alignments, json = false } = options;
  const model = await openModel(modelFile, options);
  // Alignments belong to training.
  const { alignment: _, ...sides } = model.recipe.data.columns;
  const pairs = await readPairs(dataFile, { ...sides, ...columns });
  const { numbers, signatures } = await measure(model.core, pairs, { metrics, tokenizer: tokenize });
  const aligned = alignments === undefined ? undefined : await scoreAlignments(model, pairs, alignments);
  if (json) {
    const { errorRate, precision, recall } = aligned ?? {};
    const alignment = aligned && { aer: errorRate, alignmentPrecision: precision, alignmentRecall: recall };
    console.log(JSON.stringify({ ...numbers, ...alignment, count: pairs.length }));
    return;
  }
  const style = wantsColor(process.stdout) ? {} : { head: [], border: [] };
  const table = new Table({ head: ["metric", "value", "meaning"], colAligns: ["left", "right", "left"], style });
  for (const metric of metrics) table.push([metric, shown[metric].format(numbers[metric]!), shown[metric].meaning]);
  if (aligned) {
    const { errorRate, precision, recall } = aligned;
    const meaning = `alignment errors; precision ${percent(precision)}, recall ${percent(recall)}`;
    table.push(["aer", percent(errorRate), meaning]);
  }
  table.push(["count", String(pairs.length), "pairs"]);
  console.log(table.toString());
  for (const [metric, signature] of Object.entries(signatures)) console.log(`${metric.padEnd(8)}${signature}`);
}
