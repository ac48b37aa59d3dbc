import { describe, expect, it } from "vitest";
import { fitTokenizer } from "./tokenizer.js";

const options = { kind: "words", language: "en", lowercase: true, normalization: "NFC" } as const;
const training = [
  "Yesterday Tom and I saw a new TV in New York.",
  "It was a new day in New York, and Tom liked it.",
  "The new house is Tom's.",
  "TV is dull.",
  "Is it new?",
  "We turkeys live in Turkey.",
];

describe("Casing", () => {
  const tokenizer = fitTokenizer(training, options);
  const restored = (line: string) => tokenizer.decode(tokenizer.encode(line));

  it("encodes in lower case", () => {
    expect(tokenizer.encode("Tom SAW New York")).toEqual(["tom", "saw", "new", "york"]);
  });

  it.each([
    "Is Tom in New York?",
    "TV and I",
    "It is a new TV. The day was new!",
    'Tom said, "It is new." Tom did.',
    '"Is it?" "The day is new."',
    '"Is it new?" it said.',
    "Live in Turkey with turkeys",
    "10 new days",
  ])("gives back %j", (line) => {
    expect(restored(line)).toBe(line);
  });

  it("writes no capital where the training text has none", () => {
    const plain = fitTokenizer(["it was a new day .", "the house is new ."], { ...options, kind: "whitespace" });
    expect(plain.decode(plain.encode("The day"))).toBe("the day");
  });

  it("follows the language's own case", () => {
    const turkish = fitTokenizer(["Istanbul ve Izmir"], { ...options, language: "tr" });
    expect(turkish.encode("ISPARTA İZMİR")).toEqual(["ısparta", "izmir"]);
    expect(turkish.decode(["izmir"])).toBe("İzmir");
  });
});
