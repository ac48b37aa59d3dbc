import type { Backend, Kernels } from "./kernels.js";

/** What a kernel took in the steps that were timed. */
export interface KernelTime {
  milliseconds: number;
  calls: number;
}

/** Times by kernel of the steps that were timed. */
export interface KernelTimes {
  steps: number;
  /** Of whole steps, with what is done between the kernels. */
  milliseconds: number;
  kernels: Record<string, KernelTime>;
}

/**
 * A clock around each kernel of a backend, for the steps that are run in `time` only: then every call costs two readings of
 * the clock more. Between them the kernels are called as if there were no clock.
 */
export class KernelClock {
  /** Computes as the backend does, in its memory. */
  readonly backend: Backend;
  readonly #clocked: Kernels;
  #running = false;
  #times: KernelTimes = noTimes();

  constructor(backend: Backend) {
    this.#clocked = this.#clockedKernels(backend.kernels);
    const kernels = () => (this.#running ? this.#clocked : backend.kernels);
    this.backend = Object.create(backend, { kernels: { get: kernels, enumerable: true } });
  }

  /** Runs a step with clocks. */
  time<Result>(step: () => Result): Result {
    const start = performance.now();
    this.#running = true;
    try {
      return step();
    } finally {
      this.#running = false;
      this.#times.steps++;
      this.#times.milliseconds += performance.now() - start;
    }
  }

  /** What the clocks say since they were last asked, the longest kernel first. */
  take(): KernelTimes {
    const { kernels, ...times } = this.#times;
    this.#times = noTimes();
    const sorted = Object.entries(kernels).sort(([, a], [, b]) => b.milliseconds - a.milliseconds);
    return { ...times, kernels: Object.fromEntries(sorted) };
  }

  #clockedKernels(kernels: Kernels): Kernels {
    const clocked: Record<string, (...args: number[]) => number> = {};
    for (const [name, kernel] of Object.entries(kernels) as [string, (...args: number[]) => number][])
      clocked[name] = (...args) => {
        const start = performance.now();
        const result = kernel(...args);
        const time = (this.#times.kernels[name] ??= { milliseconds: 0, calls: 0 });
        time.milliseconds += performance.now() - start;
        time.calls++;
        return result;
      };
    return clocked as unknown as Kernels;
  }
}

function noTimes(): KernelTimes {
  return { steps: 0, milliseconds: 0, kernels: {} };
}
