#!/usr/bin/env node
// The command `tandem`. Each command's code is loaded when it runs, so that --help is quick.
import { Command, CommanderError, Option } from "commander";
import { REASONS } from "../decode/reasons.js";
import { TandemError } from "../errors.js";
import { BLEU_TOKENIZERS, METRICS, TEXT_METRICS } from "../evaluate/index.js";
import { BACKEND_NAMES, provideNativeEngine } from "../kernels/backend.js";
import { nativeEngine } from "../kernels/native/native.js";
import { REPORT_LANGUAGES } from "../report/report-words.js";
import { NORMALIZATIONS } from "../text/tokenizer.js";
import { packageVersion } from "./environment.js";
import { exitCodes, reportFailure } from "./failure.js";
import {
  parseAttentionFile,
  parseColumns,
  parseCount,
  parseFrequency,
  parseLength,
  parseLengthPenalty,
  parseMetrics,
  parseNumber,
  parseSamples,
  parseSeed,
  parseShare,
  parseSteps,
  parseTextMetric,
  parseThreads,
  parseVocabularySize,
} from "./options.js";

const version = packageVersion();
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
  .description(
    "Trains and uses sequence models: what turns one line of text into another, labels or tags it, or writes lines.",
  )
  .version(version)
  // Names alone: with their arguments beside them descriptions would not fit 80 columns.
  .configureHelp({ subcommandTerm: (command) => [command.name(), ...command.aliases()].join("|") })
  .exitOverride()
  .showHelpAfterError("(tandem --help shows what there is)");

program
  .command("train")
  .description("train a model from a recipe, or from pairs alone")
  .argument(
    "<recipe>",
    "a recipe (.yaml), or a file of pairs (TSV or JSON Lines) to train on with defaults chosen by its size",
  )
  .option("--out <folder>", "the run folder (default: runs/<name>, numbered when taken)")
  .option("--set <path=value>", "override a key of the recipe, such as train.epochs=20; may be repeated", collect)
  .option("--from <model>", "fine-tune this model: short for --set train.from=<model>")
  .option("--resume", "go on from the last checkpoint of the run")
  .option(
    "--verify-resume [steps]",
    "train nothing but prove, in a temporary folder, that these steps end in the same bits whole and resumed (default: 20)",
    parseSteps,
  )
  .option("--seed <number>", "seed of everything random: short for --set train.seed=<number>", parseSeed)
  .addOption(backendOption())
  .addOption(threadsOption())
  .option("--json", "write the progress to standard output as JSON Lines")
  .action(async (recipe, options) => {
    const { trainCommand } = await import("./train-command.js");
    process.exitCode = await trainCommand(recipe, options);
  });

