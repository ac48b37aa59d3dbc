// A process that measures. It holds what it is to measure and is idle until a line on its standard input asks for a round.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** A contender that cannot be had here; the message says why. */
export class AbsentError extends Error {}

export class Child {
  #process;
  /** Who waits for the next lines, first come first served. */
  #waiting = [];
  #complaints = "";
  #ended;

  /**
   * @param {string} name for messages
   * @param {string} command
   * @param {readonly string[]} args
   * @param {NodeJS.ProcessEnv} env
   */
  constructor(name, command, args, env = process.env) {
    this.name = name;
    this.#process = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    createInterface({ input: this.#process.stdout }).on("line", (line) => this.#waiting.shift()?.resolve(line));
    this.#process.stderr.on("data", (bytes) => {
      this.#complaints = (this.#complaints + bytes).slice(-4000);
    });
    // A write to a child that has ended is told by its end.
    this.#process.stdin.on("error", () => {});
    this.#ended = new Promise((resolve) => {
      const end = (why) => {
        for (const { reject } of this.#waiting.splice(0)) reject(new Error(`${name}: ${why}`));
        resolve(why);
      };
      this.#process.on("error", (error) => end(`does not start: ${error.message}`));
      this.#process.on("close", (code, signal) => end(`ended (${signal ?? `code ${code}`}). ${this.#lastComplaint()}`));
    });
  }

  get pid() {
    return this.#process.pid;
  }

  #lastComplaint() {
    return this.#complaints.trim().split("\n").at(-1) ?? "";
  }

  /** The next line, parsed. `{ absent }` and `{ error }` become errors. */
  async #reply() {
    const line = await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#ended.then((why) => reject(new Error(`${this.name}: ${why}`)));
    });
    const reply = JSON.parse(line);
    if (reply.absent) throw new AbsentError(reply.absent);
    if (reply.error) throw new Error(`${this.name}: ${reply.error}`);
    return reply;
  }

  /** What the child says first: what it is. */
  hello() {
    return this.#reply();
  }

  /** @param {object | string} message */
  ask(message) {
    this.#process.stdin.write(`${typeof message === "string" ? message : JSON.stringify(message)}\n`);
    return this.#reply();
  }

  /** The most memory it ever held, in bytes (Linux; elsewhere undefined). */
  peakBytes() {
    try {
      const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
      return Number(status.match(/^VmHWM:\s*(\d+) kB/m)[1]) * 1024;
    } catch {
      return undefined;
    }
  }

  /** Closing its input ends it. */
  async end() {
    this.#process.stdin.end();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), 5000);
    await this.#ended;
    clearTimeout(timer);
  }
}
