import { relative } from "node:path";
import { type Example, type Finding, howMany } from "../check/finding.js";
import type { FilterReport } from "../data/filters.js";
import { tokenLabel } from "../view/attention-map.js";
import { displayWidth, truncateToWidth, wrapToWidth } from "../view/display-width.js";

const WIDTH = 80;
const INDENT = " ".repeat(9);
const LONGEST_PLACE = 24;
/** Cells of an example on one line with everything else. */
const EXAMPLE_WIDTH = 60;

/** `warning: 12 of 400 dev pairs (3.0 %) …, such as dev.tsv:14 "I quit. → 我退出。". Take them out of train.` */
export function findingLine({ level, what, example, advice }: Finding): string {
  const shown = example
    ? `, such as ${shownPlace(example)} ${JSON.stringify(truncateToWidth(example.text, EXAMPLE_WIDTH))}`
    : "";
  return `${level}: ${what}${shown}. ${advice}`;
}

/** `data.filters.maxRatio took 12 of 29000 pairs (0.04 %) with one side …, such as train.tsv:14 "…".`, a line a filter. */
export function filterLines({ read, taken }: FilterReport, things: string): string[] {
  return taken.map(({ filter, what, count, example }) => {
    const shown = `such as ${shownPlace(example)} ${JSON.stringify(truncateToWidth(example.text, EXAMPLE_WIDTH))}`;
    return `data.filters.${filter} took ${howMany(count, read, things)} ${what}, ${shown}.`;
  });
}

/** A finding as a paragraph of at most 80 cells a line: what, an example, what to do. */
export function findingParagraph({ level, what, example, advice }: Finding, color: boolean): string {
  const codes = { error: 31, warning: 33, note: 36 };
  const name = color ? `\u001b[${codes[level]}m${level}\u001b[39m` : level;
  const [first, ...rest] = wrapToWidth(`${what}.`, WIDTH - INDENT.length);
  const indented = [...rest, ...(example ? exampleLines(example) : []), ...wrapToWidth(advice, WIDTH - INDENT.length)];
  const padding = " ".repeat(INDENT.length - level.length);
  return [`${name}${padding}${first}`, ...indented.map((line) => INDENT + line)].join("\n");
}

/** Place and text on one line, or on two where the path is long. */
function exampleLines(example: Example): string[] {
  const [place, text] = [shownPlace(example), tokenLabel(example.text)];
  const room = WIDTH - INDENT.length;
  const lines = displayWidth(place) > LONGEST_PLACE ? [place, text] : [`${place}  ${text}`];
  return lines.map((line) => truncateToWidth(line, room));
}

/** Where the example stands, seen from here if that is shorter. */
function shownPlace({ place }: Example): string {
  const near = relative(process.cwd(), place);
  return near.length < place.length ? near : place;
}
