import type { Pair } from "../data/pairs.js";
import type { Recipe } from "../recipe/schema.js";

/** How much a finding weighs: an `error` makes the run worthless, a `warning` worse, a `note` is worth knowing. */
export type Level = "error" | "warning" | "note";

/** What is looked at: one word each, for programs. */
export type FindingKind =
  | "header"
  | "unknown-words"
  | "case"
  | "swapped"
  | "language"
  | "script"
  | "length"
  | "ratio"
  | "overlap"
  | "repeated"
  | "several-targets"
  | "labels";

/** One thing that is odd about the data: how often, where for instance, and what to do. */
export interface Finding {
  kind: FindingKind;
  level: Level;
  /** How many things are so, of how many that were looked at. */
  count: number;
  of: number;
  /** `count / of` */
  share: number;
  /** A clause without a full stop, its numbers in it. */
  what: string;
  /** One line that is so. */
  example?: Example;
  /** One or two sentences. */
  advice: string;
}

/** A line that shows what is meant. */
export interface Example {
  /** `train.tsv:14` */
  place: string;
  text: string;
}

/** The pairs of a recipe; of a language model's lines every source is empty. */
export interface CheckedData {
  /** All of them, or an even sample of a corpus that stays on disk. */
  readonly train: readonly Pair[];
  /** How many there are to train on, where `train` is a sample. */
  readonly trainSize?: number;
  readonly dev: readonly Pair[];
  readonly test: readonly Pair[];
}

/** A part of the data. */
export type Part = Exclude<keyof CheckedData, "trainSize">;

/** The parts, in the order in which they are told of. */
export const PARTS: readonly Part[] = ["train", "dev", "test"];

/** The two sides of a pair. */
export const SIDES = ["source", "target"] as const;

/** A side of a pair. */
export type Side = (typeof SIDES)[number];

/** The level of a share: that of the highest bound it reaches. */
export function levelOf(share: number, bounds: { warning: number; error?: number }): Level {
  if (bounds.error !== undefined && share >= bounds.error) return "error";
  return share >= bounds.warning ? "warning" : "note";
}

/** A share as it is read: "12.5 %", "0.04 %". */
export function percent(share: number): string {
  const value = 100 * share;
  if (value === 0 || value >= 10) return `${value.toFixed(0)} %`;
  return `${value >= 1 ? value.toFixed(1) : value.toPrecision(1)} %`;
}

/** The first half of most findings: "12 of 400 dev pairs (3.0 %)". */
export function howMany(count: number, of: number, things: string): string {
  return `${count} of ${of} ${things} (${percent(count / of)})`;
}

/** The pair as an example. */
export function exampleOf(pair: Pair, index: number, part: Part, task: Recipe["task"]): Example {
  const place = pair.place ?? `${part} pair ${index + 1}`;
  return { place, text: task === "language-model" ? pair.target : `${pair.source} → ${pair.target}` };
}

/** What the examples of a task are called. */
export function thingsOf(task: Recipe["task"]): "lines" | "pairs" {
  return task === "language-model" ? "lines" : "pairs";
}

/** The pairs with their numbers from 0. */
export function numbered(pairs: readonly Pair[]): (readonly [index: number, pair: Pair])[] {
  return pairs.map((pair, index) => [index, pair] as const);
}
