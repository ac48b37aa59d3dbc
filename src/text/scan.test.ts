import { describe, expect, it } from "vitest";
import { scan, splitIdeographs } from "./scan.js";

const cut = (line: string) => scan(line).map((piece) => piece.text);

describe("scan", () => {
  it.each([
    ["I don't know, Tom's late.", "I|do|n't|know|,|Tom|'s|late|."],
    ["I’m sure we won’t.", "I|’m|sure|we|wo|n’t|."],
    ["She shouldn't've gone", "She|should|n't|'ve|gone"],
    ["the neighbours' well-known house", "the|neighbours|'|well-known|house"],
    ["It's 5 o'clock in O'Brien's pub", "It|'s|5|o'clock|in|O'Brien|'s|pub"],
    ["l'homme qu'elle aime aujourd'hui", "l'|homme|qu'|elle|aime|aujourd'hui"],
    ["3.14, 10:30 and 1,000.", "3.14|,|10:30|and|1,000|."],
    ["10:30am, the 20th, a 5-year-old", "10:30am|,|the|20th|,|a|5-year-old"],
    ["2026-05-03 at −5 °C (30% off $5)", "2026|-|05|-|03|at|−5|°C|(|30|%|off|$|5|)"],
    ["7 p.m. in the U.S., e.g. C++ and C#", "7|p.m.|in|the|U.S.|,|e.g.|C++|and|C#"],
    ["Wait... no -- yes!!", "Wait|...|no|--|yes|!|!"],
    ["see https://example.org/a?b=c. or me@example.org.", "see|https://example.org/a?b=c|.|or|me@example.org|."],
    ["👩‍🚀👍🏽🇨🇳", "👩‍🚀|👍🏽|🇨🇳"],
    ["我用iPhone 5打10分。", "我用|iPhone|5|打|10|分|。"],
    ["东京タワーへ行く……", "东京タワーへ行く|……"],
    ["한국어 भाषा été", "한국어|भाषा|été"],
  ])("cuts %j", (line, expected) => {
    expect(cut(line).join("|")).toBe(expected);
  });

  it("says what stood apart and what is still to be split", () => {
    expect(scan("去 Tom家")).toEqual([
      { text: "去", spaced: false, ideographic: true },
      { text: "Tom", spaced: true, ideographic: false },
      { text: "家", spaced: false, ideographic: true },
    ]);
  });
});

describe("splitIdeographs", () => {
  it("keeps a voicing mark or a variant with its letter", () => {
    expect(splitIdeographs("か\u3099く")).toEqual(["か\u3099", "く"]);
    expect(splitIdeographs("葛\u{E0100}𠮷")).toEqual(["葛\u{E0100}", "𠮷"]);
  });
});
