import { createInterface } from "node:readline/promises";
import { type Conversation, TURN } from "../decode/conversation.js";
import type { TranslateOptions } from "../decode/options.js";
import type { Translation } from "../decode/translation.js";
import type { Translator } from "../decode/translator.js";
import { wantsColor } from "./color.js";

/** What happens to lines before and while they are translated. */
export interface PromptOptions {
  /** What is done to a typed line before the model reads it. */
  normalize?: (line: string) => string;
  /** How the lines are translated. */
  translate?: TranslateOptions;
  /** What was said before is read with each line. */
  conversation?: Conversation | undefined;
}

/** Asks for lines and answers them until an empty line or Ctrl-D. Words the model does not know are marked. */
export async function prompt(
  model: Pick<Translator, "translate">,
  { normalize = (line) => line, translate = {}, conversation }: PromptOptions = {},
): Promise<void> {
  await ask(async (typed) => {
    const line = normalize(typed);
    if (line.trim() === "") return undefined;
    const said = conversation ? conversation.sourceOf(line) : line;
    const [translation] = (await model.translate([said], translate)) as [Translation];
    conversation?.add(line, translation.text);
    const { split, alternatives } = translation;
    const source = lastTurn(translation.source);
    const answers = [translation, ...alternatives].map(({ text }) => text);
    return { answers, source, line, ...(split && { note: `cut into ${split} sentences` }) };
  });
}

/** The tokens of what was said last. */
function lastTurn({ tokens, unknown }: Translation["source"]): Translation["source"] {
  const first = tokens.lastIndexOf(TURN.trim()) + 1;
  return { tokens: tokens.slice(first), unknown: unknown.slice(first) };
}

/** What is shown of a typed line. */
export interface Answer {
  answers: readonly string[];
  note?: string;
  /** Tokens of the line, of which those unknown to the model are marked. */
  source?: Translation["source"];
  /** The line as the model read it; as it was typed unless given. */
  line?: string;
}

/** Asks for lines and shows what `answer` makes of them until it makes nothing, an empty line or Ctrl-D. */
export async function ask(answer: (line: string) => Promise<Answer | undefined>): Promise<void> {
  // The questions stay out of a redirected standard output.
  const output = process.stdout.isTTY ? process.stdout : process.stderr;
  const color = wantsColor(output);
  const terminal = createInterface({ input: process.stdin, output, prompt: "› " });
  try {
    terminal.prompt();
    for await (const typed of terminal) {
      const answered = typed.trim() === "" ? undefined : await answer(typed);
      if (answered === undefined) break;
      for (const text of answered.answers) process.stdout.write(`${text}\n`);
      if (answered.note) output.write(`  (${answered.note})\n`);
      const { source, line = typed } = answered;
      const note = source && unknownNote(line, { source }, color);
      if (note) output.write(`${note}\n`);
      terminal.prompt();
    }
  } finally {
    terminal.close();
  }
}

/** The line with what the model does not know marked, or nothing if it knows all of it. */
export function unknownNote(line: string, { source }: Pick<Translation, "source">, color: boolean): string | undefined {
  if (!source.unknown.includes(true)) return undefined;
  const mark = (word: string) => (color ? `\u001b[4m${word}\u001b[24m` : `〔${word}〕`);
  const marked =
    markTokens(line, source, mark) ??
    source.tokens.map((token, i) => (source.unknown[i] ? mark(token) : token)).join(" ");
  return `  ${marked}  (marked: unknown to the model)`;
}

/** Nothing if the tokens are not to be found in the line, say because it was lower-cased. */
function markTokens(
  line: string,
  { tokens, unknown }: Translation["source"],
  mark: (word: string) => string,
): string | undefined {
  let marked = "";
  let at = 0;
  for (const [i, token] of tokens.entries()) {
    const found = line.indexOf(token, at);
    if (found < 0) return undefined;
    marked += line.slice(at, found) + (unknown[i] ? mark(token) : token);
    at = found + token.length;
  }
  return marked + line.slice(at);
}
