import { describe, expect, it } from "vitest";
import { intlProposer, wordProposer } from "./proposers.js";

describe("wordProposer", () => {
  it.each(["zh", "auto", "ja", "en"])("gives words that spell the text (%s)", async (language) => {
    const { propose, name } = await wordProposer(language);
    expect(["jieba", "Intl.Segmenter"]).toContain(name);
    for (const run of ["我爱学习", "湯姆告訴瑪麗", "私は東京タワーへ行く"]) expect(propose(run).join("")).toBe(run);
  });

  it("asks the runtime for languages other than Chinese", async () => {
    expect((await wordProposer("ja")).name).toBe("Intl.Segmenter");
    expect(intlProposer("zh").propose("我爱学习")).toEqual(["我", "爱", "学习"]);
  });
});
