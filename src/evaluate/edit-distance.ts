/**
 * The fewest insertions, deletions and substitutions that turn one sequence into the other (Levenshtein 1966), row by
 * row (Wagner and Fischer 1974):
 *
 *   d[i][j] = min(d[i−1][j] + 1, d[i][j−1] + 1, d[i−1][j−1] + (a_i ≠ b_j))
 */
export function editDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  // A common beginning and end cost nothing, and most of a good output is one.
  let start = 0;
  let aEnd = a.length;
  let bEnd = b.length;
  while (start < aEnd && start < bEnd && a[start] === b[start]) start++;
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd--;
    bEnd--;
  }
  const width = bEnd - start;
  const row = Int32Array.from({ length: width + 1 }, (_, j) => j);
  for (let i = start; i < aEnd; i++) {
    let diagonal = row[0]!;
    row[0]!++;
    for (let j = 0; j < width; j++) {
      const above = row[j + 1]!;
      const kept = diagonal + (a[i] === b[start + j] ? 0 : 1);
      const changed = Math.min(above, row[j]!) + 1;
      row[j + 1] = Math.min(kept, changed);
      diagonal = above;
    }
  }
  return row[width]!;
}

/**
 * The same with the order of either sequence left open: what of the longer one finds no equal in the other. Equals
 * ½ (|a| − |b| + Σ_w |n(w, a) − n(w, b)|) for |a| ≥ |b|, as Popović and Ney 2007 write it.
 */
export function bagDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const open = new Map<number, number>();
  for (let i = 0; i < a.length; i++) open.set(a[i]!, (open.get(a[i]!) ?? 0) + 1);
  let matches = 0;
  for (let i = 0; i < b.length; i++) {
    const left = open.get(b[i]!) ?? 0;
    if (left === 0) continue;
    open.set(b[i]!, left - 1);
    matches++;
  }
  return Math.max(a.length, b.length) - matches;
}