program
  .command("check")
  .description("what is wrong with a recipe or its data, and what training will take, before hours are spent")
  .argument("<recipe>", "a recipe (.yaml), or a file of pairs")
  .option("--set <path=value>", "override a key of the recipe; may be repeated", collect)
  .option("--no-trial", "estimate neither time nor memory: no steps are tried")
  .addOption(backendOption())
  .addOption(threadsOption())
  .option("--json", "print one JSON object")
  .action(async (recipe, options) => {
    const { checkCommand } = await import("./check-command.js");
    process.exitCode = await checkCommand(recipe, options);
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
  .addOption(
    new Option(
      "--reason <kind>",
      "of a classifier, with --format jsonl: the share of each token in the label (default: attention, if it has it)",
    ).choices([...REASONS]),
  )
  .option(
    "--history <count>",
    "at the prompt: exchanges before a line that are read with it (default: the recipe's)",
    parseCount,
  )
  .option("--count <lines>", "of a language model: so many lines from nothing; no input is read", parseNumber)
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
  .description("measure a model on examples it has not seen")
  .argument("<model>", "a model.safetensors or the run folder it is in")
  .argument("<data>", "a file of pairs (TSV or JSON Lines), or of lines for a language model")
  .option(
    "--metrics <names>",
    `some of ${METRICS.join(",")} (default: all of the model's task; docs/metrics.md)`,
    parseMetrics,
  )
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
  .command("report")
  .description("write a run's report.html again: curves, samples, attention, data, time")
  .argument("<run>", "a run folder")
  .addOption(
    new Option(
      "--language <name>",
      "of the page's own words (default: Chinese if the locale or all of the run's text is, else English)",
    ).choices([...REPORT_LANGUAGES]),
  )
  .action(async (run, options) => {
    const { reportCommand } = await import("./report-command.js");
    await reportCommand(run, options);
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
  .command("average")
  .description("write the mean of several models of one run as one model, often better than each")
  .argument("<models...>", "model files, or a run folder: the models that train.keepBest kept")
  .requiredOption("--out <file>", "where to")
  .action(async (models, options) => {
    const { averageCommand } = await import("./average-command.js");
    await averageCommand(models, options);
  });

program
  .command("explain")
  .description("show every stage of one prediction: tokens, ids, states, scores, weights, gates, candidates")
  .argument("<model>", "a model.safetensors or the run folder it is in")
  .argument("<text...>", "the line to read")
  .option("--beam <size>", "also what a beam of this size kept and dropped at every step", parseNumber)
  .option("--html <file>", "write it as one page instead")
  .option("--json", "print the whole trace as one JSON object")
  .addOption(backendOption())
  .addOption(threadsOption())
  .action(async (model, text, options) => {
    const { explainCommand } = await import("./explain-command.js");
    await explainCommand(model, text, options);
  });

program
  .command("serve")
  .description("answer over HTTP, with a page to look at models (package tandem-seq2seq-server)")
  .argument("<models...>", "model files or run folders; NAME=PATH gives one a name")
  .option("--host <address>", "where to listen (default: 127.0.0.1, which only this computer reaches)")
  .option("--port <number>", "0 is a free one (default: 8770)", parseNumber)
  .option("--workers <count>", "threads that hold the models, each its own copy (default: 1)", parseNumber)
  .option("--batch-size <texts>", "most texts computed together (default: 64)", parseNumber)
  .option("--batch-window <ms>", "how long a request waits for others to share its batch (default: 3)", parseNumber)
  .option("--queue-limit <texts>", "most texts that wait; more are answered with 429 (default: 1024)", parseNumber)
  .option("--time-limit <seconds>", "from a request to its answer (default: 30)", parseNumber)
  .option("--receive-limit <seconds>", "in which a request has to have arrived (default: 15)", parseNumber)
  .option("--body-limit <bytes>", "of a request (default: 1048576)", parseNumber)
  .option("--cors <origin>", "pages of this origin may ask, or * for all; may be repeated (default: none)", collect)
  .option("--page <folder>", "the page to serve (default: that of the package)")
  .option("--no-page", "serve no page")
  .option("--log-level <level>", "trace, debug, info, warn, error or silent (default: info)")
  .addOption(backendOption())
  .addOption(threadsOption())
  .action(async (models, options) => {
    const { serveCommand } = await import("./serve-command.js");
    await serveCommand(models, options);
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

const tokenizer = program
  .command("tokenizer")
  .description("subwords on their own: learn them, and cut or join lines by them");

tokenizer
  .command("train")
  .description(
    "learn byte-pair encoding from text, for source.tokenizerFile of a recipe or any reader of tokenizer.json",
  )
  .argument("<files...>", "text, a line a sentence; - is standard input")
  .requiredOption("--out <file>", "the tokenizer.json to write (Hugging Face's format)")
  .addOption(
    new Option("--kind <name>", "bpe, or bytes, which have nothing to learn").choices(["bpe", "bytes"]).default("bpe"),
  )
  .option("--vocab-size <number>", "most tokens, the four special ones included", parseVocabularySize, 8000)
  .option("--min-frequency <number>", "pairs seen less often are not merged (at least 2)", parseFrequency, 2)
  .option("--character-coverage <share>", "share of the characters that get pieces", parseShare, 1)
  .addOption(
    new Option("--normalization <name>", "of Unicode, before anything else")
      .choices([...NORMALIZATIONS])
      .default("NFC"),
  )
  .option("--lowercase", "lower-case the text first")
  .action(async (files, options) => {
    const { tokenizerTrainCommand } = await import("./tokenizer-command.js");
    await tokenizerTrainCommand(files, options);
  });

for (const [name, description] of [
  ["encode", "lines into tokens, spaces between them"],
  ["decode", "tokens, spaces between them, into lines"],
] as const)
  tokenizer
    .command(name)
    .description(description)
    .argument("<tokenizer>", "a tokenizer.json of the kind bpe or bytes")
    .argument("[file]", "a line at a time; - is standard input (default)")
    .option("--ids", "numbers instead of tokens")
    .action(async (path, file, options) => {
      const { tokenizerDecodeCommand, tokenizerEncodeCommand } = await import("./tokenizer-command.js");
      await (name === "encode" ? tokenizerEncodeCommand : tokenizerDecodeCommand)(path, file, options);
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
