/** Compound words and what can be said of them: each sentence needs to know the first part, the second, or both. */

/** A part of a word: how it is written in a compound, and what one knows of it. */
export interface Part {
  readonly [attribute: string]: string;
  readonly short: string;
}

/** A second part, the first parts it goes with, and sentences about such words. */
export interface Head {
  readonly part: Part;
  readonly modifiers: readonly Part[];
  readonly frames: readonly string[];
}

export interface CompoundWord {
  readonly word: string;
  readonly modifier: string;
  readonly head: string;
  readonly sentences: readonly string[];
  /** What the sentences have to know of either part: "竹 trait", "椅 measure". */
  readonly facts: ReadonlySet<string>;
}

/** Rows of `short attribute …`; "-" is an attribute that the part has not. */
export function table(attributes: string, rows: string): Part[] {
  const names = ["short", ...attributes.split(" ").filter(Boolean)];
  return rows
    .trim()
    .split("\n")
    .map((row) => {
      const values = row.trim().split(/\s+/);
      if (values.length !== names.length) {
        throw new Error(`word to sentence: expected ${names.join(", ")}, got "${row.trim()}". Fill every column.`);
      }
      return Object.fromEntries(names.map((name, i) => [name, values[i]!])) as unknown as Part;
    });
}

/** The parts of a table with these names, in its order. */
export function only(parts: readonly Part[], names: string): Part[] {
  const chosen = names.split(" ");
  const missing = chosen.filter((name) => parts.every(({ short }) => short !== name));
  if (missing.length > 0) throw new Error(`word to sentence: ${missing.join(", ")} is in no row. Add it to the table.`);
  return parts.filter(({ short }) => chosen.includes(short));
}

/**
 * The sentence of a frame: `{w}` is the word, `{m.full}` an attribute of its first part, `{h.measure}` of its second.
 * Undefined where the part has no such attribute, else `facts` gets what was used.
 */
function fill(frame: string, word: string, modifier: Part, head: Part, facts: Set<string>): string | undefined {
  const known: string[] = [];
  let complete = true;
  const sentence = frame.replace(/\{(?:w|([mh])\.(\w+))\}/g, (_, part?: string, attribute = "") => {
    if (part === undefined) return word;
    const whose = part === "m" ? modifier : head;
    const value = whose[attribute];
    if (value === undefined) throw new Error(`word to sentence: ${word} has no "${attribute}" for "${frame}". Add it.`);
    if (value === "-") complete = false;
    known.push(`${whose.short} ${attribute}`);
    return value;
  });
  if (!complete) return undefined;
  for (const fact of known) facts.add(fact);
  return sentence;
}

export function compounds(heads: readonly Head[]): CompoundWord[] {
  return heads.flatMap(({ part: head, modifiers, frames }) =>
    modifiers.map((modifier) => {
      const word = modifier.short + head.short;
      // Whatever is said of it, both parts have to be known.
      const facts = new Set([modifier.short, head.short]);
      const sentences = frames.flatMap((frame) => fill(frame, word, modifier, head, facts) ?? []);
      return { word, modifier: modifier.short, head: head.short, sentences, facts };
    }),
  );
}
