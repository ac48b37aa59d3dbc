import type { DevProgress } from "../train/progress.js";
import { metricsOf } from "./report-charts.js";
import { meanSpeed } from "./report-tables.js";
import { bestEpoch, endedEpochs, type RunLog } from "./run-log.js";
import type { RunOrder } from "./run-orders.js";

/** A measure by its name. */
export interface NamedNumber {
  name: string;
  value: number;
}

/** What one compares runs by. */
export interface RunSummary {
  /** Its folder. */
  run: string;
  name: string;
  state: "running" | "finished" | "stopped early" | "aborted";
  steps: number;
  epochs: number;
  /** Of the best epoch. */
  devLoss?: number;
  metric?: NamedNumber;
  test?: Record<string, number>;
  parameters?: number;
  seconds: number;
  tokensPerSecond?: number;
  /** Keys of the recipe that are not the same in all runs. */
  differs: Record<string, unknown>;
}

/** A run as its folder has it; `recipe` is a plain map. */
export interface Run {
  run: string;
  log: RunLog;
  recipe: unknown;
}

/** What each run came to, and what sets it apart from the others. */
export function summarizeRuns(runs: readonly Run[]): RunSummary[] {
  const recipes = runs.map(({ recipe }) => flattened(recipe));
  const differing = differingKeys(recipes);
  return runs.map(({ run, log }, i) => {
    const recipe = recipes[i]!;
    const best = bestEpoch(log);
    const metric = best && metricOf(best, log, recipe.get("train.metric"));
    const speed = meanSpeed(log);
    const differs = Object.fromEntries(differing.map((key) => [key, recipe.get(key) ?? null]));
    return {
      run,
      name: log.start?.name ?? run,
      state: log.end?.outcome ?? "running",
      steps: log.end?.step ?? log.steps.at(-1)?.step ?? log.epochs.at(-1)?.step ?? 0,
      epochs: endedEpochs(log),
      ...(best?.devLoss !== undefined && { devLoss: best.devLoss }),
      ...(metric && { metric }),
      ...(log.end?.test && { test: log.end.test }),
      ...(log.start && { parameters: log.start.parameters }),
      seconds: log.seconds,
      ...(speed !== undefined && { tokensPerSecond: speed }),
      differs,
    };
  });
}

/** What the recipe chooses the best epoch by, or the first thing that was measured. */
function metricOf(best: DevProgress, log: RunLog, wanted: unknown): NamedNumber | undefined {
  const names = metricsOf(log.epochs);
  const name = names.find((name) => name === wanted) ?? names[0];
  const value = name && best[name];
  return value === undefined ? undefined : { name: name!, value };
}

/** Every value of a recipe by the path that leads to it; lists are values. */
function flattened(recipe: unknown, path = "", into = new Map<string, unknown>()): Map<string, unknown> {
  if (typeof recipe === "object" && recipe !== null && !Array.isArray(recipe))
    for (const [key, value] of Object.entries(recipe)) flattened(value, path ? `${path}.${key}` : key, into);
  else into.set(path, recipe);
  return into;
}

/** The name is no setting. */
function differingKeys(recipes: readonly Map<string, unknown>[]): string[] {
  const keys = new Set(recipes.flatMap((recipe) => [...recipe.keys()]));
  return [...keys].filter((key) => {
    const values = new Set(recipes.map((recipe) => JSON.stringify(recipe.get(key))));
    return key !== "name" && values.size > 1;
  });
}

const LESS_IS_BETTER = new Set(["wer", "per", "cer", "ppl"]);

/** The runs in order: of what can be better the best first, of sizes and times the smallest; what has none last. */
export function sortRuns(runs: readonly RunSummary[], order: RunOrder): RunSummary[] {
  if (order === "run") return [...runs].sort((a, b) => a.run.localeCompare(b.run, "en", { numeric: true }));
  const better = ({ name, value }: NamedNumber) => (LESS_IS_BETTER.has(name) ? value : -value);
  const key = (run: RunSummary): number | undefined => {
    const test = testNumber(run);
    switch (order) {
      case "steps":
        return run.steps;
      case "dev":
        return run.devLoss;
      case "metric":
        return run.metric && better(run.metric);
      case "test":
        return test && better(test);
      case "parameters":
        return run.parameters;
      case "time":
        return run.seconds;
      case "speed":
        return run.tokensPerSecond === undefined ? undefined : -run.tokensPerSecond;
    }
  };
  const orLast = (run: RunSummary) => key(run) ?? Number.POSITIVE_INFINITY;
  return [...runs].sort((a, b) => (orLast(a) === orLast(b) ? 0 : orLast(a) - orLast(b)));
}

/** Of what was measured on test, the metric that dev chose by, or the first. */
export function testNumber({ test = {}, metric }: RunSummary): NamedNumber | undefined {
  const names = Object.keys(test).filter((name) => name !== "count");
  const name = names.find((name) => name === metric?.name) ?? names[0];
  return name === undefined ? undefined : { name, value: test[name]! };
}
