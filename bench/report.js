// How figures look: tables and sentences within 100 columns.
import { availableParallelism, cpus, loadavg } from "node:os";
import { summary } from "./statistics.js";

const counted = (word) => (/** @type {number} */ count) => `${count} ${word}${count === 1 ? "" : "s"}`;
export const threadsText = counted("thread");
export const roundsText = counted("round");

/** Three significant digits. */
export function number(value) {
  if (value === undefined) return "–";
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 4));
}

/** @param {readonly number[] | undefined} values shares of a limit, round by round */
export const percent = (values) => (values === undefined ? "–" : `${(100 * summary(values).median).toFixed(0)} %`);

export const mebibytes = (bytes) => (bytes === undefined ? "–" : (bytes / 2 ** 20).toFixed(0));

/** @param {readonly number[]} values */
export function range(values) {
  const { min, max } = summary(values);
  return `${number(min)}–${number(max)}`;
}

/**
 * Rows under their titles; the first column starts at the left, the others end at the right. A row that is one string
 * stands as a heading.
 * @param {readonly string[]} titles
 * @param {readonly (readonly string[] | string)[]} rows
 */
export function table(titles, rows) {
  const cells = [titles, ...rows.filter((row) => typeof row !== "string")];
  const widths = titles.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column])))
      .join("  ")
      .trimEnd();
  const body = rows.map((row) => (typeof row === "string" ? `\n${row}` : line(row)));
  return [line(titles), widths.map((width) => "─".repeat(width)).join("──"), ...body].join("\n");
}

const WIDTH = 100;

/** A sentence in lines of at most 100 columns, those after the first indented. @param {string} text */
export function wrapped(text) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== "" && line.length + 1 + word.length > WIDTH) lines.push(`  ${word}`);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n");
}

/** What the figures were measured on. */
export function machine() {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    node: process.version,
    loadAverage: loadavg()[0],
  };
}

/** @param {ReturnType<typeof machine>} about */
export const machineLine = ({ processor, cores, node, loadAverage }) =>
  `${processor}, ${cores} cores; Node.js ${node}; load average ${loadAverage.toFixed(1)}`;

/** Beyond this share of the machine other programs spoil the figures. */
const QUIET = 0.06;

/** @param {{ foreign: number, idle: number } | undefined} load */
export function loadLine(load) {
  if (load === undefined) return "How busy the machine was is not known on this system.";
  const share = (value) => `${(100 * value).toFixed(1)} %`;
  const said = `Meanwhile other programs took ${share(load.foreign)} of the machine, idle contenders ${share(load.idle)}.`;
  return wrapped(load.foreign > QUIET ? `${said} It was not quiet: trust the ratios, not the figures.` : said);
}
