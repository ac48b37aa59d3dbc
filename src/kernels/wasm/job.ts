/**
 * How threads share the call of a kernel. Each has an instance of the module on the one memory. The caller writes down the
 * kernel and its arguments and opens a ticket; it and the workers then take shares of the call until none is left.
 *
 * The ticket is `job << 8 | next share`, and taking a share is one compare-and-exchange on it. What is to be called is read
 * after that, when this job can no longer end without this share: a thread that was late never does a share of one job
 * with the arguments of another, whatever the number of jobs has wrapped around to.
 */
import type { Kernels } from "../kernels.js";

export type Kernel = (...values: number[]) => void;

/** What an instance of the module built for threads exports. */
export interface ThreadExports extends Kernels {
  setShare(index: number, count: number): void;
  readonly __stack_pointer: WebAssembly.Global;
  readonly __heap_base: WebAssembly.Global;
  __wasm_init_tls(pointer: number): void;
}

/** Two shares for each must fit into the ticket's eight bits. */
export const MOST_THREADS = 64;
/** A thread's stack, with its thread-local storage at the lower end. The kernels use up to about 20 KiB. */
export const STACK_BYTES = 65_536;

/** Indices of `Job.words`. The first three change during a job, the others do not. */
export const TICKET = 0;
/** How many shares the workers have done. */
export const DONE = 1;
/** 1 when a share ended in a trap. */
export const FAILED = 2;
export const KERNEL = 3;
export const VALUE_COUNT = 4;
export const SHARE_COUNT = 5;
/** How many workers are ready. */
export const READY = 6;

/** The ticket when there will be no more jobs. */
export const CLOSED = -1;

/** The job as every thread sees it. */
export interface Job {
  readonly words: Int32Array;
  /** The kernel's arguments. */
  readonly values: Float64Array;
}

/** What a worker is started with. */
export interface WorkerStart extends Job {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** The names of the kernels that are shared, in the order of their numbers. */
  readonly kernelNames: readonly string[];
  /** Where its stack begins, STACK_BYTES long. */
  readonly stack: number;
}

export const hasShares = (words: Int32Array, ticket: number): boolean => (ticket & 0xff) < words[SHARE_COUNT]!;

/** Takes shares of the open job until none is left and does each by `call`. Returns how many it did. */
export function takeShares({ words }: Job, setShare: ThreadExports["setShare"], call: () => void): number {
  for (let done = 0; ; ) {
    const ticket = Atomics.load(words, TICKET);
    if (!hasShares(words, ticket)) return done;
    if (Atomics.compareExchange(words, TICKET, ticket, ticket + 1) !== ticket) continue;
    setShare(ticket & 0xff, words[SHARE_COUNT]!);
    try {
      call();
    } catch {
      Atomics.store(words, FAILED, 1);
    }
    done++;
  }
}

/** About as long as it takes to get from one kernel to the next; longer waits are slept through. */
const SPIN_MILLISECONDS = 0.02;
const TURNS_BETWEEN_LOOKS_AT_THE_CLOCK = 64;

/** Stays awake until words[index] is no longer `value`, for a moment at most; whether it has changed. */
export function spin(words: Int32Array, index: number, value: number): boolean {
  const until = performance.now() + SPIN_MILLISECONDS;
  do {
    for (let turn = 0; turn < TURNS_BETWEEN_LOOKS_AT_THE_CLOCK; turn++)
      if (Atomics.load(words, index) !== value) return true;
  } while (performance.now() < until);
  return false;
}
