#!/usr/bin/env node
// The command `tandem`. Each command's code is loaded when it runs, so that --help is quick.
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { TandemError } from "../errors.js";
import { BLEU_TOKENIZERS, METRICS, TEXT_METRICS } from "../evaluate/index.js";
import { BACKEND_NAMES, provideNativeEngine } from "../kernels/backend.js";
import { nativeEngine } from "../kernels/native/native.js";
import { exitCodes, reportFailure } from "./failure.js";
import {
  parseAttentionFile,
  parseColumns,
  parseLength,
  parseLengthPenalty,
  parseMetrics,
  parseNumber,
  parseSamples,
  parseSeed,
  parseTextMetric,
  parseThreads,
} from "./options.js";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
provideNativeEngine(nativeEngine);

const backendOption = () =>
  new Option("--backend <name>", "where to compute (default: the fastest)").choices([...BACKEND_NAMES]);
const threadsOption = () =>
  new Option(
    "--threads <number>",
    "how many threads compute; results do not depend on it (default: every core)",
  ).argParser(parseThreads);
const tokenizeOption = () =>
  new Option("--tokenize <name>", "how bleu, wer and per cut words (default: as the language asks)").choices(
    BLEU_TOKENIZERS,
  );
const collect = (value: string, earlier: string[] = []) => [...earlier, value];

// A reader that has gone, as in `tandem predict … | head -1`, is no failure.
process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
  if (cause.code === "EPIPE") process.exit(exitCodes.done);
  const got = cause.code === "ENOSPC" ? "a full disk. Free some space" : `"${cause.message}". Look where it leads`;
  process.exit(reportFailure(new TandemError(`standard output: expected to be able to write, got ${got}.`, { cause })));
});

const program = new Command("tandem")
  .description("Trains and uses sequence-to-sequence models: what turns one line of text into another.")
  .version(version)
  .exitOverride()
  .showHelpAfterError("(tandem --help shows what there is)");

program
  .command("train")
  .description("train a model from a recipe, or from pairs alone")
  .argument("<recipe>", "a recipe (.yaml), or a TSV file of pairs to train on with defaults chosen by its size")
  .option("--out <folder>", "the run folder (default: runs/<name>, numbered when taken)")
  .option("--set <path=value>", "override a key of the recipe, such as train.epochs=20; may be repeated", collect)
  .option("--resume", "go on from the last checkpoint of the run")
  .option("--seed <number>", "seed of everything random: short for --set train.seed=<number>", parseSeed)
  .addOption(backendOption())
  .addOption(threadsOption())
  .option("--json", "write the progress to standard output as JSON Lines")
  .action(async (recipe, options) => {
    const { trainCommand } = await import("./train-command.js");
    process.exitCode = await trainCommand(recipe, options);
  });

program
  .command("predict")
  .alias("translate")
  .description("predict line by line; on a terminal without a file: a prompt")
  .argument("<model>", "a model.safetensors or the run folder it is in; several with commas: an ensemble")
  .argument("[file]", "text, a line an input; - is standard input (default)")
  .option("--beam <size>", "unfinished outputs kept at every step; 1 is greedy (default: the recipe's)", parseNumber)
  .option("--nbest <count>", "outputs for each line, each on a line of its own", parseNumber)
  .option("--length-penalty <alpha>", "of a beam: ((5 + length) / 6)^alpha, or average", parseLengthPenalty)
  .option("--coverage-penalty <beta>", "of a beam: for source tokens that were hardly looked at", parseNumber)
  .option("--sample", "draw tokens at random instead of searching")
  .option("--temperature <number>", "of sampling: below 1 likely tokens become likelier", parseNumber)
  .option("--top-k <count>", "of sampling: from the most probable tokens alone", parseNumber)
  .option("--top-p <probability>", "of sampling: from the fewest tokens with this probability together", parseNumber)
  .option("--seed <number>", "of sampling: the same seed and line give the same output", parseSeed)
  .option("--min-length <tokens>", "fewest tokens of an output, such as 3, or 0.5x of the source", parseLength)
  .option("--max-length <tokens>", "most tokens of an output, such as 50, or 2x+10 of the source", parseLength)
  .option("--block-ngram <size>", "no sequence of this many tokens twice", parseNumber)
  .option("--repetition-penalty <factor>", "times which a token already written counts", parseNumber)
  .option("--prefix <text>", "what every output begins with")
  .option("--require <words>", "a word or phrase every output contains; may be repeated", collect)
  .option("--ban <words>", "a word or phrase no output contains; may be repeated", collect)
  .option(
    "--replace-unknown [dictionary]",
    "write for <unk> the word looked at, or a dictionary's (word TAB translation)",
  )
  .option("--weights", "with --format jsonl: the attention weights too")
  .option("--no-split", "leave lines whole that are longer than any in training; else they are cut into sentences")
  .addOption(
    new Option("--format <format>", "what is written for a line").choices(["text", "tsv", "jsonl"]).default("text"),
  )
  .option(
    "--attention <file>",
    "where the model looked: .html, .svg (first output), .json, or alignments as .tsv",
    parseAttentionFile,
  )
  .addOption(backendOption())
  .addOption(threadsOption())
  .action(async (model, file, options) => {
    const { predictCommand } = await import("./predict-command.js");
    await predictCommand(model, file, options);
  });

