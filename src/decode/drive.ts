import { AbortedError } from "../errors.js";

/** How long a search may keep the event loop waiting: signals arrive, pages and servers stay alive. */
const MOST_MILLISECONDS = 20;

/** Ends when other work has had its turn. Timers wait a millisecond or, in browsers, four, where that is not needed. */
function turnOver(resolve: () => void): void {
  if (typeof setImmediate === "function") {
    setImmediate(resolve);
    return;
  }
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    resolve();
  };
  port2.postMessage(undefined);
}

/** Runs searches step by step, looking at the signal between the steps. `progress` says how far the call had come. */
export class Driver {
  #lastTurn = performance.now();

  constructor(
    readonly signal: AbortSignal | undefined,
    readonly progress: () => string,
  ) {}

  /** Throws AbortedError when the signal aborts; what the search holds is freed by whoever made it. */
  async run<Result>(search: Generator<unknown, Result>): Promise<Result> {
    for (;;) {
      this.check();
      const { done, value } = search.next();
      if (done) return value;
      if (this.isDue()) await this.turn();
    }
  }

  check(): void {
    const { signal } = this;
    if (signal?.aborted) throw new AbortedError(`${this.progress()}.`, { cause: signal.reason });
  }

  isDue(): boolean {
    return performance.now() - this.#lastTurn > MOST_MILLISECONDS;
  }

  /** A turn of the event loop. */
  async turn(): Promise<void> {
    await new Promise<void>(turnOver);
    this.#lastTurn = performance.now();
  }
}
