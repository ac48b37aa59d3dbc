import { RandomStream } from "tandem-seq2seq";

/** Draws for one purpose of one data set; what another purpose draws changes nothing here. */
export class Draw {
  readonly #stream: RandomStream;
  #count = 0;

  constructor(seed: number, data: string, purpose: string) {
    this.#stream = new RandomStream(seed, data, purpose);
  }

  #below(count: number): number {
    return Math.floor(this.#stream.uniform(this.#count++) * count);
  }

  /** A whole number from `first` to `last`, both included. */
  between(first: number, last: number): number {
    return first + this.#below(last - first + 1);
  }

  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new Error("draw: nothing to draw from. Give the group an entry.");
    return items[this.#below(items.length)]!;
  }

  /** True in `share` of the draws. */
  chance(share: number): boolean {
    return this.#stream.uniform(this.#count++) < share;
  }

  /** `count` different items in random order, or all of them. */
  sample<Item>(items: readonly Item[], count: number): Item[] {
    const rest = [...items];
    const chosen: Item[] = [];
    while (chosen.length < count && rest.length > 0) {
      const position = this.#below(rest.length);
      chosen.push(rest[position]!);
      rest[position] = rest.at(-1)!;
      rest.pop();
    }
    return chosen;
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    return this.sample(items, items.length);
  }
}
