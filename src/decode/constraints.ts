/**
 * Words an output must contain, each a sequence of ids (Post & Vilar 2018, arXiv:1804.06609). Immutable: a step makes a
 * new one, so that unfinished outputs can share it.
 *
 * A phrase is met when its tokens came one after another; a token that does not go on with the phrase under way throws
 * its progress away. A token counts for one phrase only, so a word required twice comes twice.
 */
export class Requirement {
  private constructor(
    readonly phrases: readonly (readonly number[])[],
    /** Phrases that are met. */
    readonly done: ReadonlySet<number>,
    /** The phrase under way and how many of its tokens have come. */
    readonly current: { phrase: number; count: number } | undefined,
    /** Tokens that count as met; with all of them the output may end. */
    readonly met: number,
    readonly total: number,
  ) {}

  static of(phrases: readonly (readonly number[])[]): Requirement {
    const total = phrases.reduce((sum, phrase) => sum + phrase.length, 0);
    return new Requirement(phrases, new Set(), undefined, 0, total);
  }

  /** Tokens still to be written. */
  get missing(): number {
    return this.total - this.met;
  }

  /** The tokens that bring the output nearer to meeting it: the next of the phrase under way and the first of the others. */
  next(): number[] {
    const ids = new Set<number>();
    if (this.current) ids.add(this.phrases[this.current.phrase]![this.current.count]!);
    for (const [i, phrase] of this.phrases.entries())
      if (!this.done.has(i) && i !== this.current?.phrase) ids.add(phrase[0]!);
    return [...ids];
  }

  /** What is left after `id` was written. */
  after(id: number): Requirement {
    const { current, phrases, done } = this;
    if (current && phrases[current.phrase]![current.count] === id)
      return this.#reach(current.phrase, current.count + 1);
    const fresh = phrases.findIndex((phrase, i) => !done.has(i) && phrase[0] === id);
    const without = current
      ? new Requirement(phrases, done, undefined, this.met - current.count, this.total)
      : (this as Requirement);
    return fresh < 0 ? without : without.#reach(fresh, 1);
  }

  #reach(phrase: number, count: number): Requirement {
    if (count < this.phrases[phrase]!.length)
      return new Requirement(this.phrases, this.done, { phrase, count }, this.met + 1, this.total);
    return new Requirement(this.phrases, new Set([...this.done, phrase]), undefined, this.met + 1, this.total);
  }

  /**
   * The only tokens that leave it possible to meet all within `remaining` tokens, the next one included; undefined where
   * any token does. Throwing away progress costs what it threw away.
   */
  forced(remaining: number): number[] | undefined {
    const afterAnyOther = this.missing + (this.current?.count ?? 0);
    if (afterAnyOther <= remaining - 1) return undefined;
    return this.next().filter((id) => this.after(id).missing <= remaining - 1);
  }
}

/**
 * How many of `beamSize` places each bank gets, a bank being the unfinished outputs with the same number of tokens met:
 * equal shares, the rest to the last bank (which met most), and what a bank cannot fill to the others from the last one
 * on (section 3.2 there). `candidates` counts what each bank has to offer.
 */
export function allocate(beamSize: number, candidates: readonly number[]): number[] {
  const share = Math.floor(beamSize / candidates.length);
  const places = candidates.map((count, bank) => {
    const wanted = bank === candidates.length - 1 ? beamSize - share * (candidates.length - 1) : share;
    return Math.min(wanted, count);
  });
  let free = beamSize - places.reduce((sum, count) => sum + count, 0);
  for (let bank = candidates.length - 1; bank >= 0; bank--) {
    const more = Math.min(free, candidates[bank]! - places[bank]!);
    places[bank]! += more;
    free -= more;
  }
  return places;
}
