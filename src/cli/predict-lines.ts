import { type GenerateOptions, type Generation, generateLines } from "../decode/generation.js";
import type { LanguageModel } from "../decode/language-model.js";
import type { Output } from "../decode/translation.js";
import { RecipeError } from "../errors.js";
import { lineGroups, openInput, writeOut } from "./lines.js";
import { cell, type PredictCommandOptions, type PredictFormat, searchOptions } from "./predict-options.js";
import { ask } from "./prompt.js";

/** The beginning of a line in, the line out; with --count lines from nothing; without a file on a terminal a prompt. */
export async function predictLines(model: LanguageModel, file: string | undefined, options: PredictCommandOptions) {
  const { format, count, nbest } = options;
  const generate: GenerateOptions = searchOptions(options);
  const write = (results: readonly Generation[]) =>
    writeOut(
      results.flatMap((result) => outputsOf(result, nbest).map((one) => formatters[format](result, one))).join(""),
    );
  // What is wrong with the options is said before the first line comes.
  await model.generate([], generate);
  if (count !== undefined) {
    if (file !== undefined)
      throw new RecipeError(`--count: expected no file beside it, got ${file}. Lines are written from nothing.`);
    await write(await model.generate(count, generate));
    return;
  }
  if (file === undefined && process.stdin.isTTY) {
    await ask(async (line) => {
      const [result] = (await model.generate(line, generate)) as [Generation];
      return { answers: outputsOf(result, nbest).map(({ text }) => text) };
    });
    return;
  }
  // Equal beginnings are told apart over the whole input, so that each is drawn otherwise.
  const seen = new Map<string, number>();
  for await (const lines of lineGroups(openInput(file ?? "-"), file ?? "(standard input)"))
    await write(await generateLines(model.core, lines, generate, seen));
}

const outputsOf = (result: Generation, nbest = 1) => [result, ...result.alternatives].slice(0, nbest);

const formatters: Record<PredictFormat, (result: Generation, output: Omit<Output, "attention">) => string> = {
  text: (_, { text }) => `${cell(text)}\n`,
  tsv: ({ prefix }, { text, score }) => `${cell(prefix)}\t${cell(text)}\t${score.toFixed(4)}\n`,
  jsonl: ({ prefix }, { text, score, tokens, tokenScores, finished }) =>
    `${JSON.stringify({ prefix, text, score, tokens, tokenScores, finished })}\n`,
};
