/**
 * Finds the n-grams that a hypothesis shares with its references, exactly and for all orders in one walk.
 *
 * The hypothesis's n-grams are the nodes of a trie of depth `maxOrder` (node 0 is the empty one), its edges
 * (node, token) → child lie in one hash table. A reference is walked through the trie from each of its positions, and
 * leaves it as soon as an n-gram is missing, for then all longer ones are.
 */
export class NgramMatcher {
  /** The child in each slot of the hash table, 0 where there is none. Its size is a power of two. */
  #slots = new Int32Array(0);
  #slotMask = 0;
  // By node: the edge that leads there, …
  #parent = new Int32Array(0);
  #token = new Int32Array(0);
  // … how often the hypothesis has it, the present reference so far, and how often it has been matched.
  #held = new Int32Array(0);
  #seen = new Int32Array(0);
  #matched = new Int32Array(0);
  #nodeCount = 1;

  constructor(readonly maxOrder: number) {}

  /** Starts anew with a hypothesis. */
  setHypothesis(tokens: Int32Array): void {
    this.#clear(tokens.length * this.maxOrder + 1);
    for (let start = 0; start < tokens.length; start++) {
      const end = Math.min(start + this.maxOrder, tokens.length);
      let node = 0;
      for (let i = start; i < end; i++) {
        const token = tokens[i]!;
        const slot = this.#slotOf(node, token);
        let child = this.#slots[slot]!;
        if (child === 0) {
          child = this.#nodeCount++;
          this.#slots[slot] = child;
          this.#parent[child] = node;
          this.#token[child] = token;
        }
        this.#held[child]!++;
        node = child;
      }
    }
  }

  /**
   * Adds to `matches[offset + n − 1]` how many of the reference's n-grams the hypothesis has, each at most as often as
   * it stands in the hypothesis. After several references, `matches` holds Σ min(hypothesis, most in one reference).
   */
  addReference(tokens: Int32Array, matches: number[], offset = 0): void {
    this.#seen.fill(0, 0, this.#nodeCount);
    for (let start = 0; start < tokens.length; start++) {
      const end = Math.min(start + this.maxOrder, tokens.length);
      let node = 0;
      for (let i = start; i < end; i++) {
        node = this.#slots[this.#slotOf(node, tokens[i]!)]!;
        if (node === 0) break;
        const times = ++this.#seen[node]!;
        if (times > this.#matched[node]! && times <= this.#held[node]!) {
          this.#matched[node] = times;
          matches[offset + i - start]!++;
        }
      }
    }
  }

  /** Where the edge is, or the empty slot where it belongs: linear probing, at most half full. */
  #slotOf(node: number, token: number): number {
    const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(token + 1, 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & this.#slotMask;
    for (;;) {
      const child = this.#slots[slot]!;
      if (child === 0 || (this.#parent[child] === node && this.#token[child] === token)) return slot;
      slot = (slot + 1) & this.#slotMask;
    }
  }

  #clear(mostNodes: number): void {
    let slotCount = 16;
    while (slotCount < 2 * mostNodes) slotCount *= 2;
    if (this.#slots.length < slotCount) {
      this.#slots = new Int32Array(slotCount);
      this.#parent = new Int32Array(slotCount / 2);
      this.#token = new Int32Array(slotCount / 2);
      this.#held = new Int32Array(slotCount / 2);
      this.#seen = new Int32Array(slotCount / 2);
      this.#matched = new Int32Array(slotCount / 2);
    }
    this.#slotMask = slotCount - 1;
    this.#slots.fill(0, 0, slotCount);
    this.#held.fill(0, 0, mostNodes);
    this.#matched.fill(0, 0, mostNodes);
    this.#nodeCount = 1;
  }
}
