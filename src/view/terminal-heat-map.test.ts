import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { displayWidth } from "./display-width.js";
import { attentionText } from "./terminal-heat-map.js";

const learning = {
  title: "我爱学习",
  rows: ["i", "love", "learning"],
  columns: ["我", "爱", "学习"],
  weights: [
    [0.9, 0.06, 0.04],
    [0.2, 0.53, 0.27],
    [0.01, 0.02, 0.97],
  ],
};

/** A map of this size whose row r looks at column r only. */
function diagonal(rows: string[], columns: string[]) {
  return { rows, columns, weights: rows.map((_, r) => columns.map((_, c) => (r === c ? 1 : 0))) };
}

describe("attentionText", () => {
  it("draws a small map in plain characters, headings above their columns", () => {
    expect(attentionText(learning).split("\n")).toEqual([
      "我爱学习",
      "          我  爱  学习",
      "       i  ███ ░░░       我 90 %",
      "    love  ░░░ ▓▓▓ ▒▒▒▒  爱 53 %",
      "learning          ████  学习 97 %",
      "          ░ from 5 %  ▒ 25 %  ▓ 50 %  █ 75 %",
    ]);
  });

  it("adds nothing but colour when colour is on", () => {
    const colored = attentionText(learning, { color: true });
    expect(colored).toContain("\u001b[38;5;33m███\u001b[39m");
    expect(stripVTControlCharacters(colored)).toBe(attentionText(learning));
  });

  it("writes headings downwards where they do not fit side by side", () => {
    const columns = Array.from({ length: 20 }, (_, i) => `word${String.fromCharCode(97 + i)}`);
    const lines = attentionText(diagonal(["a"], columns)).split("\n");
    const letters = lines.slice(0, 5).map((line) => line.split(/\s+/).filter(Boolean));
    expect(columns.map((_, column) => letters.map((line) => line[column]).join(""))).toEqual(columns);
    expect(lines.every((line) => displayWidth(line) <= 80)).toBe(true);
  });

  it("shows every column once, in blocks of at most 80 cells, when the source is long", () => {
    const columns = Array.from(
      "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈",
    );
    const text = attentionText(diagonal(columns, columns));
    const headings = text.split("\n\n").map((block) => block.split("\n")[0]!.replace(/ /g, ""));
    expect(headings.join("")).toBe(columns.join(""));
    expect(headings).toHaveLength(2);
    expect(text.match(/██/g)).toHaveLength(columns.length);
    expect(text.split("\n").every((line) => displayWidth(line) <= 80)).toBe(true);
  });

  it("cuts long tokens and titles", () => {
    const long = "Donaudampfschifffahrtsgesellschaftskapitän";
    const text = attentionText({ ...diagonal([long], [long, "了"]), title: long.repeat(3) }, { width: 40 });
    expect(text).toContain("Donaudampfschif…  ");
    expect(text).toContain(" Donaudampfs… ");
    expect(
      text
        .split("\n")
        .slice(0, -1)
        .every((line) => displayWidth(line) <= 40),
    ).toBe(true);
  });

  it("says so when there is nothing to show", () => {
    expect(attentionText({ title: "empty", rows: [], columns: ["我"], weights: [] })).toBe("empty\n(nothing to show)");
    expect(attentionText({ rows: ["i"], columns: [], weights: [[]] })).toBe("(nothing to show)");
  });
});
