import Table from "cli-table3";
import { readBytes } from "../data/node-files.js";
import { decodeUtf8, splitLines } from "../data/pairs.js";
import { DataError } from "../errors.js";
import { type BleuTokenizer, type Estimate, pairedBootstrap, type TextMetric, textMetric } from "../evaluate/index.js";
import { wantsColor } from "./color.js";

export interface CompareCommandOptions {
  metric: TextMetric;
  tokenize?: BleuTokenizer;
  samples: number;
  seed: number;
  json?: boolean;
}

/** Below it, a difference is called significant; the usual bound. */
const SIGNIFICANT = 0.05;

/** Prints whether the outputs of one system are better than another's, by paired bootstrap resampling. */
export async function compareCommand(
  referenceFile: string,
  fileA: string,
  fileB: string,
  options: CompareCommandOptions,
) {
  const { metric: name, tokenize, samples, seed, json = false } = options;
  const references = await readLines(referenceFile);
  if (references.length === 0)
    throw new DataError(`${referenceFile}: expected at least one line, got an empty file. Check the path.`);
  const [a, b] = [
    await readOutputs(fileA, referenceFile, references),
    await readOutputs(fileB, referenceFile, references),
  ];
  const metric = textMetric(name, references, { language: "auto", ...(tokenize && { tokenizer: tokenize }) });
  const lists = references.map((reference) => [reference]);
  const result = pairedBootstrap(metric, a, b, lists, { samples, seed });
  if (json) {
    console.log(JSON.stringify({ metric: name, ...result, count: references.length }));
    return;
  }
  const style = wantsColor(process.stdout) ? {} : { head: [], border: [] };
  const table = new Table({
    head: ["", name, "95 % of resamples"],
    colAligns: ["left", "right", "left"],
    style,
  });
  table.push(row("A", result.a), row("B", result.b), row("B − A", result.difference, signed));
  console.log(table.toString());
  console.log(`A is ${fileA}, B is ${fileB}; ${references.length} lines, ${samples} resamples, seed ${seed}.`);
  console.log(verdict(result, metric.better));
  console.log(`${name.padEnd(8)}${result.signature}`);
}

const plain = (value: number) => value.toFixed(2);
const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

function row(name: string, { score, interval: [low, high] }: Estimate, format = plain): string[] {
  return [name, format(score), `${format(low)} to ${format(high)}`];
}

function verdict({ difference, pValue }: { difference: Estimate; pValue: number }, better: "higher" | "lower"): string {
  if (difference.score === 0) return "Both have the same score.";
  const best = difference.score > 0 === (better === "higher") ? "B" : "A";
  const p = pValue < 0.001 ? "p < 0.001" : `p = ${pValue.toFixed(3)}`;
  return pValue < SIGNIFICANT
    ? `${best} is better, and hardly by chance (${p}).`
    : `${best} is ahead, which may be chance (${p}).`;
}

async function readLines(path: string): Promise<string[]> {
  return splitLines(decodeUtf8(await readBytes(path), path));
}

async function readOutputs(path: string, referenceFile: string, references: readonly string[]): Promise<string[]> {
  const outputs = await readLines(path);
  if (outputs.length !== references.length)
    throw new DataError(
      `${path}: expected ${references.length} lines as in ${referenceFile}, got ${outputs.length}. Give one output for each reference, in the same order.`,
    );
  return outputs;
}
