import { TandemError } from "../../errors.js";
import type { Kernels } from "../kernels.js";
import {
  CLOSED,
  DONE,
  FAILED,
  type Job,
  KERNEL,
  type Kernel,
  READY,
  SHARE_COUNT,
  STACK_BYTES,
  spin,
  type ThreadExports,
  TICKET,
  takeShares,
  VALUE_COUNT,
  type WorkerStart,
} from "./job.js";
import { MOST_PARAMETERS, sharedKernels, shareKernels } from "./sharing.generated.js";
import { workerSource } from "./worker.generated.js";

/** About 20 µs of products: a worker that sleeps is hardly awake by then. */
export const LEAST_WORK = 1_000_000;
const WORD_BYTES = 64;
/** A worker that has begun a share and is not done with it by then was ended from outside. */
const PATIENCE_MILLISECONDS = 30_000;

const nodeThreads = globalThis.process?.getBuiltinModule?.("node:worker_threads");

/** Whether workers can share memory here: in Node.js, and in pages that are cross-origin isolated. */
export function canShareMemory(): boolean {
  return (
    typeof SharedArrayBuffer === "function" && (nodeThreads !== undefined || globalThis.crossOriginIsolated === true)
  );
}

/** Where it may, a waiting caller sleeps; the main thread of a page may not. */
function maySleep(words: Int32Array): boolean {
  try {
    Atomics.wait(words, DONE, -1, 0);
    return true;
  } catch {
    return false;
  }
}

/** The caller of shared kernels and its workers, which are started when there is something to share for the first time. */
export class ThreadPool {
  readonly #job: Job;
  readonly #main: ThreadExports;
  readonly #maySleep: boolean;
  #start: (() => void) | undefined;

  /** `stacks` is where the workers' stacks begin, STACK_BYTES for each of the `threads` − 1 workers. */
  constructor(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    main: ThreadExports,
    stacks: number,
    threads: number,
  ) {
    const buffer = new SharedArrayBuffer(WORD_BYTES + 8 * MOST_PARAMETERS);
    const words = new Int32Array(buffer, 0, WORD_BYTES / 4);
    const values = new Float64Array(buffer, WORD_BYTES);
    // Two shares a thread, so that one that wakes late delays nobody. None of them is open yet.
    words[TICKET] = words[SHARE_COUNT] = 2 * threads;
    this.#job = { words, values };
    this.#main = main;
    this.#maySleep = maySleep(words);
    const start = { words, values, module, memory, kernelNames: sharedKernels };
    this.#start = () => {
      for (let i = 0; i < threads - 1; i++) startWorker({ ...start, stack: stacks + i * STACK_BYTES });
    };
    abandoned.register(this, words);
  }

  /** The kernels, of whose calls those of at least `leastWork` operations are shared. */
  shareKernels(leastWork: number): Kernels {
    const alone = sharedKernels.map((name) => this.#main[name] as Kernel);
    return shareKernels(this.#main, leastWork, (number, values) => {
      if (this.#isReady()) this.#run(number, alone[number]!, values);
      else alone[number]!(...values);
    });
  }

  /** How many workers are ready. */
  get workers(): number {
    return Atomics.load(this.#job.words, READY);
  }

  /** How many shares of the last shared call were done by workers. */
  get sharesOfWorkers(): number {
    return Atomics.load(this.#job.words, DONE);
  }

  /** Ends the workers; kernels go on alone. */
  close(): void {
    this.#start = undefined;
    close(this.#job.words);
  }

  /** Until a worker is ready, and for ever where none can be started, the caller does everything alone. */
  #isReady(): boolean {
    this.#start?.();
    this.#start = undefined;
    return this.workers > 0 && Atomics.load(this.#job.words, TICKET) !== CLOSED;
  }

  #run(number: number, kernel: Kernel, given: number[]): void {
    const { words, values } = this.#job;
    values.set(given);
    words[VALUE_COUNT] = given.length;
    words[KERNEL] = number;
    words[FAILED] = words[DONE] = 0;
    const nextJob = (words[TICKET]! >> 8) + 1;
    Atomics.store(words, TICKET, nextJob << 8);
    Atomics.notify(words, TICKET);
    const mine = takeShares(this.#job, this.#main.setShare, () => kernel(...given));
    this.#main.setShare(0, 1);
    this.#awaitWorkers(words[SHARE_COUNT]! - mine);
    if (words[FAILED] !== 0)
      throw new TandemError("kernel: expected pointers and sizes inside the memory, got a trap in a thread.");
  }

  #awaitWorkers(shares: number): void {
    const { words } = this.#job;
    const until = performance.now() + PATIENCE_MILLISECONDS;
    for (let done = Atomics.load(words, DONE); done < shares; done = Atomics.load(words, DONE)) {
      if (spin(words, DONE, done)) continue;
      const inTime = this.#maySleep
        ? Atomics.wait(words, DONE, done, PATIENCE_MILLISECONDS) !== "timed-out"
        : performance.now() < until;
      if (inTime) continue;
      this.close();
      throw new TandemError(
        `threads: expected every worker to finish its share within ${PATIENCE_MILLISECONDS / 1000} s, got one that did not. Use threads: 1.`,
      );
    }
  }
}

function close(words: Int32Array): void {
  Atomics.store(words, TICKET, CLOSED);
  Atomics.notify(words, TICKET);
}

/** Ends the workers of backends that were dropped without `dispose`. */
const abandoned = new FinalizationRegistry(close);

let workerAddress: string | undefined;

/** Starts a worker that keeps no process alive. One that fails never becomes ready, and that is all. */
function startWorker(start: WorkerStart): void {
  try {
    if (nodeThreads) {
      const worker = new nodeThreads.Worker(workerSource, { eval: true, execArgv: [], workerData: start });
      // Without a listener the error would end the process.
      worker.on("error", () => {});
      worker.unref();
    } else {
      workerAddress ??= URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
      const worker = new Worker(workerAddress);
      worker.addEventListener("error", (event) => event.preventDefault());
      worker.postMessage(start);
    }
  } catch {
    // A page's content security policy may forbid workers.
  }
}
