/** A line of `log.jsonl`. */
export interface LogEntry {
  kind: string;
  epoch?: number;
  /** Steps taken when it was written. */
  step?: number;
  /** Of an end: how training ended. */
  outcome?: string;
}

/** Where a run goes on: after `step` steps, in `epoch`. */
export interface LogPosition {
  step: number;
  epoch: number;
}

/** What a log says, and how much of the file does. */
export interface ReadLog {
  entries: LogEntry[];
  /** Bytes up to where the log is to be cut: all but a torn last line and what will be written again. */
  length: number;
}

/**
 * The entries of a log, without a last line that was torn when its process was killed and, given a position, without what a
 * run that goes on from there will write again. Lines that are no entries are let stand.
 */
export function readLog(file: Uint8Array, position?: LogPosition): ReadLog {
  const entries: LogEntry[] = [];
  const decoder = new TextDecoder();
  let length = 0;
  for (let end = file.indexOf(0x0a); end >= 0; end = file.indexOf(0x0a, length)) {
    const entry = parseEntry(decoder.decode(file.subarray(length, end)));
    if (entry && position && comesAgain(entry, position)) break;
    if (entry) entries.push(entry);
    length = end + 1;
  }
  return { entries, length };
}

function parseEntry(line: string): LogEntry | undefined {
  try {
    const entry = JSON.parse(line);
    return typeof entry?.kind === "string" ? entry : undefined;
  } catch {
    return undefined;
  }
}

function comesAgain({ kind, epoch = 0, step = 0, outcome }: LogEntry, at: LogPosition): boolean {
  if (kind === "epoch") return epoch >= at.epoch;
  return step > at.step || (kind === "end" && outcome !== "aborted");
}
