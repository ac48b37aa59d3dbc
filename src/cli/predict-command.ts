import { once } from "node:events";
import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { readFailure } from "../data/node-files.js";
import type { Translation, TranslationModel } from "../decode/translation-model.js";
import { DataError, TandemError } from "../errors.js";
import type { BackendName } from "../kernels/backend.js";
import { writeFileWhole } from "../node-files.js";
import type { AttentionMap } from "../view/attention-map.js";
import { attentionHtml } from "../view/html-page.js";
import { attentionSvg } from "../view/svg-heat-map.js";
import { lineGroups } from "./lines.js";
import { openModel } from "./open-model.js";
import type { AttentionFile, AttentionFormat } from "./options.js";
import { prompt } from "./prompt.js";

export interface PredictCommandOptions {
  format: "text" | "tsv" | "jsonl";
  attention?: AttentionFile;
  backend?: BackendName;
  threads?: number;
}

/** Heat maps in one file: more would make a page no browser likes. */
const MOST_MAPS = 50;

/** Line in, line out; without a file on a terminal a prompt. */
export async function predictCommand(modelFile: string, file: string | undefined, options: PredictCommandOptions) {
  const { format, attention } = options;
  const model = await openModel(modelFile, options);
  if (attention && model.recipe.model.attention.kind === "none")
    throw new TandemError(
      `--attention ${attention.path}: expected a model with attention, got ${modelFile} without. Leave the option out.`,
    );
  if (file === undefined && process.stdin.isTTY) {
    await prompt(model);
    return;
  }
  const maps: AttentionMap[] = [];
  for await (const lines of lineGroups(openInput(file ?? "-"), file ?? "(standard input)")) {
    const translations = await translateLines(model, lines);
    await writeOut(translations.map((translation, i) => `${formatters[format](lines[i]!, translation)}\n`).join(""));
    for (const [i, translation] of translations.entries())
      if (attention && maps.length < MOST_MAPS && translation?.attention)
        maps.push(attentionMap(model, lines[i]!, translation));
  }
  if (attention) {
    if (maps.length === 0)
      throw new DataError(
        `--attention ${attention.path}: expected at least one line to draw, got none. Give some text.`,
      );
    await writeFileWhole(attention.path, drawings[attention.format](maps, model.recipe.name ?? modelFile));
  }
}

async function* openInput(file: string): AsyncGenerator<Uint8Array> {
  if (file === "-") {
    yield* process.stdin;
    return;
  }
  try {
    await access(file);
    yield* createReadStream(file);
  } catch (cause) {
    throw readFailure(file, cause);
  }
}

/** An empty line has nothing to translate: its place stays empty. */
async function translateLines(model: TranslationModel, lines: readonly string[]): Promise<(Translation | undefined)[]> {
  const translations = await model.translate(lines.filter((line) => line.trim() !== ""));
  return lines.map((line) => (line.trim() === "" ? undefined : translations.shift()));
}

/** A value that has to stay within its line and its column. */
const cell = (text: string) => text.replace(/[\t\r\n]+/g, " ");

const formatters: Record<PredictCommandOptions["format"], (line: string, translation?: Translation) => string> = {
  text: (_, translation) => (translation ? translation.text.replace(/[\r\n]+/g, " ") : ""),
  tsv: (line, translation) =>
    translation ? [cell(line), cell(translation.text), translation.score.toFixed(4)].join("\t") : "\t\t",
  jsonl: (line, translation) => {
    if (!translation) return JSON.stringify({ source: line, text: "", score: 0, tokens: [], unknown: [] });
    const { text, score, tokens, source } = translation;
    return JSON.stringify({
      source: line,
      text,
      score,
      tokens,
      unknown: source.tokens.filter((_, i) => source.unknown[i]),
    });
  },
};

/** Waits while the reader is slower than the model. */
async function writeOut(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

function attentionMap(model: TranslationModel, line: string, { text, attention }: Translation): AttentionMap {
  const { columns, rows, weights } = attention!;
  const languages: { columnsLanguage?: string; rowsLanguage?: string } = {};
  const [source, target] = [model.recipe.source.language, model.recipe.target.language];
  if (source !== "auto") languages.columnsLanguage = source;
  if (target !== "auto") languages.rowsLanguage = target;
  return { title: `${line} → ${text}`, columns, rows, weights, ...languages };
}

const drawings: Record<AttentionFormat, (maps: readonly AttentionMap[], name: string) => string> = {
  ".html": (maps, name) => attentionHtml({ title: `${name}: where the model looked`, maps }),
  ".svg": (maps) => attentionSvg(maps[0]!),
  ".json": (maps) => `${JSON.stringify(maps, null, 1)}\n`,
};
