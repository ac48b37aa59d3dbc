import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { evenly } from "../data/evenly.js";
import { readBytes } from "../data/node-files.js";
import type { TextSide } from "../models/model.js";
import type { AnyModel } from "../models/model-file.js";
import { readSafetensors } from "../models/safetensors.js";
import { stringifyRecipe } from "../recipe/index.js";
import { readRunLog } from "../report/run-log.js";
import { tokenLabel } from "../view/attention-map.js";
import { truncateToWidth } from "../view/display-width.js";
import { formatNumber } from "../view/explain-stages.js";
import { formatCount, formatTime } from "../view/format-numbers.js";
import { spark } from "../view/spark.js";
import { columns } from "./columns.js";
import { formatBytes } from "./format-bytes.js";
import { modelFileOf, openModel } from "./open-model.js";

const WIDTH = 80;
/** Tokens of a vocabulary that are listed, the most frequent first; the special ones come before them. */
const LISTED_TOKENS = 24;
const SPECIAL_TOKENS = 4;
/** Epochs in the table; of more an even choice with the first and the last. */
const LISTED_EPOCHS = 12;

const SIDES = ["source", "target"] as const;
type Side = (typeof SIDES)[number];

/** What the log of a run knows besides the model's file. */
interface LoggedFacts {
  seconds?: number;
  outcome?: string;
  test?: Record<string, number>;
  coverage?: Record<Side, { training: number; dev?: number } | undefined>;
}

interface ParameterFacts {
  name: string;
  shape: readonly number[];
  count: number;
  /** Euclidean, of all its numbers. */
  norm: number;
  least: number;
  most: number;
}

interface VocabularyFacts {
  tokenizer: string;
  language: string;
  /** The four special tokens included. */
  size: number;
  /** The most frequent ones, without the special ones. */
  first: string[];
  /** Share of the tokens that have an id, as the run's log has it; absent without one. */
  coverage?: { training: number; dev?: number };
}

/** What `--json` prints. */
interface Facts extends Omit<LoggedFacts, "coverage"> {
  file: string;
  bytes: number;
  formatVersion: number;
  weights: AnyModel["weights"];
  parameterCount: number;
  parameters: ParameterFacts[];
  /** Of the sides the model has. */
  vocabularies: Partial<Record<Side, VocabularyFacts>>;
  /** Of a classifier or tagger. */
  labels?: readonly string[];
  recipe: AnyModel["recipe"];
  history: AnyModel["history"];
}

/** Prints what a model is made of: parameters, vocabularies, recipe, history; of a run also what its log says. */
export async function inspectCommand(path: string, { json = false }: { json?: boolean }): Promise<void> {
  const file = modelFileOf(path);
  const model = (await openModel(path, { threads: 1 })).core;
  const bytes = await readBytes(file);
  const { coverage, ...log } = await readLog(join(dirname(file), "log.jsonl"));
  const vocabularyOf = (side: Side, { tokenizer, vocabulary }: TextSide): VocabularyFacts => {
    const { kind, language } = tokenizer.options;
    const tokens = vocabulary.toJSON();
    // Of bpe the letters come first, in their own order; the pieces merged of them go by frequency.
    const merged = tokens.findIndex((token, id) => id >= SPECIAL_TOKENS && Array.from(token).length > 1);
    const start = kind === "bpe" && merged > 0 ? merged : SPECIAL_TOKENS;
    const first = tokens.slice(start, start + LISTED_TOKENS);
    const known = { tokenizer: kind, language, size: vocabulary.size, first };
    return coverage?.[side] ? { ...known, coverage: coverage[side] } : known;
  };
  const facts: Facts = {
    file,
    bytes: bytes.length,
    formatVersion: Number(readSafetensors(bytes, file).metadata.get("formatVersion")),
    weights: model.weights,
    parameterCount: model.parameters.count,
    parameters: parametersOf(model),
    vocabularies: {
      ...("source" in model && { source: vocabularyOf("source", model.source) }),
      ...("target" in model && { target: vocabularyOf("target", model.target) }),
    },
    ...("labels" in model && { labels: model.labels.names }),
    recipe: model.recipe,
    history: model.history,
    ...log,
  };
  console.log(json ? JSON.stringify(facts) : describe(facts));
}

