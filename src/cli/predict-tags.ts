import type { Tagging } from "../decode/tagging.js";
import type { TaggingModel } from "../decode/tagging-model.js";
import { lineGroups, openInput, writeOut } from "./lines.js";
import { cell, isEmpty, type PredictCommandOptions, type PredictFormat } from "./predict-options.js";
import { ask } from "./prompt.js";

/** Line in, its tags out; without a file on a terminal a prompt. */
export async function predictTags(model: TaggingModel, file: string | undefined, { format }: PredictCommandOptions) {
  if (file === undefined && process.stdin.isTTY) {
    await ask(async (line) => {
      const [{ tokens, text }] = (await model.tag([line])) as [Tagging];
      const source = { tokens: tokens.map(({ token }) => token), unknown: tokens.map(({ unknown }) => unknown) };
      return { answers: [text], source };
    });
    return;
  }
  for await (const lines of lineGroups(openInput(file ?? "-"), file ?? "(standard input)")) {
    const results = await model.tag(lines);
    await writeOut(lines.map((line, i) => formatters[format](line, results[i]!)).join(""));
  }
}

const formatters: Record<PredictFormat, (line: string, result: Tagging) => string> = {
  text: (_, { text }) => `${cell(text)}\n`,
  tsv: (line, { text, tokens }) => {
    if (isEmpty(line)) return "\t\t\n";
    const probabilities = tokens.map(({ probability }) => probability.toFixed(4));
    return `${cell(line)}\t${cell(text)}\t${probabilities.join(" ")}\n`;
  },
  jsonl: (line, { text, tokens }) => `${JSON.stringify({ source: line, text, tokens })}\n`,
};
