import { Worker } from "node:worker_threads";
import { TandemError } from "tandem-seq2seq";
import { ApiError } from "./api-error.js";
import type { FromWorker, Job, ModelFacts, Outcome, ToWorker, WorkerData } from "./protocol.js";

/** Jobs a worker takes at a time: one batch, and beside it a few that are of one request. */
const ROOM = { batch: 1, single: 4 } as const;

/** What a job is: a batch of requests, or one that takes turns with it. */
export type Lane = keyof typeof ROOM;

/** How long a worker that does not come up is waited for before the next attempt, and at most. */
const RESTART_MS = { first: 100, most: 30_000 };
const STUCK_MS = 10_000;

/** How the workers of a pool are made. */
export interface PoolOptions extends WorkerData {
  workers: number;
  /** The script of the thread; the server's own unless given. */
  script?: URL;
  /** Milliseconds after an abort in which a thread has to let go; else it is replaced. 10 s unless given. */
  stuckAfter?: number;
  onRestart?: (reason: string) => void;
}

/** What is heard of a job, and what stops it. */
export interface Listening {
  signal: AbortSignal;
  onEvent?: ((json: string) => void) | undefined;
}

interface Running {
  lane: Lane;
  onEvent: ((json: string) => void) | undefined;
  settle: (outcomes: Outcome[]) => void;
  fail: (error: ApiError) => void;
}

/** A thread and what it works on. */
class Thread {
  readonly jobs = new Map<number, Running>();
  ready = false;
  readonly #used = { batch: 0, single: 0 };

  constructor(readonly worker: Worker) {}

  room(lane: Lane): number {
    return this.ready ? ROOM[lane] - this.#used[lane] : 0;
  }

  send(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  add(id: number, running: Running): void {
    this.jobs.set(id, running);
    this.#used[running.lane]++;
  }

  take(id: number): Running | undefined {
    const running = this.jobs.get(id);
    if (running) this.#used[running.lane]--;
    this.jobs.delete(id);
    return running;
  }
}

/** Threads that hold the models. One that dies fails its jobs with a sentence and is replaced. */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #threads = new Set<Thread>();
  readonly #listeners = new Set<() => void>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #nextId = 1;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Opens the models in every thread; throws what is wrong with one. */
  async start(): Promise<ModelFacts[]> {
    try {
      const facts = await Promise.all(Array.from({ length: this.#options.workers }, () => this.#open()));
      return facts[0]!;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** How many threads are up. */
  get size(): number {
    return [...this.#threads].filter(({ ready }) => ready).length;
  }

  hasRoom(lane: Lane): boolean {
    return [...this.#threads].some((thread) => thread.room(lane) > 0);
  }

  /** `listener` is told whenever a job can be taken that could not be before. */
  onRoom(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Has a job done by the thread with the most room; there must be some. */
  run(lane: Lane, job: Job, { signal, onEvent }: Listening): Promise<Outcome[]> {
    const [thread] = [...this.#threads].sort(
      (a, b) => b.room(lane) - a.room(lane) || b.room("single") - a.room("single"),
    );
    if (thread === undefined || thread.room(lane) < 1)
      throw new Error(`run: expected a thread with room for a ${lane} job, got none.`);
    const id = this.#nextId++;
    return new Promise<Outcome[]>((resolve, reject) => {
      let stuck: NodeJS.Timeout | undefined;
      const abort = () => {
        thread.send({ kind: "abort", id });
        stuck = setTimeout(() => void thread.worker.terminate(), this.#options.stuckAfter ?? STUCK_MS);
      };
      const finish = () => {
        signal.removeEventListener("abort", abort);
        clearTimeout(stuck);
      };
      thread.add(id, {
        lane,
        onEvent,
        settle(outcomes) {
          finish();
          resolve(outcomes);
        },
        fail(error) {
          finish();
          reject(error);
        },
      });
      thread.send({ kind: "run", id, job });
      signal.addEventListener("abort", abort);
      if (signal.aborted) abort();
    });
  }

  /** Ends all threads. What they were doing fails. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#restarts) clearTimeout(timer);
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  #open(): Promise<ModelFacts[]> {
    const { script, models, backend, threads } = this.#options;
    const workerData: WorkerData = { models, ...(backend && { backend }), ...(threads && { threads }) };
    const worker = new Worker(script ?? new URL("./worker.js", import.meta.url), { workerData });
    const thread = new Thread(worker);
    this.#threads.add(thread);
    return new Promise((resolve, reject) => {
      let reason = "it ended";
      worker.on("message", (message: FromWorker) => {
        switch (message.kind) {
          case "ready":
            thread.ready = true;
            resolve(message.models);
            this.#tellRoom();
            break;
          case "refused":
            reason = message.message;
            void worker.terminate();
            break;
          case "event":
            thread.jobs.get(message.id)?.onEvent?.(message.json);
            break;
          case "done":
            thread.take(message.id)?.settle(message.outcomes);
            this.#tellRoom();
            break;
        }
      });
      worker.on("error", (error: Error) => {
        reason = error.message;
      });
      worker.on("exit", () => {
        this.#threads.delete(thread);
        reject(new TandemError(reason));
        for (const { fail } of thread.jobs.values())
          fail(
            new ApiError(
              "worker_died",
              "The thread that computed this answer ended before it was done and has been started again. Send the request again.",
              { retryAfter: 1 },
            ),
          );
        if (thread.ready && !this.#isClosed) this.#replace(reason, RESTART_MS.first);
      });
    });
  }

  #replace(reason: string, wait: number): void {
    this.#options.onRestart?.(reason);
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      this.#open().catch((error: Error) => {
        if (!this.#isClosed) this.#replace(error.message, Math.min(wait * 2, RESTART_MS.most));
      });
    }, wait);
    this.#restarts.add(timer);
  }

  #tellRoom(): void {
    for (const listener of this.#listeners) listener();
  }
}
