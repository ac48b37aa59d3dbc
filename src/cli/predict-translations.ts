import { readPairs } from "../data/node-files.js";
import { Conversation, TURN } from "../decode/conversation.js";
import { tokenLimit } from "../decode/long-lines.js";
import type { TranslateOptions } from "../decode/options.js";
import type { Output, Translation } from "../decode/translation.js";
import type { TranslationModel } from "../decode/translation-model.js";
import { ensemble } from "../decode/translator.js";
import { RecipeError, TandemError } from "../errors.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { AttentionWriter } from "./attention-file.js";
import { lineGroups, openInput, writeOut } from "./lines.js";
import { cell, isEmpty, type PredictCommandOptions, type PredictFormat, searchOptions } from "./predict-options.js";
import { prompt } from "./prompt.js";

/** Line in, line out (with --nbest so many for each); without a file on a terminal a prompt. `name` is what messages call the models. */
export async function predictTranslations(
  models: readonly TranslationModel[],
  name: string,
  file: string | undefined,
  options: PredictCommandOptions,
) {
  const { format, attention } = options;
  const translate = await translateOptions(options);
  const model = models[0]!.core;
  if (attention && model.recipe.model.attention.kind === "none")
    throw new TandemError(
      `--attention ${attention.path}: expected a model with attention, got ${name} without. Leave the option out.`,
    );
  const translator = ensemble(models);
  // What is wrong with the options is said before the first line comes.
  await translator.translate([], translate);
  if (file === undefined && process.stdin.isTTY) {
    const history = options.history ?? model.recipe.decode.history ?? 0;
    const fits = (source: string) => model.encodeSource(source).ids.length <= tokenLimit(model);
    await prompt(translator, { translate, conversation: new Conversation(history, fits) });
    return;
  }
  if (options.history !== undefined)
    throw new RecipeError(
      `--history ${options.history}: expected a prompt on a terminal, got ${file ?? "standard input"}. Join the turns of a line with ${TURN.trim()} instead.`,
    );
  const writer = attention && new AttentionWriter(attention, model, model.recipe.name ?? name);
  try {
    let hasSaidSplit = false;
    for await (const lines of lineGroups(openInput(file ?? "-"), file ?? "(standard input)")) {
      const translations = await translator.translate(lines, translate);
      if (!hasSaidSplit && translations.some(({ split }) => split !== undefined)) {
        hasSaidSplit = true;
        process.stderr.write(`${splitNote(model)}\n`);
      }
      await writeOut(
        translations.map((translation, i) => formatters[format](lines[i]!, translation, options)).join(""),
      );
      await writer?.add(lines, translations);
    }
    const note = await writer?.finish();
    if (note) process.stderr.write(`${note}\n`);
  } finally {
    await writer?.abandon();
  }
}

const splitNote = (model: Seq2Seq) =>
  `note: lines of more than ${tokenLimit(model)} tokens, which is longer than any this model was trained on, are cut into sentences and joined again; --no-split leaves them whole.`;

/** The library's options. Attention is kept only where something is done with it. */
async function translateOptions(options: PredictCommandOptions): Promise<TranslateOptions> {
  const { coveragePenalty, prefix, replaceUnknown, weights, split, format } = options;
  const given: TranslateOptions = searchOptions(options);
  if (coveragePenalty !== undefined) given.coveragePenalty = coveragePenalty;
  if (prefix !== undefined) given.prefix = prefix;
  if (replaceUnknown === true) given.replaceUnknown = true;
  else if (replaceUnknown) given.replaceUnknown = await readDictionary(replaceUnknown);
  if (weights && format !== "jsonl")
    throw new RecipeError(`--weights: expected --format jsonl beside it, got ${format}. Only there is room for them.`);
  if (!options.attention && !weights) given.attention = false;
  if (split) given.splitSentences = true;
  return given;
}

async function readDictionary(path: string): Promise<Record<string, string>> {
  const pairs = await readPairs(path, { source: 0, target: 1 });
  return Object.fromEntries(pairs.map(({ source, target }) => [source, target]));
}

/** As many outputs as were asked for: where a search found fewer, empty ones keep the lines in step. */
function outputsOf(translation: Translation, nbest = 1): (Output | undefined)[] {
  const outputs = [translation, ...translation.alternatives];
  return Array.from({ length: Math.max(nbest, outputs.length) }, (_, i) => outputs[i]);
}

const formatters: Record<
  PredictFormat,
  (line: string, translation: Translation, options: PredictCommandOptions) => string
> = {
  text: (_, translation, { nbest }) =>
    outputsOf(translation, nbest)
      .map((output) => `${output?.text.replace(/[\r\n]+/g, " ") ?? ""}\n`)
      .join(""),
  tsv: (line, translation, { nbest }) =>
    outputsOf(translation, nbest)
      .map((output) =>
        output && !isEmpty(line) ? `${cell(line)}\t${cell(output.text)}\t${output.score.toFixed(4)}\n` : "\t\t\n",
      )
      .join(""),
  jsonl: (line, translation, { weights, nbest = 1 }) => {
    const { source, alternatives, split } = translation;
    const describe = ({ text, score, tokens, tokenScores, finished, attention }: Output) => ({
      ...{ text, score, tokens, tokenScores, finished },
      ...(weights && attention && { attention }),
    });
    const unknown = source.tokens.filter((_, i) => source.unknown[i]);
    const others = nbest > 1 ? { alternatives: alternatives.map(describe) } : {};
    return `${JSON.stringify({ source: line, ...describe(translation), unknown, ...(split && { split }), ...others })}\n`;
  },
};
