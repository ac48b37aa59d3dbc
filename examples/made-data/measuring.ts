/** What the measuring scripts share. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { loadModel } from "tandem-seq2seq";

/** What the model in a file or run folder writes for each source, in order. */
export async function outputsOf(model: string, sources: readonly string[]): Promise<string[]> {
  const file = statSync(model).isDirectory() ? join(model, "model.safetensors") : model;
  using opened = await loadModel(file, { task: "translate" });
  const translations = await opened.translate(sources);
  return translations.map(({ text }) => text);
}

export function percent(right: number, total: number): string {
  return `${((100 * right) / total).toFixed(1)} %`;
}
