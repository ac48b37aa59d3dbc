import { describe, expect, it } from "vitest";
import { joinSentences, splitSentences } from "./sentences.js";

describe("splitSentences", () => {
  it.each([
    ["我爱学习。你呢？好！", ["我爱学习。", "你呢？", "好！"]],
    ["他说：“我走了。”她笑了。", ["他说：“我走了。”", "她笑了。"]],
    ["What time is it? I love studying. Go!", ["What time is it?", "I love studying.", "Go!"]],
    ['He said "Go!" Then he left.', ['He said "Go!"', "Then he left."]],
    [
      "Mr. Smith met Dr. J. Li at 3.14 p.m. on Monday. He left.",
      ["Mr. Smith met Dr. J. Li at 3.14 p.m. on Monday.", "He left."],
    ],
    ["Am 3. Mai war es so. Wirklich?", ["Am 3. Mai war es so.", "Wirklich?"]],
    ["Well... he waited. Then… Nothing.", ["Well... he waited.", "Then…", "Nothing."]],
    ["no end at all", ["no end at all"]],
    ["one sentence.", ["one sentence."]],
    ["  a.  ", ["a."]],
    ["", []],
  ])("%s", (line, sentences) => expect(splitSentences(line)).toEqual(sentences));

  it("loses nothing but white space", () => {
    const line = "你好。 Hello there.  What? 我！！！ ok...  End";
    expect(splitSentences(line).join("").replace(/\s/g, "")).toBe(line.replace(/\s/g, ""));
  });
});

describe("joinSentences", () => {
  it("writes spaces where the language has them", () => {
    expect(joinSentences(["I go.", "You stay."])).toBe("I go. You stay.");
    expect(joinSentences(["我走。", "你留下。"])).toBe("我走。你留下。");
    expect(joinSentences(["我走", "你留下"])).toBe("我走你留下");
    expect(joinSentences(["I go.", "", "😀"])).toBe("I go. 😀");
    expect(joinSentences([])).toBe("");
  });
});
