import { DataError } from "../errors.js";

/** Pairs of aligned tokens by their places from 0: `[source, target]`. */
export type Alignment = readonly (readonly [source: number, target: number])[];

/**
 * Reads the alignment of one pair in the form of Pharaoh (`0-0 1-2 2-1`, source first), which word aligners write, against
 * the number of tokens on both sides. `name` is what messages call the pair.
 */
export function parseAlignment(text: string, sourceLength: number, targetLength: number, name: string): Alignment {
  const links = text.split(/\s+/u).filter((link) => link !== "");
  return links.map((link) => {
    const places = /^(\d+)-(\d+)$/u.exec(link)?.slice(1).map(Number) as [number, number] | undefined;
    if (places === undefined)
      throw new DataError(
        `${name}: expected an alignment such as 0-0 1-2, got ${JSON.stringify(link)}. Write source and target places from 0.`,
      );
    if (places[0] >= sourceLength || places[1] >= targetLength)
      throw new DataError(
        `${name}: expected an alignment of ${sourceLength} source and ${targetLength} target tokens, got ${link}. Align the tokens as the tokenizers cut them, counted from 0.`,
      );
    return places;
  });
}
