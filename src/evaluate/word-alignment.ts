import { DataError } from "../errors.js";

/** Links between source and target tokens, each as the text `source-target`, counted from 0. */
export interface Alignment {
  readonly sure: ReadonlySet<string>;
  /** Every link that is not wrong: the sure ones too. */
  readonly possible: ReadonlySet<string>;
}

/** How alignments agree with gold ones. */
export interface AlignmentScore {
  /** AER, 0 to 100; 0 is best. */
  readonly errorRate: number;
  /** Per cent of the found links that are at least possible. */
  readonly precision: number;
  /** Per cent of the sure links that were found. */
  readonly recall: number;
}

/**
 * Reads one line of Pharaoh's format: `0-0 1-2` are sure links, and, as gold alignments write it, `1p3` or `1?3` are
 * possible ones. `where` is what a message calls the line.
 */
export function parseAlignment(line: string, where = "alignment"): Alignment {
  const sure = new Set<string>();
  const possible = new Set<string>();
  for (const text of line.split(/\s+/u).filter(Boolean)) {
    const [, source, kind, target] = /^(\d+)([-p?])(\d+)$/u.exec(text) ?? [];
    if (kind === undefined)
      throw new DataError(
        `${where}: expected links such as 0-1 (sure) or 0p1 (possible), got ${JSON.stringify(text)}. Write source and target positions from 0.`,
      );
    const link = `${Number(source)}-${Number(target)}`;
    possible.add(link);
    if (kind === "-") sure.add(link);
  }
  return { sure, possible };
}

/**
 * Alignment error rate over a corpus (Och and Ney 2003, section 6.2), with A the links found, S the sure and P ⊇ S the
 * possible ones of the gold alignment:
 *
 *   AER = 1 − (|A ∩ S| + |A ∩ P|) / (|A| + |S|),   precision = |A ∩ P| / |A|,   recall = |A ∩ S| / |S|
 *
 * All links of a found alignment count, sure or not. What has nothing to be wrong about is right.
 */
export function alignmentErrorRate(found: readonly Alignment[], gold: readonly Alignment[]): AlignmentScore {
  if (found.length !== gold.length || found.length === 0)
    throw new DataError(
      `aer: expected one gold alignment for each of at least one alignment, got ${found.length} alignments and ${gold.length} gold ones. Give both line by line.`,
    );
  let foundCount = 0;
  let sureCount = 0;
  let foundSure = 0;
  let foundPossible = 0;
  for (const [index, { possible: links }] of found.entries()) {
    const { sure, possible } = gold[index]!;
    foundCount += links.size;
    sureCount += sure.size;
    for (const link of links) {
      if (sure.has(link)) foundSure++;
      if (possible.has(link)) foundPossible++;
    }
  }
  const share = (part: number, whole: number) => (whole === 0 ? 1 : part / whole);
  return {
    errorRate: 100 * (1 - share(foundSure + foundPossible, foundCount + sureCount)),
    precision: 100 * share(foundPossible, foundCount),
    recall: 100 * share(foundSure, sureCount),
  };
}
