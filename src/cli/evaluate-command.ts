import Table from "cli-table3";
import { readPairs } from "../data/node-files.js";
import type { BackendName } from "../kernels/backend.js";
import { wantsColor } from "./color.js";
import { measure } from "./measure.js";
import { openModel } from "./open-model.js";
import { METRICS, type Metric } from "./options.js";
import { formatPerplexity } from "./progress.js";

export interface EvaluateCommandOptions {
  metrics?: Metric[];
  columns?: { source?: number; target?: number };
  backend?: BackendName;
  threads?: number;
  json?: boolean;
}

const shown: Record<Metric, { meaning: string; format: (value: number) => string }> = {
  exact: { meaning: "outputs that are the reference, letter by letter", format: (value) => `${value.toFixed(2)} %` },
  accuracy: { meaning: "reference tokens that stand at their place", format: (value) => `${value.toFixed(2)} %` },
  ppl: { meaning: "perplexity of a reference token; 1 is certainty", format: formatPerplexity },
  bleu: { meaning: "n-grams shared with the references, 0 to 100", format: (value) => value.toFixed(2) },
};

/** Prints how well a model does on pairs. */
export async function evaluateCommand(modelFile: string, dataFile: string, options: EvaluateCommandOptions) {
  const { metrics = METRICS, columns, json = false } = options;
  const model = await openModel(modelFile, options);
  const pairs = await readPairs(dataFile, { ...model.recipe.data.columns, ...columns });
  const measured = await measure(model, pairs, metrics);
  if (json) {
    console.log(JSON.stringify(measured));
    return;
  }
  const style = wantsColor(process.stdout) ? {} : { head: [], border: [] };
  const table = new Table({ head: ["metric", "value", "meaning"], colAligns: ["left", "right", "left"], style });
  for (const metric of metrics) table.push([metric, shown[metric].format(measured[metric]!), shown[metric].meaning]);
  table.push(["count", String(measured.count), "pairs"]);
  console.log(table.toString());
}
