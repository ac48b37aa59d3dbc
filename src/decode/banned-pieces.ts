import { UNKNOWN, type Vocabulary } from "../text/vocabulary.js";
import type { Processor } from "./processors.js";

/** A piece that completes a banned text where `before` has just been written. */
interface Completion {
  id: number;
  before: string;
}

/**
 * No banned text ends where a piece ends, whichever pieces it is written with: where one piece is banned, a model of subwords
 * would else spell the word with others. A longer word may still begin with it.
 */
export function forbidPieces(texts: readonly string[], vocabulary: Vocabulary): Processor {
  const completions = texts.flatMap((text) => completionsOf(text, vocabulary));
  const longest = completions.reduce((most, { before }) => Math.max(most, before.length), 0);
  return (row, written) => {
    let end = "";
    for (let i = written.length - 1; i >= 0 && end.length < longest; i--) end = vocabulary.tokenOf(written[i]!) + end;
    for (const { id, before } of completions) if (end.endsWith(before)) row.ban(id);
  };
}

function completionsOf(text: string, vocabulary: Vocabulary): Completion[] {
  const found: Completion[] = [];
  vocabulary.toJSON().forEach((piece, id) => {
    if (piece.endsWith(text)) found.push({ id, before: "" });
  });
  for (let start = 1; start < text.length; start++) {
    const id = vocabulary.idOf(text.slice(start));
    if (id !== UNKNOWN) found.push({ id, before: text.slice(0, start) });
  }
  return found;
}
