import type { KnownPair } from "./models.svelte.js";

/** Where each token of a text stands, by its characters; undefined for one that is not found there (`</s>`, pieces). */
export function spansOf(text: string, tokens: readonly string[]): ([number, number] | undefined)[] {
  const lower = text.toLowerCase();
  let end = 0;
  return tokens.map((token) => {
    const start = lower.indexOf(token.toLowerCase(), end);
    if (start < 0 || token === "") return undefined;
    end = start + token.length;
    return [start, end];
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
