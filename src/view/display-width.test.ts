import { describe, expect, it } from "vitest";
import { displayWidth, fitToWidth, truncateToWidth } from "./display-width.js";

describe("displayWidth", () => {
  it.each([
    ["", 0],
    ["love", 4],
    ["学习", 4],
    ["欢迎来 Beijing", 14],
    ["カタカナ", 8],
    ["한국어", 6],
    ["（）", 4],
    ["𠮷", 2],
    ["e\u0301", 1],
    ["\u200f", 0],
    ["👩‍👩‍👧", 2],
    ["🇨🇳", 2],
    ["❤️", 2],
    ["↓ · ░█", 6],
  ])("counts the cells of %j as %i", (text, width) => expect(displayWidth(text)).toBe(width));
});

describe("truncateToWidth", () => {
  it("never splits a character and never exceeds the width", () => {
    expect(truncateToWidth("学习国际化", 10)).toBe("学习国际化");
    expect(truncateToWidth("学习国际化", 9)).toBe("学习国际…");
    expect(truncateToWidth("学习国际化", 8)).toBe("学习国…");
    expect(truncateToWidth("internationalization", 6)).toBe("inter…");
  });
});

describe("fitToWidth", () => {
  it("fills to the width on the side that is asked", () => {
    expect(fitToWidth("爱", 5)).toBe("爱   ");
    expect(fitToWidth("爱", 5, "right")).toBe("   爱");
    expect(fitToWidth("爱", 5, "center")).toBe(" 爱  ");
    expect(fitToWidth("我爱学习", 5)).toBe("我爱…");
  });
});
