/** What every explanation in the terminal is put together from: lines of at most some width, vectors, bars. */
import { tokenLabel } from "./attention-map.js";
import { displayWidth, fitToWidth, truncateToWidth } from "./display-width.js";
import { formatNumber, formatShare, norm, type Stage } from "./explain-stages.js";
import { spark } from "./spark.js";
import type { TerminalOptions } from "./terminal-heat-map.js";

const INDENT = "   ";
const LABEL_LIMIT = 14;
const NARROW = 64;
const NARROW_LABEL_LIMIT = 8;
const SHOWN_NUMBERS = 3;
const SPARK_LIMIT = 32;

export class ExplainWriter {
  readonly lines: string[] = [];
  /** Cells right of the indent. */
  readonly room: number;
  readonly labelWidth: number;
  readonly width: number;
  readonly color: boolean;

  /** `labels`: what will stand at the left; the widest decides how much room they get. */
  constructor({ color = false, width = 80 }: TerminalOptions, labels: readonly string[]) {
    this.color = color;
    this.width = width;
    this.room = width - INDENT.length;
    this.labelWidth = Math.min(
      width < NARROW ? NARROW_LABEL_LIMIT : LABEL_LIMIT,
      Math.max(...labels.map((token) => displayWidth(tokenLabel(token)))),
    );
  }

  paint(code: string, text: string): string {
    return this.color ? `\u001b[${code}m${text}\u001b[0m` : text;
  }

  readonly bold = (text: string): string => this.paint("1", text);
  readonly dim = (text: string): string => this.paint("2", text);

  add(text: string): void {
    this.lines.push(text === "" ? "" : INDENT + text);
  }

  blank(): void {
    this.lines.push("");
  }

  label(text: string): string {
    return fitToWidth(text, this.labelWidth);
  }

  /** Words one after another on as many lines as they need; a word is painted after it was measured. */
  flow(words: readonly { text: string; code?: string | undefined }[]): void {
    let line = "";
    let used = 0;
    for (const { text, code } of words) {
      const shown = truncateToWidth(text, this.room);
      const needed = displayWidth(shown) + (used > 0 ? 2 : 0);
      if (used + needed > this.room) {
        this.add(line);
        line = "";
        used = 0;
      }
      line += (used > 0 ? "  " : "") + (code ? this.paint(code, shown) : shown);
      used += used > 0 ? needed : displayWidth(shown);
    }
    if (used > 0) this.add(line);
  }

  wrapped(text: string, style: (text: string) => string): void {
    let line = "";
    for (const word of text.split(" ")) {
      if (line !== "" && displayWidth(`${line} ${word}`) > this.room) {
        this.add(style(line));
        line = "";
      }
      line = line === "" ? word : `${line} ${word}`;
    }
    if (line.trim() !== "") this.add(style(truncateToWidth(line, this.room)));
  }

  heading({ name, title, formula }: Stage): void {
    if (this.lines.length > 0) this.blank();
    this.lines.push(this.bold(truncateToWidth(`${name}  ${title}`, this.width)));
    if (formula) this.wrapped(formula, this.dim);
  }

  /** |v|, the first numbers, and the shape of the first few dozens. */
  vector(name: string, values: readonly number[]): void {
    const first = values
      .slice(0, SHOWN_NUMBERS)
      .map((value) => formatNumber(value).padStart(6))
      .join("");
    const text = `${this.label(name)}  |${formatNumber(norm(values))}|`;
    const head = `${fitToWidth(text, this.labelWidth + 10)}${first}${values.length > SHOWN_NUMBERS ? " …" : "  "}  `;
    this.add(`${head}${this.dim(shape(values, Math.min(SPARK_LIMIT, this.room - displayWidth(head))))}`);
  }

  /** `head`, then a bar over the rest of the line. */
  bar(head: string, share: number): void {
    const widest = this.room - displayWidth(head) - 1;
    this.add(head + this.paint("34", "█".repeat(Math.round(Math.min(1, Math.max(0, share)) * widest))));
  }

  /** A name, its share in per cent, and a bar. */
  share(name: string, share: number): void {
    this.bar(`${this.label(tokenLabel(name))}  ${formatShare(share).padStart(8)}  `, share);
  }
}

/** The first numbers of a vector between −max and max. */
function shape(values: readonly number[], width: number): string {
  const shown = values.slice(0, width);
  const most = Math.max(...shown.map(Math.abs)) || 1;
  return spark(shown, -most, most);
}
