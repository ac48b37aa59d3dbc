import { tokenLimit } from "../decode/long-lines.js";
import { DataError, RecipeError } from "../errors.js";
import type { BackendName } from "../kernels/backend.js";
import { writeFileWhole } from "../node-files.js";
import { beamText } from "../view/beam-text.js";
import { explainHtml } from "../view/explain-page.js";
import { explainText } from "../view/explain-text.js";
import { wantsColor } from "./color.js";
import { openModel } from "./open-model.js";

export interface ExplainCommandOptions {
  html?: string;
  beam?: number;
  json?: boolean;
  backend?: BackendName;
  threads?: number;
}

const WIDEST = 80;

/** Shows every stage of the greedy prediction of one line: in the terminal, as a page, or as the whole trace in JSON. */
export async function explainCommand(modelFile: string, words: readonly string[], options: ExplainCommandOptions) {
  const { html, beam, json = false } = options;
  const line = words.join(" ");
  if (line.trim() === "")
    throw new DataError("explain: expected some text, got an empty line. Give what the model is to read.");
  if (beam !== undefined && html !== undefined)
    throw new RecipeError("--beam: expected the terminal or --json, got --html. The page shows the greedy prediction.");
  if (/[\r\n]/.test(line))
    throw new DataError("explain: expected one line of text, got several. Give them one at a time.");
  const model = await openModel(modelFile, options);
  if (beam !== undefined && model.task !== "translate")
    throw new RecipeError(
      `--beam: expected a model of task translate, got one of task ${model.task}. Leave the option out.`,
    );
  const trace =
    model.task === "translate" && beam !== undefined ? model.trace(line, { beamSize: beam }) : model.trace(line);
  const limit = tokenLimit(model.core);
  const length = trace.task === "language-model" ? 0 : trace.source.length - 1;
  if (length > limit)
    process.stderr.write(
      `note: the line has ${length} tokens, more than the ${limit} of the longest the model was trained on; it is explained in one piece.\n`,
    );
  if (html !== undefined) await writeFileWhole(html, explainHtml(trace));
  if (json) console.log(JSON.stringify(trace));
  else if (html === undefined) {
    const width = Math.min(WIDEST, process.stdout.columns ?? WIDEST);
    console.log(explainText(trace, { color: wantsColor(process.stdout), width }));
    if ("beam" in trace && trace.beam) console.log(`\n${beamText(trace.beam)}`);
  }
}
