// Trains the same model without attention on the other core, and answers with its translations of the test sources.
import { parentPort, workerData } from "node:worker_threads";
import { type PairInput, type RecipeInput, train } from "tandem-seq2seq";

export interface ComparisonTask {
  train: PairInput[];
  dev: PairInput[];
  sources: string[];
  recipe: RecipeInput;
}

const task = workerData as ComparisonTask;
const model = await train(task.train, { ...task.recipe, task: "translate", dev: task.dev });
const translations = await model.translate(task.sources);
parentPort!.postMessage(translations.map(({ text }) => text));
