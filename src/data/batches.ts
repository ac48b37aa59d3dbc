import { TandemError } from "../errors.js";
import { RandomStream } from "../random.js";
import { END, PAD, START } from "../text/vocabulary.js";
import type { Alignment } from "./alignment.js";

/** A pair as ids, without `<s>` and `</s>`. */
export interface Example {
  /** Its number in the data. */
  index: number;
  source: Int32Array;
  target: Int32Array;
  /** Which target token says what which source token says, if that is known. */
  alignment?: Alignment | undefined;
  /** What may be copied and what is to be written, in a model that copies. */
  copy?: CopyIds | undefined;
}

/** One pair in ids of the target's vocabulary extended by the words that only its source has. */
export interface CopyIds {
  /** What pointing at each source token and at its `</s>` writes. */
  source: Int32Array;
  /** The target without `</s>`. */
  target: Int32Array;
  /** Words by which the vocabulary is extended. */
  extraCount: number;
}

/** Examples padded to rectangles. The source ends in `</s>`, so that even an empty one has something to attend to. */
export interface Batch {
  size: number;
  /** The longest source with its `</s>`. */
  sourceTime: number;
  /** The longest target with its `<s>` or `</s>`. */
  targetTime: number;
  /** `[batch, sourceTime]`: x1 … xn `</s>`, then padding. */
  source: Int32Array;
  /** `[batch, sourceTime]`: 1 on real tokens, 0 on padding. */
  sourceMask: Float32Array;
  /** `[batch, targetTime]`: `<s>` y1 … yn, what the decoder reads. */
  targetIn: Int32Array;
  /** `[batch, targetTime]`: y1 … yn `</s>`, what it should write. */
  targetOut: Int32Array;
  /** `[batch, targetTime]` */
  targetMask: Float32Array;
  /** `[batch]`: the number of each example in the data. */
  examples: Int32Array;
  /** Real tokens of `source`, its `</s>` among them. */
  sourceTokens: number;
  /** Real tokens of `targetOut`. */
  targetTokens: number;
  /** `[batch, targetTime, sourceTime]`: 1 where a token of `targetOut` and a source token are aligned; absent where nothing is known. */
  guide?: Float32Array;
  /** In a model that copies, the ids of `source` and `targetOut` in each row's extended vocabulary. */
  copy?: BatchCopy;
}

/** What a batch may copy and is to write; see `CopyIds`. */
export interface BatchCopy {
  /** `[batch, sourceTime]`; padding is `<pad>`, which nothing points at. */
  source: Int32Array;
  /** `[batch, targetTime]` */
  targetOut: Int32Array;
  /** Words by which a row extends the vocabulary, at most. */
  extraCount: number;
}

/** Lays examples out as one batch, in the order given. */
export function makeBatch(examples: readonly Example[]): Batch {
  const size = examples.length;
  if (size === 0) throw new TandemError("makeBatch: expected at least one example, got none. Leave out empty batches.");
  const sourceTime = longest(examples, sourceLength);
  const targetTime = longest(examples, targetLength);
  const batch: Batch = {
    size,
    sourceTime,
    targetTime,
    source: new Int32Array(size * sourceTime).fill(PAD),
    sourceMask: new Float32Array(size * sourceTime),
    targetIn: new Int32Array(size * targetTime).fill(PAD),
    targetOut: new Int32Array(size * targetTime).fill(PAD),
    targetMask: new Float32Array(size * targetTime),
    examples: Int32Array.from(examples, (example) => example.index),
    sourceTokens: 0,
    targetTokens: 0,
  };
  examples.forEach((example, row) => {
    const { source, target } = example;
    const sourceAt = row * sourceTime;
    batch.source.set(source, sourceAt);
    batch.source[sourceAt + source.length] = END;
    batch.sourceMask.fill(1, sourceAt, sourceAt + sourceLength(example));
    batch.sourceTokens += sourceLength(example);
    const targetAt = row * targetTime;
    batch.targetIn[targetAt] = START;
    batch.targetIn.set(target, targetAt + 1);
    batch.targetOut.set(target, targetAt);
    batch.targetOut[targetAt + target.length] = END;
    batch.targetMask.fill(1, targetAt, targetAt + targetLength(example));
    batch.targetTokens += targetLength(example);
  });
  if (examples.some((example) => example.alignment)) batch.guide = guideOf(examples, sourceTime, targetTime);
  if (examples[0]!.copy) batch.copy = copyOf(examples, batch);
  return batch;
}

