import type { KnownPair } from "./models.svelte.js";

/** Where each token of a text stands, by its characters; undefined for one that is not found there (`</s>`, single bytes). */
export function spansOf(text: string, tokens: readonly string[]): ([number, number] | undefined)[] {
  const lower = text.toLowerCase();
  let end = 0;
  return tokens.map((token) => {
    const written = token.replace(/^▁+/, ""); // the space before a piece
    const start = lower.indexOf(written.toLowerCase(), end);
    if (start < 0 || written === "") return undefined;
    end = start + written.length;
    return [start, end];
  });
}

/** What was read of a text by each of its tokens; where that cannot be told, the tokens. */
export function beginnings(text: string, tokens: readonly string[]): string[] {
  let end = 0;
  return spansOf(text, tokens).map((span, i) => {
    end = span?.[1] ?? end;
    return text.slice(0, end) || tokens.slice(0, i + 1).join(" ");
  });
}

/** Which cells of a map the known links of a pair are, [written][read]. */
export function goldCells(
  { source, target, links = [] }: KnownPair,
  written: readonly string[],
  read: readonly string[],
): boolean[][] {
  const [rows, columns] = [spansOf(target, written), spansOf(source, read)];
  const meets = (span: [number, number] | undefined, start: number, end: number) =>
    span !== undefined && span[0] < end && start < span[1];
  return rows.map((row) =>
    columns.map((column) =>
      links.some(([tStart, tEnd, sStart, sEnd]) => meets(row, tStart, tEnd) && meets(column, sStart, sEnd)),
    ),
  );
}
