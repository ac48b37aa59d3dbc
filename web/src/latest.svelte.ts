import { Stopped } from "./client.js";

/** What the newest question was answered; an older one that is still under way is stopped and forgotten. */
export class Latest<Value> {
  value = $state.raw<Value | undefined>();
  error = $state<string | undefined>();
  busy = $state(false);
  #controller: AbortController | undefined;

  /** Runs `work` and keeps its value; what stood before stays until then. */
  async run(work: (signal: AbortSignal, tell: (value: Value) => void) => Promise<Value | undefined>): Promise<void> {
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    const isNewest = () => this.#controller === controller;
    this.busy = true;
    try {
      const value = await work(controller.signal, (part) => {
        if (isNewest()) this.value = part;
      });
      if (!isNewest()) return;
      if (value !== undefined) this.value = value;
      this.error = undefined;
    } catch (error) {
      if (!isNewest() || error instanceof Stopped) return;
      this.error = error instanceof Error ? error.message : String(error);
      this.value = undefined; // it would stand for what was asked now
    } finally {
      if (isNewest()) this.busy = false;
    }
  }

  stop(): void {
    this.#controller?.abort();
  }

  clear(): void {
    this.#controller?.abort();
    this.#controller = undefined;
    this.value = undefined;
    this.error = undefined;
    this.busy = false;
  }
}
