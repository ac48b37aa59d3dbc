import { availableParallelism } from "node:os";
import { ApiError } from "./api-error.js";
import { Batcher } from "./batcher.js";
import { TASKS_OF_CALL } from "./calls.js";
import { Metrics } from "./metrics.js";
import { type Lane, WorkerPool } from "./pool.js";
import type { Call, Item, Outcome } from "./protocol.js";
import { modelFiles, type ServedModel } from "./served-models.js";
import type { Settings } from "./settings.js";

/** A request without HTTP. */
export interface Question {
  model: string;
  call: Call;
  item: Item;
  signal: AbortSignal;
  /** Hears of each token of a stream, as JSON. */
  onEvent?: (json: string) => void;
}

/** The models, and everything between a question and its answer: batches, threads, counts. */
export class Engine {
  readonly metrics: Metrics;
  readonly #pool: WorkerPool;
  #nextKey = 0;
  readonly #batchers: Record<Lane, Batcher<Question>>;

  private constructor(
    readonly models: readonly ServedModel[],
    pool: WorkerPool,
    { batchWindow, batchSize, queueLimit }: Settings,
  ) {
    this.#pool = pool;
    const batcher = (lane: Lane, window: number, size: number) =>
      new Batcher<Question>({
        ...{ window, batchSize: size, queueLimit },
        hasRoom: () => pool.hasRoom(lane),
        run: (works, signal) => {
          const { model, call, onEvent } = works[0]!.load;
          return pool.run(lane, { model, call, items: works.map(({ load }) => load.item) }, { signal, onEvent });
        },
        onBatch: (texts) => this.metrics.batches.observe(texts),
      });
    this.#batchers = { batch: batcher("batch", batchWindow, batchSize), single: batcher("single", 0, 1) };
    this.metrics = new Metrics({ waiting: () => this.waiting, workers: () => pool.size });
    pool.onRoom(() => {
      for (const batcher of Object.values(this.#batchers)) batcher.pump();
    });
  }

  /** Opens the models; throws what is wrong with one. */
  static async open(
    given: readonly string[],
    settings: Settings,
    onRestart: (reason: string) => void,
  ): Promise<Engine> {
    const files = modelFiles(given);
    const { workers, backend, threads = Math.max(1, Math.floor(availableParallelism() / workers)) } = settings;
    const models = files.map(({ name, path }) => ({ name, path }));
    let engine: Engine | undefined;
    const pool = new WorkerPool({
      ...{ workers, models, threads },
      ...(backend && { backend }),
      onRestart(reason) {
        engine?.metrics.restarts.inc();
        onRestart(reason);
      },
    });
    const facts = await pool.start();
    const served = files.map((file, i): ServedModel => ({ ...file, ...facts[i]! }));
    engine = new Engine(served, pool, settings);
    return engine;
  }

  /** Texts that wait for a thread. */
  get waiting(): number {
    return this.#batchers.batch.waiting + this.#batchers.single.waiting;
  }

  /** Whether there is a thread to answer. */
  get isUp(): boolean {
    return this.#pool.size > 0;
  }

  /** The model that a request means; it may leave its name out where only one can be meant. */
  modelFor(call: Call["name"], name: string | undefined): ServedModel {
    const tasks = TASKS_OF_CALL[call];
    const able = this.models.filter(({ task }) => tasks.includes(task));
    const names = able.map(({ name }) => name).join(", ");
    if (name === undefined) {
      if (able.length === 1) return able[0]!;
      const message =
        able.length === 0
          ? `model: expected one of task ${tasks.join(" or ")} to be served, got none. See GET /v1/models.`
          : `model: expected one of ${names}, got nothing. Say which.`;
      throw new ApiError(able.length === 0 ? "unknown_model" : "invalid_request", message, { where: "model" });
    }
    const found = this.models.find((model) => model.name === name);
    if (found === undefined)
      throw new ApiError(
        "unknown_model",
        `model: expected one of ${this.models.map(({ name }) => name).join(", ")}, got ${JSON.stringify(name)}.`,
        { where: "model" },
      );
    if (!tasks.includes(found.task))
      throw new ApiError(
        "invalid_request",
        `model: expected one of task ${tasks.join(" or ")}, got ${name} of task ${found.task}. ${able.length > 0 ? `Take ${names}.` : "See GET /v1/models."}`,
        { where: "model" },
      );
    return found;
  }

  /** The results of a question, as JSON with commas between them. */
  async ask(question: Question): Promise<string> {
    const { model, call, item, signal } = question;
    const lane = call.name === "stream" || call.name === "trace" ? "single" : "batch";
    const size = call.name === "generate" ? (call.options.count ?? item.texts.length) : item.texts.length;
    // Lines that are drawn depend on those beside them: requests for them are not joined.
    const isAlone = lane === "single" || call.name === "generate";
    const key = isAlone ? `${this.#nextKey++}` : `${call.name} ${model} ${canonical(call.options)}`;
    const outcome = await this.#batchers[lane].submit({ load: question, key, size, signal });
    const json = jsonOf(outcome, signal);
    this.metrics.texts.inc({ model, call: call.name }, size);
    return json;
  }

  /** Ends the threads; what they compute is lost. */
  async close(): Promise<void> {
    await this.#pool.close();
    this.metrics.registry.clear();
  }
}

function jsonOf(outcome: Outcome, signal: AbortSignal): string {
  if ("json" in outcome) return outcome.json;
  switch (outcome.code) {
    case "aborted":
      throw signal.reason;
    case "invalid_request":
      throw new ApiError("invalid_request", outcome.message);
    case "internal":
      throw new ApiError("internal", "The server met what it did not expect; its log says more.", {
        cause: new Error(outcome.message),
      });
  }
}

/** The same text for the same options, in whatever order they were given. */
export function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`)
    .join(",")}}`;
}
