import { existsSync } from "node:fs";
import { readBytes } from "../data/node-files.js";
import { decodeUtf8 } from "../data/pairs.js";
import { writeFileWhole } from "../node-files.js";
import { parseRecipe, type Recipe } from "../recipe/index.js";
import { reportHtml } from "../report/report-page.js";
import type { ReportLanguage } from "../report/report-words.js";
import { readRunLog } from "../report/run-log.js";
import type { RunFolder } from "./run-folder.js";

const LEAST_MILLISECONDS = 1000;

/** The page report.html of a run: written when an epoch ends, once a second at most, and at the end. */
export class RunReport {
  #written = Number.NEGATIVE_INFINITY;

  constructor(
    readonly folder: RunFolder,
    readonly language?: ReportLanguage,
  ) {}

  /** Writes it, unless it was just written. */
  async renew(): Promise<void> {
    if (performance.now() - this.#written >= LEAST_MILLISECONDS) await this.write();
  }

  /** Writes it from what the run's folder holds. */
  async write(): Promise<void> {
    const { logFile, recipeFile, reportFile, path } = this.folder;
    const log = readRunLog(await readBytes(logFile));
    const text = existsSync(recipeFile) ? decodeUtf8(await readBytes(recipeFile), recipeFile) : "";
    const recipe = text ? parseRecipe(text, recipeFile) : undefined;
    const languages = { source: recipe?.source.language ?? "auto", target: recipe?.target.language ?? "auto" };
    const language = this.language ?? defaultLanguage(recipe);
    const task = recipe?.task ?? "";
    await writeFileWhole(reportFile, reportHtml({ log, name: path, task, languages, recipe: text, language }));
    this.#written = performance.now();
  }
}

/** Chinese where the locale is, or all that a model reads and writes; else English. */
function defaultLanguage(recipe: Recipe | undefined): ReportLanguage {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  const locale = LC_ALL || LC_MESSAGES || LANG || "";
  if (/^zh/i.test(locale)) return "zh";
  const isChinese = (side: "source" | "target") => /^zh\b/i.test(recipe?.[side].language ?? "");
  const read = recipe?.task !== "language-model";
  const writes = recipe?.task === "translate" || recipe?.task === "language-model";
  return (read || writes) && (!read || isChinese("source")) && (!writes || isChinese("target")) ? "zh" : "en";
}
