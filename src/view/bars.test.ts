import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { barTable } from "./bars.js";
import { displayWidth } from "./display-width.js";

const table = {
  title: "Exactly right, by length",
  series: ["with attention", "without"],
  rows: [
    { label: "1–4 words", count: 312, values: [1, 0.5] },
    { label: "5–8 字", count: 1204, values: [0.98, Number.NaN] },
  ],
};

describe("barTable", () => {
  it("draws each value to scale beside its label, count and percent", () => {
    expect(barTable(table, { width: 60 }).split("\n")).toEqual([
      "Exactly right, by length",
      "1–4 words   n = 312  with attention  ██████████████  100.0 %",
      "                     without         ███████          50.0 %",
      "5–8 字     n = 1204  with attention  █████████████▊   98.0 %",
      "                     without                               –",
    ]);
  });

  it("keeps to the width, 80 unless told", () => {
    const widths = (text: string) => text.split("\n").map(displayWidth);
    expect(Math.max(...widths(barTable(table)))).toBeLessThanOrEqual(80);
    expect(Math.max(...widths(barTable(table)))).toBeGreaterThan(76);
    expect(Math.max(...widths(barTable({ ...table, title: "长".repeat(60) })))).toBeLessThanOrEqual(80);
  });

  it("gives each series its colour and changes nothing else", () => {
    const colored = barTable(table, { color: true, width: 60 });
    expect(colored).toContain("\u001b[38;5;33m███");
    expect(colored).toContain("\u001b[38;5;172m███");
    expect(stripVTControlCharacters(colored)).toBe(barTable(table, { width: 60 }));
  });

  it("cuts values outside 0 … 1 to the bar and says when there are no rows", () => {
    const odd = barTable({ ...table, rows: [{ label: "x", count: 1, values: [1.5, -0.2] }] });
    expect(odd).toContain("150.0 %");
    expect(Math.max(...odd.split("\n").map(displayWidth))).toBeLessThanOrEqual(80);
    expect(barTable({ ...table, rows: [] })).toBe("Exactly right, by length\n(nothing to show)");
  });
});
