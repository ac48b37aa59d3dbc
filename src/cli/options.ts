import { extname } from "node:path";
import { InvalidArgumentError } from "commander";
import { nearest } from "../recipe/nearest.js";

// How the texts of options become values; what is wrong with one is said by commander, with exit code 2.

export const METRICS = ["exact", "accuracy", "ppl", "bleu"] as const;
export type Metric = (typeof METRICS)[number];

export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || seed > 0xffffffff)
    throw new InvalidArgumentError("Expected a whole number from 0 to 4294967295.");
  return seed;
}

export function parseMetrics(text: string): Metric[] {
  return text.split(",").map((word) => {
    const name = word.trim();
    const metric = METRICS.find((metric) => metric === name);
    if (metric) return metric;
    const meant = nearest(name, METRICS);
    const proposal = meant ? `did you mean ${meant}?` : `there are ${METRICS.join(", ")}.`;
    throw new InvalidArgumentError(`${JSON.stringify(name)} is no metric; ${proposal}`);
  });
}

export function parseColumns(text: string): { source?: number; target?: number } {
  const columns: { source?: number; target?: number } = {};
  for (const part of text.split(",")) {
    const [, side, column] = /^\s*(source|target)\s*=\s*(\d{1,4})\s*$/.exec(part) ?? [];
    if (side === undefined) throw new InvalidArgumentError("Expected columns from 0 such as source=0,target=1.");
    columns[side as "source" | "target"] = Number(column);
  }
  return columns;
}

export type AttentionFormat = ".html" | ".svg" | ".json";

export interface AttentionFile {
  path: string;
  format: AttentionFormat;
}

export function parseAttentionFile(path: string): AttentionFile {
  const format = extname(path).toLowerCase();
  if (format !== ".html" && format !== ".svg" && format !== ".json")
    throw new InvalidArgumentError("Expected a file that ends in .html, .svg or .json.");
  return { path, format };
}

/** For options that are numbers; their ranges are the library's. */
export function parseNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) throw new InvalidArgumentError("Expected a number.");
  return number;
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
