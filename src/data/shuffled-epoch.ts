import { RandomStream } from "../random.js";
import { type BatchPlanOptions, type Example, type ExampleLengths, planByLengths } from "./batches.js";

/** Examples that follow one another in the data and are moved together. */
export const BLOCK_SIZE = 1024;

/** About as many tokens are shuffled with each other; what is held of a corpus on disk. */
export const WINDOW_TOKENS = 1 << 24;

/** Where examples are, block by block: in memory or on disk. Block b has examples `b·BLOCK_SIZE` and those after it. */
export interface ExampleBlocks {
  /** How many examples. */
  readonly size: number;
  /** Of both sides of all examples; decides how many blocks are a window. */
  readonly tokens: number;
  /** The lengths of the examples of these blocks, one after another. */
  lengths(blocks: Int32Array): ExampleLengths;
  /** Makes these blocks ready; what it gives returns an example by its place among theirs. */
  open(blocks: Int32Array): OpenBlocks | Promise<OpenBlocks>;
}

/** An example by its place in blocks that are ready. */
export type OpenBlocks = (place: number) => Example;

/**
 * The batches of one epoch. Blocks are drawn into windows; the examples of a window are shuffled and cut into batches as
 * `planByLengths` does. A corpus of one window, about 16 million tokens, is thus shuffled as a whole; a larger one never has
 * more than a window in memory. Where the blocks lie changes nothing.
 */
export class ShuffledEpoch {
  readonly length: number;
  /** The blocks of each window. */
  readonly #windows: readonly Int32Array[];
  /** The number of each window's first batch. */
  readonly #starts: number[] = [];
  /** The window whose batches are being given. */
  #current: { window: number; plan: readonly Int32Array[]; exampleAt?: OpenBlocks } | undefined;

  constructor(
    readonly blocks: ExampleBlocks,
    readonly options: BatchPlanOptions,
    windowTokens = WINDOW_TOKENS,
  ) {
    this.#windows = drawWindows(blocks, options, windowTokens);
    let length = 0;
    for (const window of this.#windows.keys()) {
      this.#starts.push(length);
      const plan = this.#plan(window);
      // The batches of other windows are planned again when their turn comes: all plans of a large corpus would fill memory.
      if (window === 0) this.#current = { window, plan };
      length += plan.length;
    }
    this.length = length;
  }

  /** The examples of batch 0 … length − 1, asked for in order, beginning anywhere. */
  readonly batch = (index: number): Example[] | Promise<Example[]> => {
    const window = this.#starts.findLastIndex((start) => start <= index);
    if (this.#current?.window !== window) this.#current = { window, plan: this.#plan(window) };
    const current = this.#current;
    const examples = (exampleAt: OpenBlocks) => {
      current.exampleAt = exampleAt;
      return Array.from(current.plan[index - this.#starts[window]!]!, exampleAt);
    };
    if (current.exampleAt) return examples(current.exampleAt);
    const opened = this.blocks.open(this.#windows[window]!);
    return opened instanceof Promise ? opened.then(examples) : examples(opened);
  };

  #plan(window: number): Int32Array[] {
    return planByLengths(this.blocks.lengths(this.#windows[window]!), this.options, window);
  }
}

/** The blocks of each window: all of them in order where one window holds them, else drawn anew in every epoch. */
function drawWindows(
  { size, tokens }: ExampleBlocks,
  { seed, epoch }: BatchPlanOptions,
  windowTokens: number,
): Int32Array[] {
  const blockCount = Math.ceil(size / BLOCK_SIZE);
  const windowCount = Math.max(1, Math.min(blockCount, Math.ceil(tokens / windowTokens)));
  if (windowCount === 1) return [Int32Array.from({ length: blockCount }, (_, block) => block)];
  const drawn = new RandomStream(seed, "block order", "", epoch).permutation(blockCount);
  const startOf = (window: number) => Math.floor((window * blockCount) / windowCount);
  // In the order of the disk; the last block, which may be shorter, is last in its window.
  return Array.from({ length: windowCount }, (_, i) => drawn.slice(startOf(i), startOf(i + 1)).sort());
}

/** Examples that are all in memory, as blocks. */
export function blocksInMemory(examples: readonly Example[], tokens: number): ExampleBlocks {
  const placesOf = (blocks: Int32Array) => {
    const count = Math.ceil(examples.length / BLOCK_SIZE);
    if (blocks.length === count) return examples;
    return Array.from(blocks, (block) => examples.slice(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE)).flat();
  };
  return {
    size: examples.length,
    tokens,
    lengths: (blocks) => {
      const chosen = placesOf(blocks);
      return {
        source: Int32Array.from(chosen, ({ source }) => source.length),
        target: Int32Array.from(chosen, ({ target }) => target.length),
      };
    },
    open: (blocks) => {
      const chosen = placesOf(blocks);
      return (place) => chosen[place]!;
    },
  };
}
