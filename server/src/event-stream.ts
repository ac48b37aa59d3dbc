import { Readable } from "node:stream";

/**
 * Server-sent events of which only the newest matters: a reader slower than the model finds the text so far and misses what
 * lay between, so that nothing piles up. The last event is never left out.
 */
export class EventStream extends Readable {
  #newest: string | undefined;
  #last: string | undefined;
  #wantsMore = false;

  constructor() {
    super({ highWaterMark: 0 });
  }

  /** A token was written; `json` is the output so far. */
  tell(json: string): void {
    this.#newest = eventOf("token", json);
    this.#flush();
  }

  /** Nothing comes after this one. */
  finish(name: "result" | "error", json: string): void {
    this.#last = eventOf(name, json);
    this.#flush();
  }

  override _read(): void {
    this.#wantsMore = true;
    this.#flush();
  }

  #flush(): void {
    if (!this.#wantsMore || this.destroyed) return;
    if (this.#newest !== undefined) {
      this.#wantsMore = false;
      const event = this.#newest;
      this.#newest = undefined;
      this.push(event);
    } else if (this.#last !== undefined) {
      this.#wantsMore = false;
      const event = this.#last;
      this.#last = undefined;
      this.push(event);
      this.push(null);
    }
  }
}

const eventOf = (name: string, json: string) => `event: ${name}\ndata: ${json}\n\n`;
