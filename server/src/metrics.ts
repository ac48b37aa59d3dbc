import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Seconds of a request. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const TEXTS = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** What the server counts, each server for itself. */
export class Metrics {
  readonly registry = new Registry();
  readonly #registers = [this.registry];
  readonly requests = new Counter({
    name: "tandem_requests_total",
    help: "Answers, by route and status",
    labelNames: ["route", "status"],
    registers: this.#registers,
  });
  readonly seconds = new Histogram({
    name: "tandem_request_duration_seconds",
    help: "From a request's arrival to the end of its answer",
    labelNames: ["route"],
    buckets: SECONDS,
    registers: this.#registers,
  });
  readonly texts = new Counter({
    name: "tandem_texts_total",
    help: "Texts answered, by model and call",
    labelNames: ["model", "call"],
    registers: this.#registers,
  });
  readonly batches = new Histogram({
    name: "tandem_batch_texts",
    help: "Texts computed together",
    buckets: TEXTS,
    registers: this.#registers,
  });
  readonly restarts = new Counter({
    name: "tandem_worker_restarts_total",
    help: "Threads that ended and were started again",
    registers: this.#registers,
  });

  constructor(ask: { waiting: () => number; workers: () => number }) {
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name,
        help,
        registers: this.#registers,
        collect() {
          this.set(value());
        },
      });
    gauge("tandem_queue_texts", "Texts that wait", ask.waiting);
    gauge("tandem_workers", "Threads that are up", ask.workers);
    collectDefaultMetrics({ register: this.registry });
  }
}
