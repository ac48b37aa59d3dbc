/** Half full at most, so that a search ends soon. */
const LARGEST_LOAD = 0.5;
const FIRST_CAPACITY = 1 << 12;

/**
 * Which texts have been seen, by hashes of 64 bits: 16 to 32 bytes a text however long it is. Of a hundred million different
 * texts two have the same hash with a probability of 0.03 %.
 */
export class SeenTexts {
  size = 0;
  /** Open addressing: two words a place, both 0 where it is free. */
  #places = new Uint32Array(2 * FIRST_CAPACITY);
  readonly #hash = new Uint32Array(2);

  /** Remembers the text; true if it was not there yet. */
  add(text: string): boolean {
    hash64(text, this.#hash);
    const [low, high] = this.#hash as unknown as [number, number];
    if (!this.#insert(low, high)) return false;
    if (++this.size > (LARGEST_LOAD * this.#places.length) / 2) this.#grow();
    return true;
  }

  #insert(low: number, high: number): boolean {
    const places = this.#places;
    const mask = places.length / 2 - 1;
    for (let place = low & mask; ; place = (place + 1) & mask) {
      const [placeLow, placeHigh] = [places[2 * place]!, places[2 * place + 1]!];
      if (placeLow === low && placeHigh === high) return false;
      if (placeLow === 0 && placeHigh === 0) {
        places[2 * place] = low;
        places[2 * place + 1] = high;
        return true;
      }
    }
  }

  #grow(): void {
    const old = this.#places;
    this.#places = new Uint32Array(2 * old.length);
    for (let at = 0; at < old.length; at += 2)
      if (old[at] !== 0 || old[at + 1] !== 0) this.#insert(old[at]!, old[at + 1]!);
  }
}

/** Two 32-bit lanes over the UTF-16 units, each multiplied by its own odd number, then mixed into each other; never 0. */
function hash64(text: string, out: Uint32Array): void {
  let low = 0x9e3779b9 ^ text.length;
  let high = 0x85ebca6b;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x2c1b3c6d);
    low ^= low >>> 15;
    high = Math.imul(high ^ unit, 0x297a2d39);
    high ^= high >>> 13;
  }
  low = Math.imul(low ^ (high >>> 16), 0x7feb352d);
  high = Math.imul(high ^ (low >>> 15), 0x846ca68b);
  low ^= high >>> 14;
  high ^= low >>> 16;
  out[0] = low;
  out[1] = low === 0 && high === 0 ? 1 : high;
}
