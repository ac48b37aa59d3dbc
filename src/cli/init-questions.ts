import { existsSync, statSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { cancel, intro, isCancel, log, outro, select, text } from "@clack/prompts";
import { AbortedError } from "../errors.js";
import { type Recipe, TASKS } from "../recipe/index.js";
import { truncateToWidth } from "../view/display-width.js";
import { type InitOptions, layoutOf, writeRecipe } from "./init-recipe.js";

/** Where is asked and answered: the terminal unless given. */
export interface Terminal {
  input?: Readable;
  output?: Writable;
}

const SAMPLE_WIDTH = 40;
const HINTS: Record<Recipe["task"], string> = {
  translate: "a line from another",
  classify: "a label of a line",
  tag: "a tag for each token",
  "language-model": "how lines go on",
};

/** Asks for what the options leave open, and writes the recipe. */
export async function askForRecipe(options: InitOptions, terminal: Terminal = {}): Promise<void> {
  intro("A recipe for your data", terminal);
  const file = await answered(
    text({
      message: "File of examples (TSV, JSON Lines, or text; .gz too)",
      placeholder: "train.tsv",
      validate: (path) => (isFile(path) ? undefined : "Expected a file, got a path where there is none."),
      ...terminal,
    }),
    terminal,
  );
  const { columns, first } = await layoutOf(file);
  const isPair = columns.length > 1;
  const target =
    options.target ??
    (isPair
      ? undefined
      : await answered(
          text({
            message: "One column: the file of their targets, line by line (empty: lines of a language model)",
            defaultValue: "",
            validate: (path) =>
              !path || isFile(path) ? undefined : "Expected a file, got a path where there is none.",
            ...terminal,
          }),
          terminal,
        ));
  const chosen = options.columns ?? (isPair && columns.length > 2 ? await askForColumns(columns, first, terminal) : {});
  const task =
    options.task ??
    (await answered(
      select({
        message: "What is to be learned",
        options: [
          { value: "guess" as const, label: "whatever the data looks like" },
          ...TASKS.map((value) => ({ value, label: value, hint: HINTS[value] })),
        ],
        ...terminal,
      }),
      terminal,
    ));
  const out =
    options.out ??
    (await answered(
      text({
        message: "The recipe",
        initialValue: "recipe.yaml",
        validate: (path) => (path && existsSync(path) ? "There is such a file already." : undefined),
        ...terminal,
      }),
      terminal,
    ));
  const { lines } = await writeRecipe({
    ...options,
    ...{ file, out, columns: chosen },
    ...(target && { target }),
    ...(task !== "guess" && { task }),
  });
  log.message(lines.slice(0, -3).join("\n"), terminal);
  outro(lines.slice(-3).join("\n"), terminal);
}

async function askForColumns(
  columns: readonly (number | string)[],
  first: readonly string[],
  terminal: Terminal,
): Promise<{ source: number | string; target: number | string }> {
  const options = columns.map((column, value) => ({
    value,
    label: `${column}`,
    hint: truncateToWidth(first[value]!, SAMPLE_WIDTH),
  }));
  const ask = (message: string, among: typeof options) =>
    answered(select({ message, options: among, ...terminal }), terminal);
  const source = await ask("Which column is read", options);
  const target = await ask(
    "Which column is to be written",
    options.filter(({ value }) => value !== source),
  );
  return { source: columns[source]!, target: columns[target]! };
}

const isFile = (path: string | undefined) => statSync(path ?? "", { throwIfNoEntry: false })?.isFile() === true;

/** The answer; Ctrl-C ends the command with nothing written. */
async function answered<Answer>(question: Promise<Answer>, terminal: Terminal): Promise<Exclude<Answer, symbol>> {
  const answer = await question;
  if (!isCancel(answer)) return answer as Exclude<Answer, symbol>;
  cancel("Nothing was written.", terminal);
  throw new AbortedError("init: stopped at a question; nothing was written.");
}
