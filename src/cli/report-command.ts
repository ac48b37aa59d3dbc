import { existsSync } from "node:fs";
import { TandemError } from "../errors.js";
import type { ReportLanguage } from "../report/report-words.js";
import { RunFolder } from "./run-folder.js";
import { RunReport } from "./run-report.js";

/** Writes report.html into a run folder again, from its log, and says where it is. */
export async function reportCommand(path: string, { language }: { language?: ReportLanguage }): Promise<void> {
  const folder = RunFolder.at(path);
  if (!existsSync(folder.logFile))
    throw new TandemError(
      `report ${path}: expected a run folder, got none with a log.jsonl. Give one that tandem train wrote.`,
    );
  await new RunReport(folder, language).write();
  console.log(folder.reportFile);
}