function copyOf(examples: readonly Example[], { sourceTime, targetTime, targetOut }: Batch): BatchCopy {
  const copy = { source: new Int32Array(examples.length * sourceTime), targetOut: targetOut.slice(), extraCount: 0 };
  for (const [row, example] of examples.entries()) {
    const { source, target, extraCount } = example.copy!;
    copy.source.set(source, row * sourceTime);
    copy.targetOut.set(target, row * targetTime);
    copy.extraCount = Math.max(copy.extraCount, extraCount);
  }
  return copy;
}

function guideOf(examples: readonly Example[], sourceTime: number, targetTime: number): Float32Array {
  const guide = new Float32Array(examples.length * targetTime * sourceTime);
  for (const [row, { alignment = [] }] of examples.entries())
    for (const [source, target] of alignment) guide[(row * targetTime + target) * sourceTime + source] = 1;
  return guide;
}

/** Time steps an example takes: its tokens and the `</s>` (or `<s>`) that `makeBatch` adds. */
function sourceLength(example: Example): number {
  return example.source.length + 1;
}
function targetLength(example: Example): number {
  return example.target.length + 1;
}

function longest(examples: readonly Example[], length: (example: Example) => number): number {
  return examples.reduce((most, example) => Math.max(most, length(example)), 0);
}

/** How large batches are, and which of all orders is taken. */
export interface BatchPlanOptions {
  /** The most cells of a batch: rows × the longer side's longest. A longer example stands alone. */
  batchTokens?: number;
  /** The most rows of a batch. */
  batchSize?: number;
  seed: number;
  epoch: number;
}

/** Examples sorted by length together: enough that batches pad little, few enough that they differ every epoch. */
const POOL_SIZE = 8192;

/** How long examples are, by their place: tokens of each side without `<s>` and `</s>`. */
export interface ExampleLengths {
  source: Int32Array;
  target: Int32Array;
}

/**
 * The batches of one epoch as positions in `examples`: every example exactly once, examples of like length together.
 * The plan depends on the lengths, the limits and (seed, epoch) alone, so a resumed run meets the same batches.
 */
export function planBatches(examples: readonly Example[], options: BatchPlanOptions): Int32Array[] {
  const lengths = {
    source: Int32Array.from(examples, (example) => example.source.length),
    target: Int32Array.from(examples, (example) => example.target.length),
  };
  return planByLengths(lengths, options);
}

/** The same of lengths alone; `part` numbers the parts of an epoch that are planned one after another. */
export function planByLengths(
  { source, target }: ExampleLengths,
  { batchTokens, batchSize, seed, epoch }: BatchPlanOptions,
  part = 0,
): Int32Array[] {
  const [mostTokens, mostRows] = [batchTokens ?? Number.POSITIVE_INFINITY, batchSize ?? Number.POSITIVE_INFINITY];
  if (!(mostTokens >= 1 && mostRows >= 1) || Math.min(mostTokens, mostRows) === Number.POSITIVE_INFINITY) {
    throw new TandemError(
      `planBatches: expected batchTokens or batchSize of at least 1, got ${batchTokens} and ${batchSize}. Set one of them.`,
    );
  }
  const path = part === 0 ? "" : `part ${part}`;
  const shuffled = new RandomStream(seed, "example order", path, epoch).permutation(source.length);
  // Both sides take a time step more than they have tokens.
  const timeOf = (place: number) => Math.max(source[place]!, target[place]!) + 1;
  const compare = (a: number, b: number) => target[a]! - target[b]! || source[a]! - source[b]!;
  const batches: Int32Array[] = [];
  for (let start = 0; start < shuffled.length; start += POOL_SIZE) {
    // The sort is stable: examples of equal lengths stay shuffled.
    const pool = shuffled.slice(start, start + POOL_SIZE).sort(compare);
    let first = 0;
    let time = 0;
    pool.forEach((place, i) => {
      const grown = Math.max(time, timeOf(place));
      const rows = i - first + 1;
      if (rows > 1 && (rows > mostRows || rows * grown > mostTokens)) {
        batches.push(pool.slice(first, i));
        first = i;
        time = timeOf(place);
      } else {
        time = grown;
      }
    });
    batches.push(pool.slice(first));
  }
  return Array.from(new RandomStream(seed, "batch order", path, epoch).permutation(batches.length), (i) => batches[i]!);
}

/** The share of padding among all cells of both sides of the planned batches, in [0, 1]. */
export function paddingShare(examples: readonly Example[], plan: readonly Int32Array[]): number {
  let cells = 0;
  let real = 0;
  for (const positions of plan) {
    const rows = Array.from(positions, (position) => examples[position]!);
    cells += rows.length * (longest(rows, sourceLength) + longest(rows, targetLength));
    for (const example of rows) real += sourceLength(example) + targetLength(example);
  }
  return cells === 0 ? 0 : 1 - real / cells;
}
