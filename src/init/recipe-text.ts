import { stringify } from "yaml";
import { defaultsForSize, type Recipe, type RecipeInput, SCHEMA_COMMENT } from "../recipe/index.js";
import type { DataFacts } from "./facts.js";

type Task = Recipe["task"];

/** What is to be trained on what: paths as the recipe will name them. */
export interface InitChoices {
  name: string;
  task: Task;
  train: string | { source: string; target: string };
  dev?: string | { source: string; target: string };
  test?: string | { source: string; target: string };
  /** Of a file of its own for each side there are none. */
  columns?: { source?: number | string; target: number | string };
  languages: { source: string; target: string };
}

/** From this share of words that occur once on, a vocabulary of words is a poor one and pieces of words are better. */
const BPE_FROM = 0.06;
/** Pieces, by the number of pairs. */
const PIECES = [
  { pairs: 0, vocabSize: 1000 },
  { pairs: 5_000, vocabSize: 3000 },
  { pairs: 50_000, vocabSize: 8000 },
  { pairs: 500_000, vocabSize: 16_000 },
];
const PATIENCE = 5;
/** Where so few words make lines of several, they are signs such as phonemes. */
const SIGNS = { words: 2, different: 200 };
const UNSPACED = /^(zh|ja|th|lo|km|my)\b/;

const TASK_WORDS: Record<Task, string> = {
  translate: "a line from another",
  classify: "a label of a line",
  tag: "a tag for each token of a line",
  "language-model": "how lines go on",
};

/** A recipe with a comment on every choice, as YAML; values that are not in it are the schema's defaults. */
export function recipeText(choices: InitChoices, facts: DataFacts): string {
  const { name, task, train, dev, test, columns } = choices;
  const { model = {}, train: training = {}, ...sides } = defaultsForSize(facts.pairs, facts.lengths, task);
  const lines = new RecipeLines();
  const { source, target } = facts.lengths;
  const things = task === "language-model" ? "lines" : "pairs";
  const length = (side: typeof source) => `${Math.round(side.characters)} characters`;
  lines.comment(SCHEMA_COMMENT);
  lines.comment(
    `Made by tandem init for ${facts.pairs} ${things}. Sizes follow from that; every value may be changed.`,
  );
  lines.pair("name", name);
  lines.pair("task", task, `${TASK_WORDS[task]}; there are translate, classify, tag and language-model`);
  lines.section("data", "paths are relative to this file");
  const mean = task === "language-model" ? length(target) : `${length(source)} → ${length(target)}`;
  lines.pair("train", train, `${facts.pairs} ${things}, on average ${mean}`);
  if (dev) lines.pair("dev", dev, "chooses the best epoch");
  else lines.pair("holdOut", 0.05, "this share of train is kept for choosing the best epoch; dev: FILE instead");
  if (test) lines.pair("test", test, "measured once, at the end");
  if (columns) lines.pair("columns", columns, "numbers count from 0, names are fields of JSON Lines");
  lines.end();
  for (const side of ["source", "target"] as const) {
    const tokenizer = sides[side]?.tokenizer;
    if (tokenizer) sideLines(lines, side, tokenizer, choices, facts);
  }
  modelLines(lines, task, model);
  lines.section("train");
  lines.pair("batchTokens", training.batchTokens, "tokens a step learns from; more is faster an epoch, and coarser");
  lines.pair("learningRate", 0.001, "Adam's; 0.003 for small models, less where the loss jumps");
  lines.pair("epochs", training.epochs, "at most");
  lines.pair("patience", PATIENCE, "epochs without improvement on dev after which training ends");
  lines.pair("dropout", training.dropout, "the less data, the more");
  if (task === "translate" && sides.source?.tokenizer === "chars")
    lines.pair("metric", "exact", "chooses the best epoch: outputs that are right letter by letter");
  else lines.pair("metric", "loss", `chooses the best epoch; docs/training.md has the others`);
  lines.pair("seed", 1, "the same seed and data give the same model, bit for bit");
  lines.end();
  return lines.text();
}

function sideLines(
  lines: RecipeLines,
  side: "source" | "target",
  usual: string,
  { task, languages }: InitChoices,
  facts: DataFacts,
): void {
  const language = languages[side];
  const isSigns = facts.lengths[side].words >= SIGNS.words && facts.words[side] <= SIGNS.different;
  const isRare = facts.onlyOnce[side] >= BPE_FROM && !UNSPACED.test(language) && task !== "tag";
  const tokenizer = usual === "words" && isRare ? "bpe" : usual === "chars" && isSigns ? "whitespace" : usual;
  const reasons: Record<string, string> = {
    words: "whole words (of Chinese and Japanese too)",
    chars: "letter by letter: lines are short",
    whitespace: "one token between two spaces",
    bpe: `pieces of words: ${Math.round(100 * facts.onlyOnce[side])} % of the words occur only once`,
  };
  lines.section(side);
  lines.pair("tokenizer", tokenizer, `${reasons[tokenizer]}; there are words, whitespace, chars, bytes and bpe`);
  lines.pair(
    "language",
    language,
    language === "auto" ? "judged by its characters; or a tag such as de" : "as its text looks",
  );
  if (tokenizer === "bpe")
    lines.pair("vocabSize", PIECES.findLast(({ pairs }) => facts.pairs >= pairs)!.vocabSize, "most pieces");
  else if (tokenizer !== "chars") lines.pair("vocabSize", 8000, "most tokens that are known; the rarest are <unk>");
  lines.end();
}

function modelLines(
  lines: RecipeLines,
  task: Task,
  { embeddingSize, encoder, decoder }: NonNullable<RecipeInput["model"]>,
) {
  lines.section("model");
  lines.pair("embeddingSize", embeddingSize, "numbers a token becomes");
  if (encoder)
    lines.pair(
      "encoder",
      { cell: "gru", hiddenSize: encoder.hiddenSize, bidirectional: true },
      "reads; cells are gru, lstm, rnn",
    );
  if (decoder) lines.pair("decoder", { cell: "gru", hiddenSize: decoder.hiddenSize }, "writes");
  if (task === "translate")
    lines.pair("attention", { kind: "scaled-dot" }, "where it looks; docs/models.md has the others");
  lines.end();
}

/** YAML line by line, for a writer of YAML puts no comment beside a value. */
class RecipeLines {
  readonly #lines: string[] = [];
  #indent = "";

  comment(text: string): void {
    this.#lines.push(`# ${text}`);
  }

  section(key: string, comment?: string): void {
    this.#lines.push(`${key}:${comment ? ` # ${comment}` : ""}`);
    this.#indent = "  ";
  }

  end(): void {
    this.#indent = "";
  }

  pair(key: string, value: unknown, comment?: string): void {
    const written = stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trimEnd();
    this.#lines.push(`${this.#indent}${key}: ${written}${comment ? ` # ${comment}` : ""}`);
  }

  text(): string {
    return `${this.#lines.join("\n")}\n`;
  }
}
