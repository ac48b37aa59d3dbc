/**
 * Counter-based randomness: every number is a pure function of (seed, purpose, path, step, example, element), never of
 * what was drawn before. Philox4x32-10 of Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3", section 3.3;
 * the C kernels hold the same function, so a mask is the same in every backend.
 */

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** The upper 32 bits of the product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) >>> 0;
}

/** Philox4x32-10: four counter words and two key words in, four random words out (into `out`). */
export function philox(
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  key0: number,
  key1: number,
): void {
  let x0 = c0 >>> 0;
  let x1 = c1 >>> 0;
  let x2 = c2 >>> 0;
  let x3 = c3 >>> 0;
  let k0 = key0 >>> 0;
  let k1 = key1 >>> 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, x0);
    const low0 = Math.imul(MULTIPLIER_0, x0) >>> 0;
    const high1 = multiplyHigh(MULTIPLIER_1, x2);
    const low1 = Math.imul(MULTIPLIER_1, x2) >>> 0;
    x0 = (high1 ^ x1 ^ k0) >>> 0;
    x1 = low1;
    x2 = (high0 ^ x3 ^ k1) >>> 0;
    x3 = low0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

/** FNV-1a, 32 bits: turns a purpose or a module path into a word of the key or counter. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** What the numbers are for: the key and the two counter words that stay fixed while elements are drawn. */
export class RandomStream {
  /** `[seed, hash of the purpose]` */
  readonly key: readonly [number, number];
  /** Hash of the module path. */
  readonly path: number;
  readonly #words = new Uint32Array(4);

  /** `step` is the epoch or the training step, whichever the purpose counts by. */
  constructor(
    seed: number,
    purpose: string,
    path = "",
    readonly step = 0,
  ) {
    this.key = [seed >>> 0, hashText(purpose)];
    this.path = hashText(path);
  }

  /** A uniform unsigned 32-bit integer for this element of this example. */
  at(element: number, example = 0): number {
    philox(this.#words, Math.floor(element / 4), example, this.step, this.path, this.key[0], this.key[1]);
    return this.#words[element % 4]!;
  }

  /** Elements 0, 1, 2, … of this example, four for the price of one. */
  fill(out: Uint32Array, example = 0): void {
    const words = this.#words;
    for (let element = 0; element < out.length; element += 4) {
      philox(words, element / 4, example, this.step, this.path, this.key[0], this.key[1]);
      out.set(words.subarray(0, Math.min(4, out.length - element)), element);
    }
  }

  /** Uniform numbers 0, 1, 2, … of this example, one at each call, for a use that cannot tell beforehand how many it needs. */
  sequence(example = 0): () => number {
    const words = new Uint32Array(4);
    let element = 0;
    return () => {
      const word = element % 4;
      if (word === 0) philox(words, element / 4, example, this.step, this.path, this.key[0], this.key[1]);
      element++;
      return (words[word]! >>> 8) / 0x1000000;
    };
  }

  /** A uniform number in [0, 1), a multiple of 2⁻²⁴ so that it is the same in float32. */
  uniform(element: number, example = 0): number {
    return (this.at(element, example) >>> 8) / 0x1000000;
  }

  /** A permutation of 0 … count−1 (Fisher–Yates). */
  permutation(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = Math.floor(this.uniform(i) * (i + 1));
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    }
    return order;
  }
}
