/** Pairs of neighbouring symbols: how often each stands in the words, where it was seen, and the most frequent one. */
export class PairQueue {
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #counts: number[] = [];
  /** Where a pair was seen; it may be gone from there. */
  #seen: number[][] = [];
  readonly #ofLeft: Map<number, number>[] = [];
  /** A binary heap of pairs with the counts they were put in with; some are out of date. */
  readonly #heap: number[] = [];
  readonly #heapCounts: number[] = [];
  /** Pairs that became more frequent and are not in the heap as such. */
  readonly #raised = new Set<number>();

  /** `left` and `right` stand at `position`, in a word that occurs `times` times. */
  add(left: number, right: number, position: number, times: number): void {
    const pair = this.#pair(left, right);
    this.#counts[pair]! += times;
    this.#seen[pair]!.push(position);
    this.#raised.add(pair);
  }

  /** They no longer stand together in one place of a word that occurs `times` times. */
  remove(left: number, right: number, times: number): void {
    this.#counts[this.#pair(left, right)]! -= times;
  }

  /**
   * Takes out the most frequent pair and the positions it was seen at; of equally frequent ones the one whose symbols are
   * older, the left one first. Undefined where none occurs `least` times.
   */
  take(least: number): { left: number; right: number; positions: number[] } | undefined {
    for (const pair of this.#raised) this.#push(pair);
    this.#raised.clear();
    while (this.#heap.length > 0) {
      const [pair, count] = this.#pop();
      const now = this.#counts[pair]!;
      // Less frequent by now: back to its place. More frequent: it is in there a second time.
      if (now < count && now >= least) this.#push(pair);
      if (now !== count || now < least) continue;
      const positions = this.#seen[pair]!;
      this.#counts[pair] = 0;
      this.#seen[pair] = [];
      return { left: this.#left[pair]!, right: this.#right[pair]!, positions };
    }
    return undefined;
  }

  #pair(left: number, right: number): number {
    const ofLeft = (this.#ofLeft[left] ??= new Map());
    let pair = ofLeft.get(right);
    if (pair === undefined) {
      pair = this.#counts.length;
      ofLeft.set(right, pair);
      this.#left.push(left);
      this.#right.push(right);
      this.#counts.push(0);
      this.#seen.push([]);
    }
    return pair;
  }

  #push(pair: number): void {
    const count = this.#counts[pair]!;
    let at = this.#heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(pair, count, parent)) break;
      this.#place(at, this.#heap[parent]!, this.#heapCounts[parent]!);
      at = parent;
    }
    this.#place(at, pair, count);
  }

  #pop(): [pair: number, count: number] {
    const top: [number, number] = [this.#heap[0]!, this.#heapCounts[0]!];
    const pair = this.#heap.pop()!;
    const count = this.#heapCounts.pop()!;
    const size = this.#heap.length;
    if (size === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#isBefore(this.#heap[child + 1]!, this.#heapCounts[child + 1]!, child)) child++;
      if (this.#isBefore(pair, count, child)) break;
      this.#place(at, this.#heap[child]!, this.#heapCounts[child]!);
      at = child;
    }
    this.#place(at, pair, count);
    return top;
  }

  #place(at: number, pair: number, count: number): void {
    this.#heap[at] = pair;
    this.#heapCounts[at] = count;
  }

  /** Whether a pair of this count is taken before the one at a place of the heap. */
  #isBefore(pair: number, count: number, at: number): boolean {
    if (count !== this.#heapCounts[at]!) return count > this.#heapCounts[at]!;
    const other = this.#heap[at]!;
    const byLeft = this.#left[pair]! - this.#left[other]!;
    return byLeft < 0 || (byLeft === 0 && this.#right[pair]! < this.#right[other]!);
  }
}