program
  .command("evaluate")
  .description("measure a model on pairs it has not seen")
  .argument("<model>", "a model.safetensors or the run folder it is in")
  .argument("<data>", "a TSV file of pairs")
  .option("--metrics <names>", `some of ${METRICS.join(",")} (default: all)`, parseMetrics)
  .addOption(tokenizeOption())
  .option("--columns <columns>", "such as source=0,target=1 (default: as in training)", parseColumns)
  .option(
    "--alignments <file>",
    "gold alignments of the pairs, a line of links such as 0-0 1-2 each: how well attention finds them",
  )
  .addOption(backendOption())
  .addOption(threadsOption())
  .option("--json", "print one JSON object")
  .action(async (model, data, options) => {
    const { evaluateCommand } = await import("./evaluate-command.js");
    await evaluateCommand(model, data, options);
  });

program
  .command("encode")
  .description("turn lines into the vectors that hold them: the code c of each")
  .argument("<model>", "a model.safetensors or the run folder it is in")
  .argument("[file]", "text, a line each; - is standard input (default)")
  .addOption(
    new Option("--format <format>", "a JSON array a line, or numbers with tabs between")
      .choices(["jsonl", "tsv"])
      .default("jsonl"),
  )
  .addOption(backendOption())
  .addOption(threadsOption())
  .action(async (model, file, options) => {
    const { encodeCommand } = await import("./encode-command.js");
    await encodeCommand(model, file, options);
  });

program
  .command("inspect")
  .description("show what a model is made of: parameters, vocabularies, recipe, history")
  .argument("<model>", "a model.safetensors or the run folder it is in")
  .option("--json", "print one JSON object")
  .action(async (model, options) => {
    const { inspectCommand } = await import("./inspect-command.js");
    await inspectCommand(model, options);
  });

program
  .command("quantize")
  .description("write a copy of a model with weights of 8 bits: a quarter of the size, faster, nearly as good")
  .argument("<model>", "a model.safetensors or the run folder it is in")
  .option("--out <file>", "where to (default: beside the model, as <name>.int8.safetensors)")
  .action(async (model, options) => {
    const { quantizeCommand } = await import("./quantize-command.js");
    await quantizeCommand(model, options);
  });

program
  .command("explain")
  .description("show every stage of one prediction: tokens, ids, states, scores, weights, gates, candidates")
  .argument("<model>", "a model.safetensors or the run folder it is in")
  .argument("<text...>", "the line to read")
  .option("--html <file>", "write it as one page instead")
  .option("--json", "print the whole trace as one JSON object")
  .addOption(backendOption())
  .addOption(threadsOption())
  .action(async (model, text, options) => {
    const { explainCommand } = await import("./explain-command.js");
    await explainCommand(model, text, options);
  });

program
  .command("compare")
  .description("whether one system's outputs are better than another's, or just luckier")
  .argument("<references>", "text, a line each")
  .argument("<outputs-a>", "what one system wrote for them, line by line")
  .argument("<outputs-b>", "what the other wrote")
  .option("--metric <name>", `one of ${TEXT_METRICS.join(", ")}`, parseTextMetric, "bleu")
  .addOption(tokenizeOption())
  .option("--samples <number>", "how many corpora are drawn (paired bootstrap)", parseSamples, 1000)
  .option("--seed <number>", "seed of the draws", parseSeed, 12345)
  .option("--json", "print one JSON object")
  .action(async (references, a, b, options) => {
    const { compareCommand } = await import("./compare-command.js");
    await compareCommand(references, a, b, options);
  });

program
  .command("doctor")
  .description("what this computer computes with, how fast, and why nothing faster")
  .action(async () => {
    const { doctorCommand } = await import("./doctor-command.js");
    await doctorCommand(version);
  });

program
  .command("build-native")
  .description("build the native engine with this computer's C compiler, if npm did not")
  .action(async () => {
    const { buildNativeCommand } = await import("./build-native-command.js");
    process.exitCode = await buildNativeCommand();
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usedWrongly;
  else process.exitCode = reportFailure(error);
}
