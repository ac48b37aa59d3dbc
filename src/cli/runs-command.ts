import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { readBytes } from "../data/node-files.js";
import { decodeUtf8 } from "../data/pairs.js";
import { TandemError } from "../errors.js";
import { parseRecipe, withPaths } from "../recipe/index.js";
import { readRunLog } from "../report/run-log.js";
import type { RunOrder } from "../report/run-orders.js";
import {
  type NamedNumber,
  type Run,
  type RunSummary,
  sortRuns,
  summarizeRuns,
  testNumber,
} from "../report/run-table.js";
import { truncateToWidth, wrapToWidth } from "../view/display-width.js";
import { formatCount, formatLoss, formatPerplexity, formatTime } from "../view/format-numbers.js";
import { columns } from "./columns.js";
import { RunFolder } from "./run-folder.js";

/** Folders inside folders that are looked into. */
const DEPTH = 3;
const WIDTH = 80;
const NAME_WIDTH = 22;

/** Compares the runs in a folder: what they came to, and how their recipes differ. */
export async function runsCommand(
  path: string,
  { sort = "run", json = false }: { sort?: RunOrder; json?: boolean },
): Promise<void> {
  const folders = await findRuns(path, DEPTH);
  if (folders.length === 0)
    throw new TandemError(
      `runs ${path}: expected a folder with runs, got ${existsSync(path) ? "none with a log.jsonl in it" : "one that does not exist"}. Train something first, or name another folder.`,
    );
  const runs = await Promise.all(folders.map((folder) => readRun(folder, path)));
  const sorted = sortRuns(summarizeRuns(runs), sort);
  console.log(json ? JSON.stringify(sorted) : describe(sorted));
}

async function findRuns(path: string, depth: number): Promise<string[]> {
  if (existsSync(RunFolder.at(path).logFile)) return [path];
  if (depth === 0 || !existsSync(path)) return [];
  const entries = await readdir(path, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
  return (await Promise.all(folders.map((folder) => findRuns(folder, depth - 1)))).flat();
}

async function readRun(folder: string, root: string): Promise<Run> {
  const { logFile, recipeFile } = RunFolder.at(folder);
  const log = readRunLog(await readBytes(logFile));
  return { run: relative(root, folder) || folder, log, recipe: await readRecipe(recipeFile, folder) };
}

/** The recipe with its paths as seen from here; of a run without one, or with one of another version, nothing. */
async function readRecipe(file: string, folder: string): Promise<unknown> {
  if (!existsSync(file)) return {};
  try {
    const recipe = parseRecipe(decodeUtf8(await readBytes(file), file), file);
    return withPaths(recipe, (path) => relative(process.cwd(), resolve(folder, path)));
  } catch (cause) {
    process.stderr.write(`note: ${file} is left out of the comparison: ${(cause as Error).message.split("\n")[0]}\n`);
    return {};
  }
}

function describe(runs: readonly RunSummary[]): string {
  const or = <Value>(value: Value | undefined, format: (value: Value) => string) =>
    value === undefined ? "–" : format(value);
  const number = ({ name, value }: NamedNumber) =>
    `${name} ${name === "ppl" ? formatPerplexity(value) : value.toFixed(1)}`;
  const table = columns(
    [
      ["run", "steps", "dev loss", "best dev", "test", "params", "time", "tok/s"],
      ...runs.map((run) => [
        truncateToWidth(run.run, NAME_WIDTH),
        String(run.steps),
        or(run.devLoss, formatLoss),
        or(run.metric, number),
        or(testNumber(run), number),
        or(run.parameters, formatCount),
        formatTime(run.seconds),
        or(run.tokensPerSecond, formatCount),
      ]),
    ],
    ["left", "right", "right", "right", "right", "right", "right", "right"],
  );
  const notes = runs.flatMap(({ run, state, differs }) => {
    const keys = Object.entries(differs)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => `${key} ${typeof value === "string" ? value : JSON.stringify(value)}`);
    const told = [...(state === "finished" ? [] : [STATES[state]]), ...keys];
    return told.length === 0 ? [] : [`${run}: ${told.join(", ")}`];
  });
  const indented = notes.flatMap((note) =>
    wrapToWidth(note, WIDTH - 2).map((line, i) => (i === 0 ? line : `  ${line}`)),
  );
  return [table, ...(indented.length > 0 ? ["", ...indented] : [])].join("\n");
}

const STATES = { running: "not ended", finished: "finished", "stopped early": "stopped early", aborted: "interrupted" };