function parametersOf(model: AnyModel): ParameterFacts[] {
  return [...model.tensors()].map(([name, { shape, data }]) => {
    let [squares, least, most] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of data) {
      squares += value * value;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return { name, shape, count: data.length, norm: Math.sqrt(squares), least, most };
  });
}

/** What the log of a run says of the model; nothing where there is none. */
async function readLog(path: string): Promise<LoggedFacts> {
  if (!existsSync(path)) return {};
  const { start, end, seconds } = readRunLog(await readBytes(path));
  const coverageOf = (side: Side) => {
    const entry = start?.[side];
    // Without dev pairs there is nothing to cover.
    return entry && { training: entry.coverage, ...(start.pairs.dev > 0 && { dev: entry.devCoverage }) };
  };
  return {
    coverage: { source: coverageOf("source"), target: coverageOf("target") },
    ...(end && { seconds, outcome: end.outcome, ...(end.test && { test: end.test }) }),
  };
}

function describe(facts: Facts): string {
  const { recipe, history, vocabularies } = facts;
  const { encoder, decoder, attention, embeddingSize } = recipe.model;
  const cells = ({ cell, hiddenSize, layers }: { cell: string; hiddenSize: number; layers: number }) =>
    `${cell} ${hiddenSize}, ${layers} ${layers === 1 ? "layer" : "layers"}`;
  const ended = facts.outcome ? `${facts.outcome} after ${formatTime(facts.seconds ?? 0)}` : undefined;
  const encoderLine = `${cells(encoder)}${encoder.bidirectional ? ", both directions" : ""}, embeddings ${embeddingSize}`;
  const things = recipe.task === "language-model" ? "lines" : "pairs";
  const row = (name: string, value: string): [string, string][] => [[name, value]];
  const summary: [string, string][] = [
    ["model", `${facts.file}, ${formatBytes(facts.bytes)}, format version ${facts.formatVersion}`],
    ...(facts.weights === "int8"
      ? [["weights", "int8: 8 bits each and a scale for each row; vectors are float32"] as [string, string]]
      : []),
    ["recipe", `${recipe.name ?? "(no name)"}, task ${recipe.task}`],
    ...(recipe.task === "language-model" ? [] : row("encoder", encoderLine)),
    ...(recipe.task === "translate" ? row("decoder", `${cells(decoder)}, bridge ${decoder.bridge}`) : []),
    ...(recipe.task === "language-model" ? row("decoder", `${cells(decoder)}, embeddings ${embeddingSize}`) : []),
    ...(recipe.task === "translate"
      ? row("attention", `${attention.kind}${recipe.model.copy ? ", copies from the source" : ""}`)
      : []),
    ...(recipe.task === "classify" ? row("summary", encoder.summary) : []),
    ["trained", `on ${history.pairs} ${things}, ${history.steps} steps, ${epochCount(history.epochs)} epochs`],
    ...(history.from
      ? row(
          "from",
          `${history.from.name ?? "a model"}, trained on ${history.from.pairs} ${things}, ${history.from.steps} steps`,
        )
      : []),
    ...(history.averaged
      ? row("mean", `of ${history.averaged.length} models, after steps ${history.averaged.join(", ")}`)
      : []),
    ...(history.longestSource === undefined
      ? []
      : row("longest", `source in training: ${history.longestSource} tokens`)),
    ...(history.longestLine === undefined ? [] : row("longest", `line in training: ${history.longestLine} tokens`)),
    ...(ended ? [["run", ended] as [string, string]] : []),
    ...(facts.test ? [["test", listNumbers(facts.test)] as [string, string]] : []),
  ];
  const sections = [
    columns(summary, ["left", "left"]),
    `Parameters: ${facts.parameterCount} numbers (${formatCount(facts.parameterCount)})\n${parameterTable(facts.parameters)}`,
    ...SIDES.flatMap((side) => (vocabularies[side] ? [vocabularyLines(side, vocabularies[side])] : [])),
    ...(facts.labels ? [labelLines(facts.labels)] : []),
    historyLines(history),
    `Recipe\n${stringifyRecipe(recipe)
      .replace(/^#.*\n/, "")
      .trimEnd()}`,
  ];
  return sections.join("\n\n");
}

