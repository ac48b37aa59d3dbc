import { ApiError } from "./api-error.js";
import type { Outcome } from "./protocol.js";

/** One request on its way to a worker. */
export interface Work<Load> {
  load: Load;
  /** Works of one key can be done together. */
  key: string;
  /** How many texts it has. */
  size: number;
  signal: AbortSignal;
}

/** When requests are joined, and how many may wait. */
export interface BatcherOptions<Load> {
  /** Milliseconds that the oldest request of a batch waits for others while a worker is free. */
  window: number;
  /** Texts of a batch; one request with more is a batch of its own. */
  batchSize: number;
  /** Texts that wait at most; what comes then is refused. */
  queueLimit: number;
  hasRoom: () => boolean;
  /** Does works of one key together; as many outcomes as works, in their order. */
  run: (works: readonly Work<Load>[], signal: AbortSignal) => Promise<Outcome[]>;
  onBatch?: (texts: number) => void;
}

interface Waiting<Load> extends Work<Load> {
  since: number;
  settle: (outcome: Outcome) => void;
  fail: (error: unknown) => void;
}

/** How much the last batch counts in the time that a text takes. */
const SHARE_OF_LAST = 0.2;
const RETRY_SECONDS = { least: 1, most: 60 };

/** Joins requests that wait at the same time and want the same of the same model. */
export class Batcher<Load> {
  readonly #options: BatcherOptions<Load>;
  readonly #queue: Waiting<Load>[] = [];
  #timer: NodeJS.Timeout | undefined;
  #waiting = 0;
  #running = 0;
  /** A moving average. */
  #secondsPerText = 0;

  constructor(options: BatcherOptions<Load>) {
    this.#options = options;
  }

  /** Texts that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Batches that are being computed. */
  get running(): number {
    return this.#running;
  }

  /** What became of a request. Rejects at once where too many wait, or when its signal aborts. */
  submit(work: Work<Load>): Promise<Outcome> {
    const { queueLimit } = this.#options;
    if (this.#waiting + work.size > queueLimit)
      return Promise.reject(
        new ApiError(
          "queue_full",
          `queue: expected at most ${queueLimit} texts to wait, got ${this.#waiting} and ${work.size} more. Try again later.`,
          { retryAfter: this.#secondsToWait() },
        ),
      );
    return new Promise<Outcome>((resolve, reject) => {
      const { signal } = work;
      const leave = () => {
        const place = this.#queue.indexOf(waiting);
        if (place >= 0) this.#remove(place);
        reject(signal.reason);
      };
      const settled = () => signal.removeEventListener("abort", leave);
      const waiting: Waiting<Load> = {
        ...work,
        since: performance.now(),
        settle(outcome) {
          settled();
          resolve(outcome);
        },
        fail(error) {
          settled();
          reject(error);
        },
      };
      this.#queue.push(waiting);
      this.#waiting += work.size;
      signal.addEventListener("abort", leave, { once: true });
      if (signal.aborted) leave();
      else this.pump();
    });
  }

  /** Begins what can begin; to be called when a worker becomes free. */
  pump(): void {
    clearTimeout(this.#timer);
    const { window, hasRoom } = this.#options;
    while (this.#queue.length > 0 && hasRoom()) {
      const { batch, due } = this.#next(performance.now() - window);
      if (batch === undefined) {
        this.#timer = setTimeout(() => this.pump(), Math.max(1, due + window - performance.now()));
        return;
      }
      void this.#start(batch);
    }
  }

  /** The first batch that is full, or whose oldest work came before `ripe`; else when the oldest of all came. */
  #next(ripe: number): { batch?: Waiting<Load>[]; due: number } {
    const { batchSize } = this.#options;
    const groups = new Map<string, { works: Waiting<Load>[]; size: number; isFull: boolean }>();
    for (const work of this.#queue) {
      const group = groups.get(work.key) ?? { works: [], size: 0, isFull: false };
      groups.set(work.key, group);
      if (group.isFull) continue;
      if (group.size > 0 && group.size + work.size > batchSize) group.isFull = true;
      else {
        group.works.push(work);
        group.size += work.size;
        group.isFull = group.size >= batchSize;
      }
    }
    const due = this.#queue[0]!.since;
    for (const { works, isFull } of groups.values())
      if (isFull || works[0]!.since <= ripe) return { batch: works, due };
    return { due };
  }

  async #start(batch: readonly Waiting<Load>[]): Promise<void> {
    for (const work of batch) this.#remove(this.#queue.indexOf(work));
    const texts = batch.reduce((sum, { size }) => sum + size, 0);
    this.#options.onBatch?.(texts);
    const controller = new AbortController();
    let wanted = batch.length;
    const lose = () => {
      if (--wanted === 0) controller.abort();
    };
    for (const { signal } of batch) signal.addEventListener("abort", lose, { once: true });
    const start = performance.now();
    this.#running++;
    try {
      const outcomes = await this.#options.run(batch, controller.signal);
      const seconds = (performance.now() - start) / 1000 / texts;
      this.#secondsPerText += SHARE_OF_LAST * (seconds - this.#secondsPerText);
      for (const [i, { settle }] of batch.entries()) settle(outcomes[i]!);
    } catch (error) {
      for (const { fail } of batch) fail(error);
    } finally {
      this.#running--;
      for (const { signal } of batch) signal.removeEventListener("abort", lose);
    }
  }

  #remove(place: number): void {
    const [work] = this.#queue.splice(place, 1);
    this.#waiting -= work!.size;
  }

  #secondsToWait(): number {
    const seconds = Math.ceil(this.#waiting * this.#secondsPerText);
    return Math.min(RETRY_SECONDS.most, Math.max(RETRY_SECONDS.least, seconds));
  }
}
