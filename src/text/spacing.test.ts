import { describe, expect, it } from "vitest";
import { fitTokenizer } from "./tokenizer.js";

function restored(lines: readonly string[], trainedOn: readonly string[] = []): string[] {
  const tokenizer = fitTokenizer(
    trainedOn,
    { kind: "words", language: "auto", lowercase: false, normalization: "NFC" },
    (run) => [...run],
  );
  return lines.map((line) => tokenizer.decode(tokenizer.encode(line)));
}

describe("Spacing by rule", () => {
  it.each([
    "I don't think so, Tom's friend said: it's 10:30!",
    'She asked, "Why (on earth) not?" and "left" at 7 p.m.',
    "“Really?” he said. ‘Yes.’",
    "The neighbours' house costs $5,000 [or 30% less]; see #3 or @tom.",
    "2026-05-03, 10–20 pages, and/or −5 °C…",
    "Wait... it's a well-known C++ trick—no?",
    "¿Qué? ¡Hola! L'homme d'État",
    "我爱学习。现在几点了？",
    "“欢迎来北京！”他说：“10点半见。”",
    "我用iPhone拍了3张照片，发给Tom和Mary。",
    "窗前明月光 疑是地上霜",
    "汤姆·杰克逊（Tom Jackson）在《红楼梦》里……",
    "我 用 iPhone 5",
    "私は東京タワーへ行く。",
  ])("gives back %j", (line) => {
    expect(restored([line])).toEqual([line]);
  });

  it("writes one space for any white space", () => {
    expect(restored(["  a \u00a0 b\u3000c ", "明月\u3000光"])).toEqual(["a b c", "明月 光"]);
  });
});

describe("Spacing learnt", () => {
  it("follows the text it was trained on where that is consistent", () => {
    const french = ["Bonjour !", "Ça va ?", "Non !", "Quoi ?"];
    expect(restored(["Oui !", "Quand ?"])).toEqual(["Oui!", "Quand?"]);
    expect(restored(["Oui !", "Quand ?"], french)).toEqual(["Oui !", "Quand ?"]);
    const german = ["Das „Wort“ fehlt.", "Ein „Haus“ steht da.", "Er sagt „nein“ dazu."];
    expect(restored(["Die „Nacht“ war kalt."], german)).toEqual(["Die „Nacht“ war kalt."]);
  });

  it("ignores what was seen once", () => {
    expect(restored(["Oui!"], ["Bonjour !"])).toEqual(["Oui!"]);
  });
});
