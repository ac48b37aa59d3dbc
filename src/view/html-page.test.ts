import { describe, expect, it } from "vitest";
import { attentionHtml } from "./html-page.js";

const map = {
  title: "我爱学习 <1>",
  rows: ["i", "love"],
  columns: ["我", "爱"],
  weights: [
    [0.9312, 0.0688],
    [0.25, 0.75],
  ],
  columnsLanguage: "zh",
};
const page = attentionHtml({ title: "A & B", intro: "What <it> saw.", maps: [map, { ...map, title: "second" }] });

describe("attentionHtml", () => {
  it("holds several maps under headings, each with its own name", () => {
    expect(page.match(/<h2>.*?<\/h2>/g)).toEqual(["<h2>我爱学习 &lt;1&gt;</h2>", "<h2>second</h2>"]);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(4);
  });

  it("escapes the title and the introduction", () => {
    expect(page).toContain("<title>A &amp; B</title>");
    expect(page).toContain('<p class="intro">What &lt;it&gt; saw.</p>');
  });

  it("loads nothing from anywhere", () => {
    expect(page.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|\bsrc=|<link|@import|url\(/);
  });

  it("repeats the weights in a table with headings for rows and columns", () => {
    const table = page.match(/<table>[\s\S]*?<\/table>/)![0];
    expect(table).toContain('<th scope="col" lang="zh">爱</th>');
    expect(table).toContain('<tr><th scope="row">i</th><td>93.1 %</td><td>6.9 %</td></tr>');
  });

  it("shows each weight on hover, follows the reader's colour scheme and fits a phone", () => {
    expect(page.match(/<rect [^>]+><title>love ← 爱: 75.0 %<\/title><\/rect>/g)).toHaveLength(2);
    expect(page).toContain('<div class="map" tabindex="0"');
    expect(page).toContain("color-scheme: light dark");
    expect(page.match(/prefers-color-scheme: dark/g)).toHaveLength(2);
    expect(page).toContain('name="viewport" content="width=device-width');
  });

  it("speaks the language it is asked for", () => {
    expect(page).toContain('<html lang="en">');
    const chinese = attentionHtml({ title: "注意力", language: "zh-CN", maps: [map] });
    expect(chinese).toContain('<html lang="zh-CN">');
    expect(chinese).toContain("<summary>以表格查看权重</summary>");
  });

  it("says so where a map is empty, and refuses weights of another shape", () => {
    const empty = attentionHtml({ title: "x", maps: [{ title: "none", rows: [], columns: [], weights: [] }] });
    expect(empty).toContain("<h2>none</h2><p>Nothing to show.</p>");
    expect(() => attentionHtml({ title: "x", maps: [{ ...map, rows: ["i"] }] })).toThrow("must be [1, 2]");
  });
});
