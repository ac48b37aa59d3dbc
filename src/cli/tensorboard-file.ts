import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TandemError } from "../errors.js";
import type { EndEntry, StepEntry } from "../report/run-log.js";
import { scalarRecord, scalarsOf, versionRecord } from "../report/tensorboard.js";
import type { DevProgress } from "../train/progress.js";

/** A file of events in a run folder, a new one for each session, which TensorBoard reads as one. */
export class TensorboardFile {
  readonly path: string;
  #isBegun = false;

  constructor(folder: string) {
    // TensorBoard takes what has tfevents in its name, ordered by the seconds after it.
    this.path = join(folder, `events.out.tfevents.${Math.floor(Date.now() / 1000)}.${process.pid}.tandem`);
  }

  /** Adds what the entry has in numbers. */
  async add(entry: StepEntry | DevProgress | EndEntry): Promise<void> {
    const scalars = scalarsOf(entry);
    if (scalars.length === 0) return;
    try {
      if (!this.#isBegun) await writeFile(this.path, versionRecord(Date.now()), { flag: "wx" });
      this.#isBegun = true;
      await appendFile(this.path, scalarRecord(Date.now(), entry.step, scalars));
    } catch (cause) {
      throw new TandemError(
        `--tensorboard: expected to be able to write ${this.path}, got "${(cause as Error).message}". Free some space, or go on without it.`,
        { cause },
      );
    }
  }
}
