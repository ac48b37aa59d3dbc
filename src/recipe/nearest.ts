/**
 * Optimal string alignment distance (Damerau 1964): the fewest insertions, deletions, substitutions and swaps of
 * neighbours that turn `a` into `b`.
 */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    const above = rows[i - 1]!;
    for (let j = 1; j <= b.length; j++) {
      const substitution = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let distance = Math.min(above[j]! + 1, row[j - 1]! + 1, substitution);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) distance = Math.min(distance, rows[i - 2]![j - 2]! + 1);
      row.push(distance);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** `learning_rate`, `Learning-Rate` and `learningRate` are the same word spelt differently. */
const spelling = (word: string) => word.replace(/[_\-\s]/g, "").toLowerCase();

/** The candidate a user most probably meant: at most two slips away, or one that begins with the word. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const typed = spelling(word);
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(typed, spelling(candidate)) }))
    .sort((left, right) => left.distance - right.distance);
  const best = ranked[0];
  // Two slips in a word of three letters are another word.
  if (best && best.distance <= Math.min(2, Math.floor(best.candidate.length / 3))) return best.candidate;
  return typed.length < 3 ? undefined : candidates.find((candidate) => spelling(candidate).startsWith(typed));
}
