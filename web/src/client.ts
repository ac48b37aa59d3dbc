// The page's side of the protocol.
import type { Answer, CallName, Input, Part, Request, Response } from "./protocol.js";

export interface AskOptions<Name extends CallName> {
  onPart?: (part: Part<Name>) => void;
  signal?: AbortSignal | undefined;
}

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
  onPart: ((part: never) => void) | undefined;
}

/** A call that was stopped: nothing to tell anyone. */
export class Stopped extends Error {}

export class ModelWorker {
  readonly #worker = new Worker(new URL("./model-worker.ts", import.meta.url), { type: "module" });
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  constructor() {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Response>) => this.#receive(data));
    this.#worker.addEventListener("error", ({ message }) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(message));
      this.#waiting.clear();
    });
  }

  ask<Name extends CallName>(call: Name, input: Input<Name>, options: AskOptions<Name> = {}): Promise<Answer<Name>> {
    const { onPart, signal } = options;
    if (signal?.aborted) return Promise.reject(new Stopped());
    const id = this.#next++;
    signal?.addEventListener("abort", () => this.#send({ id, stop: true }), { once: true });
    return new Promise<Answer<Name>>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onPart });
      this.#send({ id, call, input } as Request);
    });
  }

  /** Ends it with all it holds. */
  end(): void {
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Stopped());
    this.#waiting.clear();
  }

  #send(request: Request): void {
    this.#worker.postMessage(request);
  }

  #receive(response: Response): void {
    const waiting = this.#waiting.get(response.id);
    if (waiting === undefined) return;
    if ("part" in response) {
      waiting.onPart?.(response.part as never);
      return;
    }
    this.#waiting.delete(response.id);
    if ("error" in response) waiting.reject(response.isStop ? new Stopped() : new Error(response.error));
    else waiting.resolve(response.answer as never);
  }
}

/** The Worker of every view but training, which has one of its own. */
export const worker = new ModelWorker();
