import { existsSync, statSync } from "node:fs";
import { readBytes } from "../data/node-files.js";
import { TandemError } from "../errors.js";
import { averageModels } from "../models/average.js";
import { writeFileWhole } from "../node-files.js";
import { keptModelFiles } from "./kept-models.js";

/** Writes the mean of models, of a run folder those it kept, as a new model; nothing is overwritten. */
export async function averageCommand(paths: readonly string[], { out }: { out: string }): Promise<void> {
  if (existsSync(out))
    throw new TandemError(`average: expected a new file for --out, got ${out}, which is there already. Name another.`);
  const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const files: string[] = [];
  for (const path of paths) files.push(...(isFolder(path) ? await keptModelFiles(path) : [path]));
  const models: { name: string; bytes: Uint8Array }[] = [];
  for (const name of files) models.push({ name, bytes: await readBytes(name) });
  await writeFileWhole(out, averageModels(models));
  console.log(`${out}: the mean of ${files.length} models\n${files.map((file) => `  ${file}`).join("\n")}`);
}
