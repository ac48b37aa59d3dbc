import { extname } from "node:path";
import { InvalidArgumentError } from "commander";
import { METRICS, type MetricName, TEXT_METRICS, type TextMetric } from "../evaluate/index.js";
import { nearest } from "../recipe/nearest.js";

// How the texts of options become values; what is wrong with one is said by commander, with exit code 2.

export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || seed > 0xffffffff)
    throw new InvalidArgumentError("Expected a whole number from 0 to 4294967295.");
  return seed;
}

export function parseThreads(text: string): number {
  return parseWhole(text, 1, 64);
}

/** So many that each half has one. */
export function parseSteps(text: string): number {
  return parseWhole(text, 2, 1_000_000);
}

export function parseVocabularySize(text: string): number {
  return parseWhole(text, 5, 1_000_000);
}

export function parseFrequency(text: string): number {
  return parseWhole(text, 1, 1_000_000);
}

function parseWhole(text: string, least: number, most: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > most)
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  return number;
}

/** Of the characters of a text. */
export function parseShare(text: string): number {
  const share = parseNumber(text);
  if (share < 0.5 || share > 1) throw new InvalidArgumentError("Expected a number from 0.5 to 1.");
  return share;
}

export function parseMetrics(text: string): MetricName[] {
  return [...new Set(text.split(",").map((word) => parseMetric(word, METRICS)))];
}

/** For commands that have texts and no model. */
export function parseTextMetric(text: string): TextMetric {
  return parseMetric(text, TEXT_METRICS);
}

function parseMetric<Name extends string>(text: string, names: readonly Name[]): Name {
  const name = text.trim();
  const metric = names.find((metric) => metric === name);
  if (metric) return metric;
  const meant = nearest(name, names);
  const proposal = meant ? `did you mean ${meant}?` : `there are ${names.join(", ")}.`;
  throw new InvalidArgumentError(`${JSON.stringify(name)} is no metric; ${proposal}`);
}

export function parseSamples(text: string): number {
  return parseWhole(text, 1, 1_000_000);
}

/** Columns by number, or fields of JSON Lines by name. */
export function parseColumns(text: string): { source?: number | string; target?: number | string } {
  const columns: { source?: number | string; target?: number | string } = {};
  for (const part of text.split(",")) {
    const [, side, column] = /^\s*(source|target)\s*=\s*(\S.*?)\s*$/.exec(part) ?? [];
    if (side === undefined)
      throw new InvalidArgumentError("Expected columns from 0 such as source=0,target=1, or fields such as source=zh.");
    columns[side as "source" | "target"] = /^\d{1,4}$/.test(column!) ? Number(column) : column!;
  }
  return columns;
}

const ATTENTION_FORMATS = [".html", ".svg", ".json", ".tsv"] as const;
export type AttentionFormat = (typeof ATTENTION_FORMATS)[number];

export interface AttentionFile {
  path: string;
  format: AttentionFormat;
}

export function parseAttentionFile(path: string): AttentionFile {
  const ending = extname(path).toLowerCase();
  const format = ATTENTION_FORMATS.find((format) => format === ending);
  if (format === undefined) throw new InvalidArgumentError("Expected a file that ends in .html, .svg, .json or .tsv.");
  return { path, format };
}

/** For options that are numbers; their ranges are the library's. */
export function parseNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) throw new InvalidArgumentError("Expected a number.");
  return number;
}

/** How many there are of something, none among it. */
export function parseCount(text: string): number {
  const count = parseNumber(text);
  if (!(Number.isInteger(count) && count >= 0 && count <= 100))
    throw new InvalidArgumentError("Expected a whole number from 0 to 100.");
  return count;
}

/** Tokens: a number, or relative to the source as in 1.5x+3. */
export function parseLength(text: string): number | { timesSource: number; plus: number } {
  const [, times, plus = "0"] = /^(\d+(?:\.\d+)?)x(?:\+(\d+))?$/.exec(text) ?? [];
  if (times !== undefined) return { timesSource: Number(times), plus: Number(plus) };
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a number of tokens, or one relative to the source such as 1.5x+3.");
}

/** A number, or `average`. */
export function parseLengthPenalty(text: string): number | "average" {
  return text === "average" ? text : parseNumber(text);
}
