import type { DevProgress, StepProgress } from "tandem-seq2seq";
import { ModelWorker, Stopped } from "./client.js";
import type { Input, ModelSummary, TrainedModel, TrainingReport } from "./protocol.js";

/** Loss after steps; `dev` has a value where an epoch ended. */
interface Curve {
  steps: number[];
  loss: number[];
  dev: (number | null)[];
}
const NO_CURVE: Curve = { steps: [], loss: [], dev: [] };
const TRAINED = "trained";
const BASE = "base";

/** A training in a Worker of its own: how far it is, and what came of it. */
export class Training {
  phase = $state<"idle" | "running" | "paused" | "done" | "stopped">("idle");
  error = $state<string>();
  now = $state.raw<StepProgress>();
  epoch = $state.raw<DevProgress>();
  curve = $state.raw(NO_CURVE);
  /** What the model made of the watched line after the newest epoch. */
  watched = $state.raw<{ epoch: number; trace: NonNullable<TrainingReport["watched"]> }>();
  trained = $state.raw<TrainedModel>();
  #worker: ModelWorker | undefined;
  #controller: AbortController | undefined;

  get isRunning(): boolean {
    return this.phase === "running" || this.phase === "paused";
  }

  /** Trains a new model, or goes on from the bytes of one. */
  async start(asked: Omit<Input<"train">, "key" | "from">, base?: Uint8Array<ArrayBuffer>): Promise<void> {
    this.end();
    const worker = new ModelWorker();
    const { signal } = (this.#controller = new AbortController());
    this.#worker = worker;
    this.error = this.now = this.epoch = this.watched = this.trained = undefined;
    this.curve = NO_CURVE;
    this.phase = "running";
    try {
      if (base) await worker.ask("open", { key: BASE, place: { bytes: base } }, { signal });
      const input = { ...asked, key: TRAINED, from: base && BASE };
      this.trained = await worker.ask("train", input, { onPart: (part) => this.#report(part), signal });
      this.phase = "done";
    } catch (cause) {
      this.phase = cause instanceof Stopped ? "stopped" : "idle";
      if (!(cause instanceof Stopped)) this.error = cause instanceof Error ? cause.message : String(cause);
    }
  }

  pause(on: boolean): void {
    void this.#worker?.ask("pause", { on });
    this.phase = on ? "paused" : "running";
  }

  /** The best epoch so far stays, if there was one. */
  stop(): void {
    this.pause(false);
    this.#controller?.abort();
  }

  end(): void {
    this.#worker?.end();
  }

  #report({ progress, watched }: TrainingReport): void {
    if (progress.kind === "step") {
      this.now = progress;
      this.#add(progress.step, progress.loss, null);
      return;
    }
    this.epoch = progress;
    this.#add(progress.step, progress.trainLoss, progress.devLoss ?? null);
    if (watched) this.watched = { epoch: progress.epoch, trace: watched };
  }

  #add(step: number, loss: number, dev: number | null): void {
    const { steps, loss: losses, dev: devs } = this.curve;
    const known = steps.at(-1) === step ? -1 : steps.length;
    this.curve = {
      steps: [...steps.slice(0, known), step],
      loss: [...losses.slice(0, known), loss],
      dev: [...devs.slice(0, known), dev],
    };
  }
}

/** What a model file holds. */
export async function summaryOf(bytes: Uint8Array<ArrayBuffer>): Promise<ModelSummary> {
  const worker = new ModelWorker();
  try {
    return await worker.ask("open", { key: BASE, place: { bytes } });
  } finally {
    worker.end();
  }
}
