import { describe, expect, it } from "vitest";
import { attentionSvg, schemes } from "./svg-heat-map.js";

const map = {
  title: 'what <time> & "it"',
  rows: ["i", "<b>&", "internationalization of words"],
  columns: ["我", "爱\"'"],
  weights: [
    [0.934, 0.066],
    [0.4, 0.6],
    [0.004, 0.996],
  ],
};

/** Whether every element that is opened is closed, in order; throws on a stray `<` or `&`. */
function isWellFormed(markup: string): boolean {
  const open: string[] = [];
  const rest = markup.replace(/<(\/?)([a-z]+)((?: [\w:-]+="[^"<]*")*)(\/?)>/g, (_, end, name, _attributes, empty) => {
    if (end && open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    if (!end && !empty) open.push(name);
    return "";
  });
  return open.length === 0 && !/<|&(?!(amp|lt|gt|quot|#39);)/.test(rest);
}

/** WCAG 2.2 relative luminance of an sRGB colour, channels 0 … 255. */
function luminance(channels: number[]): number {
  const [r, g, b] = channels.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

const channels = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

function contrast(a: number[], b: number[]): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe("attentionSvg", () => {
  it("is well-formed and escapes what tokens and titles hold", () => {
    const svg = attentionSvg(map);
    expect(isWellFormed(svg)).toBe(true);
    expect(svg).toContain("what &lt;time&gt; &amp; &quot;it&quot;</title>");
    expect(svg).toContain(">&lt;b&gt;&amp;</text>");
  });

  it("gives each weight its cell: place, opacity and exact value", () => {
    const cells = [
      ...attentionSvg(map).matchAll(
        /<rect x="(\d+)" y="(\d+)" width="40" height="40" fill-opacity="([\d.]+)"><title>(.*?)</g,
      ),
    ];
    expect(cells.map(([, , , opacity]) => Number(opacity))).toEqual(map.weights.flat());
    expect(cells[0]![4]).toBe("i ← 我: 93.4 %");
    expect(Number(cells[1]![1]) - Number(cells[0]![1])).toBe(40);
    expect(Number(cells[2]![2]) - Number(cells[0]![2])).toBe(40);
  });

  it("has a name for assistive technology, taken from the tokens if there is no title", () => {
    const { title: _, ...untitled } = map;
    expect(attentionSvg(map, { id: "one" })).toMatch(
      /role="img" aria-labelledby="one-title"[\s\S]*<title id="one-title">what/,
    );
    expect(attentionSvg(untitled)).toContain(
      '<title id="attention-title">我 爱&quot;&#39; → i &lt;b&gt;&amp; internationalization of words<',
    );
  });

  it("shortens a long label and keeps the whole word in its title", () => {
    expect(attentionSvg(map)).toContain("<title>internationalization of words</title>internationalizat…");
  });

  it("rotates headings only when they are wider than their cells", () => {
    expect(attentionSvg(map)).not.toContain("rotate");
    expect(attentionSvg({ ...map, columns: ["欢迎来北京", "b"] }).match(/rotate\(-60\)/g)).toHaveLength(2);
  });

  it("marks the languages of its labels", () => {
    const svg = attentionSvg({ ...map, rowsLanguage: "en", columnsLanguage: "zh-Hans" });
    expect(svg).toContain('class="columns" lang="zh-Hans"');
    expect(svg).toContain('class="rows" lang="en"');
  });

  it("leaves every label legible at 50 × 50 and draws an empty map", () => {
    const tokens = Array.from({ length: 50 }, (_, i) => `词${i}`);
    const svg = attentionSvg({ rows: tokens, columns: tokens, weights: tokens.map(() => tokens.map(() => 0.02)) });
    expect(svg.match(/fill-opacity/g)).toHaveLength(2500);
    expect(Number(svg.match(/font-size="(\d+)"/)![1])).toBeGreaterThanOrEqual(11);
    expect(Number(svg.match(/ width="(\d+)" height="\d+" font/)![1])).toBeLessThan(900);
    expect(isWellFormed(attentionSvg({ rows: [], columns: [], weights: [] }))).toBe(true);
  });

  it("writes legible numbers on every shade of both schemes", () => {
    for (const scheme of Object.values(schemes)) {
      for (let weight = 0; weight <= 1; weight += 0.01) {
        const surface = channels(scheme.surface);
        const cell = channels(scheme.hue).map((value, i) => value * weight + surface[i]! * (1 - weight));
        const ink = channels(weight >= scheme.strongFrom ? scheme.strongInk : scheme.weakInk);
        expect([weight, contrast(cell, ink) >= 4.5]).toEqual([weight, true]);
      }
    }
  });

  it("follows the colour scheme, and brings no style where the page has it", () => {
    expect(attentionSvg(map)).toContain("@media (prefers-color-scheme: dark)");
    expect(attentionSvg(map, { style: false })).not.toContain("<style>");
  });
});