function parameterTable(parameters: readonly ParameterFacts[]): string {
  const number = (value: number) => formatNumber(value, 3);
  return columns(
    [
      ["name", "shape", "count", "norm", "min", "max"],
      ...parameters.map(({ name, shape, count, norm, least, most }) => [
        name,
        shape.join("×"),
        String(count),
        formatNumber(norm),
        number(least),
        number(most),
      ]),
    ],
    ["left", "left", "right", "right", "right", "right"],
  );
}

function vocabularyLines(side: Side, { tokenizer, language, size, first, coverage }: VocabularyFacts): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const lines = [
    `Vocabulary of the ${side}: ${size} tokens (${tokenizer}, ${language})`,
    ...(coverage
      ? [
          `covers ${percent(coverage.training)} of the training tokens${coverage.dev === undefined ? "" : `, ${percent(coverage.dev)} of dev's`}`,
        ]
      : []),
    `${first.map(tokenLabel).join(" ")}${first.length + SPECIAL_TOKENS < size ? " …" : ""}`,
  ];
  return lines.map((line) => truncateToWidth(line, WIDTH)).join("\n");
}

/** All labels, or the first of many. */
function labelLines(labels: readonly string[]): string {
  const listed = labels.slice(0, LISTED_TOKENS).map(tokenLabel).join("  ");
  const lines = [`Labels: ${labels.length}`, `${listed}${labels.length > LISTED_TOKENS ? " …" : ""}`];
  return lines.map((line) => truncateToWidth(line, WIDTH)).join("\n");
}

const MEASURES = [
  "trainLoss",
  "devLoss",
  "accuracy",
  "f1",
  "exact",
  "bleu",
  "chrf",
  "chrf++",
  "wer",
  "per",
  "cer",
] as const;
const MEASURE_NAMES = {
  ...{ trainLoss: "train loss", devLoss: "dev loss", accuracy: "accuracy %", f1: "f1 %", exact: "exact %" },
  ...{ bleu: "bleu", chrf: "chrf", "chrf++": "chrf++", wer: "wer %", per: "per %", cer: "cer %" },
} as const;

/** Measurements within an epoch not counted. */
const epochCount = (epochs: AnyModel["history"]["epochs"]) => epochs.filter(({ step }) => step === undefined).length;

function historyLines({ epochs }: AnyModel["history"]): string {
  if (epochs.length === 0) return "History: none in the file";
  const measured = MEASURES.filter((name) => epochs.some((epoch) => epoch[name] !== undefined));
  const listed = evenly(epochs, LISTED_EPOCHS);
  const rows = listed.map((epoch) => [
    epoch.step === undefined ? String(epoch.epoch) : `${epoch.epoch} · step ${epoch.step}`,
    ...measured.map((name) => {
      const value = epoch[name];
      return value === undefined ? "–" : formatNumber(value, name.endsWith("Loss") ? 4 : 2);
    }),
  ]);
  const table = columns(
    [["epoch", ...measured.map((name) => MEASURE_NAMES[name])], ...rows],
    ["right", ...measured.map(() => "right" as const)],
  );
  const curves = measured.map((name): [string, string] => {
    const values = epochs.map((epoch) => epoch[name]).filter((value) => value !== undefined);
    return [MEASURE_NAMES[name], spark(evenly(values, WIDTH - 14), Math.min(...values), Math.max(...values))];
  });
  return `History: ${epochCount(epochs)} ${epochCount(epochs) === 1 ? "epoch" : "epochs"}${listed.length < epochs.length ? `, ${listed.length} of them listed` : ""}\n${table}\n${columns(curves, ["left", "left"])}`;
}

function listNumbers(numbers: Record<string, number>): string {
  return Object.entries(numbers)
    .map(([name, value]) => `${name} ${Number.isInteger(value) ? value : formatNumber(value)}`)
    .join("  ");
}
