/** Lines longer than what a model was trained on: cut into sentences, translated one by one, joined again. */
import type { Model } from "../models/model.js";
import { joinSentences, splitSentences } from "../text/sentences.js";
import type { Output, Translation } from "./translation.js";

/** Tokens a line may have where the model file does not say how long its training lines were. */
const USUAL_LIMIT = 100;

/** A line of more tokens is cut: the longest the model was trained on. */
export function tokenLimit({ history }: Pick<Model, "history">): number {
  return Math.max(1, history.longestSource ?? USUAL_LIMIT);
}

/** The sentences of a line of more than `limit` tokens; one that cannot be cut, or is not that long, is its only one. */
export function cutLine(line: string, limit: number, countTokens: (line: string) => number): string[] {
  const sentences = splitSentences(line);
  return sentences.length > 1 && countTokens(line) > limit ? sentences : [line];
}

/**
 * One translation of those of its sentences. Scores add up; the best outputs make the best one, the second ones the
 * second. Attention stays within a sentence: other places have the weight 0.
 */
export function joinTranslations(parts: readonly Translation[]): Translation {
  if (parts.length === 1) return parts[0]!;
  const alternativeCount = Math.max(...parts.map(({ alternatives }) => alternatives.length));
  return {
    ...joinOutputs(parts),
    source: {
      tokens: parts.flatMap(({ source }) => source.tokens),
      unknown: parts.flatMap(({ source }) => source.unknown),
    },
    // A sentence for which fewer outputs were found goes on with its last one.
    alternatives: Array.from({ length: alternativeCount }, (_, i) =>
      joinOutputs(parts.map((part) => part.alternatives[i] ?? part.alternatives.at(-1) ?? part)),
    ),
    split: parts.length,
  };
}

function joinOutputs(parts: readonly Output[]): Output {
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const joined: Output = {
    text: joinSentences(parts.map(({ text }) => text)),
    tokens: parts.flatMap(({ tokens }) => tokens),
    score: sum(parts.map(({ score }) => score)),
    tokenScores: parts.flatMap(({ tokenScores }) => tokenScores),
    ranking: sum(parts.map(({ ranking }) => ranking)),
    finished: parts.every(({ finished }) => finished),
  };
  const maps = parts.flatMap(({ attention }) => attention ?? []);
  if (maps.length === 0) return joined;
  const columnCount = sum(maps.map(({ columns }) => columns.length));
  /** Blocks on the diagonal, zeros elsewhere. */
  const blocks = (weights: readonly (readonly number[][])[]): number[][] => {
    let first = 0;
    return weights.flatMap((rows, part) => {
      const from = first;
      first += maps[part]!.columns.length;
      return rows.map((row) => {
        const wide = new Array<number>(columnCount).fill(0);
        for (const [i, weight] of row.entries()) wide[from + i] = weight;
        return wide;
      });
    });
  };
  joined.attention = {
    columns: maps.flatMap(({ columns }) => columns),
    rows: maps.flatMap(({ rows }) => rows),
    weights: blocks(maps.map(({ weights }) => weights)),
  };
  const heads = maps[0]!.heads;
  if (heads) joined.attention.heads = heads.map((_, head) => blocks(maps.map((map) => map.heads![head]!)));
  return joined;
}
